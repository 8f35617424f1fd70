"""What is stored, as files for other programs: spreadsheets, JSON, and the ledgers of plain-text accounting."""

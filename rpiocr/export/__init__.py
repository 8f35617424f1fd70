"""Exports stored receipts for other programs: spreadsheets, JSON and plain-text accounting."""

"""The page and the REST API: receipts are added, watched while they are read, looked at, corrected and exported."""

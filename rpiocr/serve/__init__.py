"""The page and the REST API of this machine: receipts come in, are read by the watch, and are looked at and corrected."""

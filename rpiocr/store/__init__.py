"""The store: the journal of files, receipts with their evidence, and user corrections."""

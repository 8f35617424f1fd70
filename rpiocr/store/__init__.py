"""Where receipts are kept: files and how far each has come, receipts with their evidence, and what people corrected."""

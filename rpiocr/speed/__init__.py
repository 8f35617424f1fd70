"""How fast this machine reads: receipts beside a plain pass of Tesseract, and what the start of the program costs."""

"""Reads one receipt: decides which OCR passes to run next, and when the evidence is sufficient."""

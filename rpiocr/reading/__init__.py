"""Gathers the evidence for one receipt: which OCR passes to run next, and when there is enough."""

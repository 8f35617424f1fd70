"""Tests of the preprocessing stage: from a page to images for OCR."""

"""From lines of text to values."""

"""Reads many files, several at once, and goes on where it was interrupted."""

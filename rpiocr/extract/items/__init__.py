"""Reads the items of a receipt: rows of a table, in any layout that they may have."""

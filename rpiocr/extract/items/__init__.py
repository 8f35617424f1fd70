"""Reads the items of a receipt: rows of a table whose layout is inferred, and proved by their sum."""

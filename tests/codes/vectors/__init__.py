"""Codes as tills and offices make them, of invented shops and with keys of their own."""

"""E-invoices: XML in the languages CII and UBL to what it states, proved by its own sums."""

from rpiocr.einvoice.parsing import parse

__all__ = ["parse"]

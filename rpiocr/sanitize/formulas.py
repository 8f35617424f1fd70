"""Text that a spreadsheet shows as it is, instead of running it as a formula."""

from __future__ import annotations

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Spreadsheets take what begins so, even after blanks, for a formula; those of East Asia the wide signs as well."""


def harmless(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run; it shows all other text as it is."""
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would take text for a formula."""
    return text.startswith(STARTS) or text.lstrip().startswith(STARTS)

"""Escapes text that a spreadsheet would run as a formula."""

from __future__ import annotations

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters of formulas, even after whitespace; East Asian spreadsheets also accept the full-width ones."""


def escape_formula(text: str) -> str:
    """Return text with an apostrophe in front if a spreadsheet would run it as a formula."""
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet would run text as a formula."""
    return text.startswith(STARTS) or text.lstrip().startswith(STARTS)

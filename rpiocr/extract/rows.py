"""Lines with a meaning: what role the amounts of each line play on the receipt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from functools import cached_property
from itertools import pairwise

from rpiocr.extract.keywords import Tables
from rpiocr.extract.numbers import Amount, LineText, find_amounts, find_cents, line_text
from rpiocr.model import Box, Line


class Role(Enum):
    """What an amount is."""

    TOTAL_SURE = "total_sure"
    TOTAL = "total"
    TOTAL_WEAK = "total_weak"
    SUBTOTAL = "subtotal"
    TAX = "tax"
    ROUNDING = "rounding"
    CASH = "cash"
    CHANGE = "change"
    CARD = "card"
    CHARGE = "charge"
    TIP = "tip"
    DISCOUNT = "discount"
    SAVINGS = "savings"
    COUNT = "count"
    LOYALTY = "loyalty"
    NONE = "none"


TOTALS = (Role.TOTAL_SURE, Role.TOTAL, Role.TOTAL_WEAK)

NEVER_TOTAL = (Role.LOYALTY, Role.SAVINGS, Role.CHANGE, Role.DISCOUNT, Role.ROUNDING, Role.TIP)
"""Beside one of these words, "total" is the total of that."""

AFTER_TOTAL = (Role.SUBTOTAL, Role.CASH, Role.CARD, Role.CHARGE, Role.TAX, Role.COUNT)


@dataclass(frozen=True)
class Row:
    """A line of the receipt with its amounts and the role that its words give them.

    ``likeness`` (0 to 1) says how well the keyword was read. ``in_tax_table`` marks lines below the heading of a
    tax summary, whose totals are not the receipt's; ``refund_words`` counts the words that say refund.
    """

    line: Line
    text: LineText
    amounts: tuple[Amount, ...]
    role: Role
    likeness: float
    groups: frozenset[str]
    refund_words: int = 0
    in_tax_table: bool = False

    @cached_property
    def box(self) -> Box:
        """The box around the line."""
        return self.line.box


LEAST_ROUNDED = Decimal(1)
"""Cash is rounded by less than this: a larger amount beside the word is the total after rounding."""


def build_rows(lines: Sequence[Line], tables: Tables) -> tuple[Row, ...]:
    """Give every line its role; a keyword whose amount stands alone on the next line gets that amount."""
    rows = [_row(line, tables) for line in lines]
    return tuple(_mark_tax_tables(_join_split(_join_broken(rows))))


def _row(line: Line, tables: Tables) -> Row:
    text = line_text(line)
    amounts = find_amounts(text)
    hits = tables.amounts.find(_label(text.text, amounts))
    groups = frozenset(hit.group for hit in hits)
    role = _role(groups)
    if role is Role.ROUNDING and amounts and abs(amounts[-1].value) >= LEAST_ROUNDED:
        role = Role.TOTAL_SURE
    if role in (Role.ROUNDING, Role.CHANGE) and not amounts:
        amounts = find_cents(text)
    likeness = max((hit.likeness for hit in hits if hit.group == role.value), default=1.0)
    refund_words = sum(hit.end - hit.start for hit in hits if hit.group == "refund" and hit.likeness > 0.9)
    if role is Role.NONE and amounts and refund_words > 1 and "policy" not in groups:
        role = Role.TOTAL
    return Row(line, text, amounts, role, likeness, groups, refund_words)


def _label(text: str, amounts: Sequence[Amount]) -> str:
    """The text of a line without its amounts."""
    label, at = "", 0
    for amount in amounts:
        label += text[at : amount.start] + " "
        at = amount.end
    return label + text[at:]


def _role(groups: frozenset[str]) -> Role:
    for role in NEVER_TOTAL:
        if role.value in groups:
            return role
    totals = [role for role in TOTALS if role.value in groups]
    if totals and "excluding" in groups:
        return Role.SUBTOTAL
    if Role.SUBTOTAL.value in groups:
        return Role.SUBTOTAL
    if totals and totals[0] is not Role.TOTAL_WEAK:
        return totals[0]
    for role in AFTER_TOTAL:
        if role.value in groups:
            return role
    return totals[0] if totals else Role.NONE


CENTS_ALONE = re.compile(r"[.,][ \u2009]?[0-9]{2}")


def _join_broken(rows: Sequence[Row]) -> list[Row]:
    """Give a line that ends in a whole number the decimals that stand alone on the line below it."""
    joined = list(rows)
    for index, (row, after) in enumerate(pairwise(rows)):
        if row.amounts or not CENTS_ALONE.fullmatch(after.text.text) or not _near(row, after):
            continue
        amounts = find_amounts(line_text(Line((*row.line.words, *after.line.words))))
        joined[index] = replace(row, amounts=amounts[-1:])
    return joined


def _near(row: Row, after: Row) -> bool:
    return after.box.top - row.box.bottom < 1.5 * max(row.box.height, after.box.height)


def _join_split(rows: Sequence[Row]) -> list[Row]:
    """Hand the amount of a line that has nothing else to the keyword line just above it."""
    joined = list(rows)
    for index, (row, after) in enumerate(pairwise(rows)):
        if row.role in (Role.NONE, Role.COUNT) or row.amounts or after.role is not Role.NONE:
            continue
        if "tax_table" in row.groups:
            continue
        letters = sum(char.isalpha() for char in _label(after.text.text, after.amounts))
        if _near(row, after) and len(after.amounts) == 1 and letters <= 4:
            joined[index] = replace(row, amounts=after.amounts)
    return joined


TAX_TABLE_ROWS = 6
"""A tax summary is rarely longer than this many lines."""


def _mark_tax_tables(rows: Sequence[Row]) -> list[Row]:
    marked, left = [], 0
    for row in rows:
        if "tax_table" in row.groups and not row.amounts:
            left = TAX_TABLE_ROWS
        elif left:
            left -= 1
        marked.append(replace(row, in_tax_table=True) if left else row)
    return marked

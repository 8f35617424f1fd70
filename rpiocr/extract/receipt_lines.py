"""Classifies the lines of a receipt: the role of the amounts on each line."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from functools import cached_property
from itertools import pairwise

from rpiocr.extract.bounds import bounded
from rpiocr.extract.tables.countries import cash_rounding
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import (
    Amount,
    LineText,
    find_amounts,
    find_cents,
    find_units,
    fold,
    line_text,
    net_tax_gross,
)
from rpiocr.extract.text.keywords import Tables
from rpiocr.model import Box, Line
from rpiocr.model.currency import USUAL_DECIMALS


class Role(Enum):
    """The role of an amount."""

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


SURE_TOTALS = (Role.TOTAL_SURE, Role.TOTAL)
TOTALS = (*SURE_TOTALS, Role.TOTAL_WEAK)

NEVER_TOTAL = (Role.LOYALTY, Role.SAVINGS, Role.CHANGE, Role.DISCOUNT, Role.ROUNDING, Role.TIP)
"""Next to a word for one of these, "total" is the total of that."""

COLUMN = (*TOTALS, Role.SUBTOTAL, Role.TAX, Role.CASH, Role.CHANGE, Role.CARD, Role.CHARGE, Role.DISCOUNT)
"""Words for these are next to an amount."""

AFTER_TOTAL = (Role.SUBTOTAL, Role.CASH, Role.CARD, Role.CHARGE, Role.TAX, Role.COUNT)


BEFORE_TAX = frozenset({"excluding", Role.SUBTOTAL.value})
"""Groups of words for a total before tax."""


@dataclass(frozen=True)
class ReceiptLine:
    """A line of the receipt with its amounts and the role that its words give them.

    ``likeness`` (0 to 1) is that of the keyword as read. ``in_tax_table`` marks lines below the heading of a tax
    summary, whose totals are not the receipt's; ``refund_words`` counts the words for a refund, ``refund_sure`` is
    whether they were read exactly. ``lexicon`` has the words that apply to every page.
    """

    line: Line
    text: LineText
    amounts: tuple[Amount, ...]
    role: Role
    likeness: float
    groups: frozenset[str]
    lexicon: Lexicon = field(repr=False, compare=False)
    refund_words: int = 0
    refund_sure: bool = False
    in_tax_table: bool = False

    @cached_property
    def box(self) -> Box:
        """The box around the line."""
        return self.line.box

    @cached_property
    def main(self) -> Amount:
        """The main amount of the line: the last one, but the gross of a total's net, tax and gross.

        The line must have an amount.
        """
        if self.role not in TOTALS or len(self.amounts) < 2:
            return self.amounts[-1]
        values = [abs(amount.value) for amount in self.amounts]
        parts = net_tax_gross(values)
        gross = parts[2] if parts else max(values) if self.groups & BEFORE_TAX else None
        return next((amount for amount in self.amounts if abs(amount.value) == gross), self.amounts[-1])


def build_receipt_lines(
    lines: Sequence[Line], tables: Tables, decimals: int = USUAL_DECIMALS
) -> tuple[ReceiptLine, ...]:
    """Classify every line; a keyword line without an amount gets the one that is alone on the next line.

    ``decimals`` is how many the page's currency has: with 3, 12.750 is less than thirteen. With 0, or on a page that
    shows no decimals at all, amounts are the numbers with groups or a sign, and those in the column of amounts. Lines
    longer than any that is printed are split, see ``bounded``.
    """
    lines = tuple(bounded(lines))
    texts = [line_text(line) for line in lines]
    usual = decimals or USUAL_DECIMALS
    after_blanks = tables.point_after_blanks
    found = [find_amounts(text, tables.lexicon, point_after_blanks=after_blanks, decimals=usual) for text in texts]
    if not decimals or not any(found):
        units = [find_units(text, tables.lexicon) for text in texts]
        if not decimals or sum(bool(sure) for sure, _ in units) >= MIN_UNITS:
            roles = [_row(line, text, (), tables).role for line, text in zip(lines, texts, strict=True)]
            found = _with_column(units, roles)
    rows = [_row(*parts, tables) for parts in zip(lines, texts, found, strict=True)]
    return tuple(_mark_tax_tables(_join_split(_join_broken(rows))))


MIN_UNITS = 2
"""Minimum number of lines with groups or a currency sign, and none with decimals, on a page without decimals."""

COLUMN_TOLERANCE = 1.5
"""Maximum distance of the right edges of amounts in one column, in line heights."""

Units = tuple[tuple[Amount, ...], tuple[Amount, ...]]


def _with_column(units: Sequence[Units], roles: Sequence[Role]) -> list[tuple[Amount, ...]]:
    """Treat plain numbers as amounts if they end their line in the column of more reliable amounts.

    The column is where numbers with groups or a sign end, and the last numbers next to words for totals and payments; a
    plain number outside of it stays marked as a mere whole number.
    """
    last = [max(plain, key=lambda amount: amount.end, default=None) for _, plain in units]
    ends = [amount.box.right for sure, _ in units for amount in sure[-1:]]
    ends += [amount.box.right for amount, role in zip(last, roles, strict=True) if amount and role in COLUMN]
    ends.sort()
    found = []
    for (sure, _), amount, role in zip(units, last, roles, strict=True):
        amounts = [replace(one, whole_only=False) for one in sure]
        if amount and all(amount.start > other.end for other in sure):
            right, reach = amount.box.right, COLUMN_TOLERANCE * amount.box.height
            near = bisect_left(ends, right + reach) - bisect_right(ends, right - reach)
            labelled = role in COLUMN
            if near > 1:
                amounts.append(replace(amount, whole_only=False))
            elif labelled and not sure:
                amounts.append(amount)
        found.append(tuple(amounts))
    return found


def _row(line: Line, text: LineText, amounts: tuple[Amount, ...], tables: Tables) -> ReceiptLine:
    hits = tables.amounts.find(_label(text.text, amounts))
    groups = frozenset(hit.group for hit in hits)
    role = Role.TOTAL if _is_net_and_gross(groups, amounts) else _role(groups)
    if role is Role.ROUNDING and amounts and abs(amounts[-1].value) >= min_rounded(amounts[-1].value):
        role = Role.TOTAL_SURE
    if role in (Role.ROUNDING, Role.CHANGE) and not amounts:
        amounts = find_cents(text)
    if role is Role.TAX and not amounts and RATE_COLUMN.fullmatch(text.text):
        groups |= {"tax_table"}
    likeness = max((hit.likeness for hit in hits if hit.group == role.value), default=1.0)
    refunds = [hit for hit in hits if hit.group == "refund"]
    refund_words = sum(hit.end - hit.start for hit in refunds)
    refund_sure = bool(refunds) and all(hit.likeness > MIN_REFUND_LIKENESS for hit in refunds)
    row = ReceiptLine(line, text, amounts, role, likeness, groups, tables.lexicon, refund_words, refund_sure)
    return replace(row, role=Role.TOTAL) if amounts and _names_refund(row) else row


def _names_refund(row: ReceiptLine) -> bool:
    """Return whether an amount next to this line is what is given back."""
    return row.role is Role.NONE and row.refund_sure and row.refund_words > 1 and "policy" not in row.groups


RATE_COLUMN = re.compile(r"[^0-9]*%[^0-9]*")
"""A line about tax with a percent sign and no number is the heading of a table: "VAT%  VAT"."""

MIN_REFUND_LIKENESS = 0.9
"""Minimum likeness of words for a refund that make the total negative."""


def min_rounded(value: Decimal) -> Decimal:
    """Return the minimum amount labelled as rounding that is not a rounding of ``value``, but the total after it."""
    limits = cash_rounding()
    return limits.never_from_whole if value.as_tuple().exponent == 0 else limits.never_from


def _label(text: str, amounts: Sequence[Amount]) -> str:
    """Return the text of a line without its amounts."""
    label, at = "", 0
    for amount in amounts:
        label += text[at : amount.start] + " "
        at = amount.end
    return label + text[at:]


def _is_net_and_gross(groups: frozenset[str], amounts: Sequence[Amount]) -> bool:
    """Return whether a line contains a total before and after tax, with or without the tax itself."""
    if len(amounts) < 2 or not groups & (BEFORE_TAX | {role.value for role in TOTALS}):
        return False
    if "including" in groups and groups & BEFORE_TAX:
        return True
    return "tax" in groups and net_tax_gross([abs(amount.value) for amount in amounts]) is not None


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


def _join_broken(rows: Sequence[ReceiptLine]) -> list[ReceiptLine]:
    """Join a line that ends in a whole number with the decimals that are alone on the line below it."""
    joined = list(rows)
    for index, (row, after) in enumerate(pairwise(rows)):
        if row.amounts or not CENTS_ALONE.fullmatch(fold(after.text.text)) or not _near(row, after):
            continue
        amounts = find_amounts(line_text(Line((*row.line.words, *after.line.words))), row.lexicon)
        joined[index] = replace(row, amounts=amounts[-1:])
    return joined


def _near(row: ReceiptLine, after: ReceiptLine) -> bool:
    return after.box.top - row.box.bottom < 1.5 * max(row.box.height, after.box.height)


def _join_split(rows: Sequence[ReceiptLine]) -> list[ReceiptLine]:
    """Move the amount of a line that has nothing else to the keyword line just above it."""
    joined = list(rows)
    for index, (row, after) in enumerate(pairwise(rows)):
        if row.amounts or after.role is not Role.NONE:
            continue
        role = Role.TOTAL if _names_refund(row) else row.role
        if role in (Role.NONE, Role.COUNT):
            continue
        if "tax_table" in row.groups:
            continue
        letters = sum(char.isalpha() for char in _label(after.text.text, after.amounts))
        if _near(row, after) and len(after.amounts) == 1 and letters <= 4:
            joined[index] = replace(row, amounts=after.amounts, role=role)
    return joined


TAX_TABLE_ROWS = 6
"""Maximum number of lines of a tax summary; it is rarely longer."""


def _mark_tax_tables(rows: Sequence[ReceiptLine]) -> list[ReceiptLine]:
    marked, left = [], 0
    for row in rows:
        if "tax_table" in row.groups and not row.amounts:
            left = TAX_TABLE_ROWS
        elif left:
            left -= 1
        marked.append(replace(row, in_tax_table=True) if left else row)
    return marked

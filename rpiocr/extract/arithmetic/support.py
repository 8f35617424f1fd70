"""What on a page supports an amount besides sums: a second printing, and the tax that its rate makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rpiocr.extract.roles import ReceiptLine, Role
from rpiocr.model import Box, Check
from rpiocr.model.provenance import REPEATED, TAX_RATE

NOT_A_PRINTING = (
    Role.CARD,
    Role.CHANGE,
    Role.SAVINGS,
    Role.DISCOUNT,
    Role.LOYALTY,
    Role.TAX,
    Role.TIP,
    Role.LATER,
    Role.MEASURE,
    Role.ROUNDING,
)
"""Roles of amounts that are equal to the total by chance only; a payment has a check of its own."""

PERCENTAGE = re.compile(r"(?<![0-9.,])(?P<rate>[0-9]{1,2}(?:[.,][0-9]{1,2})?)[ \u2009]?%")

MIN_TAX = Decimal("0.10")
"""Minimum tax that says something about the total: a smaller one is the share of too many amounts."""

ONE_CENT = Decimal("0.011")
"""Maximum difference of a tax from the share that its rate makes: it was rounded."""


@dataclass(frozen=True, slots=True)
class TaxLine:
    """A tax with the rate on its line, in per cent."""

    rate: Decimal
    tax: Decimal


def supports(value: Decimal, printings: Sequence[tuple[Decimal, Box]], taxes: Sequence[TaxLine]) -> Iterator[Check]:
    """Yield the checks by which a second printing or a tax rate supports ``value``; see ``printings`` and ``taxes``."""
    boxes = [box for amount, box in printings if amount == abs(value)]
    if any(not box.meets(boxes[0]) for box in boxes[1:]):
        yield REPEATED
    if any(_is_share(abs(value), line) for line in taxes):
        yield TAX_RATE


def printings(rows: Sequence[ReceiptLine]) -> tuple[tuple[Decimal, Box], ...]:
    """Return the main amount of every line that may repeat the total, with its box; tax tables have their own sum."""
    lines = (row for row in rows if row.role not in NOT_A_PRINTING and not row.in_tax_table and row.amounts)
    return tuple((abs(row.main.value), row.main.box) for row in lines)


def tax_lines(rows: Sequence[ReceiptLine]) -> tuple[TaxLine, ...]:
    """Return the taxes whose rate is printed beside them."""
    found = []
    for row in rows:
        rate = PERCENTAGE.search(row.text.text) if row.role is Role.TAX or row.in_tax_table else None
        percent = Decimal(rate["rate"].replace(",", ".")) if rate else None
        if percent:
            found += [TaxLine(percent, abs(one.value)) for one in row.amounts if abs(one.value) >= MIN_TAX]
    return tuple(found)


def _is_share(total: Decimal, line: TaxLine) -> bool:
    return line.tax < total and abs(total * line.rate / (100 + line.rate) - line.tax) <= ONE_CENT

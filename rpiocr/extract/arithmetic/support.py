"""What on a page supports an amount besides sums: a second printing, and the tax that its rate makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from rpiocr.extract.roles import ReceiptLine, Role
from rpiocr.model import Box, Candidate, Check, Kind
from rpiocr.model.provenance import PARTS, REPEATED, TAX_RATE

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


@dataclass(frozen=True, slots=True)
class Support:
    """What may support a total on a page: where amounts are printed, sums of parts, taxes with their rates.

    ``paid`` has the printings on lines of payments, which count for an amount that is found on one of those.
    """

    printed: tuple[tuple[Decimal, Box], ...]
    paid: tuple[tuple[Decimal, Box], ...]
    parts: frozenset[Decimal]
    taxes: tuple[TaxLine, ...]

    def checks(self, total: Candidate[Decimal]) -> Iterator[Check]:
        """Yield the checks that support ``total``."""
        value = abs(total.value)
        printed = (*self.printed, *self.paid) if total.provenance.kind is Kind.CARD else self.printed
        boxes = [box for amount, box in printed if amount == value]
        if any(not box.meets(boxes[0]) for box in boxes[1:]):
            yield REPEATED
        if any(_is_share(value, line) for line in self.taxes):
            yield TAX_RATE
        if total.value in self.parts:
            yield PARTS


def support_of(rows: Sequence[ReceiptLine]) -> Support:
    """Collect what may support a total; tax tables have a sum of their own, and only their rates count here."""
    lines = [row for row in rows if not row.in_tax_table and row.amounts]
    printed = tuple((abs(row.main.value), row.main.box) for row in lines if row.role not in NOT_A_PRINTING)
    paid = tuple((abs(row.main.value), row.main.box) for row in lines if row.role is Role.CARD)
    return Support(printed, paid, _sums_of_parts(lines), tax_lines(rows))


MAX_PARTS = 6
"""Maximum number of subtotals whose sums are tried."""


def _sums_of_parts(lines: Sequence[ReceiptLine]) -> frozenset[Decimal]:
    """Return the sums of two or three different subtotals, with their signs: returned goods have a negative one."""
    values = tuple(dict.fromkeys(row.main.value for row in lines if row.role is Role.SUBTOTAL))[:MAX_PARTS]
    return frozenset(sum(some, Decimal(0)) for size in (2, 3) for some in combinations(values, size))


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

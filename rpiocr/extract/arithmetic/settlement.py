"""What was left to pay below a total: with the tip, after a discount or an insurance, the share of a split bill."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from rpiocr.extract.arithmetic.sums import ZERO, Ledger
from rpiocr.extract.roles import TOTALS, ReceiptLine, Role

MAX_LINES = 25
"""Maximum number of lines from a total to what was paid in the end."""

MAX_SHARES = 20
"""Maximum number of payers of a split bill."""

PAID = (*TOTALS, Role.CARD)

FRACTION = re.compile(r"(?<![0-9/.,])1[ \u2009]?/[ \u2009]?(?P<shares>[0-9]{1,2})(?![0-9/.,])")
"""A share of a bill: 1/3."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A total, and what was paid of it, with the line that holds this amount; neither is zero."""

    before: Decimal
    paid: Decimal
    row: ReceiptLine


def settlements(rows: Sequence[ReceiptLine], ledger: Ledger) -> tuple[Settlement, ...]:
    """Return what was paid of each total, as far as lines below it say so and the sums agree."""
    return (*_after_adjustments(rows), *_shares(rows, ledger))


def _after_adjustments(rows: Sequence[ReceiptLine]) -> Iterator[Settlement]:
    """Find a total, adjustments below it, and below those the amount that is left.

    The amount is next to a word for a total or a payment. A payment before the first adjustment settles the total.
    """
    for index, row in enumerate(rows):
        if row.role not in TOTALS or not row.amounts or row.in_tax_table:
            continue
        total, changes = abs(row.main.value), []
        for other in rows[index + 1 : index + 1 + MAX_LINES]:
            if not other.amounts or other.in_tax_table:
                continue
            change = _adjustment(other)
            if change:
                changes.append(change)
                continue
            paid = abs(other.main.value)
            if other.role in PAID and paid == total:
                break
            if other.role in PAID and paid and paid - total in _partial(changes):
                yield Settlement(total, paid, other)
                break


def _partial(changes: Sequence[Decimal]) -> set[Decimal]:
    """Return the differences that one adjustment, the first ones or all of them make."""
    return {*changes, *accumulate(changes)} - {ZERO}


def _adjustment(row: ReceiptLine) -> Decimal:
    """Return by how much a line below the total changes what is paid; 0 if it does not."""
    value = row.main.value
    if row.role in (Role.TIP, Role.CHARGE):
        return abs(value)
    if row.role in (Role.DISCOUNT, Role.SAVINGS):
        return -abs(value)
    return value if row.role is Role.NONE and value < 0 else ZERO


def _shares(rows: Sequence[ReceiptLine], ledger: Ledger) -> Iterator[Settlement]:
    """Find the share of a bill that is split: named as one, or a fraction such as 1/3 is printed and was paid."""
    totals = [value for role in TOTALS for value in ledger.of(role)]
    named = [row for row in rows if row.role is Role.SHARE and row.amounts]
    fractions = {int(match["shares"]) for row in rows for match in FRACTION.finditer(row.text.text)}
    paid = [row for row in rows if row.role is Role.CARD and row.amounts] if fractions else []
    for row, counts in (*((row, range(2, MAX_SHARES + 1)) for row in named), *((row, fractions) for row in paid)):
        share = abs(row.main.value)
        for total in totals:
            # A share is rounded to the cent, up or down.
            if share and any(abs(total - count * share) < count * Decimal("0.01") for count in counts if count > 1):
                yield Settlement(total, share, row)

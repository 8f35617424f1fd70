"""What was left to pay below a total: with the tip, after a discount or an insurance, the share of a split bill."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from rpiocr.extract.arithmetic.ledger import ZERO
from rpiocr.extract.roles import TOTALS, ReceiptLine, Role

MAX_LINES = 25
"""Maximum number of lines from a total to what was paid in the end."""

MAX_SHARES = 20
"""Maximum number of payers of a split bill."""

PAID = (*TOTALS, Role.CARD, Role.SHARE)

LEFT = (*PAID, Role.NONE, Role.SUBTOTAL, Role.CASH)
"""Roles of an amount that is left after something negative was printed below the total: three amounts say so."""

NOT_AN_ADJUSTMENT = (*TOTALS, Role.CHANGE, Role.CASH, Role.ROUNDING, Role.TAX)
"""Roles of negative amounts that do not lower what is paid."""

FRACTION = re.compile(r"(?<![0-9/.,])1[ \u2009]?/[ \u2009]?(?P<shares>[0-9]{1,2})(?![0-9/.,])")
"""A share of a bill: 1/3."""

PAYERS = re.compile(r"^[^0-9]*(?<![0-9.,:/-])(?P<shares>[0-9]{1,2})[^0-9]{0,12}$")
"""A line with a small whole number and nothing else: by how many a bill is split."""

ROUNDED_SHARE = Decimal("0.05")
"""Largest difference by which a share is rounded: to the cent, or to the smallest coin."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A total, and what was paid of it; neither is zero.

    ``is_sure``: the words beside the amount that was paid name a total or a payment, or something negative is printed
    between the two. A tip may be only suggested, and where nothing shows what was left, the total is in doubt.
    """

    before: Decimal
    paid: Decimal
    is_sure: bool = True


def settlements(rows: Sequence[ReceiptLine], differences: Collection[Decimal]) -> tuple[Settlement, ...]:
    """Return what was paid of each total, as far as lines below it say so and the sums agree.

    ``differences`` are the possible values of cash tendered minus change: what was left may be printed nowhere.
    """
    return (*_after_adjustments(rows, differences), *_shares(rows))


def _after_adjustments(rows: Sequence[ReceiptLine], differences: Collection[Decimal]) -> Iterator[Settlement]:
    """Find totals, adjustments below them, and below those the amount that is left to pay."""
    for index, row in enumerate(rows):
        if row.role in TOTALS and row.amounts and not row.in_tax_table:
            found = _left_of(abs(row.main.value), rows[index + 1 : index + 1 + MAX_LINES], differences)
            if found:
                yield found


def _left_of(total: Decimal, below: Sequence[ReceiptLine], differences: Collection[Decimal]) -> Settlement | None:
    """Return what was left of a total; None if it was paid as it is, before anything changed it."""
    changes: list[Decimal] = []
    suggested = None
    for row, change in _changes(below):
        paid = abs(row.main.value)
        if change:
            changes.append(change)
        elif row.role in PAID and paid == total:
            return None
        elif paid and paid - total in _partial(changes):
            if _is_left(row, total):
                return Settlement(total, paid)
            suggested = suggested or Settlement(total, paid, is_sure=False)
    return _left_in_cash(total, changes, differences) if changes and not suggested else suggested


def _changes(below: Sequence[ReceiptLine]) -> Iterator[tuple[ReceiptLine, Decimal]]:
    """Yield the lines below a total that have an amount, with that by which they change what is paid, or 0.

    Below the cash, a negative amount is its change.
    """
    is_given = False
    for row in below:
        if row.amounts and not row.in_tax_table:
            is_given = is_given or row.role is Role.CASH
            yield row, ZERO if is_given else _adjustment(row)


def _is_left(row: ReceiptLine, total: Decimal) -> bool:
    """Return whether words say that an amount was paid, or it is less than the total: a tip may be only suggested."""
    return row.role in PAID or (abs(row.main.value) < total and row.role in LEFT)


def _left_in_cash(total: Decimal, changes: Sequence[Decimal], differences: Collection[Decimal]) -> Settlement | None:
    """Return what was left and paid in cash; a doubt about the total if something lowers it, and nothing was paid."""
    if total in differences:
        return None
    paid = next((total + change for change in _partial(changes) if total + change in differences), None)
    if paid:
        return Settlement(total, paid)
    lowered = next((total + change for change in changes if change < 0), None)
    return Settlement(total, lowered, is_sure=False) if lowered else None


def _partial(changes: Sequence[Decimal]) -> set[Decimal]:
    """Return the differences that one adjustment, the first ones or all of them make."""
    return {*changes, *accumulate(changes)} - {ZERO}


def _adjustment(row: ReceiptLine) -> Decimal:
    """Return by how much a line below the total changes what is paid; 0 if it does not.

    A negative amount lowers it, whatever its words: a voucher, an insurance, a payment made before.
    """
    value = row.main.value
    if row.role in (Role.TIP, Role.CHARGE):
        return abs(value)
    if row.role in (Role.DISCOUNT, Role.SAVINGS):
        return -abs(value)
    return value if value < 0 and row.role not in NOT_AN_ADJUSTMENT else ZERO


def _shares(rows: Sequence[ReceiptLine]) -> Iterator[Settlement]:
    """Find the share of a bill that is split: named as one, or paid where the number of payers is printed."""
    for index, row in enumerate(rows):
        if row.role not in (*TOTALS, Role.SUBTOTAL) or not row.amounts or row.in_tax_table:
            continue
        below = rows[index + 1 : index + 1 + MAX_LINES]
        payers = _payers(below)
        for other in below:
            counts = range(2, MAX_SHARES + 1) if other.role is Role.SHARE else payers
            if other.role in (Role.SHARE, Role.CARD) and other.amounts:
                total, share = abs(row.main.value), abs(other.main.value)
                if share and any(abs(total - count * share) <= count * ROUNDED_SHARE for count in counts):
                    yield Settlement(total, share)


def _payers(rows: Sequence[ReceiptLine]) -> set[int]:
    """Return the numbers of payers that lines without an amount may name."""
    bare = (row.text.text for row in rows if not row.amounts)
    found = (match for text in bare for match in (FRACTION.search(text), PAYERS.search(text)) if match)
    return {count for match in found if 1 < (count := int(match["shares"])) <= MAX_SHARES}

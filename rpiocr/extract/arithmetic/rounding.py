"""Finds cash rounding: a total, the cents by which it is rounded, and the amount that is paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from rpiocr.extract.bounds import MAX_ROUNDINGS
from rpiocr.extract.receipt_lines import min_rounded
from rpiocr.extract.roles import TOTALS, ReceiptLine, Role
from rpiocr.extract.tables.countries import cash_rounding
from rpiocr.extract.text.amounts import Amount

PAID = (*TOTALS, Role.CASH, Role.CARD)


@dataclass(frozen=True, slots=True)
class Rounding:
    """The total before rounding with its line, and the amount paid after it; ``raw`` is the text of the cents."""

    row: ReceiptLine
    before: Amount
    raw: str
    paid: Decimal


def find_rounding(rows: Sequence[ReceiptLine], differences: Sequence[Decimal]) -> Rounding | None:
    """Find the rounding that changes the total; ``differences`` are the possible values of cash tendered minus change.

    The sign of such a small number is easily lost, so both directions are tried: cash and change decide first, then
    the amount printed below, then which of the two can be paid in coins.
    """
    said = frozenset(differences)
    for index, cents in islice(_all_cents(rows), MAX_ROUNDINGS):
        above = _total_above(rows[:index])
        if above is None:
            continue
        total_row, total = above
        printed = _total_below(rows[index + 1 :], total.value, abs(cents.value))
        if printed is not None:
            return Rounding(total_row, total, cents.raw, printed)
        below = {abs(amount.value) for after in rows[index + 1 :] if after.role in PAID for amount in after.amounts}
        paid = _paid(total.value, cents.value, said, below)
        if paid is not None:
            return Rounding(total_row, total, cents.raw, paid)
    return _from_two_totals(rows, said)


def _all_cents(rows: Sequence[ReceiptLine]) -> Iterator[tuple[int, Amount]]:
    """Yield the cents of every line with a rounding, with its index."""
    return ((index, cents) for index, row in enumerate(rows) if (cents := _cents(row)))


def _from_two_totals(rows: Sequence[ReceiptLine], differences: Set[Decimal]) -> Rounding | None:
    """Find a total that is followed by its rounded amount, even if the line of the cents was not read."""
    coin = cash_rounding().smallest_coin
    totals = [row for row in rows if row.role in (*TOTALS, Role.SUBTOTAL) and row.amounts and not row.in_tax_table]
    last = {row.main.value: index for index, row in enumerate(totals) if row.role in TOTALS}
    for index, row in enumerate(totals):
        before = row.main
        if before.value % coin:
            coins = (before.value / coin).to_integral_value() * coin
            if last.get(coins, -1) > index or coins in differences:
                return Rounding(row, before, "", coins)
    return None


def _total_below(rows: Sequence[ReceiptLine], before: Decimal, cents: Decimal) -> Decimal | None:
    """Return a printed total after rounding, if it differs by small change, whatever the cents were read as."""
    values = (row.main.value for row in rows if row.role in TOTALS and row.amounts and not row.in_tax_table)
    most = cash_rounding().between_totals
    near = (value for value in values if 0 < abs(value - before) < most or abs(value - before) == cents)
    return next(near, None)


def _paid(total: Decimal, cents: Decimal, differences: Set[Decimal], below: Set[Decimal]) -> Decimal | None:
    options = (total + cents, total - cents)
    for known in (differences, below):
        for value in options:
            if abs(value) in known:
                return value
    limits = cash_rounding()
    if total % limits.smallest_coin:
        return next((value for value in options if not value % limits.smallest_coin), None)
    if limits.smallest_coin < abs(cents) <= limits.largest and total % 1:
        return next((value for value in options if not value % 1), None)
    return None


def _cents(row: ReceiptLine) -> Amount | None:
    if row.role is not Role.ROUNDING or not row.amounts or row.in_tax_table:
        return None
    amount = row.amounts[-1]
    return amount if 0 < abs(amount.value) < min_rounded(amount.value) else None


def _total_above(rows: Sequence[ReceiptLine]) -> tuple[ReceiptLine, Amount] | None:
    for row in reversed(rows):
        if row.role in (*TOTALS, Role.SUBTOTAL) and row.amounts and not row.in_tax_table:
            return row, row.main
    return None

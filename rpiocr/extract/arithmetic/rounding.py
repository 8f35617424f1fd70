"""Cash rounding: a total, the cents by which it is rounded, and the amount that is paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from rpiocr.extract.bounds import MOST_ROUNDINGS
from rpiocr.extract.rows import TOTALS, Role, Row, least_rounded
from rpiocr.extract.tables.countries import cash_rounding
from rpiocr.extract.text.amounts import Amount

PAID = (*TOTALS, Role.CASH, Role.CARD)


@dataclass(frozen=True, slots=True)
class Rounding:
    """The total before rounding with its line, and what is paid after it; ``raw`` are the cents as read."""

    row: Row
    before: Amount
    raw: str
    paid: Decimal


def find_rounding(rows: Sequence[Row], differences: Sequence[Decimal]) -> Rounding | None:
    """Find the rounding that changes the total; ``differences`` are the cash given less the change, each.

    The sign of so small a number is easily lost, so both directions are tried: what cash and change say comes
    first, then what is printed below, then which of the two can be paid in coins.
    """
    said = frozenset(differences)
    for index, cents in islice(_all_cents(rows), MOST_ROUNDINGS):
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


def _all_cents(rows: Sequence[Row]) -> Iterator[tuple[int, Amount]]:
    """The cents of every line of a rounding, with its index."""
    return ((index, cents) for index, row in enumerate(rows) if (cents := _cents(row)))


def _from_two_totals(rows: Sequence[Row], differences: Set[Decimal]) -> Rounding | None:
    """Find a total that is followed by itself in coins, also where the line of the cents was not read."""
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


def _total_below(rows: Sequence[Row], before: Decimal, cents: Decimal) -> Decimal | None:
    """Return a total after rounding that is printed as such, by small change whatever the cents were read as."""
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


def _cents(row: Row) -> Amount | None:
    if row.role is not Role.ROUNDING or not row.amounts or row.in_tax_table:
        return None
    amount = row.amounts[-1]
    return amount if 0 < abs(amount.value) < least_rounded(amount.value) else None


def _total_above(rows: Sequence[Row]) -> tuple[Row, Amount] | None:
    for row in reversed(rows):
        if row.role in (*TOTALS, Role.SUBTOTAL) and row.amounts and not row.in_tax_table:
            return row, row.main
    return None

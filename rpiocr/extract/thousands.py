"""Decides whether the space in a number separates thousands, or a number of articles and an amount.

"TOTAL 3 125,00" is 3,125.00 on one receipt, and three articles for 125.00 on another: the rest of the page decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from rpiocr.extract.roles import ITEM_ROLES, TOTALS, ReceiptLine, Role
from rpiocr.extract.text.amounts import Amount

NAMED = (*TOTALS, Role.SUBTOTAL, Role.CARD)


def with_thousands_settled(rows: Sequence[ReceiptLine]) -> list[ReceiptLine]:
    """Return the lines with every amount with such a space settled; ``cut`` remains where nothing decides."""
    if not any(amount.cut for row in rows for amount in row.amounts):
        return list(rows)
    page = _Page(rows)
    return [replace(row, amounts=tuple(page.settled(row, amount) for amount in row.amounts)) for row in rows]


class _Page:
    """What the other amounts of a page say about an amount with a space."""

    def __init__(self, rows: Sequence[ReceiptLine]) -> None:
        self._sure = {abs(amount.value) for row in rows for amount in row.amounts if not amount.cut}
        self._spaced = Counter(amount.value for row in rows for amount in row.amounts if amount.cut)
        named = [row.main for row in rows if row.role in NAMED and row.amounts]
        self._largest = max((abs(amount.value) for amount in named if not amount.cut), default=Decimal(0))
        self._items = [row.amounts[-1] for row in _items(rows)]

    def settled(self, row: ReceiptLine, amount: Amount) -> Amount:
        """Return the amount without its number of articles, or without the doubt, if the page decides."""
        if amount.cut is None:
            return amount
        apart = self._says_apart(row, amount, amount.cut)
        whole = self._says_whole(amount, amount.cut)
        if apart > whole:
            return replace(amount.cut, cut=None)
        return replace(amount, cut=None) if whole > apart else amount

    def _says_apart(self, row: ReceiptLine, amount: Amount, cut: Amount) -> int:
        count = int(amount.value // 1000)
        last = row.amounts[-1]
        return (
            (cut.value in self._sure)
            + (cut.value == self._sum(apart=True))
            + (last is not amount and last.value == count * cut.value)
            + (row.role in TOTALS and count == len(self._items) > 1)
            + (row.role in ITEM_ROLES and 0 < self._largest < amount.value)
        )

    def _says_whole(self, amount: Amount, cut: Amount) -> int:
        dearest = max((item.value for item in self._items if not item.cut), default=Decimal(0))
        return (
            (amount.value in self._sure)
            + (amount.value == self._sum(apart=False))
            + (self._spaced[amount.value] > 1)
            + (dearest > cut.value)
        )

    def _sum(self, *, apart: bool) -> Decimal:
        return sum(((item.cut if apart and item.cut else item).value for item in self._items), Decimal(0))


def _items(rows: Sequence[ReceiptLine]) -> Iterator[ReceiptLine]:
    for row in rows:
        if row.role in (*TOTALS, Role.SUBTOTAL) and row.amounts:
            return
        if row.role in ITEM_ROLES and row.amounts:
            yield row

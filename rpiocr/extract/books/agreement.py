"""Compares the sum of items with what the receipt says they come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rpiocr.extract.arithmetic.ledger import ZERO, Ledger, gather, with_extras
from rpiocr.extract.items.purchase import Purchase
from rpiocr.extract.roles import ReceiptLine, Role
from rpiocr.model.items import Agreement


@dataclass(frozen=True)
class Sums:
    """What the items of a page may add up to: the total that was chosen, if any, and the amounts on the page."""

    rows: tuple[ReceiptLine, ...]
    total: Decimal | None
    ledger: Ledger

    @property
    def is_refund(self) -> bool:
        """Whether money was given back."""
        return self.total is not None and self.total < 0

    def exactly(self, found: Decimal, end: int) -> Agreement | None:
        """Return what a sum is: the total, or a subtotal below the items that end at row ``end``."""
        if found == self.total:
            return Agreement.TOTAL
        return Agreement.SUBTOTAL if self._printed(found) in set(self._subtotals(end)) else None

    def _subtotals(self, end: int) -> Iterator[Decimal]:
        """Yield the subtotals between the items that end at row ``end`` and the total.

        What is printed below that, such as the sum of all goods of one rate of tax, is of some of the items.
        """
        for row in self.rows[end : self.row_of_total(end) + 1]:
            if row.role is Role.SUBTOTAL or row is self.rows[end]:
                yield from (abs(one.value) for one in row.amounts)

    def exact(self, end: int) -> Iterator[Decimal]:
        """Yield the amounts that the items that end at row ``end`` may add up to exactly."""
        if self.total is not None:
            yield from (abs(self.total) - cents for cents in self.ledger.roundings)
        yield from self._subtotals(end)

    def row_of_total(self, end: int) -> int:
        """Return the first row from ``end`` on that has the total; ``end`` if there is none."""
        rows = range(end, len(self.rows))
        return next((row for row in rows if any(abs(one.value) == self._total for one in self.rows[row].amounts)), end)

    def _printed(self, found: Decimal) -> Decimal:
        """Return a sum as it is printed: that of a refund without its minus."""
        return -found if self.is_refund else found

    @property
    def _total(self) -> Decimal | None:
        return None if self.total is None else abs(self.total)

    def with_rounding(self, found: Decimal) -> bool:
        """Return whether a sum is the total before its printed rounding."""
        found = self._printed(found)
        return any(found + cents == self._total for cents in self.ledger.roundings)

    def with_more(self, found: Decimal) -> bool:
        """Return whether a sum is the total with printed taxes, charges, discounts and rounding."""
        found = self._printed(found)
        return found > 0 and self._total in set(with_extras(found, self.ledger))


def sums_of(rows: Sequence[ReceiptLine], total: Decimal | None) -> Sums:
    """Collect what the items of a page may add up to."""
    return Sums(tuple(rows), total, gather(rows))


def sum_of(found: Sequence[Purchase]) -> Decimal:
    """Return the sum of purchases."""
    return sum((one.value for one in found), ZERO)

"""What a page says was paid, and which amounts on it contradict a total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import combinations

from rpiocr.extract.arithmetic.ledger import ENDS_ITEMS, ZERO, Ledger, largest_rounding, with_extras
from rpiocr.extract.roles import SURE_TOTALS, ReceiptLine, Role
from rpiocr.extract.tables.countries import cash_rounding
from rpiocr.extract.text.payment_words import is_voucher
from rpiocr.model import Check
from rpiocr.model.provenance import OTHER_DUE, OTHER_PAYMENT

DUE = (*SURE_TOTALS, Role.SHARE, Role.GIVEN)

MAX_PAYMENTS = 5
"""Maximum number of payments whose sums are tried; a bill is hardly ever paid in more parts."""

MAX_EXTRAS = 2_000
"""Maximum number of sums with tax, tip and discounts that may explain a difference."""


@dataclass(frozen=True)
class Payments:
    """The payments of a page by the amounts on their lines, all positive; see ``payments_of``.

    ``cards`` has those by card, telephone or account, in the order of their lines; ``cash`` what was given, ``change``
    what was given back. ``has_voucher``: a voucher or gift card is among several; whether the payer paid the total or
    what that left is then open.
    """

    cards: tuple[Decimal, ...]
    cash: tuple[Decimal, ...]
    change: tuple[Decimal, ...]
    has_voucher: bool = False

    @cached_property
    def paid(self) -> frozenset[Decimal]:
        """Every amount that the payments may have settled: one, or the sum of some, less the change."""
        each = (*self.cards, *self.cash)[:MAX_PAYMENTS]
        given = {sum(some, ZERO) for size in range(1, len(each) + 1) for some in combinations(each, size)}
        return frozenset(given | {value - back for value in given for back in self.change})

    def add_up_to(self, total: Decimal) -> bool:
        """Return whether all payments, at least two, add up to ``total``."""
        each = (*self.cards, *self.cash)
        given = sum(each, ZERO)
        return len(each) > 1 and total in {given, *(given - back for back in self.change)}

    def settle(self, total: Decimal) -> bool:
        """Return whether the payments may have settled ``total``; cash without a change may have settled any below."""
        slack = largest_rounding(total) if self.cash else cash_rounding().between_totals
        if any(abs(value - total) < slack for value in self.paid):
            return True
        return not self.change and any(total < value for value in self.cash)


def payments_of(rows: Sequence[ReceiptLine]) -> Payments:
    """Return the payments below the first total or subtotal; above it words for a card are those of a product."""
    start = next((index for index, row in enumerate(rows) if row.role in ENDS_ITEMS and row.amounts), 0)
    below = [row for row in rows[start:] if row.amounts and not row.in_tax_table]

    def of(role: Role) -> tuple[Decimal, ...]:
        # A slip, and a word for a share above it, repeat their amount; two equal payments are rarer.
        return tuple(dict.fromkeys(abs(row.main.value) for row in below if row.role is role and row.main.value))

    cards, cash = of(Role.CARD), of(Role.CASH)
    vouchers = (row for row in below if row.role is Role.CARD and is_voucher(row.text.text, row.lexicon))
    return Payments(cards, cash, of(Role.CHANGE), len(cards) + len(cash) > 1 and any(vouchers))


def doubts(total: Decimal, rows: Sequence[ReceiptLine], payments: Payments, ledger: Ledger) -> Iterator[Check]:
    """Yield the contradictions between ``total`` and the amounts on lines about money owed or paid."""
    total = abs(total)
    known = payments.cards or (payments.cash and payments.change)
    is_part = payments.has_voucher and payments.add_up_to(total)
    if is_part or (known and not payments.settle(total)):
        yield OTHER_PAYMENT
    explained = _Explained(total, rows, payments, ledger)
    if any(not explained.has(abs(row.main.value)) for row in _due(rows)):
        yield OTHER_DUE


def _due(rows: Sequence[ReceiptLine]) -> Iterator[ReceiptLine]:
    """Yield lines with a word for money owed or paid; a weak word, such as AMOUNT on a card slip, below a total."""
    is_below = False
    for row in rows:
        if row.amounts and not row.in_tax_table and row.main.value:
            is_below = is_below or row.role in SURE_TOTALS
            if row.role in DUE or (is_below and row.role is Role.TOTAL_WEAK):
                yield row


class _Explained:
    """Which other amounts a page explains beside a total: parts of it, what it grew from, or what was handed over."""

    def __init__(self, total: Decimal, rows: Sequence[ReceiptLine], payments: Payments, ledger: Ledger) -> None:
        self._total = total
        self._printed = {abs(amount.value) for row in rows for amount in row.amounts}
        self._printed |= {ledger.taxes, ledger.discounts}
        self._tendered = {total + back for back in payments.change} | set(payments.cash)
        self._grown = frozenset(with_extras(total, ledger, MAX_EXTRAS))
        self._ledger = ledger

    def has(self, value: Decimal) -> bool:
        apart = abs(self._total - value)
        return (
            apart <= largest_rounding(value)
            or apart in self._printed
            or value in self._tendered
            or value in self._grown
            or self._total in with_extras(value, self._ledger, MAX_EXTRAS)
        )

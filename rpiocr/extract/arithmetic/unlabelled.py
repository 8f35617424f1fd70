"""Finds a total by arithmetic alone, where the words beside the amounts were not read.

Worn print, or a script that no engine knows, loses words before it loses figures. The total and the cash given for it
are the largest amounts of a receipt, so a difference counts only for those two: among all amounts, differences that
agree by chance are frequent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rpiocr.extract.receipt_lines import ReceiptLine, Role

UNREAD = (Role.NONE, Role.CASH, Role.CHANGE)
"""Roles of lines whose words were not read, or were, but not that of the total above them."""

NOTE_DIGITS = 2
"""Maximum number of digits, without zeros behind them, of cash: one note, or two or three alike. Other payments with
change, as coins beside a note, are rare, and not distinguished from sums of prices."""

RATES = range(2, 28)
"""Rates of value added tax in per cent: net, gross and tax of one of them are no payment and its change."""


def paid_without_words(rows: Sequence[ReceiptLine]) -> frozenset[Decimal]:
    """Return the total if it is followed by the cash given, which is a round amount, and by the change."""
    printed = list(_printed(rows))
    values = [value for _, value in printed]
    highest = sorted(set(values), reverse=True)[:2]
    if len(highest) < 2:
        return frozenset()
    given, total = highest
    change, place = given - total, values.index(given)
    is_unread = all(row.role in UNREAD for row, value in printed if value in highest)
    is_paid = is_unread and values.index(total) < place and change in values[place:]
    return frozenset({total}) if is_paid and _is_round(given) and not _is_tax(change, total) else frozenset()


def _printed(rows: Sequence[ReceiptLine]) -> Iterator[tuple[ReceiptLine, Decimal]]:
    for row in rows:
        if row.amounts and not row.main.whole_only:
            yield row, abs(row.main.value)


def _is_round(amount: Decimal) -> bool:
    return len(amount.normalize().as_tuple().digits) <= NOTE_DIGITS


def _is_tax(part: Decimal, net: Decimal) -> bool:
    """Return whether one amount is what a tax adds to another, to half a unit of its last digit."""
    smallest = Decimal((0, (1,), min(0, int(part.as_tuple().exponent))))
    return any(abs(net * rate / 100 - part) <= smallest for rate in RATES)

"""Finds a total by arithmetic alone, where the words beside the amounts were not read.

Worn print, or a script that no engine knows, loses words before it loses figures. The total and the cash given for it
are the largest amounts of a receipt, so a difference counts only for those two: among all amounts, differences that
agree by chance are frequent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rpiocr.extract.arithmetic.unit_prices import is_unit_price
from rpiocr.extract.roles import ITEM_ROLES, ReceiptLine, Role

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


MAX_APART = 4
"""Maximum number of lines with an amount from a total to the cash, and from that to the change, without labels."""

MAY_BE_PAYMENT = (Role.NONE, Role.TOTAL_WEAK, Role.TOTAL, Role.CASH, Role.CARD)


def paid_below_items(rows: Sequence[ReceiptLine]) -> frozenset[Decimal]:
    """Return totals that are followed by cash and change, where the label of one of the three is worn away.

    The total has to be what the lines above it add up to, or the subtotal again, as three amounts of which two make the
    third are frequent.
    """
    printed = [row for row in rows if row.amounts and not row.in_tax_table]
    found, above, lines = set(), Decimal(0), 0
    for index, row in enumerate(printed):
        value = row.main.value
        is_again = index > 0 and printed[index - 1].main.value == value
        is_made = (lines > 0 and value == above) or (is_again and printed[index - 1].role is Role.SUBTOTAL)
        if is_made and _is_paid(value, printed[index + 1 : index + 1 + 2 * MAX_APART]):
            found.add(value)
        if row.role in ITEM_ROLES and not is_again and not is_unit_price(printed, index):
            above, lines = above + row.amounts[-1].value, lines + 1
    return frozenset(found)


def _is_paid(value: Decimal, below: Sequence[ReceiptLine]) -> bool:
    """Return whether two of the amounts below are cash and its change; one of them, at least, without its label."""
    for place, cash in enumerate(below[:MAX_APART]):
        back = cash.main.value - value if cash.role in MAY_BE_PAYMENT else Decimal(0)
        changes = (row for row in below[place + 1 : place + 1 + MAX_APART] if row.role in (Role.NONE, Role.CHANGE))
        if value > 0 < back and any(change.main.value == back for change in changes):
            return True
    return False

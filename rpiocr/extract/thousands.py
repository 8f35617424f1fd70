"""Decides whether the space in a number separates thousands, or a number of articles and an amount.

"TOTAL 3 125,00" is 3,125.00 on one receipt, and three articles for 125.00 on another: the rest of the page decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from decimal import Decimal

from rpiocr.extract.roles import COLUMN, ITEM_ROLES, TOTALS, ReceiptLine, Role
from rpiocr.extract.text.amounts import NARROW, Amount, LineText, are_single_spaces, fold

NAMED = (*TOTALS, Role.SUBTOTAL, Role.CARD)


Units = tuple[tuple[Amount, ...], tuple[Amount, ...]]
"""The amounts of a line in a currency without decimals: those with groups or a sign, and plain numbers."""

LEAD = re.compile(r"(?<![0-9.,:/#*-])(?P<lead>[1-9][0-9]{0,2}(?:[ \u2009][0-9]{3})*)[ \u2009]$")
"""The thousands before the last three digits of a number."""


def with_groups_joined(
    texts: Sequence[LineText], units: Sequence[Units], roles: Sequence[Role], *, spaces_usual: bool
) -> list[Units]:
    """Return the amounts with those put together that a sign shows to be one elsewhere on the page.

    Of "87 388 HUF" and "VISA 87 388" the latter is the former, and not 388 behind a number of articles. Where a sign
    shows that thousands are separated by spaces, so is what stands on the line of a payment or a total and once more.
    Where a language of the page separates thousands by spaces (``spaces_usual``), so is what stands one space apart.
    """
    spaced = {abs(one.value) for sure, _ in units for one in sure if " " in one.raw or NARROW in one.raw}
    if spaced:
        spaced |= _repeated(texts, units, roles)
    if spaces_usual:
        spaced |= {
            one.value for text, (_, plain) in zip(texts, units, strict=True) for one in _one_space_apart(text, plain)
        }
    return [_put_together(text, sure, plain, spaced) for text, (sure, plain) in zip(texts, units, strict=True)]


def _one_space_apart(text: LineText, plain: Sequence[Amount]) -> Iterator[Amount]:
    """Yield the plain numbers with the thousands that are one space before them; columns are further apart."""
    for amount in plain:
        whole = _with_lead(text, amount)
        if whole and are_single_spaces(text, whole.start, whole.end):
            yield whole


def _repeated(texts: Sequence[LineText], units: Sequence[Units], roles: Sequence[Role]) -> set[Decimal]:
    counts: Counter[Decimal] = Counter()
    named: set[Decimal] = set()
    for text, (_, plain), role in zip(texts, units, roles, strict=True):
        whole = {one.value for amount in plain if (one := _with_lead(text, amount))}
        counts.update(whole)
        named |= whole if role in COLUMN else set()
    return {value for value in named if counts[value] > 1}


def _put_together(text: LineText, sure: tuple[Amount, ...], plain: tuple[Amount, ...], spaced: Set[Decimal]) -> Units:
    whole = tuple(one for amount in plain if (one := _with_lead(text, amount)) and one.value in spaced)
    left = tuple(one for one in plain if not any(one.start < other.end and other.start < one.end for other in whole))
    return tuple(sorted((*sure, *whole), key=lambda one: one.start)), left


def _with_lead(text: LineText, amount: Amount) -> Amount | None:
    """Return a plain number of three digits with the thousands before it; None if there are none."""
    match = LEAD.search(fold(text.text)[: amount.start])
    if match is None or not re.fullmatch("[0-9]{3}", amount.raw):
        return None
    start, end = match.start("lead"), amount.end
    value = Decimal(re.sub(r"[^0-9]", "", match["lead"]) + amount.raw)
    raw, box, confidence = text.text[start:end], text.box(start, end), text.confidence(start, end)
    return Amount(value, raw, box, confidence, start, end, whole_only=True)


def with_thousands_settled(rows: Sequence[ReceiptLine]) -> list[ReceiptLine]:
    """Return the lines with every amount with such a space settled; ``cut`` remains where nothing decides."""
    if all(_is_sure(amount) for row in rows for amount in row.amounts):
        return list(rows)
    page = _Page(rows)
    return [replace(row, amounts=tuple(page.settled(row, amount) for amount in row.amounts)) for row in rows]


def _is_sure(amount: Amount) -> bool:
    return not amount.cut and not amount.joined


def _whole(amount: Amount) -> Amount:
    return amount.joined or amount


def _part(amount: Amount) -> Amount:
    return amount.cut or amount


class _Page:
    """What the other amounts of a page say about an amount with a space."""

    def __init__(self, rows: Sequence[ReceiptLine]) -> None:
        amounts = [amount for row in rows for amount in row.amounts]
        named = [row.main for row in rows if row.role in NAMED and row.amounts]
        self._sure = {abs(amount.value) for amount in amounts if _is_sure(amount)}
        self._spaced = Counter(_whole(amount).value for amount in amounts if not _is_sure(amount))
        self._largest = max((abs(amount.value) for amount in filter(_is_sure, named)), default=Decimal(0))
        self._items = [row.amounts[-1] for row in _items(rows)]

    def settled(self, row: ReceiptLine, amount: Amount) -> Amount:
        """Return the amount without its number of articles, or with its thousands, if the page decides.

        Without a decision it stays as it was read: with its thousands before a decimal comma, as most write them, and
        in doubt; without them before a point.
        """
        if _is_sure(amount):
            return amount
        apart, whole = self._says_apart(row, amount), self._says_whole(amount)
        if apart == whole and amount.cut:
            return amount
        chosen = _whole(amount) if whole > apart else _part(amount)
        return replace(chosen, cut=None, joined=None)

    def _says_apart(self, row: ReceiptLine, amount: Amount) -> int:
        whole, part = _whole(amount).value, _part(amount).value
        count = int(whole // 1000)
        last = row.amounts[-1]
        return (
            (part in self._sure)
            + (part == sum((_part(item).value for item in self._items), Decimal(0)))
            + (last is not amount and last.value == count * part)
            + (row.role in TOTALS and count == len(self._items) > 1)
            + (row.role in ITEM_ROLES and 0 < self._largest < whole)
        )

    def _says_whole(self, amount: Amount) -> int:
        whole, part = _whole(amount).value, _part(amount).value
        dearest = max((item.value for item in filter(_is_sure, self._items)), default=Decimal(0))
        return (
            (whole in self._sure)
            + (whole == sum((_whole(item).value for item in self._items), Decimal(0)))
            + (self._spaced[whole] > 1)
            + (dearest > part)
        )


def _items(rows: Sequence[ReceiptLine]) -> Iterator[ReceiptLine]:
    for row in rows:
        if row.role in (*TOTALS, Role.SUBTOTAL) and row.amounts:
            return
        if row.role in ITEM_ROLES and row.amounts:
            yield row

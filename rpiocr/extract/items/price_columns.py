"""Reads the quantity and unit price of rows on which one of them was misread, by the columns that other rows prove."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median

from rpiocr.extract.items.purchase import Purchase
from rpiocr.extract.items.row import MAX_PIECES, ItemRow, Multiple, Numeral
from rpiocr.extract.items.wording import MIN_LETTERS, left_of
from rpiocr.extract.text.payment_words import letters_in
from rpiocr.model import Box
from rpiocr.model.items import ItemKind

MIN_PROVED = 2
"""Minimum number of rows whose product is their amount, with both numbers in the same columns."""

MIN_SHARE = 0.25
"""Minimum share of such rows: where they are fewer, the columns may be a coincidence."""

REACH = 1.0
"""Maximum distance of a unit price's right edge, or a quantity's middle, from its column, in heights of the text."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where quantities and unit prices are: the middle of the former, the right edge of the latter, in pixels.

    ``left`` is where the first of the two begins if descriptions end before it, else infinite.
    """

    quantity: float
    price: float
    left: float

    def has_quantity(self, box: Box) -> bool:
        return abs(box.middle[0] - self.quantity) <= REACH * box.height

    def has_price(self, box: Box) -> bool:
        return abs(box.right - self.price) <= REACH * box.height


def with_price_columns(rows: Sequence[ItemRow], found: list[Purchase], own: Collection[int]) -> list[Purchase]:
    """Return the purchases with the quantity and unit price of the columns that others prove.

    ``own`` are rows of purchases whose quantity is not on another row. What does not divide the amount exactly stays
    unread. What is right of where the columns begin is no description.
    """
    mine = [one for one in found if _is_own(one, own)]
    columns = _proved_columns(rows, [one for one in mine if one.multiple], len(mine))
    if columns is None:
        return found
    read = [_with_columns(rows[one.place], one, columns) if _is_open(one, own) else one for one in found]
    return [_cut(rows[one.place], one, columns.left) if one.places == (one.place,) else one for one in read]


def _cut(row: ItemRow, one: Purchase, left: float) -> Purchase:
    """Return a purchase without what is in its columns of numbers in its description."""
    words = left_of(row, one.amount, left)
    return replace(one, wording=replace(one.wording, description=words.description)) if words else one


def _is_own(one: Purchase, own: Collection[int]) -> bool:
    return one.place in own and one.kind is not ItemKind.DISCOUNT


def _is_open(one: Purchase, own: Collection[int]) -> bool:
    return _is_own(one, own) and one.multiple is None and one.value != 0


@dataclass(frozen=True, slots=True)
class _Proof:
    """The boxes of the quantity and the unit price of a row whose product is its amount."""

    row: ItemRow
    quantity: Box
    price: Box


def _proofs(rows: Sequence[ItemRow], proved: Sequence[Purchase]) -> Iterator[_Proof]:
    """Yield the rows whose quantity and unit price are two numbers of their own."""
    for one in proved:
        spans = one.multiple.spans if one.multiple else ()
        if one.multiple and len(spans) == 2:
            row = rows[one.place]
            first, second = (row.row.text.box(start, end) for start, end in spans)
            values = {(numeral.start, numeral.end): numeral.value for numeral in row.numerals}
            is_price_first = values.get(spans[0]) == one.multiple.price != one.multiple.quantity
            yield _Proof(row, second, first) if is_price_first else _Proof(row, first, second)


def _proved_columns(rows: Sequence[ItemRow], proved: Sequence[Purchase], purchases: int) -> _Columns | None:
    proofs = list(_proofs(rows, proved))
    if not proofs:
        return None
    columns = _Columns(
        median(one.quantity.middle[0] for one in proofs), median(one.price.right for one in proofs), math.inf
    )
    fitting = [one for one in proofs if columns.has_quantity(one.quantity) and columns.has_price(one.price)]
    if len(fitting) < max(MIN_PROVED, MIN_SHARE * purchases):
        return None
    left = min(median(one.quantity.left for one in fitting), median(one.price.left for one in fitting))
    return columns if any(_is_described(one.row, left) for one in fitting) else replace(columns, left=left)


def _is_described(row: ItemRow, left: float) -> bool:
    """Return whether a row has words right of a position and left of its last amount."""
    words = (
        row.text[start:end] for (start, end), box in row.words if box.left >= left and end <= row.amounts[-1].start
    )
    return any(letters_in(word) >= MIN_LETTERS for word in words)


def _with_columns(row: ItemRow, one: Purchase, columns: _Columns) -> Purchase:
    before = [numeral for numeral in row.numerals if numeral.end <= one.amount.start]
    boxes = {numeral: row.row.text.box(numeral.start, numeral.end) for numeral in before}
    prices = [numeral for numeral in before if columns.has_price(boxes[numeral])]
    counts = [numeral for numeral in before if columns.has_quantity(boxes[numeral]) and numeral not in prices]
    multiple = next(_multiples(prices, counts, one.amount.value), None)
    return one if multiple is None else replace(one, multiple=multiple)


def _multiples(prices: Sequence[Numeral], counts: Sequence[Numeral], amount: Decimal) -> Iterator[Multiple]:
    """Yield what the two columns say of an amount if one number of them was misread, or is not there."""
    read = [one.value for one in counts if one.value and one.value == one.value.to_integral_value()]
    for price in prices:
        spans = tuple((one.start, one.end) for one in (price, *counts))
        found = (_count_of(price, read, amount), _price_of(price, read, amount))
        yield from (Multiple(count, None, of_one, spans=spans) for count, of_one in filter(None, found))


def _count_of(price: Numeral, read: Sequence[Decimal], amount: Decimal) -> tuple[Decimal, Decimal] | None:
    """Return how often a price makes an amount, with that price; None if not exactly, or another number was read.

    A price equal to the amount is that of one, whatever was read beside it.
    """
    if not price.value or price.decimals != -min(0, int(amount.as_tuple().exponent)):
        return None
    count = abs(amount / price.value)
    is_whole = count == count.to_integral_value() and 0 < count < MAX_PIECES
    return (count.to_integral_value(), price.value) if is_whole and (count == 1 or not read) else None


def _price_of(price: Numeral, read: Sequence[Decimal], amount: Decimal) -> tuple[Decimal, Decimal] | None:
    """Return a number of pieces, 1 if none was read, with the price that makes the amount, if that was nearly read."""
    for count in read or [Decimal(1)]:
        exact = (abs(amount) / count).quantize(Decimal(1).scaleb(min(0, int(amount.as_tuple().exponent))))
        if exact * count == abs(amount) and _is_part(_digits(price.value), _digits(exact)):
            return count, exact
    return None


def _digits(value: Decimal) -> str:
    return "".join(map(str, value.as_tuple().digits))


def _is_part(read: str, whole: str) -> bool:
    """Return whether digits that were read are those of a number, but for one that was lost, or the first ones."""
    lost = (whole[:place] + whole[place + 1 :] for place in range(len(whole)))
    return len(whole) > 1 and (whole.endswith(read) or read in lost)

"""Reads quantities and unit prices by their columns, on rows where one of the two was misread or is not printed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median

from rpiocr.extract.items.purchase import Purchase
from rpiocr.extract.items.row import MAX_PIECES, ItemRow, Multiple, Numeral
from rpiocr.extract.items.wording import left_of
from rpiocr.model import Box
from rpiocr.model.items import ItemKind

MIN_SHARE = 0.6
"""Minimum share of the items that have a number in a column, for it to be one of quantities."""

MIN_ROWS = 3
"""Minimum number of such items: two numbers below one another are a coincidence."""

REACH = 1.5
"""Maximum distance of a number from the middle of its column, in heights of its text."""

STROKES = frozenset("|[]!Il")
"""What an engine may read of a 1 that stands alone."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A number on the row of a purchase that may be a quantity, and its box."""

    number: int
    numeral: Numeral
    box: Box


def with_columns(rows: Sequence[ItemRow], found: list[Purchase], own: Collection[int]) -> list[Purchase]:
    """Return the purchases with the quantities of the column that has them.

    ``own`` are rows of purchases whose quantity is not on another row. What is in the column or to the right of it is
    no description.
    """
    column = _column([one for number, purchase in enumerate(found) for one in _candidates(rows, purchase, number, own)])
    goods = sum(one.kind is not ItemKind.DISCOUNT for one in found)
    if len({one.number for one in column}) < max(MIN_ROWS, MIN_SHARE * goods):
        return found
    left, middle = min(one.box.left for one in column), median(one.box.middle[0] for one in column)
    quantities = {one.number: one.numeral.value for one in column}
    return [
        purchase
        if purchase.multiple or purchase.place not in own
        else _read(rows, purchase, left, quantities.get(number) or _stroke(rows[purchase.place], middle))
        for number, purchase in enumerate(found)
    ]


def _stroke(row: ItemRow, middle: float) -> Decimal | None:
    """Return 1 if there is an upright stroke in the column of quantities: a misread 1."""
    in_column = (row.row.text.text[start:end] for (start, end), box in row.words if _is_at(box, middle))
    return Decimal(1) if any(word in STROKES for word in in_column) else None


def _is_at(box: Box, middle: float) -> bool:
    return abs(box.middle[0] - middle) <= REACH * box.height


def _candidates(rows: Sequence[ItemRow], one: Purchase, number: int, own: Collection[int]) -> Iterator[_Found]:
    """Yield the numbers of a row that may be its quantity: the one of its product, else all small whole ones."""
    if one.place not in own or one.kind is ItemKind.DISCOUNT:
        return
    row = rows[one.place]
    for numeral in row.numerals:
        is_whole = numeral.value == numeral.value.to_integral_value() and 0 < numeral.value < MAX_PIECES
        in_product = one.multiple is None or (numeral.start, numeral.end) in one.multiple.spans
        if is_whole and in_product and not numeral.amount and 0 < numeral.start < numeral.end <= one.amount.start:
            yield _Found(number, numeral, row.row.text.box(numeral.start, numeral.end))


def _column(found: Sequence[_Found]) -> list[_Found]:
    """Return the numbers that stand below one another, as many as there are."""
    ordered = sorted(found, key=lambda one: one.box.middle[0])
    middles = [one.box.middle[0] for one in ordered]
    most: list[_Found] = []
    rows = 0
    for one, middle in zip(ordered, middles, strict=True):
        reach = REACH * one.box.height
        start, end = bisect_left(middles, middle - reach), bisect_right(middles, middle + reach)
        # Most numbers have the same neighbours, which are counted once.
        if end - start > rows and (here := len({other.number for other in ordered[start:end]})) > rows:
            most, rows = ordered[start:end], here
    if not most:
        return []
    middle = median(one.box.middle[0] for one in most)
    nearest: dict[int, _Found] = {}
    for one in sorted(most, key=lambda one: abs(one.box.middle[0] - middle)):
        nearest.setdefault(one.number, one)
    return list(nearest.values())


def _read(rows: Sequence[ItemRow], one: Purchase, left: float, quantity: Decimal | None) -> Purchase:
    row = rows[one.place]
    words = left_of(row, one.amount, left) if one.places == (one.place,) else None
    if words is None:
        return one
    price = _same_price(row, one)
    if quantity is None and price is not None:
        quantity = Decimal(1)
    multiple = Multiple(quantity, None, price) if quantity == 1 and price is not None else None
    described = replace(words, tax_code=one.wording.tax_code, quantity=one.wording.quantity or quantity)
    return replace(one, wording=described, multiple=multiple)


def _same_price(row: ItemRow, one: Purchase) -> Decimal | None:
    """Return the unit price before an amount if it is the same: then the quantity is 1, whatever was read of it."""
    before = (abs(other.value) for other in row.amounts if other.end <= one.amount.start)
    return next((value for value in before if value == abs(one.value)), None)

"""Finds the rows with a quantity and a unit price only, whose product is the amount of a row beside them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from rpiocr.extract.items.layout import Layout
from rpiocr.extract.items.row import TIMES, ItemRow, Multiple, number
from rpiocr.extract.items.wording import cleaned, is_bare, without_units, wording
from rpiocr.extract.items.zone import Zone
from rpiocr.extract.roles import ITEM_ROLES, Role
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import Amount
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.payment_words import letters_in


def find_details(zone: Zone, layout: Layout, counted: Mapping[int, Amount]) -> dict[int, int | None]:
    """Return the rows with a quantity and a unit price only, and the row below or above them with the product."""
    found: dict[int, int | None] = {}
    taken: set[int] = set()
    order = sorted(counted)
    for place in zone.between(layout.end):
        one = zone.rows[place]
        if not _may_be_detail(one) or _has_product(one):
            continue
        free = [other for other in _beside(place, order) if other not in found and other not in taken]
        product = next((other for other in free if _makes(one, counted[other].value)), None)
        if product is not None:
            found[place] = product
            taken.add(product)
        elif len(one.amounts) == 1 and _is_nothing_else(one, after_amount=place - 1 in counted):
            found[place] = None
    return found


def _may_be_detail(one: ItemRow) -> bool:
    """Return whether a row may be that: "1 qty @ 2 / 5.00" has a word for a number of articles."""
    return one.row.role in ITEM_ROLES or (one.row.role is Role.COUNT and bool(one.multiples))


def _has_product(one: ItemRow) -> bool:
    """Return whether a row has more than a quantity and a unit price: their product too."""
    return len(one.amounts) > 2 or (len(one.amounts) > 1 and one.multiple_for(one.amounts[-1]) is not None)


def _beside(place: int, order: Sequence[int]) -> Iterator[int]:
    """Yield the nearest row that counts below another one, and the nearest above it."""
    below, above = bisect_right(order, place), bisect_left(order, place) - 1
    beside = (*order[below : below + 1], *order[max(0, above) : above + 1])
    yield from (other for other in beside if abs(other - place) <= NEAR)


NEAR = 2
"""Maximum number of rows from a quantity and unit price to their product."""

FEW_LETTERS, SOME_LETTERS = 4, 12
"""Maximum number of letters beside a quantity of pieces, its unit and the unit price: more are a description; and
beside a weight, whose product is no coincidence."""


def _makes(one: ItemRow, product: Decimal) -> bool:
    """Return whether a row has a quantity and a unit price that make a product, and little else."""
    multiple = one.multiple_making(product)
    if multiple is None:
        return False
    is_weight = multiple.quantity != multiple.quantity.to_integral_value()
    letters = letters_in(without_units(cleaned(one.text).description, one.row.lexicon))
    return letters <= (SOME_LETTERS if is_weight else FEW_LETTERS)


def _is_nothing_else(one: ItemRow, *, after_amount: bool) -> bool:
    """Return whether a row has only a quantity and a unit price.

    They have a sign between them, or a code before them, below a row with an amount.
    """
    spans = [span for multiple, _ in one.multiples for span in multiple.spans]
    words = wording(one, one.amounts[0], spans)
    has_both = bool(spans) or (after_amount and words.code is not None and quantity_before(one) is not None)
    return has_both and is_bare(words.description, one.row.lexicon)


def quantity_before(one: ItemRow) -> Multiple | None:
    """Return the number of pieces before the only amount of a row, with that as the unit price."""
    if one.multiples:
        return one.multiples[0][0]
    match = PIECES_BEFORE.search(one.text[: one.amounts[0].start])
    return Multiple(Decimal(match["pieces"]), None, abs(one.amounts[0].value)) if match else None


PIECES_BEFORE = re.compile(r"(?<![0-9A-Za-z.,])(?P<pieces>[1-9][0-9]?)[ \u2009]?[^\w.,]?[ \u2009]*$")


def quantity_alone(one: ItemRow, amount: Amount) -> Decimal | None:
    """Return the number of pieces on a row that has only that and an amount: "1,000 Stk" or "X 2" before it."""
    match = _alone(one.row.lexicon).search(one.text[: amount.start])
    return number(match["pieces"] or match["times"]) if match else None


@lru_cache(maxsize=4)
def _alone(lexicon: Lexicon) -> re.Pattern[str]:
    units = any_of((*lexicon.units.pieces, *lexicon.units.counter))
    pieces = rf"(?<![0-9A-Za-z.,])(?P<pieces>[0-9]{{1,3}}(?:[.,]000)?)[ \u2009]?(?i:{units})"
    return re.compile(rf"(?:{pieces}|{TIMES}[ \u2009]*(?P<times>[1-9][0-9]?))[ \u2009.]*$")

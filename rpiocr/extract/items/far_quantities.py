"""Finds a quantity and a unit price that are printed apart from their product, as on slips of filling stations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from rpiocr.extract.items.assembly import Assembly
from rpiocr.extract.items.layout import Layout
from rpiocr.extract.items.purchase import Purchase
from rpiocr.extract.items.row import NUMERAL, ItemRow, Multiple, number
from rpiocr.extract.items.wording import MIN_LETTERS, Wording, cleaned
from rpiocr.extract.items.zone import Zone
from rpiocr.extract.measures import names_quantity
from rpiocr.extract.text.amounts import Amount
from rpiocr.extract.text.payment_words import letters_in
from rpiocr.model import Box
from rpiocr.model.items import ItemKind

FEW = 3
"""Maximum number of items whose quantity may be elsewhere: on a slip of a filling station above the amount."""

MAX_APART = 4
"""Maximum number of rows between an amount and the quantity and the price that make it."""


def find_near(assembly: Assembly, place: int, amount: Amount) -> Multiple | None:
    """Return two numbers with decimals on rows near an amount whose product it is: litres, and the price of one."""
    if len(assembly.counted) > FEW or abs(amount.value) < 1:
        return None
    for reach in range(1, MAX_APART + 1):
        found = list(_numbers_near(assembly, place, reach))
        for (quantity, _), (price, digits) in combinations(found, 2):
            one = Multiple(quantity, None, price)
            if digits > 1 and quantity != 1 and price != 1 and one.makes(amount.value):
                return one
    return None


def slip_purchase(zone: Zone, layout: Layout) -> Purchase | None:
    """Return the purchase of a slip whose total is the product of two numbers above it; None if there are none.

    Its description is what else is on the row of the quantity, or the nearest row of text above that.
    """
    end = layout.end
    if end >= len(zone.rows) or not zone.rows[end].amounts:
        return None
    amount = zone.rows[end].amounts[-1]
    multiple = find_near(Assembly(zone, layout, {end: amount}, {}), end, amount)
    place = _row_of(zone.rows, multiple.quantity, end) if multiple else None
    if multiple is None or place is None:
        return None
    named = next((row for row in range(place, max(-1, place - MAX_APART), -1) if _name(zone.rows[row])), place)
    places = tuple(sorted({place, named, end}))
    box = Box.around([zone.rows[row].row.box for row in places])
    words = Wording(_name(zone.rows[named]))
    return Purchase(end, places, amount, amount.value, ItemKind.ITEM, words, multiple, box)


def _row_of(rows: Sequence[ItemRow], quantity: Decimal, end: int) -> int | None:
    """Return the nearest row above a sum that has a quantity."""
    near = range(end - 1, max(-1, end - 1 - MAX_APART), -1)
    return next((row for row in near if any(one.value == quantity for one in rows[row].numerals)), None)


def _name(one: ItemRow) -> str:
    """Return the words of a row before its first number; empty if they name a quantity, or are no description."""
    text = NUMERAL.split(one.text, maxsplit=1)[0]
    is_name = letters_in(text) >= MIN_LETTERS and not names_quantity(text, one.row.lexicon, is_sum=True)
    return cleaned(text).description if is_name else ""


def _numbers_near(assembly: Assembly, place: int, reach: int) -> Iterator[tuple[Decimal, int]]:
    rows = assembly.zone.rows
    for other in range(max(0, place - reach), min(len(rows), place + reach + 1)):
        if other == place or other not in assembly.counted:
            for match in NUMERAL.finditer(rows[other].text):
                _, mark, decimals = match["digits"].replace(",", ".").partition(".")
                if mark:
                    yield number(match["digits"]), len(decimals)

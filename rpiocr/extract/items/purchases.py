"""Puts the rows of a zone together to purchases: an amount, its description, its quantity and unit price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from rpiocr.extract.continuation import row_brought_forward
from rpiocr.extract.items.assembly import Assembly
from rpiocr.extract.items.descriptions import (
    described,
    find_bare,
    find_side,
    texts_of,
    with_leading_quantities,
    with_second_lines,
)
from rpiocr.extract.items.details import find_details, quantity_alone, quantity_before
from rpiocr.extract.items.far_quantities import find_near
from rpiocr.extract.items.layout import Layout, Side
from rpiocr.extract.items.price_columns import with_price_columns
from rpiocr.extract.items.purchase import Purchase
from rpiocr.extract.items.quantity_columns import with_columns
from rpiocr.extract.items.row import ItemRow, Multiple
from rpiocr.extract.items.wording import Wording, with_name, wording
from rpiocr.extract.items.zone import ENDS, Zone, names_deposit, names_note
from rpiocr.extract.roles import ITEM_ROLES, SURE_TOTALS, Role
from rpiocr.extract.text.amounts import Amount
from rpiocr.extract.text.payment_words import letters_in
from rpiocr.model import Box
from rpiocr.model.items import ItemKind

NO_ITEMS = (
    *SURE_TOTALS,
    Role.SUBTOTAL,
    Role.TAX,
    Role.ROUNDING,
    Role.COUNT,
    Role.MEASURE,
    Role.LOYALTY,
    Role.CHANGE,
    Role.TIP,
    Role.LATER,
    Role.CARRIED,
)
"""Roles of amounts above a sum that are no part of it."""

DISCOUNTS = (Role.DISCOUNT, Role.SAVINGS)


def purchases(zone: Zone, layout: Layout) -> tuple[Purchase, ...]:
    """Return the purchases of a zone in one layout, in printed order."""
    counted = dict(_counted(zone, layout))
    details = find_details(zone, layout, counted)
    left = {place: amount for place, amount in counted.items() if place not in details}
    left = dict(list(left.items())[layout.skipped :])
    words = {place: wording(zone.rows[place], amount) for place, amount in left.items()}
    if layout.left_out:
        left = {place: one for place, one in left.items() if words[place].description.casefold() != layout.left_out}
    assembly = Assembly(zone, layout, left, details)
    bare = find_bare(assembly, words)
    side = find_side(assembly, bare)
    found = [_purchase(assembly, place, side, is_bare=place in bare) for place in assembly.places]
    own = left.keys() - details.values()
    found = with_columns(zone.rows, with_price_columns(zone.rows, found, own), own)
    return with_leading_quantities(_without_bare_sum(with_second_lines(assembly, found, bare)))


def given_back(found: Sequence[Purchase]) -> tuple[Purchase, ...]:
    """Return the items of a refund: what was given back is negative, whether or not its sign is printed."""
    positive = sum(one.value for one in found) > 0
    return tuple(_given_back(one, -one.value if positive else one.value) for one in found)


def _given_back(one: Purchase, value: Decimal) -> Purchase:
    is_item = one.kind is ItemKind.DISCOUNT and value < 0 and not one.is_named_discount
    return replace(one, value=value, kind=ItemKind.ITEM if is_item else one.kind)


def _without_bare_sum(found: list[Purchase]) -> list[Purchase]:
    """Leave out the last amount if it has no description and is the sum of all others: a sum without its label."""
    if len(found) < 2 or letters_in(found[-1].wording.description):
        return found
    *others, last = found
    return others if last.value == sum(one.value for one in others) else found


def _counted(zone: Zone, layout: Layout) -> Iterator[tuple[int, Amount]]:
    brought = row_brought_forward([one.row for one in zone.rows]) if layout.any_role else None
    for place in zone.between(layout.end):
        one = zone.rows[place]
        amount = _amount(one, layout, zone) if place != brought and _may_count(one, layout) else None
        if amount is not None:
            yield place, amount


def _may_count(one: ItemRow, layout: Layout) -> bool:
    role = one.row.role
    if not one.amounts or one.row.in_tax_table:
        return False
    if names_note(one.row):
        return layout.savings and one.amounts[-1].value < 0
    if layout.any_role:
        return role not in ENDS
    if role in NO_ITEMS:
        # "10.00 NOS x 0.70 7.00" has a word for a number of articles.
        return role is Role.COUNT and bool(one.multiples) and one.multiple_for(one.amounts[-1]) is not None
    if role is Role.DISCOUNT:
        return layout.discounts and bool(one.amounts[-1].value)
    return role is not Role.SAVINGS or layout.savings


def _amount(one: ItemRow, layout: Layout, zone: Zone) -> Amount | None:
    if layout.column < 0:
        return one.amounts[max(layout.column, -len(one.amounts))]
    column = zone.columns[layout.column]
    return next((amount for amount in reversed(one.amounts) if column.has(amount.box.right)), None)


def _purchase(assembly: Assembly, place: int, side: Side, *, is_bare: bool) -> Purchase:
    one, amount = assembly.zone.rows[place], assembly.counted[place]
    details = assembly.details_of.get(place, [])
    made = (assembly.zone.rows[detail].multiple_making(amount.value) for detail in details)
    multiple = next(filter(None, made), None) or _priced_below(assembly, place, amount)
    own = None if multiple else one.multiple_for(amount)
    words = wording(one, amount, own.spans if own else ())
    texts: list[int] = []
    if is_bare:
        texts = texts_of(assembly, place, side)
        words = described(assembly, words, texts)
        words = replace(words, quantity=words.quantity or quantity_alone(one, amount))
    multiple = multiple or own or find_near(assembly, place, amount)
    words = with_name(words, one, amount, multiple)
    places = tuple(sorted({place, *details, *texts}))
    box = Box.around([assembly.zone.rows[other].row.box for other in places])
    kind = _kind(one, amount, multiple, words)
    is_less = kind is ItemKind.DISCOUNT or words.is_negative
    value = -abs(amount.value) if is_less else amount.value
    is_named = one.row.role in DISCOUNTS
    return Purchase(place, places, amount, value, kind, words, multiple, box, is_named)


def _priced_below(assembly: Assembly, place: int, amount: Amount) -> Multiple | None:
    """Return the quantity and usual price on the row below an amount that is net of a discount."""
    below = place + 1
    if below not in assembly.details or assembly.details[below] is not None:
        return None
    found = quantity_before(assembly.zone.rows[below])
    return found if found and found.quantity * found.price >= abs(amount.value) else None


def _kind(one: ItemRow, amount: Amount, multiple: Multiple | None, words: Wording) -> ItemKind:
    if names_deposit(one.row):
        return ItemKind.DEPOSIT
    if one.row.role in DISCOUNTS:
        return ItemKind.DISCOUNT
    if (amount.value < 0 or words.is_negative) and not (multiple and multiple.quantity < 0):
        return ItemKind.DISCOUNT
    return ItemKind.CHARGE if one.row.role is Role.CHARGE else ItemKind.ITEM


def descriptions(found: Sequence[Purchase]) -> list[str]:
    """Return the descriptions of purchases, for comparison."""
    return [one.wording.description.casefold() for one in found]


def is_unexplained(one: ItemRow, layout: Layout) -> bool:
    """Return whether a row has an amount that no words explain."""
    if not one.amounts or one.row.in_tax_table or one.row.role not in ITEM_ROLES or names_note(one.row):
        return False
    return not one.multiples and not (layout.left_out and layout.left_out in one.text.casefold())

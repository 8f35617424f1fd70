"""Puts the rows of a zone together to purchases: an amount, its description, its quantity and unit price."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from rpiocr.extract.items.layout import Layout, Side
from rpiocr.extract.items.purchase import Purchase
from rpiocr.extract.items.quantity_columns import with_columns
from rpiocr.extract.items.row import NUMERAL, ItemRow, Multiple, number
from rpiocr.extract.items.wording import Wording, cleaned, is_bare, is_text, pieces, without_units, wording
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

MAX_TEXTS = 3
"""Maximum number of rows below an amount that describe it."""


@dataclass(frozen=True)
class Assembly:
    """The rows of a zone in one layout: which amount of which row counts, and which rows only say how it came about.

    ``details`` maps rows with a quantity and a unit price to the row of their product, None if it is not known.
    """

    zone: Zone
    layout: Layout
    counted: Mapping[int, Amount]
    details: Mapping[int, int | None]

    @property
    def places(self) -> list[int]:
        """The rows that count, top to bottom."""
        return sorted(self.counted)


def purchases(zone: Zone, layout: Layout) -> tuple[Purchase, ...]:
    """Return the purchases of a zone in one layout, in printed order."""
    counted = dict(_counted(zone, layout))
    details = _details(zone, layout, counted)
    left = {place: amount for place, amount in counted.items() if place not in details}
    left = dict(list(left.items())[layout.skipped :])
    words = {place: wording(zone.rows[place], amount) for place, amount in left.items()}
    if layout.left_out:
        left = {place: one for place, one in left.items() if words[place].description.casefold() != layout.left_out}
    assembly = Assembly(zone, layout, left, details)
    bare = _bare(assembly, words)
    side = _side(assembly, sorted(bare))
    found = [_purchase(assembly, place, side, is_bare=place in bare) for place in assembly.places]
    found = with_columns(zone.rows, found, own=[place for place in left if place not in details.values()])
    return with_leading_quantities(_without_bare_sum(_with_second_lines(assembly, found, bare)))


def given_back(found: Sequence[Purchase]) -> tuple[Purchase, ...]:
    """Return the items of a refund: what was given back is negative, whether or not its sign is printed."""
    positive = sum(one.value for one in found) > 0
    return tuple(_given_back(one, -one.value if positive else one.value) for one in found)


def _given_back(one: Purchase, value: Decimal) -> Purchase:
    is_item = one.kind is ItemKind.DISCOUNT and value < 0 and not one.is_named_discount
    return replace(one, value=value, kind=ItemKind.ITEM if is_item else one.kind)


SHORT = 4
"""Maximum number of letters of a unit that no table has, where all rows have nothing else: UNT, WALK."""


def _bare(assembly: Assembly, words: Mapping[int, Wording]) -> set[int]:
    """Return the rows without a description of their own; all, if each has a short word and there are texts beside."""
    rows, places = assembly.zone.rows, assembly.places
    goods = [place for place in places if rows[place].row.role in ITEM_ROLES]
    are_short = len(goods) > 1 and all(letters_in(words[place].description) <= SHORT for place in goods)
    if are_short and any(all(_is_lone_text(rows[place + side]) for place in goods) for side in (-1, 1)):
        return set(goods)
    return {place for place in places if is_bare(words[place].description, rows[place].row.lexicon)}


def _without_bare_sum(found: list[Purchase]) -> list[Purchase]:
    """Leave out the last amount if it has no description and is the sum of all others: a sum without its label."""
    if len(found) < 2 or letters_in(found[-1].wording.description):
        return found
    *others, last = found
    return others if last.value == sum(one.value for one in others) else found


def _with_second_lines(assembly: Assembly, found: list[Purchase], bare: Set[int]) -> list[Purchase]:
    """Add the row of text below each item to its description, if each has exactly one."""
    goods = [one for one in found if one.kind is ItemKind.ITEM]
    if bare or len(goods) < 2:
        return found
    ends = [*(one.place for one in goods[1:]), assembly.layout.end]
    below = [_lone_texts(assembly, one.place + 1, end) for one, end in zip(goods, ends, strict=True)]
    if any(len(texts) != 1 for texts in below):
        return found
    second = {one.place: texts[0] for one, texts in zip(goods, below, strict=True)}
    return [_with_second(assembly, one, second[one.place]) if one.place in second else one for one in found]


def _lone_texts(assembly: Assembly, start: int, end: int) -> list[int]:
    rows = assembly.zone.rows
    return [place for place in range(start, end) if _is_lone_text(rows[place]) and place not in assembly.details]


def _with_second(assembly: Assembly, one: Purchase, place: int) -> Purchase:
    row = assembly.zone.rows[place]
    description = f"{one.wording.description} {cleaned(row.text).description}"
    box = Box.around([one.box, row.row.box])
    words = replace(one.wording, description=description)
    return replace(one, places=tuple(sorted((*one.places, place))), wording=words, box=box)


LEADING = re.compile(
    r"(?:[A-Za-z] )?(?P<quantity>[0-9]{1,2}|[iIl|])(?:[xX] ?| )(?=[^\W\d]{2}|[^\W\d]\S*[^\W\d])(?P<rest>.+)"
)
"""A number of pieces before the description; an engine may read 1 as a letter."""


def with_leading_quantities(found: Sequence[Purchase]) -> tuple[Purchase, ...]:
    """Take a number before the description for a quantity if at least half of the items begin with one."""
    matches = [LEADING.fullmatch(one.wording.description) for one in found]
    bought = [match for one, match in zip(found, matches, strict=True) if one.kind is not ItemKind.DISCOUNT]
    digits = sum(bool(match and match["quantity"].isdigit()) for match in bought)
    if not digits or 2 * digits < len(bought):
        return tuple(found)
    return tuple(_with_leading(one, match) if match else one for one, match in zip(found, matches, strict=True))


def _with_leading(one: Purchase, match: re.Match[str]) -> Purchase:
    words = replace(one.wording, description=match["rest"].strip(), quantity=pieces(match["quantity"]))
    return replace(one, wording=words)


def _counted(zone: Zone, layout: Layout) -> Iterator[tuple[int, Amount]]:
    for place in zone.between(layout.end):
        one = zone.rows[place]
        amount = _amount(one, layout, zone) if _may_count(one, layout) else None
        if amount is not None:
            yield place, amount


def _may_count(one: ItemRow, layout: Layout) -> bool:
    role = one.row.role
    if not one.amounts or one.row.in_tax_table or names_note(one.row):
        return False
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


def _details(zone: Zone, layout: Layout, counted: Mapping[int, Amount]) -> dict[int, int | None]:
    """Return the rows with a quantity and a unit price only, and the row below or above them with the product."""
    found: dict[int, int | None] = {}
    order = sorted(counted)
    for place in zone.between(layout.end):
        one = zone.rows[place]
        if one.row.role not in ITEM_ROLES or _has_product(one):
            continue
        free = [other for other in _beside(place, order) if other not in found and other not in found.values()]
        product = next((other for other in free if _makes(one, counted[other].value)), None)
        if product is not None:
            found[place] = product
        elif len(one.amounts) == 1 and _is_nothing_else(one, after_amount=place - 1 in counted):
            found[place] = None
    return found


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
    has_both = bool(spans) or (after_amount and words.code is not None and _quantity_before(one) is not None)
    return has_both and is_bare(words.description, one.row.lexicon)


def _quantity_before(one: ItemRow) -> Multiple | None:
    """Return the number of pieces before the only amount of a row, with that as the unit price."""
    if one.multiples:
        return one.multiples[0][0]
    match = PIECES_BEFORE.search(one.text[: one.amounts[0].start])
    return Multiple(Decimal(match["pieces"]), None, abs(one.amounts[0].value)) if match else None


PIECES_BEFORE = re.compile(r"(?<![0-9A-Za-z.,])(?P<pieces>[1-9][0-9]?)[ \u2009]?[^\w.,]?[ \u2009]*$")


def _side(assembly: Assembly, bare: Sequence[int]) -> Side:
    """Return where the descriptions of amounts without one are: where there are more; else by the first and last."""
    if not bare:
        return Side.ABOVE
    rows, order, start = assembly.zone.rows, assembly.places, assembly.zone.start
    above = below = 0
    for index, place in enumerate(order):
        before = order[index - 1] if index else start - 1
        after = order[index + 1] if index + 1 < len(order) else assembly.layout.end
        if place in bare:
            above += any(_is_lone_text(rows[other]) for other in range(before + 1, place))
            below += any(_is_lone_text(rows[other]) for other in range(place + 1, after))
    if above != below:
        return Side.ABOVE if above > below else Side.BELOW
    first = any(_is_lone_text(rows[place]) for place in range(max(start, order[0] - 2), order[0]))
    last = any(_is_lone_text(rows[place]) for place in range(order[-1] + 1, assembly.layout.end))
    return Side.BELOW if last or not first else Side.ABOVE


def _is_lone_text(one: ItemRow) -> bool:
    return is_text(one) and not one.amounts


def _purchase(assembly: Assembly, place: int, side: Side, *, is_bare: bool) -> Purchase:
    one, amount = assembly.zone.rows[place], assembly.counted[place]
    details = [detail for detail, product in assembly.details.items() if product == place]
    made = (assembly.zone.rows[detail].multiple_making(amount.value) for detail in details)
    multiple = next(filter(None, made), None) or _priced_below(assembly, place, amount)
    own = None if multiple else one.multiple_for(amount)
    words = wording(one, amount, own.spans if own else ())
    texts: list[int] = []
    if is_bare:
        texts = _texts(assembly, place, side)
        words = _described(assembly, words, texts)
    multiple = multiple or own or _near(assembly, place, amount)
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
    found = _quantity_before(assembly.zone.rows[below])
    return found if found and found.quantity * found.price >= abs(amount.value) else None


def _texts(assembly: Assembly, place: int, side: Side) -> list[int]:
    """Return the rows of text that describe an amount: the nearest one above it, or those below it."""
    order = assembly.places
    index = order.index(place)
    if side is Side.ABOVE:
        first = order[index - 1] if index else assembly.zone.start - 1
        return list(_adjacent(assembly, range(place - 1, first, -1)))[:1]
    last = order[index + 1] if index + 1 < len(order) else assembly.layout.end
    return list(_adjacent(assembly, range(place + 1, last)))[:MAX_TEXTS]


def _adjacent(assembly: Assembly, others: range) -> Iterator[int]:
    begun = False
    for other in others:
        one = assembly.zone.rows[other]
        if other in assembly.details:
            continue
        if names_note(one.row) or (one.amounts and one.row.role is not Role.NONE):
            return
        if is_text(one):
            begun = True
            yield other
        elif begun:
            return


def _described(assembly: Assembly, words: Wording, texts: Sequence[int]) -> Wording:
    text = " ".join(assembly.zone.rows[other].row.text.text for other in texts)
    if not text:
        return words
    found = cleaned(text)
    return Wording(
        found.description or words.description,
        words.code or found.code,
        words.tax_code,
        words.quantity or found.quantity,
    )


def _kind(one: ItemRow, amount: Amount, multiple: Multiple | None, words: Wording) -> ItemKind:
    if names_deposit(one.row):
        return ItemKind.DEPOSIT
    if one.row.role in DISCOUNTS:
        return ItemKind.DISCOUNT
    if (amount.value < 0 or words.is_negative) and not (multiple and multiple.quantity < 0):
        return ItemKind.DISCOUNT
    return ItemKind.CHARGE if one.row.role is Role.CHARGE else ItemKind.ITEM


FEW = 3
"""Maximum number of items whose quantity may be elsewhere: on a slip of a filling station above the amount."""

MAX_APART = 4
"""Maximum number of rows between an amount and the quantity and the price that make it."""


def _near(assembly: Assembly, place: int, amount: Amount) -> Multiple | None:
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


def _numbers_near(assembly: Assembly, place: int, reach: int) -> Iterator[tuple[Decimal, int]]:
    rows = assembly.zone.rows
    for other in range(max(0, place - reach), min(len(rows), place + reach + 1)):
        if other == place or other not in assembly.counted:
            for match in NUMERAL.finditer(rows[other].text):
                _, mark, decimals = match["digits"].replace(",", ".").partition(".")
                if mark:
                    yield number(match["digits"]), len(decimals)


def descriptions(found: Sequence[Purchase]) -> list[str]:
    """Return the descriptions of purchases, for comparison."""
    return [one.wording.description.casefold() for one in found]


def is_unexplained(one: ItemRow, layout: Layout) -> bool:
    """Return whether a row has an amount that no words explain."""
    if not one.amounts or one.row.in_tax_table or one.row.role not in ITEM_ROLES or names_note(one.row):
        return False
    return not one.multiples and not (layout.left_out and layout.left_out in one.text.casefold())

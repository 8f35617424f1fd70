"""Proposes lists of items for one reading of a page: one for each layout whose sum agrees, or the usual layout's."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rpiocr.extract.books.agreement import Sums, sum_of, sums_of
from rpiocr.extract.books.repair import repaired
from rpiocr.extract.items.far_quantities import slip_purchase
from rpiocr.extract.items.layout import FULLEST, LAST, LEFT_OUT, Layout, layouts, without_repeated
from rpiocr.extract.items.purchase import Purchase
from rpiocr.extract.items.purchases import descriptions, given_back, is_unexplained, purchases
from rpiocr.extract.items.wording import MIN_LETTERS
from rpiocr.extract.items.zone import Zone, find_zone
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.text.payment_words import letters_in
from rpiocr.model.items import Agreement

NEAR = 0.25
"""Difference in cost below which two lists are equally likely."""

SLIP = 1.0
"""Cost of taking the total for the amount of the only purchase."""

REPAIR = 0.5
"""Cost of each amount that is repaired."""

UNDESCRIBED, UNEXPLAINED, WITH_MORE, WITH_ROUNDING = 2.0, 0.6, 0.5, 0.1
"""Costs of a list without any description, of each amount that is left unexplained, of a sum that agrees only with
taxes or the like added, and with a rounding added."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One list of items; ``agrees_with`` is what its sum is, ``exact`` whether nothing has to be added to that.

    ``zone`` has the rows that were read.
    ``unexplained`` is how many rows with an amount near the items are neither items nor anything else that is known,
    ``below`` how many there are between the sum that ends the items and the total.
    ``cost`` is how unusual it is: that of its layout, and more without descriptions. ``repairs`` is how many purchases
    other readings have changed or added.
    """

    purchases: tuple[Purchase, ...]
    zone: Zone
    layout: Layout
    agrees_with: Agreement | None
    exact: bool
    unexplained: int
    below: int
    cost: float
    repairs: int = 0

    @property
    def is_proved(self) -> bool:
        """Whether the sum agrees exactly, and no amount is left unexplained."""
        return self.exact and not self.unexplained and not self.below


def proposals(rows: Sequence[ReceiptLine], total: Decimal | None) -> tuple[Proposal, ...]:
    """Return the lists of items whose sum agrees, the most usual first; without any, that of the usual layout."""
    if not rows:
        return ()
    zone, sums = find_zone(rows), sums_of(rows, total)
    listed = list(_listed(zone, sums))
    agreeing = sorted((one for one in listed if one.agrees_with), key=lambda one: one.cost)
    return tuple(agreeing or _slips(zone, sums) or _usual(listed))


def _slips(zone: Zone, sums: Sums) -> Sequence[Proposal]:
    """Return the only purchase of a slip that prints no more of it than a quantity and a unit price above the total."""
    layout = Layout(zone.ends[0], LAST, cost=SLIP)
    found = slip_purchase(zone, layout)
    agrees = sums.exactly(found.value, layout.end) if found else None
    if found is None or agrees is None:
        return ()
    unexplained = _unexplained(zone, layout, (found,))
    return (Proposal((found,), zone, layout, agrees, exact=True, unexplained=unexplained, below=0, cost=layout.cost),)


def with_repairs(
    found: Sequence[Sequence[Proposal]], rows: Sequence[ReceiptLine], total: Decimal | None
) -> Sequence[Proposal]:
    """Return the list of the first reading as the others repair it, if none agrees; nothing if no repair agrees.

    ``found`` has the proposals of each reading, ``rows`` are those of the first one.
    """
    usual = [of_one[0] for of_one in found if of_one]
    if not usual or not found[0]:
        return ()
    sums, layout = sums_of(rows, total), usual[0].layout
    wanted = frozenset(sums.exact(layout.end))
    whatever = () if sums.is_refund else purchases(find_zone(rows), replace(layout, any_role=True))
    lists = repaired(usual[0].purchases, [whatever, *(one.purchases for one in usual[1:])], wanted)
    return tuple(_repaired_proposal(usual[0], one, sums) for one in lists)


def _repaired_proposal(usual: Proposal, found: tuple[Purchase, ...], sums: Sums) -> Proposal:
    repairs = len(set(found) - set(usual.purchases))
    agrees = sums.exactly(sum_of(found), usual.layout.end)
    return replace(
        usual, purchases=found, agrees_with=agrees, exact=True, repairs=repairs, cost=usual.cost + REPAIR * repairs
    )


def _listed(zone: Zone, sums: Sums) -> Iterator[Proposal]:
    """Yield lists, the most usual first, until one is proved and no other is as likely."""
    enough = math.inf
    for layout in _all_layouts(zone):
        if layout.cost > enough:
            return
        found = _with_groups(_proposal(zone, layout, sums), sums)
        if found.purchases:
            yield found
        if found.is_proved:
            enough = min(enough, found.cost + NEAR)


IN_COLUMN = 0.6
"""Minimum share of the rows whose last amount is in the fullest column, above which the others are no items."""


def _usual(listed: Sequence[Proposal]) -> Sequence[Proposal]:
    """Return the list of the usual layout; that of the fullest column if most amounts are in it."""
    if len(listed) < 2:
        return listed
    last, *others = listed
    column = next((one for one in others if one.layout.end == last.layout.end and one.layout.cost == FULLEST), last)
    amounts = {(one.place, one.value) for one in last.purchases}
    inside = {(one.place, one.value) for one in column.purchases}
    return (column,) if inside <= amounts and len(inside) >= IN_COLUMN * len(amounts) else (last,)


def _all_layouts(zone: Zone) -> Iterator[Layout]:
    """Yield all layouts, the most usual first."""
    found = list(layouts(zone))
    usual = [layout for layout in found if layout == Layout(layout.end, layout.column, cost=layout.cost)]
    yield from (layout for layout in found if layout.cost < LEFT_OUT)
    repeated = (one for layout in usual for one in without_repeated(layout, descriptions(purchases(zone, layout))))
    yield from sorted((*(layout for layout in found if layout.cost >= LEFT_OUT), *repeated), key=lambda one: one.cost)


def _proposal(zone: Zone, layout: Layout, sums: Sums) -> Proposal:
    found = _purchases(zone, layout, sums)
    total = sum_of(found)
    exactly = sums.exactly(total, layout.end)
    if exactly or not sums.with_more(total):
        return _put_forward(found, zone, layout, sums, exactly, exact=exactly is not None)
    exact = sums.with_rounding(total)
    one = _put_forward(found, zone, layout, sums, Agreement.TOTAL, exact=exact)
    return replace(one, cost=one.cost + (WITH_ROUNDING if exact else WITH_MORE))


def _put_forward(
    found: tuple[Purchase, ...], zone: Zone, layout: Layout, sums: Sums, agrees: Agreement | None, *, exact: bool
) -> Proposal:
    """Return a list as a proposal, with what it leaves open and how unusual it is."""
    undescribed = sum(letters_in(one.wording.description) < MIN_LETTERS for one in found)
    unexplained = _unexplained(zone, layout, found)
    below = sum(is_unexplained(one, layout) for one in zone.rows[layout.end : sums.row_of_total(layout.end)])
    cost = layout.cost + UNDESCRIBED * undescribed / max(1, len(found)) + UNEXPLAINED * unexplained
    return Proposal(found, zone, layout, agrees, exact, unexplained, below, cost)


def _purchases(zone: Zone, layout: Layout, sums: Sums) -> tuple[Purchase, ...]:
    return given_back(purchases(zone, layout)) if sums.is_refund else purchases(zone, layout)


def _unexplained(zone: Zone, layout: Layout, found: Sequence[Purchase]) -> int:
    """Count the amounts above the sum that the list leaves out, and those of another group of items below it."""
    known = {place for one in found for place in one.places}
    above = range(zone.start, layout.end)
    return sum(
        place not in known and is_unexplained(zone.rows[place], layout)
        for place in (*above, *_next_group(zone, layout))
    )


def _next_group(zone: Zone, layout: Layout) -> range:
    """Return the rows below the sum that ends the list if they add up to the next sum: they are items too."""
    after = next((end for end in zone.ends if end > layout.end), layout.end)
    rows = range(layout.end + 1, after)
    total = _sum_of_open(zone, rows, layout)
    return (
        rows
        if total is not None and any(abs(one.value) == abs(total) for one in zone.rows[after].amounts)
        else range(0)
    )


def _sum_of_open(zone: Zone, rows: range, layout: Layout) -> Decimal | None:
    """Return what the amounts that no words explain add up to; None if there are none."""
    amounts = [zone.rows[place].amounts[-1].value for place in rows if is_unexplained(zone.rows[place], layout)]
    return sum(amounts, Decimal(0)) if amounts else None


def _with_groups(one: Proposal, sums: Sums) -> Proposal:
    """Return a list whose sum is that of a group of items with the groups below it, if all together make the total."""
    layout, total = one.layout, sum_of(one.purchases)
    while one.exact and (group := _next_group(one.zone, layout)):
        total += _sum_of_open(one.zone, group, layout) or Decimal(0)
        layout = replace(layout, end=group.stop)
    if layout is one.layout:
        return one
    found = _purchases(one.zone, layout, sums)
    makes_total = sums.exactly(total, layout.end) is Agreement.TOTAL or sums.with_more(total)
    if not makes_total or sum_of(found) != total:
        return one
    return _put_forward(found, one.zone, layout, sums, Agreement.TOTAL, exact=True)

"""Proposes lists of items for one reading of a page: one for each layout whose sum agrees, or the usual layout's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rpiocr.extract.items.agreement import Sums, sum_of, sums_of
from rpiocr.extract.items.layout import Layout, layouts, without_repeated
from rpiocr.extract.items.purchases import Purchase, descriptions, is_unexplained, purchases
from rpiocr.extract.items.row import MIN_LETTERS
from rpiocr.extract.items.zone import Zone, find_zone
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.text.payment_words import letters_in
from rpiocr.model.items import Agreement

UNDESCRIBED, UNEXPLAINED, WITH_MORE, WITH_ROUNDING = 2.0, 0.4, 0.5, 0.1
"""Costs of a list without any description, of each amount that is left unexplained, of a sum that agrees only with
taxes or the like added, and with a rounding added."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One list of items; ``agrees_with`` is what its sum is, ``exact`` whether nothing has to be added to that.

    ``unexplained`` is how many rows with an amount near the items are neither items nor anything else that is known.
    ``cost`` is how unusual it is: that of its layout, and more without descriptions.
    """

    purchases: tuple[Purchase, ...]
    layout: Layout
    agrees_with: Agreement | None
    exact: bool
    unexplained: int
    cost: float


def proposals(rows: Sequence[ReceiptLine], total: Decimal | None) -> tuple[Proposal, ...]:
    """Return the lists of items whose sum agrees, the most usual first; without any, that of the usual layout."""
    if not rows:
        return ()
    zone, sums = find_zone(rows), sums_of(rows, total)
    found = [_proposal(zone, layout, sums) for layout in _all_layouts(zone)]
    listed = [one for one in found if one.purchases]
    agreeing = sorted((one for one in listed if one.agrees_with), key=lambda one: one.cost)
    return tuple(agreeing or listed[:1])


def _all_layouts(zone: Zone) -> Iterator[Layout]:
    for layout in layouts(zone):
        yield layout
        if layout == Layout(layout.end, cost=layout.cost):
            yield from without_repeated(layout, descriptions(purchases(zone, layout)))


def _proposal(zone: Zone, layout: Layout, sums: Sums) -> Proposal:
    found = purchases(zone, layout)
    total = sum_of(found)
    undescribed = sum(letters_in(one.wording.description) < MIN_LETTERS for one in found)
    unexplained = _unexplained(zone, layout, found)
    cost = layout.cost + UNDESCRIBED * undescribed / max(1, len(found)) + UNEXPLAINED * unexplained
    exactly = sums.exactly(total, layout.end)
    if exactly or not sums.with_more(total):
        return Proposal(found, layout, exactly, exactly is not None, unexplained, cost)
    exact = sums.with_rounding(total)
    cost += WITH_ROUNDING if exact else WITH_MORE
    return Proposal(found, layout, Agreement.TOTAL, exact, unexplained, cost)


def _unexplained(zone: Zone, layout: Layout, found: Sequence[Purchase]) -> int:
    """Count rows with an amount that the list leaves out, from its first row to the sum after the one that ends it."""
    known = {place for one in found for place in one.places}
    first = min(known, default=zone.start)
    after = next((end for end in zone.ends if end > layout.end), layout.end)
    return sum(place not in known and is_unexplained(zone.rows[place], layout) for place in range(first, after))

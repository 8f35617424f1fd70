"""Chooses the list of items among those that the passes propose, and says how far it can be trusted.

The probability is provisional: a list is accepted if its sum is proved in one way only, until the judge is fitted to
lists of items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum

from rpiocr.decide.interpret import Understanding
from rpiocr.decide.page_layout import page_layout
from rpiocr.extract.books.proposals import NEAR, Proposal, proposals, with_repairs
from rpiocr.extract.items.levelling import levelled, with_lean
from rpiocr.extract.items.names import with_names
from rpiocr.extract.items.zone import find_zone
from rpiocr.extract.roles import ReceiptLine, Role
from rpiocr.model import Agreement, Box, Field, Fields, Item, ItemList, ItemsCheck, Verdict
from rpiocr.model.items import plausible_counts
from rpiocr.model.page_layout import PageLayout

ZERO = Decimal(0)

PROVED, AGREEING, UNPROVED = 0.99, 0.8, 0.4
"""Provisional probabilities: of a list whose sum is proved in one way only, one that agrees, and one that does not."""

ONE_PASS = 0.2
"""Cost of a list from one pass alone: the merged reading is better."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """The chosen list, and whether nothing else is as likely."""

    proposal: Proposal
    is_unique: bool
    is_supported: bool


@dataclass(frozen=True, slots=True)
class ItemsRead:
    """The list of items that was chosen, and the layout of the page by which it was read."""

    listed: ItemList
    layout: PageLayout


def find_items(read: Understanding, fields: Fields) -> ItemsRead | None:
    """Return the items of a receipt, from the merged reading or else from one pass; None if nothing was read.

    ``fields`` has the total that was chosen. Rows and columns are compared on the levelled page.
    """
    if not read.merged.rows:
        return None
    baseline = with_lean(read.baseline, read.merged.rows)
    rows, *others = (levelled(one.rows, baseline) for one in (read.merged, *read.alone))
    total = fields.amount.chosen.value if fields.amount else None
    found = list(_proposed((rows, *others), total))
    if not any(one.agrees_with for of_one in found for one in of_one):
        found[0] = (*with_repairs(found, rows, total), *found[0])
    choice = _choose(found)
    printed = _count_printed(rows)
    if choice is None:
        zone = find_zone(rows)
        return ItemsRead(
            _listed((), None, printed, UNPROVED, Verdict.RETRY), page_layout(zone, zone.ends[0], (), baseline)
        )
    chosen = choice.proposal
    named = with_names(chosen.purchases, rows, [one.rows for one in read.alone])
    layout = page_layout(chosen.zone, chosen.layout.end, named, baseline)
    count_fits = printed is None or printed in plausible_counts(layout.items)
    probability, verdict = _rated(choice, fields, count_fits=count_fits)
    listed = _listed(layout.items, chosen.agrees_with, printed, probability, verdict)
    return ItemsRead(replace(listed, repairs=chosen.repairs), layout)


LEGIBLE = 0.85
"""Minimum mean confidence of the descriptions, below which another engine reads them better."""


class ItemsStanding(IntEnum):
    """How far the reading of items has come, the further the higher; SETTLED: reading more helps nothing."""

    OPEN = 0
    PROVED = 1
    SETTLED = 2


def standing_of_items(read: Understanding, fields: Fields) -> ItemsStanding:
    """Return how far the items of a reading are known; they are settled if proved, and their descriptions legible."""
    found = find_items(read, fields)
    if found is None or found.listed.verdict is not Verdict.ACCEPT:
        return ItemsStanding.OPEN
    words = [
        word
        for row in read.merged.rows
        for word in row.line.words
        if any(_on(item.box, word.box) for item in found.listed.items)
    ]
    is_legible = bool(words) and sum(word.confidence for word in words) >= LEGIBLE * len(words)
    return ItemsStanding.SETTLED if is_legible else ItemsStanding.PROVED


def _on(one: Box, other: Box) -> bool:
    return one.top <= other.middle[1] <= one.bottom


def _proposed(readings: Sequence[Sequence[ReceiptLine]], total: Decimal | None) -> Iterator[Sequence[Proposal]]:
    """Yield the proposals of each reading, until one is proved."""
    for rows in readings:
        found = proposals(rows, total)
        yield found
        if found and found[0].is_proved:
            return


def _choose(found: Sequence[Sequence[Proposal]]) -> _Choice | None:
    """Return the most usual list of those whose sum agrees, else the one of the merged reading."""
    agreeing = [ranked for number, of_one in enumerate(found) for ranked in _ranked(number, of_one)]
    if not agreeing:
        first = next((of_one[0] for of_one in found if of_one), None)
        return _Choice(first, is_unique=False, is_supported=False) if first else None
    cost, number, best = min(agreeing, key=lambda one: one[:2])
    exact = [one for one in agreeing if one[2].exact]
    readings = {place for _, place, one in exact if _amounts(one) == _amounts(best)}
    others = (one for other, _, one in exact if other < cost + NEAR)
    is_unique = all(_amounts(one) == _amounts(best) for one in others)
    return _Choice(best, is_unique=is_unique, is_supported=number == 0 or len(readings) > 1)


def _ranked(number: int, found: Sequence[Proposal]) -> Iterator[tuple[float, int, Proposal]]:
    """Yield the lists of one reading whose sum agrees, with their cost; the merged reading is the first."""
    more = ONE_PASS if number else 0.0
    yield from ((one.cost + more, number, one) for one in found if one.agrees_with)


def _amounts(one: Proposal) -> Counter[Decimal]:
    return Counter(purchase.value for purchase in one.purchases)


def _rated(choice: _Choice, fields: Fields, *, count_fits: bool) -> tuple[float, Verdict]:
    found = choice.proposal
    if found.agrees_with is None:
        return UNPROVED, Verdict.RETRY
    # The sign of the items is that of the total, whatever sum they agree with.
    needs_total = found.agrees_with is Agreement.TOTAL or (fields.amount is not None and fields.amount.chosen.value < 0)
    total_sure = fields.amount is not None and fields.amount.verdict is Verdict.ACCEPT
    proved = choice.is_unique and choice.is_supported and (total_sure or not needs_total)
    if proved and found.is_proved and count_fits:
        return PROVED, Verdict.ACCEPT
    return AGREEING, Verdict.RETRY


def _count_printed(rows: Sequence[ReceiptLine]) -> int | None:
    """Return the number of items that the receipt names."""
    for row in rows:
        if row.role is Role.COUNT and not row.amounts:
            numbers = [word for word in row.text.text.replace(":", " ").split() if word.isdigit()]
            if len(numbers) == 1:
                return int(numbers[0])
    return None


def _listed(
    items: tuple[Item, ...], agrees_with: Agreement | None, printed: int | None, probability: float, verdict: Verdict
) -> ItemList:
    total = sum((item.amount for item in items), ZERO)
    complete = agrees_with is not None and verdict is Verdict.ACCEPT
    return ItemList(items, ItemsCheck(total, agrees_with, len(items), printed, complete), probability, verdict)


def joined_items(lists: Sequence[ItemList], fields: Fields) -> ItemList | None:
    """Return the items of the pages of one receipt as one list, compared with the ``fields`` of the receipt.

    None if they were not looked for on any page.
    """
    if not lists:
        return None
    items = tuple(_all_items(lists))
    total = sum((item.amount for item in items), ZERO)
    printed = next((one.check.count_printed for one in reversed(lists) if one.check.count_printed is not None), None)
    agrees = _agreement(total, fields)
    count_fits = printed is None or printed in plausible_counts(items)
    is_proved = agrees is not None and count_fits and _is_accepted(fields.amount)
    probability = PROVED if is_proved else AGREEING if agrees else UNPROVED
    verdict = Verdict.ACCEPT if is_proved else Verdict.RETRY
    found = _listed(items, agrees, printed, probability, verdict)
    return replace(found, repairs=sum(one.repairs for one in lists))


def _all_items(lists: Sequence[ItemList]) -> Iterator[Item]:
    """Yield the items of all lists; the one that a discount applies to gets its position among all of them."""
    before = 0
    for one in lists:
        for item in one.items:
            yield item if item.applies_to is None else replace(item, applies_to=item.applies_to + before)
        before += len(one.items)


def _agreement(total: Decimal, fields: Fields) -> Agreement | None:
    """Return what the items of all pages add up to exactly; sums with taxes or discounts have too many ways."""
    if fields.amount and total == fields.amount.chosen.value:
        return Agreement.TOTAL
    is_refund = fields.amount is not None and fields.amount.chosen.value < 0
    return Agreement.SUBTOTAL if fields.subtotal == (-total if is_refund else total) else None


def _is_accepted(amount: Field[Decimal] | None) -> bool:
    return amount is not None and amount.verdict is Verdict.ACCEPT

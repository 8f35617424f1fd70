"""Repairs a list of items whose sum does not agree, by what other passes read in the same places.

An amount may be misread, and a row lost, in one reading and not in another. Exact arithmetic decides: what is changed
has to make the sum agree, and if several changes do, nobody knows which of them is right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, islice

from rpiocr.extract.items.purchase import Purchase
from rpiocr.model import Box

MAX_CHANGES = 2
"""Maximum number of changes of one list: with more, some of them agree by chance."""

MAX_READINGS = 3
"""Maximum number of other readings of one amount that are tried, those of most passes first."""

MAX_TRIED = 20_000
"""Maximum number of combinations of changes that are tried for one receipt."""


THREE_DECIMALS = re.compile(r"(?P<whole>[0-9]+)[.,](?P<digits>[0-9]{3})")


CENTS_APART = re.compile(r"[0-9][ \u2009]+[.,](?P<cents>[0-9]{2})$")
"""Cents behind a code of the article: 4608 .76"""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a list: ``purchase`` instead of the one at ``place``, or added if that is None."""

    place: int | None
    purchase: Purchase
    difference: Decimal


def repaired(
    found: Sequence[Purchase], others: Sequence[Sequence[Purchase]], sums: frozenset[Decimal]
) -> tuple[tuple[Purchase, ...], ...]:
    """Return the lists with the fewest changes whose sum is one of ``sums``; none if no change makes it so.

    ``others`` are the lists of other readings of the same page.
    """
    total = sum((one.value for one in found), Decimal(0))
    wanted = {one - total for one in sums}
    changes = tuple(_changes(found, others))
    for number in range(1, MAX_CHANGES + 1):
        tried = islice(combinations(changes, number), MAX_TRIED)
        fitting = [some for some in tried if _is_possible(some) and sum(one.difference for one in some) in wanted]
        if fitting:
            return tuple(dict.fromkeys(_changed(found, some) for some in fitting))
    return ()


def _is_possible(changes: Sequence[Change]) -> bool:
    places = [one.place for one in changes if one.place is not None]
    added = [one.purchase for one in changes if one.place is None]
    return len(set(places)) == len(places) and not any(_same_row(a.box, b.box) for a, b in combinations(added, 2))


def _changes(found: Sequence[Purchase], others: Sequence[Sequence[Purchase]]) -> Iterator[Change]:
    read: dict[int | None, Counter[Decimal]] = {}
    known: dict[tuple[int | None, Decimal, int], Purchase] = {}
    for other in (one for some in others for one in some):
        place = next((number for number, one in enumerate(found) if _same_row(one.amount.box, other.amount.box)), None)
        level = round(other.amount.box.middle[1]) if place is None else 0
        read.setdefault(place, Counter())[other.value] += 1
        known.setdefault((place, other.value, level), other)
    for number, one in enumerate(found):
        yield from (Change(number, replace(one, value=value), value - one.value) for value in _without_too_much(one))
    for (place, value, _), other in known.items():
        if place is None:
            yield Change(None, other, value)
        elif value != found[place].value and value in dict(read[place].most_common(MAX_READINGS)):
            yield Change(place, _with_amount(found[place], other), value - found[place].value)


def _without_too_much(one: Purchase) -> Iterator[Decimal]:
    """Yield what an amount may be that has one digit too many, or the code of the article before it."""
    if cents := CENTS_APART.search(one.amount.raw):
        yield Decimal(f"0.{cents['cents']}")
    match = THREE_DECIMALS.search(one.amount.raw)
    if match:
        whole, digits = match["whole"], match["digits"]
        yield from (Decimal(f"{whole}.{kept}") for kept in (digits[0] + digits[2], digits[1:]))


def _same_row(one: Box, other: Box) -> bool:
    """Return whether two boxes are on one line of print."""
    _, down = one.shared(other)
    return down > min(one.height, other.height) / 2


def _with_amount(one: Purchase, other: Purchase) -> Purchase:
    multiple = other.multiple or (one.multiple if one.multiple and one.multiple.makes(other.value) else None)
    return replace(one, amount=other.amount, value=other.value, kind=other.kind, multiple=multiple)


def _changed(found: Sequence[Purchase], changes: Sequence[Change]) -> tuple[Purchase, ...]:
    kept = dict(enumerate(found))
    kept |= {one.place: one.purchase for one in changes if one.place is not None}
    added = [one.purchase for one in changes if one.place is None]
    return tuple(sorted((*kept.values(), *added), key=lambda one: one.box.middle[1]))

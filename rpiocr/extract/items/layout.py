"""The ways in which the rows of items may be laid out; which one it is, their sum shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from rpiocr.extract.items.zone import Zone


class Side(Enum):
    """Where the description of an amount is if it is not on the row of the amount."""

    ABOVE = "above"
    BELOW = "below"


LAST, SECOND_LAST = -1, -2
"""Amounts of a row, counted from the right, where no column is named."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to read the rows above a sum as items.

    ``end`` is the row of that sum. ``column`` is which amount of a row counts: LAST, SECOND_LAST, or the number of a
    column of the zone. ``skipped`` is how many rows with amounts at the top are no items. ``savings`` and
    ``discounts``: whether rows with such words count. ``left_out`` is a description whose rows do not count,
    ``any_role`` whether rows count whatever their words say, but for sums.
    ``cost`` is how unusual the layout is: 0 for the most usual one.
    """

    end: int
    column: int
    skipped: int = 0
    savings: bool = False
    discounts: bool = True
    left_out: str = ""
    any_role: bool = False
    cost: float = 0.0


LATER_END, SKIPPED, OTHER_COLUMN, SAVINGS, NO_DISCOUNTS, LEFT_OUT = 0.8, 0.6, 0.3, 0.5, 0.5, 0.7
"""Costs of what is unusual: the order in which layouts are preferred of which several are proved."""

FULLEST = 0.1
"""Cost of taking the amounts of the column with most of them."""

MAX_SKIPPED = 2
MAX_COLUMNS = 6
MAX_LEFT_OUT = 3


def layouts(zone: Zone) -> Iterator[Layout]:
    """Yield the layouts of a zone, the most usual first."""
    yield from sorted(_every_layout(zone, _columns(zone)), key=lambda layout: layout.cost)


def _every_layout(zone: Zone, columns: Mapping[int, float]) -> Iterator[Layout]:
    for number, end in enumerate(zone.ends):
        for skipped in range(MAX_SKIPPED + 1):
            for column in columns:
                for savings in (False, True):
                    for discounts in (True, False):
                        cost = LATER_END * number + SKIPPED * skipped + columns[column]
                        cost += SAVINGS * savings + NO_DISCOUNTS * (not discounts)
                        yield Layout(end, column, skipped, savings, discounts, cost=cost)


def _columns(zone: Zone) -> Mapping[int, float]:
    """Return the columns that may have the amounts, and what each costs: the last amount of each row nothing."""
    numbers = range(len(zone.columns))
    most = max(numbers, key=lambda number: (zone.columns[number].amounts, number), default=LAST)
    return {LAST: 0.0, most: FULLEST if most != LAST else 0.0} | {
        column: OTHER_COLUMN for column in (*numbers[-MAX_COLUMNS:], SECOND_LAST) if column != most
    }


def without_repeated(layout: Layout, descriptions: Sequence[str]) -> Iterator[Layout]:
    """Yield a layout without rows that say the same again and again, such as the usual price of each item."""
    counts = Counter(filter(None, descriptions))
    for text, count in counts.most_common(MAX_LEFT_OUT):
        if count > 1:
            yield replace(layout, left_out=text, cost=layout.cost + LEFT_OUT)
            yield replace(layout, left_out=text, discounts=False, cost=layout.cost + LEFT_OUT + NO_DISCOUNTS)

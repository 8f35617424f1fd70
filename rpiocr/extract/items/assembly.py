"""The rows of a zone in one layout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rpiocr.extract.items.layout import Layout
from rpiocr.extract.items.row import ItemRow
from rpiocr.extract.items.wording import is_name, is_text
from rpiocr.extract.items.zone import Zone
from rpiocr.extract.text.amounts import Amount


@dataclass(frozen=True)
class Assembly:
    """The rows of a zone in one layout: which amount of which row counts, and which rows only say how it came about.

    ``details`` maps rows with a quantity and a unit price to the row of their product, None if it is not known.
    """

    zone: Zone
    layout: Layout
    counted: Mapping[int, Amount]
    details: Mapping[int, int | None]

    @cached_property
    def places(self) -> list[int]:
        """The rows that count, top to bottom."""
        return sorted(self.counted)

    @cached_property
    def details_of(self) -> Mapping[int, list[int]]:
        """The rows with the quantity and unit price of each row that counts and has some."""
        found: dict[int, list[int]] = {}
        for detail, product in self.details.items():
            if product is not None:
                found.setdefault(product, []).append(detail)
        return found

    @cached_property
    def lines_above(self) -> int:
        """The number of rows that describe each amount above it: as many as there are between each two, else 1."""
        rows, order = self.zone.rows, self.places
        between = {place - before - 1 for before, place in pairwise(order)}
        if self.details or len(between) != 1 or not 1 < max(between) <= MAX_TEXTS:
            return 1
        lines = max(between)
        are_texts = all(not one.amounts for place in order for one in rows[max(0, place - lines) : place])
        return lines if are_texts and all(is_name(rows[place - lines]) for place in order) else 1


MAX_TEXTS = 3
"""Maximum number of rows that describe an amount."""


def is_lone_text(one: ItemRow) -> bool:
    """Return whether a row has words and no amount."""
    return is_text(one) and not one.amounts

"""Finds what a page says about pages before and after it: that it continues, and amounts that are carried over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from functools import lru_cache

from rpiocr.extract.roles import ITEM_ROLES, TOTALS, ReceiptLine, Role
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.phrases import Labels, plain


class Direction(Enum):
    """Whether a line speaks of a page that follows, or of one before."""

    ONWARD = auto()
    BROUGHT = auto()


@dataclass(frozen=True, slots=True)
class Continuation:
    """What a page says about its neighbours.

    ``goes_on``: a phrase says that it continues on another page; ``continues``: that it was begun on one. ``carried``
    is the amount with which it ends, ``brought`` the one with which it begins, both positive; None if there is none.
    """

    goes_on: bool = False
    continues: bool = False
    carried: Decimal | None = None
    brought: Decimal | None = None


def find_continuation(rows: Sequence[ReceiptLine]) -> Continuation:
    """Return what the lines of a page, top to bottom, say about other pages."""
    said = {direction_of(row.text.text, row.lexicon) for row in rows}
    return Continuation(Direction.ONWARD in said, Direction.BROUGHT in said, _carried(rows), brought_forward(rows))


def brought_forward(rows: Sequence[ReceiptLine]) -> Decimal | None:
    """Return the amount that was brought from the page before, positive; None if there is none."""
    place = row_brought_forward(rows)
    return None if place is None else abs(rows[place].main.value)


def row_brought_forward(rows: Sequence[ReceiptLine]) -> int | None:
    """Return the row with the amount that was brought from the page before: a carried one above all items."""
    for place, row in enumerate(rows):
        if row.role is Role.CARRIED and row.amounts:
            return None if _says(row, Direction.ONWARD) else place
        if row.amounts and row.role in ITEM_ROLES:
            break
    return None


def _carried(rows: Sequence[ReceiptLine]) -> Decimal | None:
    """Return the amount that is carried to the next page, or the total of this one: nothing of a sale is below it."""
    for number, row in reversed(tuple(enumerate(rows))):
        if row.role is Role.CARRIED and row.amounts:
            has_items = any(above.amounts and above.role in ITEM_ROLES for above in rows[:number])
            is_end = (has_items or _says(row, Direction.ONWARD)) and not _says(row, Direction.BROUGHT)
            return abs(row.main.value) if is_end else None
        if row.amounts and row.role in (*ITEM_ROLES, *TOTALS):
            break
    return None


def _says(row: ReceiptLine, direction: Direction) -> bool:
    return direction_of(row.text.text, row.lexicon) is direction


def direction_of(text: str, lexicon: Lexicon) -> Direction | None:
    """Return of which other page a line of text speaks, None if of none, or of both."""
    written = plain(text)
    onward, brought = (bool(labels.find(written)) for labels in _labels(lexicon))
    if onward == brought:
        return None
    return Direction.ONWARD if onward else Direction.BROUGHT


def without_references(text: str, lexicon: Lexicon) -> str:
    """Return a plain line of text without the numbers of other pages that it names, as in "continued on page 2"."""
    for labels in _labels(lexicon):
        for hit in reversed(labels.find(text)):
            number = REFERENCE.match(text, hit.end)
            text = f"{text[: hit.start]} {text[number.end() if number else hit.end :]}"
    return text


REFERENCE = re.compile(r"[\s.:#]{0,3}[0-9]{1,2}(?![0-9])")
"""The number of a page that is referred to."""


@lru_cache(maxsize=4)
def _labels(lexicon: Lexicon) -> tuple[Labels, Labels]:
    """Return the phrases about a page that follows, and about one before."""
    return Labels(lexicon.pages.onward), Labels(lexicon.pages.brought)

"""What the reader of items sees on a page: rows with their sections, columns of amounts, and the items."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rpiocr.model.geometry import Box
from rpiocr.model.items import Item

Point = tuple[float, float]
"""x and y in pixels."""


class Section(StrEnum):
    """A part of a receipt, from top to bottom as most receipts are printed."""

    HEAD = "head"
    ITEMS = "items"
    SUMS = "sums"
    TAX_TABLE = "tax table"
    PAYMENT = "payment"
    FOOT = "foot"


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A row of print: the boxes of its words, left to right, and the section that it belongs to."""

    section: Section
    words: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class AmountColumn:
    """A column of amounts: the corners of the area in which their right edges are, clockwise from the top left."""

    corners: tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class PageLayout:
    """The layout by which the items of a page were read, and these items."""

    rows: tuple[SectionRow, ...]
    columns: tuple[AmountColumn, ...]
    items: tuple[Item, ...]

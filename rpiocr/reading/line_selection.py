"""Selects the lines worth the second engine's time: with a total, an amount, a date or the name, or not yet read.

The cost of reading grows with the length of the text. Item descriptions, addresses and thanks are most of a receipt,
and no requested field depends on them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rpiocr.extract import Tables
from rpiocr.extract.fields.date import has_date
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.extract.roles import TOTALS, ReceiptLine, Role
from rpiocr.model import Affine, Box, Pass, Word, map_box
from rpiocr.model.baseline import Baseline
from rpiocr.recognise.lines import build_lines
from rpiocr.recognise.rapidocr.boxes import Quad

HEAD_LINES = 4
"""Number of legible lines at the top among which the merchant's name is."""

LEGIBLE = 3
"""Minimum number of letters that make a line legible."""

DOUBTFUL = 0.5
"""Mean word confidence below which the content of a line is unknown."""

PAYING = (*TOTALS, Role.SUBTOTAL, Role.CASH, Role.CHANGE, Role.CARD, Role.ROUNDING)
"""Roles of lines that are relevant even if their amount was not read."""


@dataclass(frozen=True, slots=True)
class SortedLines:
    """Boxes of lines: the relevant ones, and the others."""

    first: tuple[Quad, ...]
    rest: tuple[Quad, ...]


def sort_lines(quads: Sequence[Quad], to_page: Affine, reading: Pass, skew_deg: float, tables: Tables) -> SortedLines:
    """Divide the detected lines by what the first pass read there.

    ``quads`` are in pixels of a prepared image, ``to_page`` maps them to the page.
    """
    words = [word for line in reading.lines for word in line.words]
    rows = build_receipt_lines(build_lines(words, Baseline.at(skew_deg)), tables)
    head = _head_bottom(rows)
    owners = {id(word): row for row in rows for word in row.line.words}
    # Words that no rule considers count as unread.
    known = sorted((word for word in words if id(word) in owners), key=lambda word: word.box.middle[1])
    levels = [word.box.middle[1] for word in known]
    first: list[Quad] = []
    rest: list[Quad] = []
    for quad in quads:
        box = _page_box(quad, to_page)
        near = known[bisect_left(levels, box.top) : bisect_right(levels, box.bottom)]
        inside = [word for word in near if _covers(box, word.box)]
        matters = box.middle[1] < head or _matters(inside, owners, tables)
        (first if matters else rest).append(quad)
    return SortedLines(tuple(first), tuple(rest))


def _matters(words: Sequence[Word], owners: dict[int, ReceiptLine], tables: Tables) -> bool:
    if not words or sum(word.confidence for word in words) / len(words) < DOUBTFUL:
        return True
    rows = list(dict.fromkeys(owners[id(word)] for word in words))
    if any(_is_sought(row, tables) for row in rows):
        return True
    boxes = [word.box for word in words]
    return any(_covers(Box.around(boxes), amount.box) for row in rows for amount in row.amounts)


def _is_sought(row: ReceiptLine, tables: Tables) -> bool:
    """Whether a line contains words for a refund, a payment or an amount, or a date."""
    if "refund" in row.groups or row.role in PAYING or (row.role is not Role.NONE and row.amounts):
        return True
    return has_date(row.text, tables)


def _head_bottom(rows: Sequence[ReceiptLine]) -> float:
    legible = [row for row in rows if sum(char.isalpha() for char in row.text.text) >= LEGIBLE]
    return max((row.box.bottom for row in legible[:HEAD_LINES]), default=0.0)


def _page_box(quad: Quad, to_page: Affine) -> Box:
    left, top = (float(value) for value in quad.min(axis=0))
    right, bottom = (float(value) for value in quad.max(axis=0))
    return map_box(Box(left, top, right, bottom), np.asarray(to_page))


def _covers(outer: Box, inner: Box) -> bool:
    x, y = inner.middle
    return outer.left <= x <= outer.right and outer.top <= y <= outer.bottom

"""Draws boxes around the values on a page, from the evidence in the store."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rpiocr.model import Box
from rpiocr.store.rows import sound_rows
from rpiocr.store.tables import FIELDS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from rpiocr.model import Pixels

QUALITY = 80
OTHER_COLOUR = (120, 80, 0)


@dataclass(frozen=True, slots=True)
class Mark:
    """A box in pixels of the upright page, and its caption."""

    name: str
    label: str
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a file with a receipt or a part of one, and the boxes of its fields on it.

    ``is_first``: it is the first page of the receipt.
    """

    receipt_id: int
    page: int
    marks: tuple[Mark, ...]
    is_first: bool = True


def sheets_of(
    connection: Connection, receipt_id: int, pages: Sequence[int], corrected: Sequence[str]
) -> tuple[Sheet, ...]:
    """Return the ``pages`` of a receipt, the first one first, each with the boxes of the values on it."""
    marks = _marks_of(connection, receipt_id, pages[0], corrected)
    return tuple(
        Sheet(receipt_id, page, tuple(mark for place, mark in marks if place == page), is_first=number == 0)
        for number, page in enumerate(pages)
    )


def _marks_of(
    connection: Connection, receipt_id: int, first: int, corrected: Sequence[str]
) -> tuple[tuple[int, Mark], ...]:
    """Return the page of each value of a receipt, and its box there; ``first`` is the page of the receipt."""
    from sqlalchemy import select

    mine = (FIELDS.c.receipt_id == receipt_id) & FIELDS.c.chosen & FIELDS.c.box_x.is_not(None)
    return tuple(
        (first if row.page is None else row.page, _mark(row, corrected))
        for row in sound_rows(connection, select(FIELDS).where(mine).order_by(FIELDS.c.id), "what was read,")
        if None not in (row.box_y, row.box_width, row.box_height)
    )


def _mark(row: Row[Any], corrected: Sequence[str]) -> Mark:
    label = f"{row.name} {row.value}" + (" (corrected)" if row.name in corrected else "")
    return Mark(row.name, label, row.box_x, row.box_y, row.box_width, row.box_height)


def annotated(file: str, data: bytes, sheets: Sequence[Sheet], max_pixels: int) -> Iterator[tuple[Sheet, bytes]]:
    """Yield a JPEG for each sheet of a file; raises InputError if the file, or a page of it, cannot be read."""
    from rpiocr.load import load_pages

    last = max((sheet.page for sheet in sheets), default=0)
    for page in load_pages(file, max_pixels=max_pixels, max_pages=max(1, last), stream=io.BytesIO(data)):
        for sheet in sheets:
            if sheet.page == page.number:
                yield sheet, _drawn(page.pixels, sheet.marks)
        if page.number >= last:
            return


def _drawn(pixels: Pixels, marks: Sequence[Mark]) -> bytes:
    from rpiocr.output.overlay.canvas import Canvas
    from rpiocr.output.overlay.colours import FIELDS as COLOURS

    canvas = Canvas.of(pixels)
    for mark in marks:
        box = Box(mark.left, mark.top, mark.left + mark.width, mark.top + mark.height)
        colour = COLOURS.get(mark.name, OTHER_COLOUR)
        canvas.frame(box, colour)
        canvas.caption(box, mark.label, colour)
    stream = io.BytesIO()
    canvas.image.save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue()

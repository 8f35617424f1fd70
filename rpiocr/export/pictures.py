"""Draws boxes around the values on a page, from the evidence in the store."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rpiocr.store.rows import sound_rows
from rpiocr.store.tables import FIELDS

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from sqlalchemy import Connection

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
    """A receipt on a page of a file, and the boxes of its fields."""

    receipt_id: int
    page: int
    marks: tuple[Mark, ...]


def marks_of(connection: Connection, receipt_id: int, corrected: Sequence[str]) -> tuple[Mark, ...]:
    """Return the boxes of the values of a receipt."""
    from sqlalchemy import select

    mine = (FIELDS.c.receipt_id == receipt_id) & FIELDS.c.chosen & FIELDS.c.box_x.is_not(None)
    return tuple(
        Mark(
            row.name,
            f"{row.name} {row.value}" + (" (corrected)" if row.name in corrected else ""),
            row.box_x,
            row.box_y,
            row.box_width,
            row.box_height,
        )
        for row in sound_rows(connection, select(FIELDS).where(mine).order_by(FIELDS.c.id), "what was read,")
        if None not in (row.box_y, row.box_width, row.box_height)
    )


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
    from PIL import Image, ImageDraw

    from rpiocr.output.debug_images import LONGEST_SIDE

    image = Image.fromarray(pixels)
    factor = min(1.0, LONGEST_SIDE / max(image.size))
    if factor < 1.0:
        image = image.resize((max(1, round(image.width * factor)), max(1, round(image.height * factor))))
    canvas = image.convert("RGB")
    draw = ImageDraw.Draw(canvas)
    for mark in marks:
        _draw(draw, mark, factor)
    stream = io.BytesIO()
    canvas.save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue()


def _draw(draw: ImageDraw, mark: Mark, factor: float) -> None:
    from PIL import ImageFont

    from rpiocr.output.debug_images import COLOURS

    colour = COLOURS.get(mark.name, OTHER_COLOUR)
    left, top = mark.left * factor, mark.top * factor
    right, bottom = left + mark.width * factor, top + mark.height * factor
    draw.rectangle((left - 2, top - 2, right + 2, bottom + 2), outline=colour, width=3)
    font = ImageFont.load_default(14)
    width = draw.textlength(mark.label, font)
    x = max(0.0, min(left, draw.im.size[0] - width))
    draw.rectangle((x, bottom + 4, x + width, bottom + 22), fill=(255, 255, 255))
    draw.text((x, bottom + 4), mark.label, fill=colour, font=font)

"""Draws on an image what was read: words, rows, columns, items and fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rpiocr.model import Field, Item, Reading
from rpiocr.model.page_layout import AmountColumn, SectionRow
from rpiocr.output.overlay.canvas import Canvas
from rpiocr.output.overlay.colours import CENTRE, COLUMN, FIELDS, ITEM, SECTIONS, WORD
from rpiocr.output.overlay.lettering import lettering

DOT = 2.0
"""Radius of the centre of a word, in pixels."""

ROW_ALPHA, COLUMN_ALPHA, ITEM_ALPHA = 130, 90, 28
"""Opacity of what covers print, from 0 to 255."""

ROW_WIDTH = 2
MIN_COLUMN = 4.0
"""Minimum width of a column in pixels: its amounts may all end at the same place."""

NUMBER_SIZE = 14

MAX_ALTERNATIVES = 3


def draw_words(canvas: Canvas, reading: Reading) -> None:
    """Draw the box and the centre of every word."""
    for line in reading.lines:
        for word in line.words:
            canvas.draw.rectangle(canvas.corners(word.box), outline=WORD)
            ((x, y),) = canvas.points([word.box.middle])
            canvas.draw.ellipse((x - DOT, y - DOT, x + DOT, y + DOT), fill=CENTRE)


def draw_rows(canvas: Canvas, rows: Iterable[SectionRow]) -> None:
    """Draw each row as a line through its words, from its left end to its right one."""
    for row in rows:
        first, last = row.words[0], row.words[-1]
        way = [(first.left, first.middle[1]), *(box.middle for box in row.words), (last.right, last.middle[1])]
        canvas.draw.line(canvas.points(way), fill=(*SECTIONS[row.section], ROW_ALPHA), width=ROW_WIDTH)


def draw_columns(canvas: Canvas, columns: Iterable[AmountColumn]) -> None:
    """Draw the areas in which the amounts of each column end."""
    for column in columns:
        (left, top), (right, upper), (lower, bottom), (start, end) = canvas.points(column.corners)
        more = max(0.0, MIN_COLUMN - (right - left)) / 2.0
        corners = [(left - more, top), (right + more, upper), (lower + more, bottom), (start - more, end)]
        canvas.draw.polygon(corners, fill=(*COLUMN, COLUMN_ALPHA))


def draw_items(canvas: Canvas, items: Sequence[Item]) -> None:
    """Draw the box of each item, with its number on the left."""
    letters = lettering(NUMBER_SIZE)
    for number, item in enumerate(items, 1):
        left, top, right, bottom = canvas.corners(item.box, 1.0)
        canvas.draw.rectangle((left, top, right, bottom), outline=ITEM, fill=(*ITEM, ITEM_ALPHA), width=2)
        width = canvas.draw.textlength(str(number), letters.font) + 6.0
        start = max(0.0, left - width)
        canvas.draw.rectangle((start, top, start + width, top + NUMBER_SIZE + 4), fill=ITEM)
        canvas.draw.text((start + 3.0, top), str(number), fill=(255, 255, 255), font=letters.font)


def draw_field(canvas: Canvas, name: str, field: Field[Any]) -> None:
    """Draw the box of a field, and thin ones around its alternatives."""
    for alternative in field.rivals[:MAX_ALTERNATIVES]:
        canvas.draw.rectangle(canvas.corners(alternative.box), outline=FIELDS[name], width=1)
    canvas.frame(field.chosen.box, FIELDS[name])

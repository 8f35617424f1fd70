"""The overlay: a receipt with all that was read of it, a margin that says what, and a legend."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

from PIL import Image

from rpiocr.model import Field, Fields, Item, Reading
from rpiocr.model.codes import Code
from rpiocr.model.page_layout import PageLayout
from rpiocr.output.overlay.canvas import Canvas
from rpiocr.output.overlay.colours import CODE, FIELDS, ITEM
from rpiocr.output.overlay.legend import Legend
from rpiocr.output.overlay.lettering import lettering
from rpiocr.output.overlay.margin import Margin, Note
from rpiocr.output.overlay.marks import draw_columns, draw_field, draw_items, draw_rows, draw_words
from rpiocr.output.result import check_names
from rpiocr.reading.outcome import View

FADING = 0.4
"""How far the print is faded, so that lines on it are seen."""

TEXT_SIZE = 18

LEGIBLE, MAX_ENLARGEMENT = 20.0, 3.0
"""Height in pixels to which the boxes of words are enlarged, as far as that makes the image at most so much larger."""

MAX_DESCRIPTION = 50
"""Maximum number of characters of the description of an item: a row of stars may be read as many words."""

NO_LAYOUT = PageLayout((), (), ())


def draw_overlay(view: View) -> Image.Image:
    """Return the image that was read with its words, rows, columns, items, fields and codes; it is at the top left."""
    layout = view.layout or NO_LAYOUT
    fields = dict(_fields(view.fields))
    letters = lettering(TEXT_SIZE)
    image = Canvas.of(view.pixels, FADING, _enlargement(view.reading))
    notes = (
        *map(_about_item, range(1, len(layout.items) + 1), layout.items),
        *map(_about_field, fields, fields.values()),
        *map(_about_code, view.codes),
    )
    margin = Margin.of(notes, image, letters)
    legend = Legend.of(image.width + margin.width, letters)
    top = max(image.height, margin.height)
    canvas = image.with_room(margin.width, top + legend.height)
    draw_words(canvas, view.reading)
    draw_columns(canvas, layout.columns)
    draw_items(canvas, layout.items)
    draw_rows(canvas, layout.rows)
    for name, field in fields.items():
        draw_field(canvas, name, field)
    for code in view.codes:
        canvas.frame(code.found.box, CODE)
    margin.draw(canvas, layout.rows)
    legend.draw(canvas, top)
    return canvas.image


def _enlargement(reading: Reading) -> float:
    heights = [word.box.height for line in reading.lines for word in line.words]
    return min(MAX_ENLARGEMENT, max(1.0, LEGIBLE / max(1.0, median(heights)))) if heights else 1.0


def _fields(fields: Fields) -> Iterator[tuple[str, Field[Any]]]:
    for name in FIELDS:
        if field := getattr(fields, name):
            yield name, field


def _about_item(number: int, item: Item) -> Note:
    return Note(f"{number}  {item.amount}  {item.description[:MAX_DESCRIPTION]}", ITEM, item.box)


def _about_field(name: str, field: Field[Any]) -> Note:
    text = f"{name} {field.chosen.value}  {field.votes}/{field.passes} votes  {100 * field.probability:.0f} %"
    if field.chosen.checks:
        text += "  " + ", ".join(check_names(field.chosen))
    return Note(text, FIELDS[name], field.chosen.box)


def _about_code(code: Code) -> Note:
    kind = f"{code.claim.kind}  " if code.claim else ""
    return Note(f"{code.found.symbology}  {kind}{code.status.value}", CODE, code.found.box)

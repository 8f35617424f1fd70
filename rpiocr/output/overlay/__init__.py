"""The overlay: a page with all that was read of it, a margin that says what, and a legend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PIL import Image

from rpiocr.model import Field, Fields, Item
from rpiocr.model.page_layout import PageLayout
from rpiocr.output.overlay.canvas import Canvas
from rpiocr.output.overlay.colours import FIELDS, ITEM
from rpiocr.output.overlay.legend import Legend
from rpiocr.output.overlay.lettering import lettering
from rpiocr.output.overlay.margin import Margin, Note
from rpiocr.output.overlay.marks import draw_columns, draw_field, draw_items, draw_rows, draw_words
from rpiocr.output.result import check_names
from rpiocr.reading.outcome import Trace

FADING = 0.4
"""How far the print is faded, so that lines on it are seen."""

TEXT_SIZE = 15

NO_LAYOUT = PageLayout((), (), ())


def draw_overlay(trace: Trace) -> Image.Image:
    """Return the page with its words, rows, columns, items and fields; the page is at the top left."""
    layout = trace.layout or NO_LAYOUT
    fields = dict(_fields(trace.receipt.fields))
    letters = lettering(TEXT_SIZE)
    page = Canvas.of(trace.page.pixels, FADING)
    notes = (
        *map(_about_item, range(1, len(layout.items) + 1), layout.items),
        *map(_about_field, fields, fields.values()),
    )
    margin = Margin.of(notes, page, letters)
    legend = Legend.of(page.width + margin.width, letters)
    top = max(page.height, margin.height)
    canvas = page.with_room(margin.width, top + legend.height)
    draw_words(canvas, trace.reading)
    draw_columns(canvas, layout.columns)
    draw_items(canvas, layout.items)
    draw_rows(canvas, layout.rows)
    for name, field in fields.items():
        draw_field(canvas, name, field)
    margin.draw(canvas, layout.rows)
    legend.draw(canvas, top)
    return canvas.image


def _fields(fields: Fields) -> Iterator[tuple[str, Field[Any]]]:
    """Yield the fields that have boxes on this page."""
    for name in FIELDS:
        field = getattr(fields, name)
        if field and field.page is None:
            yield name, field


def _about_item(number: int, item: Item) -> Note:
    return Note(f"{number}  {item.amount}  {item.description}", ITEM, item.box)


def _about_field(name: str, field: Field[Any]) -> Note:
    text = f"{name} {field.chosen.value}  {field.votes}/{field.passes} votes  {100 * field.probability:.0f} %"
    if field.chosen.checks:
        text += "  " + ", ".join(check_names(field.chosen))
    return Note(text, FIELDS[name], field.chosen.box)

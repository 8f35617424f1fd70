"""The overlay shows the rows, columns, sections, items and fields that were read, and what they are."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from PIL import Image

from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import understand
from rpiocr.decide.items import find_items
from rpiocr.extract import Hints
from rpiocr.model import Box, Fields, Pass, Reading
from rpiocr.model.page_layout import Section
from rpiocr.output.overlay import draw_overlay
from rpiocr.output.overlay.canvas import LONGEST_SIDE, Canvas, Colour
from rpiocr.output.overlay.colours import CODE, FIELDS, ITEM, SECTIONS
from rpiocr.output.overlay.lettering import lettering
from rpiocr.output.overlay.margin import Margin, Note
from rpiocr.reading.outcome import View
from tests.output.coded import LINK, PLACE, TILL
from tests.written import PSM_6, languages, write

RECEIPT = """
CORNER SHOP
BREAD                2.50
MILK  1L             1.20
TOTAL GBP            3.70
CARD                 3.70
12/11/2026 14:05
"""
WIDTH, HEIGHT = 400, 300


def view_of(text: str, width: int = WIDTH, height: int = HEIGHT, *, with_items: bool = True, size: float = 1.0) -> View:
    """A view of white paper on which a text was read, in print of the usual size unless said otherwise."""
    found = understand(
        [Pass(PSM_6, "default", write(text, sizes=dict.fromkeys(range(9), size)), 0.1)],
        0.0,
        languages(),
        Hints(),
        Judge(0.005),
    )
    items = find_items(found, found.fields)
    assert items is not None
    paper = np.full((height, width), 255, np.uint8)
    return View(paper, found.reading, found.fields, items.layout if with_items else None)


def places_of(image: Image.Image, colour: Colour) -> Box | None:
    """The box around all pixels of exactly this colour on the page, None without any."""
    pixels = np.asarray(image)
    ys, xs = np.nonzero((pixels == colour).all(axis=2))
    return Box(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1) if len(xs) else None


def on_page(image: Image.Image) -> Image.Image:
    return image.crop((0, 0, WIDTH, HEIGHT))


def in_margin(image: Image.Image) -> Image.Image:
    return image.crop((WIDTH, 0, image.width, HEIGHT))


def test_fields_are_framed_where_they_were_read() -> None:
    view = view_of(RECEIPT)
    page = on_page(draw_overlay(view))
    for name in FIELDS:
        field, found = getattr(view.fields, name), places_of(page, FIELDS[name])
        assert found is not None
        assert abs(found.left - field.chosen.box.left) <= 3 or name == "amount"
        assert found.top <= field.chosen.box.top
        assert found.bottom >= field.chosen.box.bottom


def test_each_section_has_a_bar_beside_its_rows_top_to_bottom() -> None:
    view = view_of(RECEIPT)
    margin = in_margin(draw_overlay(view))
    bars = [places_of(margin.crop((0, 0, 26, HEIGHT)), SECTIONS[section]) for section in Section]
    shown = [bar for bar in bars if bar]
    assert len(shown) == 5
    assert [bar.top for bar in shown] == sorted(bar.top for bar in shown)
    assert view.layout
    first = next(row for row in view.layout.rows if row.section is Section.ITEMS)
    (items,) = (bar for section, bar in zip(Section, bars, strict=True) if section is Section.ITEMS and bar)
    assert abs(items.top - first.words[0].top) <= 2


def test_each_item_is_framed_and_named() -> None:
    view = view_of(RECEIPT)
    image = draw_overlay(view)
    assert view.layout
    assert len(view.layout.items) == 2
    boxes = Box.around([item.box for item in view.layout.items])
    found, named = places_of(on_page(image), ITEM), places_of(in_margin(image), ITEM)
    assert found is not None
    assert named is not None
    assert abs(found.top - boxes.top) <= 3
    assert abs(found.bottom - boxes.bottom) <= 3
    assert boxes.top - 10 < named.top < named.bottom < boxes.bottom + 10


def test_each_code_is_framed_and_named_beside_it() -> None:
    image = draw_overlay(replace(view_of(RECEIPT), codes=(TILL,)))
    found, named = places_of(on_page(image), CODE), places_of(in_margin(image), CODE)
    assert found is not None
    assert named is not None
    assert max(abs(found.left - PLACE.left), abs(found.top - PLACE.top)) <= 4
    assert max(abs(found.right - PLACE.right), HEIGHT - found.bottom) <= 4
    assert named.width > 100


def test_a_code_is_named_by_its_format_and_by_how_far_it_can_be_believed() -> None:
    widths = []
    for codes in ((), (LINK,), (TILL,)):
        image = draw_overlay(replace(view_of("SHOP", with_items=False), codes=codes))
        named = places_of(in_margin(image), CODE)
        widths.append(named.width if named else 0)
    letters = lettering(18)
    texts = ("QRCode  unknown", "QRCode  de-tse  proved")
    assert widths[0] == 0
    assert all(abs(width - letters.font.getlength(text)) < 6 for width, text in zip(widths[1:], texts, strict=True))


def test_items_that_were_not_looked_for_leave_words_and_fields() -> None:
    page = on_page(draw_overlay(view_of(RECEIPT, with_items=False)))
    assert places_of(page, ITEM) is None
    assert places_of(page, FIELDS["amount"]) is not None


def test_small_print_is_enlarged() -> None:
    small, usual = (draw_overlay(view_of(RECEIPT, size=size)) for size in (0.5, 1.0))
    assert small.height > 1.5 * usual.height


def test_a_large_page_is_scaled_down() -> None:
    image = draw_overlay(view_of(RECEIPT, 3000, 5000))
    assert LONGEST_SIDE < image.height < 1.1 * LONGEST_SIDE


def test_a_page_without_text_has_a_legend() -> None:
    found = view_of(RECEIPT)
    image = draw_overlay(View(found.pixels, Reading((), 1), Fields(), None))
    below = image.crop((0, HEIGHT, image.width, image.height))
    assert all(places_of(below, colour) for colour in (*SECTIONS.values(), *FIELDS.values(), ITEM, CODE))


def test_notes_on_rows_close_together_do_not_cover_one_another() -> None:
    letters, canvas = lettering(18), Canvas.of(np.full((200, 200), 255, np.uint8))
    notes = Margin.of(
        [Note(f"{top}", ITEM, Box(0, top, 10, top + 6)) for top in range(0, 200, 4)], canvas, letters
    ).notes
    assert all(other.y - note.y >= letters.height for note, other in pairwise(notes))

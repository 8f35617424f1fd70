"""The lines of a page are found by their glyphs alone: each with its words and, apart from them, its amount."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from rpiocr.model import Page, Pixels
from rpiocr.preprocess import PLAIN, Preparer, ScaleRule
from rpiocr.preprocess.rows import find_rows
from rpiocr.preprocess.text_lines import TextLine, find_text_lines

ITEMS = (("Bread", "4.20"), ("Cheese cake", "12.30"), ("Coffee", "3.80"), ("Apple juice", "2.80"), ("TOTAL", "23.10"))


def drawn(turn_deg: float = 0.0) -> Pixels:
    """A receipt of a large heading and five lines with an amount at the right edge."""
    image = Image.new("L", (900, 700), 245)
    draw = ImageDraw.Draw(image)
    draw.text((250, 60), "CORNER SHOP", 0, ImageFont.load_default(56))
    for number, (name, amount) in enumerate(ITEMS):
        draw.text((60, 200 + 70 * number), name, 0, ImageFont.load_default(32))
        draw.text((740, 200 + 70 * number), amount, 0, ImageFont.load_default(32))
    return np.asarray(image.rotate(turn_deg, Image.Resampling.BICUBIC, fillcolor=245))


def lines_of(pixels: Pixels) -> tuple[TextLine, ...]:
    """The lines of a picture, in pixels of its plain image."""
    rows = find_rows(pixels)
    assert rows is not None
    preparer = Preparer(Page(pixels, "receipt.png", 1, "0" * 64), ScaleRule(by_letters=True), rows=rows)
    return find_text_lines(rows, preparer.make(PLAIN))


@pytest.mark.parametrize("turn_deg", [0.0, 2.0, -3.0])
def test_amounts_stand_apart_from_the_names_of_their_lines(turn_deg: float) -> None:
    heading, *items = lines_of(drawn(turn_deg))
    assert heading.glyphs == len("CORNERSHOP")
    assert [len(line.segments) for line in items] == [2] * len(ITEMS)
    assert [line.segments[1].glyphs for line in items] == [3, 4, 3, 3, 4]
    assert all(line.segments[0].box.right < line.segments[1].box.left for line in items)


def test_lines_come_from_top_to_bottom_and_do_not_overlap() -> None:
    tops = [line.segments[0].box.top for line in lines_of(drawn())]
    assert tops == sorted(tops)
    boxes = [line.segments[0].box for line in lines_of(drawn())[1:]]
    assert not any(one.meets(other) for one, other in pairwise(boxes))

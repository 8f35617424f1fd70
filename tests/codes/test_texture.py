"""A block of modules looks like a code, lines of text do not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from rpiocr.codes.texture import code_areas
from rpiocr.model import Pixels
from tests.codes.test_detector import LEFT, TEXT, TOP, page, symbol


def text_page(size: int, pitch: int) -> Pixels:
    """A page of lines of text."""
    image = Image.new("L", (900, 1400), 240)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    for top in range(20, 1350, pitch):
        draw.text((40, top), "Bread and butter pudding        12.30", 0, font)
    return np.asarray(image)


@pytest.mark.parametrize("module", [2, 3, 4, 6])
def test_a_code_is_within_one_area(module: int) -> None:
    drawn = symbol(TEXT, module)
    (area,) = code_areas(page(drawn))
    quiet = 4 * module
    assert area.left <= LEFT + quiet
    assert area.top <= TOP + quiet
    assert area.right >= LEFT + drawn.shape[1] - quiet
    assert area.bottom >= TOP + drawn.shape[0] - quiet


@pytest.mark.parametrize(("size", "pitch"), [(18, 34), (22, 44), (28, 60)])
def test_lines_of_text_do_not_look_like_codes(size: int, pitch: int) -> None:
    covered = sum(area.width * area.height for area in code_areas(text_page(size, pitch)))
    assert covered < 0.2 * 900 * 1400

"""Lines that stand apart are read from one sheet, straight and of one height, and their words placed back."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from rpiocr.model import Box, Line, Pixels, Prepared
from rpiocr.recognise.line_sheet import GAP, LINE_HEIGHT, MAX_LINES, SIDE, SheetReader, lay_out
from rpiocr.recognise.rapidocr.boxes import Quad
from rpiocr.recognise.tesseract import Psm, Tesseract
from rpiocr.recognise.tesseract_models import installed_languages

FONT = Path("/usr/share/fonts/opentype/unifont/unifont.otf")
TIMEOUT_S = 60.0


def quad(left: float, top: float, right: float, bottom: float, drop: float = 0.0) -> Quad:
    """A box whose right end is lower than its left by ``drop``."""
    return np.array([[left, top], [right, top + drop], [right, bottom + drop], [left, bottom]], dtype=np.float32)


def page(*lines: tuple[str, int, int, float]) -> Pixels:
    """A page with lines of text: each with its left, its top and how many times as tall as wide its letters are."""
    if not FONT.exists():
        pytest.skip("FONTS ARE MISSING: sudo apt install fonts-unifont")
    picture = np.full((500, 760), 245, np.uint8)
    for text, left, top, taller in lines:
        line = Image.new("L", (16 * len(text), 34), 245)
        ImageDraw.Draw(line).text((0, 0), text, fill=30, font=ImageFont.truetype(str(FONT), 32))
        tall = cv2.resize(np.asarray(line, np.uint8), None, fx=1.0, fy=taller)
        picture[top : top + tall.shape[0], left : left + tall.shape[1]] = tall
    return picture


def read(pixels: Pixels, quads: tuple[Quad, ...], scratch: Path, languages: str = "eng") -> tuple[Line, ...]:
    prepared = Prepared(pixels, "plain", np.eye(2, 3), 300)
    reader = SheetReader(quads, Tesseract(Psm.UNIFORM_BLOCK, languages, scratch))
    lines = reader.read(prepared, TIMEOUT_S)
    assert not list(scratch.iterdir())
    return lines


def test_a_word_is_mapped_to_its_location_in_the_image(tmp_path: Path) -> None:
    pixels = page(("TOTAL 14.50", 120, 60, 1.0), ("CHANGE 5.50", 300, 200, 1.0))
    quads = (quad(296, 196, 480, 238), quad(116, 56, 300, 98))
    words = [word for line in read(pixels, quads, tmp_path) for word in line.words]
    assert [word.text for word in words] == ["TOTAL", "14.50", "CHANGE", "5.50"]
    for word, (left, right) in zip(words, [(120, 200), (216, 296), (300, 396), (412, 476)], strict=True):
        top = 60 if word.text in ("TOTAL", "14.50") else 200
        assert word.box.left == pytest.approx(left, abs=8)
        assert word.box.right == pytest.approx(right, abs=8)
        assert top < word.box.middle[1] < top + 34


def test_a_title_of_twice_the_height_is_read_between_usual_lines(tmp_path: Path) -> None:
    if "rus" not in installed_languages():
        pytest.skip("MODELS ARE MISSING: sudo apt install tesseract-ocr-rus")
    texts = [("ИНН 1715251475", 200, 20, 1.0), ("ВОЗВРАТ ПРИХОДА", 180, 90, 2.0), ("ЧЕК 573413", 60, 220, 1.0)]
    quads = tuple(quad(x - 5, y - 4, x + 16 * len(text) + 5, y + 34 * tall + 4) for text, x, y, tall in texts)
    lines = read(page(*texts), quads, tmp_path, "rus+eng")
    assert [line.text for line in lines] == [text for text, *_ in texts]
    assert 1.5 * lines[0].box.height < lines[1].box.height


def test_every_line_is_scaled_to_one_height_and_usual_characters_keep_their_shape() -> None:
    pixels, strips = lay_out(np.full((500, 700), 200, np.uint8), [quad(0, 0, 300, 30), quad(0, 50, 300, 80, 10.0)])
    assert [strip.top for strip in strips] == [GAP, LINE_HEIGHT + 3 * GAP]
    assert strips[0].width == pytest.approx(300 * 0.8 * LINE_HEIGHT / 30, abs=1)
    assert pixels.shape == (2 * (LINE_HEIGHT + 2 * GAP), max(strip.width for strip in strips) + 2 * SIDE)


def test_a_slanted_line_is_straight_on_the_sheet_and_its_boxes_follow_it_back() -> None:
    slanted = quad(100, 100, 500, 130, drop=40.0)
    _, (strip,) = lay_out(np.full((300, 600), 200, np.uint8), [slanted])
    middle = strip.top + LINE_HEIGHT / 2
    left, right = (Box(x, middle - 8, x + 20, middle + 8) for x in (SIDE, SIDE + strip.width - 20))
    assert strip.to_image(left).middle[1] == pytest.approx(116, abs=2)
    assert strip.to_image(right).middle[1] == pytest.approx(154, abs=2)


def test_faint_print_becomes_black_and_an_empty_line_stays_as_faint_as_it_is() -> None:
    pixels = np.full((120, 400), 180, np.uint8)
    pixels[20:40, 50:350:6] = 140
    sheet, strips = lay_out(pixels, [quad(40, 10, 360, 50), quad(40, 70, 360, 110)])
    printed, empty = (sheet[strip.top : strip.top + LINE_HEIGHT, SIDE : SIDE + strip.width] for strip in strips)
    assert printed.min() < 60
    assert np.ptp(empty) < 30


def test_nothing_is_read_where_no_line_was_found(tmp_path: Path) -> None:
    assert read(np.full((100, 100), 255, np.uint8), (), tmp_path) == ()


def test_of_more_lines_than_fit_on_a_sheet_the_longest_are_read() -> None:
    quads = [quad(0, 2 * number, 10 + number, 2 * number + 20) for number in range(MAX_LINES + 50)]
    _, strips = lay_out(np.full((800, 400), 200, np.uint8), quads)
    assert len(strips) == MAX_LINES
    assert min(float(strip.quad[1][0]) for strip in strips) == 60

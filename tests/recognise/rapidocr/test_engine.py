"""The second engine by itself: what it reads, where, and how it ends."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from rpiocr.errors import EngineCancelledError, EngineTimeoutError
from rpiocr.load import load_pages
from rpiocr.model import Box, Line, Pixels, Prepared
from rpiocr.preprocess import PLAIN, Preparer
from rpiocr.recognise.rapidocr.boxes import Quad
from rpiocr.recognise.rapidocr.engine import LineReader, find_lines, is_installed
from rpiocr.system.cancellation import Cancellation
from tests.preprocess.drawing import INK, PAPER, draw_page
from tests.program import SMALL

pytestmark = pytest.mark.skipif(
    not is_installed(), reason="the second engine is not installed: pip install onnxruntime rapidocr"
)

PATIENCE_S = 300.0

SIZE = 30


def read_page(picture: Prepared, timeout_s: float, threads: int = 1) -> tuple[Line, ...]:
    """Find all lines of a picture and read them."""
    return LineReader(find_lines(picture, timeout_s), threads).read(picture, timeout_s)


DRAWN = {
    "BAKEHOUSE": (60, 50),
    "London": (330, 50),
    "BREAD": (60, 130),
    "4.00": (520, 130),
    "TOTAL": (60, 210),
    "1,234.56": (450, 210),
    "21/03/2024": (60, 290),
    "Manchester": (60, 370),
}
"""Words and where they begin, in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A picture and the boxes of the ink of its words."""

    picture: Prepared
    boxes: dict[str, Box]


def prepared(pixels: Pixels, letter_px: float | None = None) -> Prepared:
    return Prepared(pixels, PLAIN, np.eye(2, 3), 150, letter_px)


@cache
def drawing() -> Drawing:
    font = ImageFont.load_default(SIZE)
    image = Image.new("L", (660, 460), PAPER)
    draw = ImageDraw.Draw(image)
    boxes = {}
    for word, place in DRAWN.items():
        draw.text(place, word, fill=INK, font=font)
        boxes[word] = Box(*draw.textbbox(place, word, font=font))
    _, top, _, bottom = font.getbbox("H")
    return Drawing(prepared(np.asarray(image, dtype=np.uint8), bottom - top), boxes)


def quad_around(box: Box, margin: float = 4.0) -> Quad:
    left, top, right, bottom = box.left - margin, box.top - margin, box.right + margin, box.bottom + margin
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)


def overlap(one: Box, other: Box) -> float:
    """The area that two boxes share by the area that they cover together, 0 to 1."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (one.width * one.height + other.width * other.height - shared)


def boxes_of(lines: tuple[Line, ...]) -> dict[str, Box]:
    return {word.text: word.box for line in lines for word in line.words}


@cache
def page_as_read() -> tuple[Line, ...]:
    return read_page(drawing().picture, PATIENCE_S)


def test_a_page_is_read_with_its_commas_points_and_slashes() -> None:
    assert set(boxes_of(page_as_read())) == set(DRAWN)


@pytest.mark.parametrize("word", DRAWN)
def test_the_box_of_a_word_lies_on_its_ink(word: str) -> None:
    assert overlap(boxes_of(page_as_read())[word], drawing().boxes[word]) > 0.5


def test_clear_print_is_read_with_confidence_and_no_confidence_is_out_of_range() -> None:
    confidences = [word.confidence for line in page_as_read() for word in line.words]
    assert all(0.9 < confidence <= 1.001 for confidence in confidences)


@pytest.mark.parametrize("slant_deg", [-4.0, 4.0])
@pytest.mark.slow
def test_the_lines_of_a_slanted_page_are_read(slant_deg: float) -> None:
    drawn = draw_page(slant_deg=slant_deg)
    texts = [line.text for line in read_page(prepared(drawn.page.pixels, drawn.cap_height), PATIENCE_S)]
    assert {"SUBTOTAL", "TOTAL GBP", "CASH TENDERED", "20.00", "CHANGE DUE", "8.55"} <= set(texts)
    assert texts.count("11.45") == 2


def test_text_of_unmeasured_letter_height_is_read_too() -> None:
    lines = read_page(prepared(drawing().picture.pixels, None), PATIENCE_S)
    assert {"TOTAL", "1,234.56", "21/03/2024"} <= set(boxes_of(lines))


@pytest.mark.slow
def test_a_committed_receipt_is_read_on_its_prepared_picture() -> None:
    picture = Preparer(next(load_pages(str(SMALL)))).make(PLAIN)
    words = boxes_of(read_page(picture, PATIENCE_S, threads=2))
    assert {"63.35", "57.57", "4.14"} <= set(words)
    height, width = picture.pixels.shape
    assert all(0 <= box.middle[0] <= width and 0 <= box.middle[1] <= height for box in words.values())


def test_only_the_lines_that_were_asked_for_are_read() -> None:
    quads = tuple(quad_around(drawing().boxes[word]) for word in ("TOTAL", "1,234.56"))
    assert [line.text for line in LineReader(quads).read(drawing().picture, PATIENCE_S)] == ["TOTAL", "1,234.56"]


@pytest.mark.parametrize("threads", [1, 3])
def test_lines_come_in_the_order_in_which_they_were_asked_for_however_many_are_read_at_once(threads: int) -> None:
    quads = tuple(quad_around(box) for box in reversed(drawing().boxes.values()))
    lines = LineReader(quads, threads).read(drawing().picture, PATIENCE_S)
    assert [line.text for line in lines] == list(reversed(DRAWN))


def test_without_lines_nothing_is_read() -> None:
    assert LineReader(()).read(drawing().picture, PATIENCE_S) == ()


@pytest.mark.parametrize("grey", [0, 128, 255])
@pytest.mark.parametrize("shape", [(400, 300), (40, 2000), (2000, 40), (1, 1)])
def test_a_blank_page_yields_nothing(shape: tuple[int, int], grey: int) -> None:
    blank = prepared(np.full(shape, grey, dtype=np.uint8))
    assert find_lines(blank, PATIENCE_S) == ()
    assert read_page(blank, PATIENCE_S) == ()


def test_a_box_with_no_text_in_it_gives_no_line() -> None:
    empty = quad_around(Box(400, 300, 600, 330))
    assert LineReader((empty,)).read(drawing().picture, PATIENCE_S) == ()


def test_a_box_beyond_the_edge_of_the_image_is_read_up_to_the_edge() -> None:
    box = drawing().boxes["TOTAL"]
    over = quad_around(Box(box.left - 200, box.top, box.right, box.bottom))
    (line,) = LineReader((over,)).read(drawing().picture, PATIENCE_S)
    assert line.words[-1].text == "TOTAL"


@pytest.mark.parametrize("timeout_s", [0.0, -1.0, 1e-6, 1e-3])
def test_the_time_limit_ends_it_and_it_can_be_used_again(timeout_s: float) -> None:
    quads = tuple(quad_around(box) for box in drawing().boxes.values())
    with pytest.raises(EngineTimeoutError):
        find_lines(drawing().picture, timeout_s)
    with pytest.raises(EngineTimeoutError):
        read_page(drawing().picture, timeout_s)
    with pytest.raises(EngineTimeoutError):
        LineReader(quads, threads=2).read(drawing().picture, timeout_s)
    (line,) = LineReader(quads[:1]).read(drawing().picture, PATIENCE_S)
    assert line.text == "BAKEHOUSE"


@pytest.mark.slow
def test_it_can_be_cancelled_from_another_thread_and_used_again() -> None:
    """Of two that run at once, only the one that was cancelled ends."""
    large = prepared(np.tile(drawing().picture.pixels, (3, 2)), 12.0)
    cancelled, other = Cancellation(), Cancellation()
    with ThreadPoolExecutor(2) as pool:
        ended = pool.submit(find_lines, large, PATIENCE_S, cancelled)
        goes_on = pool.submit(find_lines, large, PATIENCE_S, other)
        time.sleep(0.02)
        cancelled.cancel()
        with pytest.raises(EngineCancelledError):
            ended.result()
        assert goes_on.result()
    assert find_lines(drawing().picture, PATIENCE_S)


def test_nothing_is_begun_for_a_reading_that_was_cancelled_before() -> None:
    cancelled = Cancellation()
    cancelled.cancel()
    quads = tuple(quad_around(box) for box in drawing().boxes.values())
    with pytest.raises(EngineCancelledError):
        LineReader(quads, cancellation=cancelled).read(drawing().picture, PATIENCE_S)


def test_words_far_apart_on_one_line_are_two_words() -> None:
    wide = quad_around(Box(0, 45, 660, 90), 0.0)
    (line,) = LineReader((wide,)).read(drawing().picture, PATIENCE_S)
    assert [word.text for word in line.words] == ["BAKEHOUSE", "London"]
    assert all(overlap(word.box, drawing().boxes[word.text]) > 0.5 for word in line.words)

"""Text is located, measured and deskewed, and every pixel maps back to the page."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from rpiocr.model import Box, Page
from rpiocr.preprocess.geometry import ScaleRule, TextArea, find_text, straighten
from rpiocr.preprocess.rows import find_rows
from tests.preprocess.drawing import PAPER, distance, draw_page, find_marks, mapped, page_of

TYPE_SIZES = (20, 32, 48)
SLANTS_DEG = (-6.0, -2.0, -0.5, 0.0, 1.0, 3.5, 7.0)


def text_of(page: Page) -> TextArea | None:
    """The text of a page as it is measured."""
    return find_text(page, find_rows(page.pixels))


def holds(outer: Box, inner: Box) -> bool:
    """Whether one box lies inside the other."""
    return (
        outer.left <= inner.left
        and outer.top <= inner.top
        and outer.right >= inner.right
        and outer.bottom >= inner.bottom
    )


@pytest.mark.parametrize("slant_deg", SLANTS_DEG)
def test_skew_is_measured_to_a_third_of_a_degree(slant_deg: float) -> None:
    area = text_of(draw_page(slant_deg=slant_deg).page)
    assert area is not None
    assert area.skew_deg == pytest.approx(slant_deg, abs=0.3)


@pytest.mark.parametrize("size", TYPE_SIZES)
@pytest.mark.parametrize("slant_deg", [-3.0, 0.0])
def test_the_cap_height_is_measured(size: int, slant_deg: float) -> None:
    drawn = draw_page(size=size, slant_deg=slant_deg)
    area = text_of(drawn.page)
    assert area is not None
    assert area.cap_height == pytest.approx(drawn.cap_height, rel=0.15)


@pytest.mark.parametrize("offset", [(60, 60), (300, 200), (560, 500)])
@pytest.mark.parametrize("slant_deg", [-2.0, 0.0, 5.0])
def test_the_crop_holds_all_text_and_little_else(offset: tuple[int, int], slant_deg: float) -> None:
    drawn = draw_page(offset=offset, slant_deg=slant_deg)
    area = text_of(drawn.page)
    assert area is not None
    assert holds(area.box, drawn.ink)
    margin = 4 * drawn.cap_height
    assert area.box.width < drawn.ink.width + 2 * margin
    assert area.box.height < drawn.ink.height + 2 * margin


@pytest.mark.parametrize("times", [2.0, 3.0])
@pytest.mark.parametrize("below", [False, True])
def test_the_crop_holds_headings_in_larger_print_as_well(times: float, below: bool) -> None:  # noqa: FBT001
    drawn = draw_page()
    pixels = drawn.page.pixels.copy()
    height = round(times * drawn.cap_height)
    top = round(drawn.ink.bottom + drawn.cap_height) if below else round(drawn.ink.top - drawn.cap_height - height)
    left = round(drawn.ink.left)
    cv2.putText(pixels, "BAKEHOUSE", (left, top + height), cv2.FONT_HERSHEY_SIMPLEX, height / 22, 60, 4)
    area = text_of(page_of(pixels))
    assert area is not None
    assert holds(area.box, Box(left, top, left + 3 * height, top + height))
    assert area.cap_height == pytest.approx(drawn.cap_height, rel=0.15)


@pytest.mark.parametrize("size", TYPE_SIZES)
@pytest.mark.parametrize("slant_deg", [-3.0, 0.0, 5.0])
@pytest.mark.parametrize("turn_deg", [-1.5, 0.0, 1.5])
def test_every_corner_maps_back_to_the_page(size: int, slant_deg: float, turn_deg: float) -> None:
    drawn = draw_page(size=size, slant_deg=slant_deg)
    pixels, to_page = straighten(drawn.page, text_of(drawn.page), ScaleRule(), turn_deg)
    found = [mapped(mark, to_page) for mark in find_marks(pixels)]
    for mark in drawn.marks:
        assert min(distance(mark, other) for other in found) < 2.0


@pytest.mark.parametrize("slant_deg", [-5.0, 3.0])
def test_text_is_deskewed_and_scaled_to_the_wanted_size(slant_deg: float) -> None:
    rule = ScaleRule()
    drawn = draw_page(slant_deg=slant_deg)
    pixels, _ = straighten(drawn.page, text_of(drawn.page), rule)
    again = text_of(page_of(pixels))
    assert again is not None
    assert abs(again.skew_deg) < 0.3
    assert again.cap_height == pytest.approx(rule.cap_height, rel=0.2)


def test_a_rotated_variant_is_rotated_clockwise() -> None:
    drawn = draw_page()
    pixels, _ = straighten(drawn.page, text_of(drawn.page), ScaleRule(), 1.5)
    again = text_of(page_of(pixels))
    assert again is not None
    assert again.skew_deg == pytest.approx(1.5, abs=0.3)


@pytest.mark.parametrize("grey", [0, 128, 255])
@pytest.mark.parametrize("shape", [(600, 400), (64, 3000), (40, 40)])
def test_a_blank_page_has_no_text_and_stays_whole(grey: int, shape: tuple[int, int]) -> None:
    page = page_of(np.full(shape, grey, dtype=np.uint8))
    assert text_of(page) is None
    pixels, to_page = straighten(page, None, ScaleRule())
    assert np.unique(pixels).tolist() == [grey]
    for x, y in ((0, 0), (1, 0), (0, 1), (1, 1)):
        corner = mapped((x * pixels.shape[1], y * pixels.shape[0]), to_page)
        assert distance(corner, (x * shape[1], y * shape[0])) < 2.0


def test_specks_and_a_frame_are_not_text() -> None:
    pixels = np.full((800, 800), PAPER, dtype=np.uint8)
    cv2.rectangle(pixels, (20, 20), (780, 780), 40, 6)
    pixels[::97, ::89] = 0
    assert text_of(page_of(pixels)) is None


def test_a_huge_page_is_read_in_bounds() -> None:
    drawn = draw_page(size=150, offset=(800, 600), shape=(5600, 4200), slant_deg=2.0)
    area = text_of(drawn.page)
    assert area is not None
    assert holds(area.box, drawn.ink)
    assert area.skew_deg == pytest.approx(2.0, abs=0.3)
    assert area.cap_height == pytest.approx(drawn.cap_height, rel=0.15)
    pixels, _ = straighten(drawn.page, area, ScaleRule())
    assert pixels.shape[0] <= 4000
    assert pixels.shape[1] <= 2400


def test_small_text_on_a_large_page_is_found() -> None:
    drawn = draw_page(size=32, offset=(2000, 2500), shape=(4000, 3000))
    area = text_of(drawn.page)
    assert area is not None
    assert holds(area.box, drawn.ink)
    assert area.box.width < 1000


@pytest.mark.parametrize(
    ("rule", "width", "height", "cap_height", "factor"),
    [
        (ScaleRule(), 600, 900, 11.0, 2.0),
        (ScaleRule(), 600, 900, 44.0, 0.5),
        (ScaleRule(), 300, 900, 4.0, 3.0),
        (ScaleRule(), 600, 900, None, 2.0),
        (ScaleRule(), 300, 900, None, 3.0),
        (ScaleRule(), 1500, 2000, None, 1.0),
        (ScaleRule(), 4800, 2000, None, 0.5),
        (ScaleRule(), 2000, 8000, None, 0.5),
        (ScaleRule(by_letters=False), 600, 900, 44.0, 2.0),
        (ScaleRule(by_letters=False), 1600, 900, 11.0, 1.0),
    ],
)
def test_cap_height_or_width_determines_the_scale_within_limits(
    rule: ScaleRule, width: int, height: int, cap_height: float | None, factor: float
) -> None:
    assert rule.factor(width, height, cap_height) == pytest.approx(factor)


def test_a_long_strip_stays_legible() -> None:
    rule = ScaleRule()
    factor = rule.factor(900, 20_000, 24.0)
    assert factor * 24.0 > 0.5 * rule.cap_height

"""A map of where text is becomes boxes around its lines, slanted ones too."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from rpiocr.recognise.rapidocr.boxes import MAX_BOXES, Quad, find_boxes

Chances = NDArray[np.float32]


def empty(height: int = 200, width: int = 320) -> Chances:
    return np.zeros((height, width), dtype=np.float32)


def paint(chances: Chances, middle: tuple[float, float], size: tuple[float, float], slant_deg: float = 0.0) -> None:
    """Mark the core of a line as the model does, sure of itself."""
    corners = cv2.boxPoints((middle, size, slant_deg))
    cv2.fillPoly(chances, [np.round(corners).astype(np.int32)], 0.95)


def middle_of(quad: Quad) -> tuple[float, float]:
    x, y = quad.mean(axis=0)
    return float(x), float(y)


def slant_of(quad: Quad) -> float:
    across = quad[1] - quad[0]
    return math.degrees(math.atan2(float(across[1]), float(across[0])))


def sides_of(quad: Quad) -> tuple[float, float]:
    return math.dist(quad[0], quad[1]), math.dist(quad[0], quad[3])


@pytest.mark.parametrize("level", [0.0, 0.1, 0.29])
def test_a_page_without_text_has_no_boxes(level: float) -> None:
    assert find_boxes(np.full((64, 96), level, dtype=np.float32)) == ()


@pytest.mark.parametrize("slant_deg", [-20.0, -8.0, -2.0, 0.0, 2.0, 8.0, 20.0])
def test_a_line_is_boxed_along_its_slant_with_a_margin(slant_deg: float) -> None:
    chances = empty()
    paint(chances, (160, 100), (180, 12), slant_deg)
    (quad,) = find_boxes(chances)
    assert middle_of(quad) == pytest.approx((160, 100), abs=1.5)
    assert slant_of(quad) == pytest.approx(slant_deg, abs=1)
    width, height = sides_of(quad)
    assert 190 < width < 205
    assert 22 < height < 36


@pytest.mark.parametrize("slant_deg", [-20.0, 0.0, 20.0])
def test_corners_run_clockwise_from_the_top_left(slant_deg: float) -> None:
    chances = empty()
    paint(chances, (160, 100), (180, 12), slant_deg)
    (quad,) = find_boxes(chances)
    top_left, top_right, bottom_right, bottom_left = quad
    assert top_left[0] < top_right[0]
    assert bottom_left[0] < bottom_right[0]
    assert top_left[1] < bottom_left[1]
    assert top_right[1] < bottom_right[1]


def test_every_line_and_every_column_has_its_own_box() -> None:
    chances = empty()
    places = [(60, 40), (60, 80), (60, 120), (250, 40), (250, 120)]
    for place in places:
        paint(chances, place, (80, 10))
    found = sorted(middle_of(quad) for quad in find_boxes(chances))
    assert found == [pytest.approx(place, abs=1.5) for place in sorted(places)]


def test_specks_are_no_lines() -> None:
    chances = empty()
    chances[50, 50] = chances[90:92, 200] = 1.0
    paint(chances, (160, 150), (100, 10))
    assert len(find_boxes(chances)) == 1


def test_what_the_model_itself_doubts_is_no_line() -> None:
    chances = empty()
    paint(chances, (160, 50), (100, 10))
    chances[chances > 0] = 0.4
    paint(chances, (160, 150), (100, 10))
    assert [middle_of(quad) for quad in find_boxes(chances)] == [pytest.approx((160, 150), abs=1.5)]


def test_a_line_cut_off_by_the_edge_of_the_image_is_found() -> None:
    chances = empty()
    chances[195:, 250:] = 0.9
    (quad,) = find_boxes(chances)
    assert middle_of(quad) == pytest.approx((285, 197), abs=3)


def test_a_map_that_is_all_text_is_one_box() -> None:
    assert len(find_boxes(np.ones((64, 96), dtype=np.float32))) == 1


def test_a_map_of_thousands_of_spots_ends_in_a_bounded_number_of_boxes() -> None:
    spot = np.zeros((12, 12), dtype=np.float32)
    spot[:6, :6] = 0.9
    across = math.isqrt(2 * MAX_BOXES)
    assert len(find_boxes(np.tile(spot, (across, across)))) == MAX_BOXES

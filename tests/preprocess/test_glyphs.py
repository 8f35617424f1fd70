"""Claims about the detection of glyphs in any orientation."""

import cv2
import numpy as np
import pytest

from rpiocr.model import Pixels
from rpiocr.preprocess.glyphs import (
    Glyphs,
    components,
    detect_glyphs,
    direction,
    in_lines,
    profile_direction,
    reduced,
)
from tests.preprocess.drawing import draw_page
from tests.preprocess.sheets import chequered


def glyphs_of(pixels: Pixels) -> Glyphs:
    """All components that are shaped like characters."""
    return detect_glyphs(pixels, components(pixels))


@pytest.mark.parametrize("slant", [0.0, 12.0, 40.0, -30.0])
def test_lines_of_glyphs_indicate_their_direction(slant: float) -> None:
    bundles = in_lines(glyphs_of(draw_page(slant_deg=slant, shape=(1600, 1600)).page.pixels))
    angle, share = direction(bundles[0])
    assert abs((angle - slant + 90.0) % 180.0 - 90.0) < 2.0
    assert share > 0.6


def test_the_projection_profile_indicates_the_direction_if_glyphs_are_not_separated() -> None:
    glyphs = glyphs_of(draw_page(slant_deg=20.0, shape=(1600, 1600)).page.pixels)
    some = glyphs.only(np.arange(len(glyphs)) % 3 == 0)
    angle, share = profile_direction(some)
    assert abs(angle - 20.0) <= 2.0
    assert share > 0.2


def test_scattered_dots_are_not_lines() -> None:
    points = np.random.default_rng(3).integers(30, 1370, (300, 2))
    page = np.full((1400, 1400), 230, np.uint8)
    for x, y in points:
        cv2.circle(page, (int(x), int(y)), 5, 60, -1)
    assert sum(len(bundle) for bundle in in_lines(glyphs_of(page))) < 0.5 * len(points)


def test_squares_of_cloth_are_too_large_for_glyphs() -> None:
    assert len(glyphs_of(chequered())) == 0


def test_print_in_two_directions_is_separated() -> None:
    one = draw_page(shape=(1100, 1100)).page.pixels
    both = np.hstack([one, np.ascontiguousarray(np.rot90(one))])
    bundles = in_lines(glyphs_of(both))
    angles = sorted(direction(bundle)[0] % 180.0 for bundle in bundles[:2])
    assert min(angles[0], 180.0 - angles[0]) < 3.0 or abs(angles[0] - 90.0) < 3.0
    assert abs(abs(angles[0] - angles[1]) - 90.0) < 5.0


def test_a_few_glyphs_have_no_direction() -> None:
    few = Glyphs(np.zeros((3, 2), np.float32), np.ones(3, np.float32), np.ones(3, np.float32))
    assert in_lines(few) == ()
    assert direction(few) == (0.0, 0.0)


def test_a_small_image_is_not_enlarged() -> None:
    page = np.full((300, 200), 200, np.uint8)
    small, factor = reduced(page, 2000)
    assert small is page
    assert factor == 1.0
    assert reduced(page, 150)[0].shape == (150, 100)

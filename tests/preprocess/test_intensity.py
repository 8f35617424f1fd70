"""Intensity transforms change grey values as documented, and keep the size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.model import Pixels
from rpiocr.preprocess import intensity


def ramp(low: int, high: int, side: int = 128) -> Pixels:
    """An image that goes from ``low`` at the left to ``high`` at the right."""
    return np.tile(np.linspace(low, high, side).round().astype(np.uint8), (side, 1))


def spot(grey: int = 0, paper: int = 200, side: int = 31) -> Pixels:
    """DocumentRegion with one pixel of another grey in the middle."""
    pixels = np.full((side, side), paper, dtype=np.uint8)
    pixels[side // 2, side // 2] = grey
    return pixels


def test_normalising_stretches_faded_ink_to_black_and_paper_to_white() -> None:
    stretched = intensity.normalise(ramp(120, 180))
    assert (int(stretched.min()), int(stretched.max())) == (0, 255)
    assert (np.diff(stretched[0].astype(int)) >= 0).all()


def test_normalising_leaves_a_uniform_image_unchanged() -> None:
    flat = np.full((40, 40), 90, dtype=np.uint8)
    assert (intensity.normalise(flat) == flat).all()


@pytest.mark.parametrize("gain", [0.5, 1.0, 1.5, 4.0])
def test_contrast_keeps_its_pivot_and_spreads_the_rest(gain: float) -> None:
    pixels = np.array([[150, 160, 170]], dtype=np.uint8)
    assert intensity.contrast(pixels, gain).tolist() == [[160 - 10 * gain, 160, 160 + 10 * gain]]


def test_brightness_is_added_as_a_share_of_white() -> None:
    assert intensity.contrast(np.array([[100]], dtype=np.uint8), 1.0, brightness=0.2).tolist() == [[151]]


def test_contrast_clips_at_black_and_white() -> None:
    assert intensity.contrast(np.array([[0, 255]], dtype=np.uint8), 5.0).tolist() == [[0, 255]]


def test_a_shadow_is_removed_and_ink_stays() -> None:
    page = ramp(110, 230, side=256)
    page[100:104, 20:230:8] //= 3
    even = intensity.flatten_illumination(page, 48)
    paper = even[40:80]
    assert int(paper.max()) - int(paper.min()) < (230 - 110) / 2
    assert int(even[101, 20:230:8].max()) < int(paper.min()) - 80


@given(st.integers(min_value=1, max_value=254))
def test_a_threshold_gives_black_and_white_whatever_the_grey(paper: int) -> None:
    black_and_white = intensity.threshold(spot(grey=0, paper=paper), 15, 0.75)
    assert set(np.unique(black_and_white)) <= {0, 255}
    assert black_and_white[15, 15] == 0
    assert black_and_white[0, 0] == 255


def test_a_threshold_follows_the_light_around_each_pixel() -> None:
    page = ramp(60, 220, side=256)
    page[100:104, 20:230:30] //= 2
    black_and_white = intensity.threshold(page, 48, 0.75)
    assert (black_and_white[101, 20:230:30] == 0).all()
    assert (black_and_white[20:60] == 255).all()


def test_sharpening_touches_a_pixel_and_its_four_neighbours_only() -> None:
    changed = np.argwhere(intensity.sharpen(spot(100)) != 200).tolist()
    assert changed == [[14, 15], [15, 14], [15, 15], [15, 16], [16, 15]]


@pytest.mark.parametrize("radius", [1, 2])
def test_a_blur_reaches_as_far_as_its_radius(radius: int) -> None:
    rows, columns = np.nonzero(intensity.blur(spot(), radius) != 200)
    assert (rows.min(), rows.max()) == (columns.min(), columns.max()) == (15 - radius, 15 + radius)


@pytest.mark.parametrize("shape", [(8, 8), (8, 50), (100, 33)])
def test_every_step_keeps_size_and_type(shape: tuple[int, int]) -> None:
    pixels = (np.arange(shape[0] * shape[1]) % 256).astype(np.uint8).reshape(shape)
    before = pixels.copy()
    for changed in (
        intensity.normalise(pixels),
        intensity.contrast(pixels, 1.5),
        intensity.flatten_illumination(pixels, 96),
        intensity.threshold(pixels, 96, 0.75),
        intensity.sharpen(pixels),
        intensity.blur(pixels),
    ):
        assert changed.shape == shape
        assert changed.dtype == np.uint8
        assert (pixels == before).all()

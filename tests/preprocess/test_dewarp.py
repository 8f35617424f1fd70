"""Claims about dewarping: curved text lines become horizontal, and every point maps back to the original image."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from rpiocr.model import Pixels
from rpiocr.preprocess.dewarp import dewarp, estimate_curvature
from rpiocr.preprocess.rows import find_rows
from tests.preprocess.drawing import draw_page
from tests.preprocess.sheets import receipt, table

HIGH, WIDE = receipt().shape


def bowed(sheet: Pixels, most_px: float, fan_px: float = 0.0) -> tuple[Pixels, NDArray[np.float32]]:
    """A sheet whose lines rise by ``most_px`` in the middle, and on the right by up to ``fan_px`` further down.

    Also returns for each of its pixels the height on the sheet that it shows.
    """
    height, width = sheet.shape
    x = np.broadcast_to(np.arange(width, dtype=np.float32), sheet.shape).copy()
    y = np.arange(height, dtype=np.float32)[:, None]
    across, down = 2 * x / width - 1, y / height
    shown = (y + most_px * (1 - across**2) + fan_px * across * down).astype(np.float32)
    made = cv2.remap(sheet, x, shown, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return made.astype(np.uint8), shown


def slants(pixels: Pixels) -> list[float]:
    """By how many pixels the feet of each long row rise or fall over its length."""
    rows = find_rows(pixels)
    assert rows
    feet = [row.feet for row in rows.rows if len(row.glyphs) >= 12]
    return [float(abs(np.polyfit(one[:, 0], one[:, 1], 1)[0]) * np.ptp(one[:, 0])) for one in feet]


@pytest.mark.parametrize(("most_px", "fan_px"), [(25.0, 0.0), (-25.0, 0.0), (0.0, 60.0), (20.0, -45.0)])
def test_lines_that_are_curved_or_fan_out_become_horizontal(most_px: float, fan_px: float) -> None:
    bent, _ = bowed(receipt(), most_px, fan_px)
    curvature = estimate_curvature(find_rows(bent))
    assert curvature
    assert np.median(slants(dewarp(bent, curvature))) < 2.5 < max(slants(bent))


def test_every_point_of_the_dewarped_image_maps_back_to_the_curved_one() -> None:
    bent, shown = bowed(receipt(), 25.0, 40.0)
    curvature = estimate_curvature(find_rows(bent))
    assert curvature
    along = np.column_stack([np.linspace(60, WIDE - 60, 12), np.full(12, HIGH / 2)])
    there = curvature(along)
    heights = [float(shown[round(y), round(x)]) for x, y in there]
    assert np.ptp(heights) < 6.0
    assert (there[:, 0] == along[:, 0]).all()


@pytest.mark.parametrize("slant_deg", [0.0, 3.0, -5.0])
def test_a_flat_page_is_not_dewarped_whatever_its_skew(slant_deg: float) -> None:
    assert estimate_curvature(find_rows(draw_page(slant_deg=slant_deg).page.pixels)) is None


def test_an_image_without_print_is_not_dewarped() -> None:
    assert estimate_curvature(find_rows(table())) is None

"""Lines that bow or fan out on a picture are made level, and every place on it is found again."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from rpiocr.model import Pixels
from rpiocr.preprocess.bend import find_bend, unbent
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
    feet = [row.feet for row in rows.rows if len(row.letters) >= 12]
    return [float(abs(np.polyfit(one[:, 0], one[:, 1], 1)[0]) * np.ptp(one[:, 0])) for one in feet]


@pytest.mark.parametrize(("most_px", "fan_px"), [(25.0, 0.0), (-25.0, 0.0), (0.0, 60.0), (20.0, -45.0)])
def test_lines_that_bow_or_fan_out_become_level(most_px: float, fan_px: float) -> None:
    bent, _ = bowed(receipt(), most_px, fan_px)
    bend = find_bend(find_rows(bent))
    assert bend
    assert np.median(slants(unbent(bent, bend))) < 2.5 < max(slants(bent))


def test_every_place_of_the_level_picture_is_found_on_the_bent_one() -> None:
    bent, shown = bowed(receipt(), 25.0, 40.0)
    bend = find_bend(find_rows(bent))
    assert bend
    along = np.column_stack([np.linspace(60, WIDE - 60, 12), np.full(12, HIGH / 2)])
    there = bend(along)
    heights = [float(shown[round(y), round(x)]) for x, y in there]
    assert np.ptp(heights) < 6.0
    assert (there[:, 0] == along[:, 0]).all()


@pytest.mark.parametrize("slant_deg", [0.0, 3.0, -5.0])
def test_a_flat_page_is_not_bent_however_it_slants(slant_deg: float) -> None:
    assert find_bend(find_rows(draw_page(slant_deg=slant_deg).page.pixels)) is None


def test_a_picture_without_print_is_not_bent() -> None:
    assert find_bend(find_rows(table())) is None

"""A receipt far away, in a panorama or a wide photo, is found although its letters are lost on the usual copy."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from rpiocr.model import Pixels
from rpiocr.preprocess.crops import find_crops
from rpiocr.preprocess.fine_print import find_fine_print
from tests.preprocess.drawing import page_of
from tests.preprocess.sheets import receipt


def scene(shape: tuple[int, int], seed: int = 1) -> Pixels:
    """Blurred blobs of light and shadow, as of leaves."""
    dice = np.random.default_rng(seed)
    coarse = dice.normal(105.0, 35.0, (shape[0] // 8, shape[1] // 8)).astype(np.float32)
    return np.clip(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)


def with_receipt(ground: Pixels, left: int, top: int, width: int) -> Pixels:
    sheet = receipt()
    height = round(sheet.shape[0] * width / sheet.shape[1])
    ground[top : top + height, left : left + width] = cv2.resize(sheet, (width, height), interpolation=cv2.INTER_AREA)
    return ground


WIDE = {
    "a panorama": ((1200, 9000), (6000, 90, 380)),
    "a tall strip": ((9000, 1100), (500, 5000, 380)),
    "a wide photo": ((3000, 4000), (2500, 1500, 380)),
}


@pytest.mark.parametrize(("shape", "place"), WIDE.values(), ids=WIDE.keys())
def test_a_small_receipt_in_a_large_picture_is_cropped(shape: tuple[int, int], place: tuple[int, int, int]) -> None:
    left, top, width = place
    (crop,) = find_crops(page_of(with_receipt(scene(shape), left, top, width)))
    assert crop.page.pixels.size < 0.25 * shape[0] * shape[1]
    ((x, y),) = crop.to_page(np.array(crop.page.pixels.shape[::-1], np.float64)[None] / 2)
    assert left - 100 < x < left + width + 100
    assert top - 100 < y < top + 2.5 * width


def test_print_that_the_usual_copy_shows_is_not_looked_for_again() -> None:
    large = cv2.resize(receipt(), None, fx=3.0, fy=3.0, interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    assert find_fine_print(large) == ()
    assert find_fine_print(receipt()) == ()


def test_a_picture_without_print_has_no_area() -> None:
    assert find_fine_print(scene((1100, 9000))) == ()
    assert find_fine_print(np.full((1100, 9000), 200, np.uint8)) == ()

"""Claims about the crops in which pages are read."""

import numpy as np
import pytest

from rpiocr.preprocess.crops import find_crops, rotated, whole_page
from tests.preprocess.drawing import draw_page, page_of
from tests.preprocess.sheets import ASKEW, UPRIGHT, chequered, lay, receipt, table


def test_a_receipt_on_a_table_is_cropped() -> None:
    page = page_of(lay(table(70), ASKEW))
    (crop,) = find_crops(page)
    assert crop.page.pixels.size < 0.6 * page.pixels.size
    ((x, y),) = crop.to_page(np.array(crop.page.pixels.shape[::-1], np.float64)[None] / 2)
    assert np.hypot(x - ASKEW[:, 0].mean(), y - ASKEW[:, 1].mean()) < 60


def test_a_flat_scan_is_not_cropped() -> None:
    page = page_of(receipt())
    (crop,) = find_crops(page)
    assert crop.page is page
    assert not crop.mixed


def test_receipts_side_by_side_are_cropped_from_left_to_right() -> None:
    left = np.array([[90.0, 200.0], [530.0, 180.0], [550.0, 1150.0], [70.0, 1160.0]])
    right = left + np.array([560.0, 60.0])
    crops = find_crops(page_of(lay(lay(table(70), right), left)))
    assert len(crops) == 2
    middles = [float(crop.to_page(np.array([[100.0, 100.0]]))[0, 0]) for crop in crops]
    assert middles == sorted(middles)


@pytest.mark.parametrize("skew", [25.0, -30.0])
def test_a_page_with_skewed_lines_is_deskewed(skew: float) -> None:
    page = draw_page(slant_deg=skew, shape=(1500, 1500)).page
    (crop,) = find_crops(page)
    along = crop.to_page.affine_at(100.0, 100.0)[:, 0]
    assert abs(np.degrees(np.arctan2(along[1], along[0])) - skew) < 3.0


def test_an_image_without_print_is_left_unchanged() -> None:
    page = page_of(chequered())
    (crop,) = find_crops(page)
    assert crop.page is page


def test_a_rotated_crop_knows_its_quarter_turns() -> None:
    crop = whole_page(page_of(lay(table(70), UPRIGHT)))
    assert [rotated(crop, quarters).quarters for quarters in range(4)] == [0, 1, 2, 3]
    assert rotated(crop, 0) is crop


def test_crops_of_one_page_have_different_ids() -> None:
    crop = whole_page(page_of(lay(table(70), UPRIGHT)))
    names = {rotated(crop, quarters).page.crop for quarters in range(4)}
    assert len(names) == 4

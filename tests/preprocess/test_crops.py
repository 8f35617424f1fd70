"""Claims about how pages are looked at."""

import numpy as np
import pytest

from rpiocr.preprocess.crops import find_views, turned, whole
from tests.preprocess.drawing import draw_page, page_of
from tests.preprocess.sheets import ASKEW, UPRIGHT, chequered, lay, receipt, table


def test_a_receipt_on_a_table_is_looked_at_alone() -> None:
    page = page_of(lay(table(70), ASKEW))
    (view,) = find_views(page)
    assert view.page.pixels.size < 0.6 * page.pixels.size
    ((x, y),) = view.to_page(np.array(view.page.pixels.shape[::-1], np.float64)[None] / 2)
    assert np.hypot(x - ASKEW[:, 0].mean(), y - ASKEW[:, 1].mean()) < 60


def test_a_flat_scan_is_looked_at_as_it_is() -> None:
    page = page_of(receipt())
    (view,) = find_views(page)
    assert view.page is page
    assert not view.mixed


def test_receipts_side_by_side_are_looked_at_from_left_to_right() -> None:
    left = np.array([[90.0, 200.0], [530.0, 180.0], [550.0, 1150.0], [70.0, 1160.0]])
    right = left + np.array([560.0, 60.0])
    views = find_views(page_of(lay(lay(table(70), right), left)))
    assert len(views) == 2
    middles = [float(view.to_page(np.array([[100.0, 100.0]]))[0, 0]) for view in views]
    assert middles == sorted(middles)


@pytest.mark.parametrize("slant", [25.0, -30.0])
def test_a_page_with_slanted_lines_is_levelled(slant: float) -> None:
    page = draw_page(slant_deg=slant, shape=(1500, 1500)).page
    (view,) = find_views(page)
    along = view.to_page.affine_at(100.0, 100.0)[:, 0]
    assert abs(np.degrees(np.arctan2(along[1], along[0])) - slant) < 3.0


def test_a_picture_without_print_stays_as_it_is() -> None:
    page = page_of(chequered())
    (view,) = find_views(page)
    assert view.page is page


def test_a_view_that_is_turned_knows_by_how_much() -> None:
    view = whole(page_of(lay(table(70), UPRIGHT)))
    assert [turned(view, quarters).quarters for quarters in range(4)] == [0, 1, 2, 3]
    assert turned(view, 0) is view


def test_views_of_one_page_are_never_taken_for_each_other() -> None:
    view = whole(page_of(lay(table(70), UPRIGHT)))
    names = {turned(view, quarters).page.crop for quarters in range(4)}
    assert len(names) == 4

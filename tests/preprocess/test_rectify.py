"""Claims about document regions that are rectified."""

import cv2
import numpy as np
import pytest

from rpiocr.model import Homography
from rpiocr.preprocess.rectify import fills_image, rectify, rotate, rotate_quarters
from tests.preprocess.drawing import draw_page, find_marks
from tests.preprocess.sheets import ASKEW, lay, receipt, table


def there(homography: Homography, x: float, y: float) -> tuple[float, float]:
    """Where a point goes."""
    mapped = homography @ np.array([x, y, 1.0])
    return float(mapped[0] / mapped[2]), float(mapped[1] / mapped[2])


def test_a_rectified_document_looks_like_the_one_that_was_photographed() -> None:
    flat, _ = rectify(lay(table(80), ASKEW), ASKEW)
    height, width = flat.shape
    margin = round(0.015 * width)
    inner = flat[margin : height - margin, margin : width - margin]
    original = cv2.resize(receipt(), (inner.shape[1], inner.shape[0]), interpolation=cv2.INTER_AREA)
    blurred = [cv2.GaussianBlur(part, (0, 0), 4).astype(float).ravel() for part in (inner, original)]
    assert np.corrcoef(np.stack(blurred))[0, 1] > 0.9


def test_the_homography_maps_back_to_the_corners() -> None:
    flat, to_image = rectify(lay(table(80), ASKEW), ASKEW)
    height, width = flat.shape
    margin = 0.015 * (width / 1.03)
    assert there(to_image, margin, margin) == pytest.approx(tuple(ASKEW[0]), abs=2.0)
    assert there(to_image, width - margin, height - margin) == pytest.approx(tuple(ASKEW[2]), abs=2.0)


def test_parts_outside_of_the_image_become_paper() -> None:
    corners = ASKEW + np.array([500.0, 0.0])
    flat, _ = rectify(lay(table(80), corners), corners)
    assert flat[:, -10:].mean() > 70


@pytest.mark.parametrize("quarters", [0, 1, 2, 3, 4])
def test_marks_map_back_after_quarter_turns(quarters: int) -> None:
    drawn = draw_page()
    pixels, to_page = rotate_quarters(drawn.page.pixels, quarters)
    back = sorted(there(to_page, x + 0.5, y + 0.5) for x, y in find_marks(pixels))
    assert np.allclose(back, np.array(sorted(drawn.marks)) + 0.5, atol=1.0)


def test_marks_map_back_after_any_rotation() -> None:
    drawn = draw_page(slant_deg=25.0, shape=(1500, 1500))
    pixels, to_page = rotate(drawn.page.pixels, 25.0)
    marks = find_marks(pixels)
    assert np.allclose(
        sorted(there(to_page, x + 0.5, y + 0.5) for x, y in marks), np.array(sorted(drawn.marks)) + 0.5, atol=1.5
    )
    upper = sorted(marks, key=lambda mark: mark[1])[:2]
    assert abs(upper[0][1] - upper[1][1]) < 3.0


def test_a_document_that_fills_its_image_is_detected_as_such() -> None:
    corners = np.array([[5.0, 8.0], [990.0, 4.0], [995.0, 1980.0], [3.0, 1995.0]])
    assert fills_image(corners, (2000, 1000))
    assert not fills_image(corners * 0.9, (2000, 1000))
    assert not fills_image(np.roll(corners, 1, axis=0), (2000, 1000))

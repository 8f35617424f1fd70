"""Claims about quadrilaterals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.preprocess.quads import inside, share_inside, side_lengths

SQUARE = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [0.0, 3.0]])


def test_sides_are_ordered_from_the_first_corner() -> None:
    assert side_lengths(SQUARE).tolist() == [4.0, 3.0, 4.0, 3.0]


@given(st.floats(-10, 10), st.floats(-10, 10))
def test_a_point_is_inside_whichever_way_the_corners_run(x: float, y: float) -> None:
    point = np.array([[x, y]])
    assert inside(point, SQUARE) == inside(point, SQUARE[::-1])
    assert bool(inside(point, SQUARE)[0]) == (0 <= x <= 4 and 0 <= y <= 3)


def test_the_share_inside_counts_points() -> None:
    points = np.array([[1.0, 1.0], [2.0, 2.0], [9.0, 1.0], [1.0, 9.0]])
    assert share_inside(points, SQUARE) == pytest.approx(0.5)

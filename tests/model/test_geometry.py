"""Boxes: what two of them share."""

from __future__ import annotations

import pytest

from rpiocr.model import Box


@pytest.mark.parametrize(
    ("other", "shared", "meets"),
    [
        (Box(5, 5, 20, 8), (5, 3), True),
        (Box(2, 2, 4, 4), (2, 2), True),
        (Box(10, 0, 20, 10), (0, 10), False),
        (Box(13, 0, 20, 10), (-3, 10), False),
        (Box(0, 12, 10, 20), (10, -2), False),
    ],
)
def test_two_boxes_share_a_width_and_a_height_or_a_gap(other: Box, shared: tuple[float, float], meets: bool) -> None:  # noqa: FBT001
    one = Box(0, 0, 10, 10)
    assert one.shared(other) == other.shared(one) == shared
    assert one.meets(other) is meets

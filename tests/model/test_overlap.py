"""Boxes that overlap are found, as if each had been compared with all others."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from rpiocr.model import Box
from rpiocr.model.overlap import MAX_STACKED, overlapping

RATIO = 2.5

SIZES = st.sampled_from([0.0, 0.3, 1.0, 2.0, 9.0, 20.0, 33.0, 150.0])
PLACES = st.integers(min_value=-40, max_value=400)
BOXES = st.builds(
    lambda left, top, width, height: Box(left, top, left + width, top + height), PLACES, PLACES, SIZES, SIZES
)


def of_like_height(one: Box, other: Box) -> bool:
    low, high = sorted((one.height, other.height))
    return low > 0 and high < RATIO * low


@given(st.lists(BOXES, max_size=60))
def test_every_pair_of_like_height_that_overlaps_is_found(boxes: list[Box]) -> None:
    found = {frozenset(pair) for pair in overlapping(boxes, RATIO)}
    wanted = {
        frozenset((one, other))
        for one, other in combinations(range(len(boxes)), 2)
        if of_like_height(boxes[one], boxes[other]) and boxes[one].meets(boxes[other])
    }
    assert wanted <= found


@given(st.lists(BOXES, max_size=60))
def test_what_is_found_overlaps_across(boxes: list[Box]) -> None:
    for one, other in overlapping(boxes, RATIO):
        assert boxes[one].left <= boxes[other].left < boxes[one].right


def test_of_a_heap_some_are_looked_at_and_not_all() -> None:
    boxes = [Box(0.0, 0.0, 10.0, 10.0)] * 1000
    assert len(set(overlapping(boxes, RATIO))) <= 1000 * MAX_STACKED

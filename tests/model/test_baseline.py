"""The boxes of words show how far lines fall and bend, if that is not what was measured on the image."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.distortion import Distortion
from rpiocr.model import Box, Line
from rpiocr.model.baseline import Baseline, baseline_of
from tests.written import write

TEXT = "\n".join(
    ["ORG OAT MILK 1L         2 x  1.25        2.50 A", "THE BROWN BREAD         1 x  0.95        0.95 B"] * 6
)


@pytest.mark.parametrize("turn_deg", [-5.0, -2.0, 2.0, 5.0])
def test_the_slope_of_a_rotated_page_is_that_of_its_words(turn_deg: float) -> None:
    found = baseline_of(Distortion(turn_deg).of(write(TEXT)), 0.0)
    assert math.degrees(math.atan(found.slope)) == pytest.approx(turn_deg, abs=0.3)
    assert found.bend == 0.0


def test_a_measured_skew_that_the_words_do_not_contradict_is_kept() -> None:
    assert baseline_of(Distortion(2.0).of(write(TEXT)), 1.8) == Baseline.at(1.8)


def test_few_words_show_no_slope() -> None:
    assert baseline_of(Distortion(5.0).of(write("TOTAL GBP 2.50")), 0.0) == Baseline.at(0.0)


def test_what_is_no_text_shows_no_slope() -> None:
    assert baseline_of(Distortion(20.0).of(write(TEXT)), 0.5) == Baseline.at(0.5)


def test_an_amount_that_an_engine_took_for_that_of_the_line_below_does_not_count() -> None:
    lines = write(TEXT)
    crossed = [Line(line.words[:-2] + after.words[-2:]) for line, after in pairwise(lines)]
    assert crossed[0].words[-1].box.top > crossed[0].words[0].box.bottom
    assert baseline_of(crossed, 0.0) == Baseline.at(0.0)


@pytest.mark.parametrize("bulge_percent", [-4.0, 3.0])
def test_paper_that_bulges_has_bent_lines(bulge_percent: float) -> None:
    lines = Distortion(0.0, bulge_percent).of(write(TEXT))
    found = baseline_of(lines, 0.0)
    for line in lines:
        levels = [found.level(*word.box.middle)[1] for word in line.words]
        assert max(levels) - min(levels) < 0.3 * line.words[0].box.height


@given(
    slope=st.floats(-0.1, 0.1),
    bend=st.floats(-1e-4, 1e-4),
    lean=st.floats(-0.1, 0.1),
    left=st.floats(0, 2000),
    top=st.floats(0, 4000),
)
def test_boxes_of_the_levelled_page_find_back(slope: float, bend: float, lean: float, left: float, top: float) -> None:
    baseline = Baseline(slope, bend, 500.0, lean)
    box = Box(left, top, left + 50, top + 20)
    back = baseline.unlevelled(baseline.levelled(box))
    assert (back.left, back.top) == pytest.approx((left, top), abs=1e-6)
    assert (back.width, back.height) == pytest.approx((50, 20))

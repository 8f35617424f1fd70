"""Charts: what they show is what was counted, they stand alone, and they do not change without reason."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.charts import (
    LEFT,
    PANEL_BOTTOM,
    RIGHT,
    TOP,
    Bin,
    bins_of,
    coverage_at,
    reliability_chart,
    risk_coverage_chart,
    risk_curve,
    wilson_interval,
    write_charts,
)

SVG = "{http://www.w3.org/2000/svg}"
MOST_BYTES = 15_000


def drawn(count: int, *, told: float = 1.0) -> tuple[list[float], list[float]]:
    """Draw chances, most of them high, and outcomes; ``told`` under 1 states fewer doubts than there are."""
    dice = random.Random(7)  # noqa: S311
    true = [1 - 0.5 * dice.random() ** 3 for _ in range(count)]
    right = [float(dice.random() < chance) for chance in true]
    return [1 - told * (1 - chance) for chance in true], right


def elements(svg: str, tag: str, style: str) -> list[ET.Element]:
    """Return the elements of a class, in order."""
    found = ET.fromstring(svg).iter(SVG + tag)  # noqa: S314
    return [element for element in found if style in element.get("class", "").split()]


def place(circle: ET.Element) -> tuple[float, float]:
    """Return how far right and how far up a dot stands in its panel, 0 to 1."""
    x, y = float(circle.attrib["cx"]), float(circle.attrib["cy"])
    return (x - LEFT) / (RIGHT - LEFT), (PANEL_BOTTOM - y) / (PANEL_BOTTOM - TOP)


def test_chances_that_hold_agree_with_the_outcomes_and_chances_that_are_too_high_do_not() -> None:
    honest, boastful = (drawn(2000, told=told) for told in (1.0, 0.2))
    ones = [1.0] * 2000
    assert sum(one.holds for one in bins_of(*honest, ones)) >= 9
    assert sum(one.holds for one in bins_of(*boastful, ones)) <= 4


def test_bins_are_of_equal_size_and_no_answer_is_lost() -> None:
    chances, right = drawn(1000)
    bins = bins_of(chances, right, [1.0] * 1000)
    assert [one.count for one in bins] == pytest.approx([100.0] * 10)
    assert [one.stated for one in bins] == sorted(one.stated for one in bins)
    assert sum(one.right * one.count for one in bins) == pytest.approx(sum(right))
    assert sum(one.stated * one.count for one in bins) == pytest.approx(sum(chances))


def test_answers_of_equal_chance_are_never_told_apart_by_their_outcome() -> None:
    chances = [0.9] * 70 + [0.99] * 30
    right = [1.0] * 60 + [0.0] * 10 + [1.0] * 30
    low, high = bins_of(chances, right, [1.0] * 100)
    assert (low.stated, low.right, low.count) == pytest.approx((0.9, 6 / 7, 70))
    assert (high.stated, high.right, high.count) == pytest.approx((0.99, 1.0, 30))


@pytest.mark.parametrize(("receipts", "bins"), [(5, 1), (19, 1), (35, 3), (99, 9), (5000, 10)])
def test_few_receipts_make_fewer_bins(receipts: int, bins: int) -> None:
    chances, right = drawn(receipts)
    assert len(bins_of(chances, right, [1.0] * receipts)) == bins


def test_four_answers_to_one_receipt_prove_no_more_than_one() -> None:
    chances, right = drawn(200)
    once = bins_of(chances, right, [1.0] * 200)
    often = bins_of(chances * 4, right * 4, [0.25] * 800)
    assert [one.count for one in often] == pytest.approx([one.count for one in once])
    assert [one.right for one in often] == pytest.approx([one.right for one in once])


def test_receipts_of_unequal_weight_prove_less_than_their_weights_add_up_to() -> None:
    (one,) = bins_of([0.9] * 40, [1.0] * 40, [1.9] * 20 + [0.1] * 20)
    assert 20 < one.count < 25


def test_a_hundred_right_of_a_hundred_are_at_least_96_per_cent() -> None:
    assert wilson_interval(1.0, 100) == pytest.approx((0.963, 1.0), abs=0.001)
    assert wilson_interval(0.5, 100) == pytest.approx((0.404, 0.596), abs=0.001)


@given(share=st.floats(0, 1), count=st.floats(0.5, 1e5))
def test_an_interval_holds_the_share_that_was_seen(share: float, count: float) -> None:
    low, high = wilson_interval(share, count)
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1


def test_the_surest_answers_are_accepted_first_equal_ones_together_and_those_not_found_never() -> None:
    curve = risk_curve([0.8, 0.99, 0.9, 0.9, 0.0], [0, 1, 1, 0, 0])
    assert curve == ((0.2, 0.0), (0.6, 1 / 3), (0.8, 0.5))
    assert coverage_at(curve, 0.4) == 0.6
    assert coverage_at(curve[1:], 0.005) == 0.0
    assert risk_curve([], []) == ()


def test_bins_that_hold_exactly_stand_on_the_diagonal_at_both_ends_too() -> None:
    chances = (0.0, 0.3, 0.9, 0.99, 1.0)
    dots = elements(reliability_chart([Bin(chance, chance, 50) for chance in chances], "exact"), "circle", "dot")
    places = [place(dot) for dot in dots]
    assert [right for right, _ in places] == pytest.approx([up for _, up in places], abs=0.001)
    assert places[0] == pytest.approx((0, 0))
    assert places[-1] == pytest.approx((1, 1))


def test_half_of_the_axis_is_for_chances_over_90_per_cent() -> None:
    (dot,) = elements(reliability_chart([Bin(0.9, 0.9, 50)], "axis"), "circle", "dot")
    assert 0.45 < place(dot)[0] < 0.6


def test_a_bin_whose_stated_chance_lies_outside_its_whiskers_looks_different() -> None:
    chart = reliability_chart([Bin(0.9, 0.92, 50), Bin(0.99, 0.8, 50)], "one of two")
    assert [dot.get("class") for dot in elements(chart, "circle", "dot")] == ["holds dot", "fails dot"]


def test_the_area_of_a_dot_grows_with_its_receipts() -> None:
    few, many = elements(reliability_chart([Bin(0.8, 0.8, 25), Bin(0.9, 0.9, 100)], "areas"), "circle", "dot")
    assert float(many.attrib["r"]) == 2 * float(few.attrib["r"])


def test_the_lower_panel_shows_how_often_which_chance_is_stated() -> None:
    bars = elements(reliability_chart([Bin(0.9, 0.9, 4)], "bars", [0.2, 0.99, 0.99, 0.99]), "rect", "bar")
    left, right = bars
    assert float(left.attrib["x"]) < float(right.attrib["x"])
    assert float(right.attrib["height"]) == pytest.approx(3 * float(left.attrib["height"]))


def test_a_curve_ends_at_its_coverage_and_more_risk_stands_higher() -> None:
    chart = risk_coverage_chart({"a": [(0.5, 0.0), (1.0, 0.1)], "b": [(1.0, 0.05)]}, [(0.9, 0.005)], "risk")
    first, second = (
        [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
        for line in elements(chart, "polyline", "curve")
    )
    assert [x for x, _ in first] == [(LEFT + RIGHT) / 2, RIGHT]
    assert first[1][1] < second[0][1] < first[0][1]
    _, aim = elements(chart, "circle", "aim")
    assert second[0][1] < float(aim.attrib["cy"]) < first[0][1]


def test_a_reader_who_cannot_see_is_told_the_numbers() -> None:
    reliability = reliability_chart([Bin(0.93, 0.95, 50)], "Total & <date>")
    risk = risk_coverage_chart({"auto": [(0.72, 0.004), (0.9, 0.03)]}, [(0.9, 0.005)], "Risk")
    assert "stated 93, right 95" in reliability
    assert "auto: 72 % accepted with at most 0.5 % wrong." in risk
    root = ET.fromstring(reliability)  # noqa: S314
    assert root.findtext(SVG + "title") == "Total & <date>"
    assert root.get("role") == "img"


def test_large_data_give_small_pictures_that_need_nothing_else_and_are_readable_in_the_dark(tmp_path: Path) -> None:
    chances, right = drawn(3000)
    answers = {f"curve number {part}": list(zip(chances[part:], map(bool, right), strict=False)) for part in range(6)}
    paths = write_charts(tmp_path / "charts", {"total": (chances, right, [1.0] * 3000)}, answers)
    assert [path.name for path in paths] == ["reliability-total.svg", "risk-coverage.svg"]
    for path in paths:
        text = path.read_text("utf-8")
        assert len(text.encode()) <= MOST_BYTES
        assert "prefers-color-scheme: dark" in text
        assert re.findall(r"https?://[^\"]*|href|url\(|<script|@import", text) == ["http://www.w3.org/2000/svg"]


def test_the_order_in_which_answers_come_changes_no_byte(tmp_path: Path) -> None:
    chances, right = drawn(300)
    weights = [1.0 + number % 3 for number in range(300)]
    rows = list(zip(chances, right, weights, strict=True))
    texts = []
    for name in ("one", "two"):
        one, two, three = zip(*rows, strict=True)
        pairs = [(chance, bool(true)) for chance, true, _ in rows]
        paths = write_charts(tmp_path / name, {"date": (one, two, three)}, {"auto": pairs})
        texts.append([path.read_bytes() for path in paths])
        rows.reverse()
    assert texts[0] == texts[1]


def test_an_answer_without_a_label_is_not_drawn(tmp_path: Path) -> None:
    known = [(0.9, True), (0.8, False)]
    charts = [
        write_charts(tmp_path / str(len(pairs)), {}, {"auto": pairs})[0].read_bytes()
        for pairs in (known, [*known, (0.95, None)])
    ]
    assert charts[0] == charts[1]


def test_what_cannot_be_drawn_is_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match="no answers"):
        reliability_chart([], "nothing")
    with pytest.raises(ValueError, match="at most 6"):
        risk_coverage_chart({str(number): [(1.0, 0.1)] for number in range(7)}, [], "too many")

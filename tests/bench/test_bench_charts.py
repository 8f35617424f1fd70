"""Charts: they show the committed figures, need nothing else, and do not change without reason."""

from __future__ import annotations

import json
import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

from bench.charts import (
    FOLDER,
    draw,
    draw_speed,
    reliability_chart,
    risk_coverage_chart,
    shrink,
    speed_chart,
    stretch,
)
from bench.reliability import Bin, RiskCurve, from_json

NAMES = ["reliability-amount.svg", "reliability-date.svg", "reliability-merchant.svg", "risk-coverage.svg"]
MAXIMUM_BYTES = 50_000


def test_the_committed_charts_show_the_committed_figures(tmp_path: Path) -> None:
    texts = {name: (FOLDER / name).read_text("utf-8") for name in NAMES}
    if not all(f"Matplotlib v{mpl.__version__}," in text for text in texts.values()):
        pytest.skip(f"drawn by another version of Matplotlib than {mpl.__version__}")
    drawn = draw(tmp_path / "charts", from_json((FOLDER / "figures.json").read_text("utf-8")))
    assert [path.name for path in drawn] == [*NAMES, "figures.json"]
    assert {path.name: path.read_text("utf-8") for path in drawn if path.suffix == ".svg"} == texts
    assert drawn[-1].read_bytes() == (FOLDER / "figures.json").read_bytes()


def test_the_committed_chart_of_costs_shows_the_committed_figures(tmp_path: Path) -> None:
    text = (FOLDER / "speed.svg").read_text("utf-8")
    if f"Matplotlib v{mpl.__version__}," not in text:
        pytest.skip(f"drawn by another version of Matplotlib than {mpl.__version__}")
    figures, chart = draw_speed(tmp_path, json.loads((FOLDER / "speed.json").read_text("utf-8")))
    assert figures.read_bytes() == (FOLDER / "speed.json").read_bytes()
    assert chart.read_text("utf-8") == text
    assert len(text.encode()) <= MAXIMUM_BYTES
    assert re.findall(r"<script|@import|<image|url\(http|href=\"(?!#)", text) == []


def test_a_chart_of_costs_states_the_median_of_each_contender() -> None:
    text = speed_chart({"one way": [1.0, 2.0, 9.0], "another": [4.0]}, "two ways")
    assert "one way: 2.00 in the median. another: 4.00 in the median." in text


def test_more_contenders_than_can_be_distinguished_are_refused() -> None:
    with pytest.raises(ValueError, match="7 contenders"):
        speed_chart({f"way {number}": [1.0] for number in range(7)}, "too many")


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_is_small_states_its_numbers_and_loads_nothing(name: str) -> None:
    text = (FOLDER / name).read_text("utf-8")
    assert len(text.encode()) <= MAXIMUM_BYTES
    assert re.search(r"<dc:description>.*(stated [\d.]+, right|accepted with at most)", text)
    assert "<dc:date>" not in text
    assert re.findall(r"<script|@import|<image|url\(http|href=\"(?!#)", text) == []


def test_half_of_the_axis_is_for_probabilities_over_90_per_cent_and_its_ends_are_finite() -> None:
    low, at_90, high = stretch(np.array([0.0, 0.9, 1.0]))
    assert 0.45 < (at_90 - low) / (high - low) < 0.6
    assert shrink(stretch(np.array([0.0, 0.3, 0.99, 1.0]))) == pytest.approx([0.0, 0.3, 0.99, 1.0])


def test_a_bin_whose_stated_probability_is_outside_its_interval_looks_different() -> None:
    holds, fails = "stated probability inside the interval", "stated probability outside the interval"
    both = reliability_chart([Bin(0.9, 0.92, 50), Bin(0.99, 0.8, 50)], "one of two")
    assert holds in both
    assert fails in both
    assert fails not in reliability_chart([Bin(0.9, 0.92, 50)], "one that holds")


def test_what_cannot_be_drawn_is_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match="no answers"):
        reliability_chart([], "nothing")
    with pytest.raises(ValueError, match="at most 6"):
        risk_coverage_chart({str(number): RiskCurve(10, ((10, 1),)) for number in range(7)}, [], "too many")

"""Reliability: bins and curves count every answer once, and prove no more than their receipts can."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.reliability import (
    Bin,
    Figures,
    RiskCurve,
    bins_of,
    figures_of,
    from_json,
    risk_curve,
    to_json,
    wilson_interval,
)


def drawn(count: int, *, stated: float = 1.0) -> tuple[list[float], list[float]]:
    """Draw probabilities, most of them high, and outcomes; ``stated`` below 1 understates the doubts."""
    dice = random.Random(7)  # noqa: S311
    true = [1 - 0.5 * dice.random() ** 3 for _ in range(count)]
    right = [float(dice.random() < chance) for chance in true]
    return [1 - stated * (1 - chance) for chance in true], right


def test_honest_probabilities_agree_with_the_outcomes_and_those_that_are_too_high_do_not() -> None:
    honest, boastful = (drawn(2000, stated=stated) for stated in (1.0, 0.2))
    ones = [1.0] * 2000
    assert sum(one.holds for one in bins_of(*honest, ones)) >= 9
    assert sum(one.holds for one in bins_of(*boastful, ones)) <= 4


def test_bins_are_of_equal_size_and_no_answer_is_lost() -> None:
    stated, right = drawn(1000)
    bins = bins_of(stated, right, [1.0] * 1000)
    assert [one.receipts for one in bins] == pytest.approx([100.0] * 10)
    assert [one.stated for one in bins] == sorted(one.stated for one in bins)
    assert sum(one.right * one.receipts for one in bins) == pytest.approx(sum(right))
    assert sum(one.stated * one.receipts for one in bins) == pytest.approx(sum(stated))


def test_answers_of_equal_probability_are_never_separated_by_their_outcome() -> None:
    stated = [0.9] * 70 + [0.99] * 30
    right = [1.0] * 60 + [0.0] * 10 + [1.0] * 30
    low, high = bins_of(stated, right, [1.0] * 100)
    assert (low.stated, low.right, low.receipts) == pytest.approx((0.9, 6 / 7, 70))
    assert (high.stated, high.right, high.receipts) == pytest.approx((0.99, 1.0, 30))


@pytest.mark.parametrize(("receipts", "bins"), [(5, 1), (19, 1), (35, 3), (99, 9), (5000, 10)])
def test_few_receipts_make_fewer_bins(receipts: int, bins: int) -> None:
    stated, right = drawn(receipts)
    assert len(bins_of(stated, right, [1.0] * receipts)) == bins


def test_four_answers_to_one_receipt_prove_no_more_than_one() -> None:
    stated, right = drawn(200)
    once = bins_of(stated, right, [1.0] * 200)
    often = bins_of(stated * 4, right * 4, [0.25] * 800)
    assert [one.receipts for one in often] == pytest.approx([one.receipts for one in once])
    assert [one.right for one in often] == pytest.approx([one.right for one in once])


def test_receipts_of_unequal_weight_prove_less_than_their_weights_add_up_to() -> None:
    (one,) = bins_of([0.9] * 40, [1.0] * 40, [1.9] * 20 + [0.1] * 20)
    assert 20 < one.receipts < 25


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
    assert curve == RiskCurve(5, ((1, 0), (3, 1), (4, 2)))
    assert curve.coverage_at(0.4) == 0.6
    assert RiskCurve(5, curve.points[1:]).coverage_at(0.005) == 0.0
    assert risk_curve([], []) == RiskCurve(0, ())


def test_an_answer_without_a_label_counts_nowhere() -> None:
    known = [(0.9, True), (0.8, False)]
    assert figures_of({}, {"auto": [*known, (0.95, None)]}) == figures_of({}, {"auto": known})


def test_figures_are_read_back_as_they_were_written() -> None:
    figures = Figures(
        {"date": (Bin(0.9331, 0.938, 24.7), Bin(0.99, 1.0, 25.0))}, {"auto": RiskCurve(5, ((3, 0), (5, 1)))}
    )
    assert from_json(to_json(figures)) == figures


def test_the_order_in_which_answers_come_changes_no_figure() -> None:
    stated, right = drawn(300)
    rows = list(zip(stated, right, [1.0 + number % 3 for number in range(300)], strict=True))
    written = []
    for ordered in (rows, rows[::-1]):
        one, two, three = zip(*ordered, strict=True)
        pairs = [(probability, bool(true)) for probability, true, _ in ordered]
        written.append(to_json(figures_of({"date": (one, two, three)}, {"auto": pairs})))
    assert written[0] == written[1]

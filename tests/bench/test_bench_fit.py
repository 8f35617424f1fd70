"""Fitting: the probabilities hold, signs are kept, and no receipt is judged by a model that has seen it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.special import expit

from bench.fit_judge import (
    RISKS,
    Answer,
    Joint,
    accepted,
    deal,
    joint,
    key,
    main,
    min_probabilities,
    out_of_fold,
    risk_at,
    row_weights,
    settled,
    single_engine_max,
    toml,
    wilson,
)
from bench.logistic import Fit, fit
from bench.observe import Observation
from rpiocr.decide.confidence import Model


def rows_by(bias: float, weights: dict[str, float], count: int = 4000) -> tuple[list[dict[str, float]], np.ndarray]:
    """Draw features, on scales of their own, and outcomes that follow a logistic model."""
    dice = np.random.default_rng(7)
    rows = [{name: float(dice.normal(5, 3)) for name in weights} for _ in range(count)]
    odds = np.array([bias + sum(weights[name] * row[name] for name in weights) for row in rows])
    return rows, (dice.random(count) < expit(odds)).astype(float)


def test_the_weights_that_made_the_outcomes_are_found_again() -> None:
    wanted = {"share": 0.8, "rival": -0.5, "idle": 0.0}
    rows, right = rows_by(-1.0, wanted)
    found = fit(rows, right, np.ones(len(rows)), {}, ridge=0.1)
    assert found.weights == pytest.approx(wanted, abs=0.1)
    assert found.bias == pytest.approx(-1.0, abs=0.4)
    assert found.probabilities(rows).mean() == pytest.approx(right.mean(), abs=0.01)


def test_a_feature_with_an_implausible_sign_gets_no_weight_and_the_rest_is_fitted_without_it() -> None:
    rows, right = rows_by(-1.0, {"share": 0.8, "rival": -0.5})
    ones = np.ones(len(rows))
    found = fit(rows, right, ones, {"share": 1, "rival": 1}, ridge=1.0)
    alone = fit([{"share": row["share"]} for row in rows], right, ones, {}, ridge=1.0)
    assert found.refused == ("rival",)
    assert found.weights == pytest.approx({"share": alone.weights["share"], "rival": 0.0})
    assert found.bias == pytest.approx(alone.bias)


def loss(found: Fit, rows: list[dict[str, float]], right: np.ndarray) -> float:
    """The log loss, without the penalty."""
    stated = found.probabilities(rows)
    return -float(np.sum(right * np.log(stated) + (1 - right) * np.log(1 - stated)))


def test_signs_are_kept_whatever_the_outcomes_ask_for_and_right_ones_cost_nothing() -> None:
    weights = {"share": 0.8, "rival": -0.5, "margin": 0.3, "single_engine": -0.2}
    rows, right = rows_by(-1.0, weights)
    ones = np.ones(len(rows))
    free = fit(rows, right, ones, {}, ridge=1.0)
    signs = {name: 1 if weight > 0 else -1 for name, weight in weights.items()}
    kept = fit(rows, right, ones, signs, ridge=1.0)
    assert kept.weights == pytest.approx(free.weights, abs=1e-5)
    assert kept.refused == ()
    turned = fit(rows, right, ones, {name: -sign for name, sign in signs.items()}, ridge=1.0)
    assert set(turned.weights.values()) == {0.0}
    assert turned.refused == tuple(sorted(weights))


def correlated() -> tuple[list[dict[str, float]], np.ndarray]:
    """Draw three features that share their causes, so that what one may weigh depends on the others."""
    dice = np.random.default_rng(1)
    values = dice.normal(0, 1, (1500, 3)) @ np.array([[0.3, -1.04, 0.75], [0.94, -1.95, -1.3], [0.13, -0.32, -0.02]])
    right = (dice.random(1500) < expit(values @ np.array([0.73, -0.31, -0.2]))).astype(float)
    return [dict(zip("abc", map(float, row), strict=True)) for row in values], right


def test_no_choice_of_features_to_leave_out_fits_better_than_the_bounds() -> None:
    """A free fit gives all three the wrong sign; leaving them out one after the other would leave none."""
    rows, right = correlated()
    ones = np.ones(len(rows))
    found = fit(rows, right, ones, dict.fromkeys("abc", 1), ridge=1e-6)
    assert found.refused == ("c",)
    for kept in ("a", "b", "c", "ab", "ac", "bc", "abc"):
        chosen = [{name: row[name] for name in kept} for row in rows]
        other = fit(chosen, right, ones, {}, ridge=1e-6)
        if min(other.weights.values()) >= 0.0:
            assert loss(found, rows, right) <= loss(other, chosen, right) + 1e-3


def test_outcomes_that_a_feature_separates_perfectly_give_finite_weights() -> None:
    rows = [{"share": float(number % 2), "same": 3.0} for number in range(40)]
    right = np.array([row["share"] for row in rows])
    found = fit(rows, right, np.ones(40), {}, ridge=1.0)
    low, high = found.probabilities([{"share": 0.0, "same": 3.0}, {"share": 1.0, "same": 3.0}])
    assert low < 0.2
    assert high > 0.8
    assert found.weights["same"] == 0.0


def test_ten_right_receipts_do_not_make_a_model_certain() -> None:
    rows = [{"share": 1.0}] * 10
    found = fit(rows, np.ones(10), np.ones(10), {}, ridge=1.0)
    assert found.probabilities(rows)[0] == pytest.approx(10.5 / 11, abs=1e-4)


def observed(
    number: int, field: str = "amount", mode: str = "auto", set_name: str = "my", engines: str = "one"
) -> Observation:
    """Make up a receipt whose field is right the more often, the more passes agree."""
    share = (number % 10) / 10
    right = share + (number // 10 * 3 % 10) / 10 > 0.8
    name = f"{number:03}"
    group = f"{set_name}/{name}"
    features = {"share": share}
    return Observation(
        set_name, name, group, mode, 0, last=True, engines=engines, field=field, features=features, right=right
    )


def test_all_answers_and_all_pictures_of_one_receipt_stand_in_one_fold() -> None:
    rows = [observed(number, mode=mode) for number in range(60) for mode in ("low", "high")]
    rows.append(replace(observed(60), group="my/007"))
    folds = deal(rows, 10)
    assert len(folds) == 60
    assert sorted(folds.values()) == sorted([*range(10)] * 6)


def test_a_chance_comes_from_a_model_that_has_not_seen_the_receipt() -> None:
    """Turning the outcome of one receipt changes the others' probabilities, and never its own."""
    rows = [observed(number) for number in range(60)]
    turned = [replace(rows[0], right=not rows[0].right), *rows[1:]]
    folds = deal(rows, 10)
    before, after = (out_of_fold(some, folds, 1.0) for some in (rows, turned))
    assert before[key(rows[0])] == after[key(rows[0])]
    others = [row for row in rows if folds[row.group] != folds[rows[0].group]]
    assert all(before[key(row)] != after[key(row)] for row in others)


def test_a_large_set_weighs_as_the_root_of_its_size_and_answers_share_their_receipts_weight() -> None:
    large = [observed(number, mode=mode) for number in range(100) for mode in ("low", "high")]
    small = [observed(number, set_name="us") for number in range(25)]
    weights = row_weights([*large, *small])
    assert weights.sum() == pytest.approx(125)
    assert weights[:200].sum() == pytest.approx(2 * weights[200:].sum())


def test_an_answer_that_lacks_a_field_is_never_accepted_and_what_has_no_label_is_not_wrong() -> None:
    amount, date = observed(0), observed(0, "date")
    found = {"amount": {key(amount): 0.9}, "date": {key(date): 0.5}}
    rows = [replace(amount, right=True), replace(date, right=None)]
    assert joint(rows, found) == {key(amount): (0.45, True)}
    assert joint(rows, {**found, "date": {}}) == {key(amount): (0.0, True)}
    assert joint([rows[0], replace(date, right=False)], found) == {key(amount): (0.45, False)}


def test_a_hundred_right_of_a_hundred_are_at_least_96_per_cent() -> None:
    assert wilson(100, 100) == pytest.approx(0.963, abs=0.001)
    assert wilson(0, 0) is None


def alone(number: int, *, right: bool | None, mode: str = "auto") -> Observation:
    """A value that one engine alone read."""
    return replace(
        observed(number, mode=mode, engines="both"), features={"share": 1.0, "single_engine": 1.0}, right=right
    )


def test_the_most_for_values_that_one_engine_alone_read_is_how_many_of_the_sure_ones_are_right() -> None:
    rows = [alone(number, right=number > 0) for number in range(9)]
    probabilities = {key(row): 0.99 for row in rows}
    assert single_engine_max(rows, probabilities) == pytest.approx(8.5 / 10)
    others = [
        observed(20, engines="both"),
        alone(21, right=None),
        alone(22, right=False),
        replace(alone(23, right=False), features=None),
    ]
    seen = {key(others[0]): 0.99, key(others[1]): 0.99, key(others[2]): 0.5}
    assert single_engine_max([*rows, *others], probabilities | seen) == pytest.approx(8.5 / 10)


def test_a_receipt_counts_once_for_the_most_and_is_wrong_where_any_of_its_answers_is() -> None:
    rows = [alone(1, right=True), alone(1, right=False, mode="low"), alone(2, right=True)]
    assert single_engine_max(rows, {key(row): 0.99 for row in rows}) == pytest.approx(1.5 / 3)


def test_without_lone_values_none_is_certain() -> None:
    assert single_engine_max([observed(1, engines="both")], {}) < 1.0


def answers_of(mode: str, *receipts: Sequence[Joint]) -> dict[Answer, Joint]:
    """What a mode answers for each receipt after each of its rungs."""
    return {
        ("my", f"{number:04}", mode, rung): value
        for number, rungs in enumerate(receipts)
        for rung, value in enumerate(rungs)
    }


def test_a_mode_stops_at_the_first_answer_that_is_sure_enough_or_gives_its_surest() -> None:
    answers = answers_of("auto", [(0.5, False), (0.9, True), (0.99, True)], [(0.7, True), (0.6, False)])
    answers |= answers_of("low", [(1.0, True)], [(1.0, True)])
    assert settled(answers, "auto", 0.8) == {("my", "0000"): ((0.9, True), 1), ("my", "0001"): ((0.7, True), 0)}
    assert settled(answers, "auto", 0.4) == {("my", "0000"): ((0.5, False), 0), ("my", "0001"): ((0.7, True), 0)}


def test_of_answers_that_are_as_sure_the_last_one_goes_out() -> None:
    answers = answers_of("auto", [(0.7, False), (0.7, True)])
    assert settled(answers, "auto", 0.8) == {("my", "0000"): ((0.7, True), 1)}


def test_only_labelled_receipts_that_are_sure_enough_count_as_accepted() -> None:
    answers = answers_of("auto", [(0.9, True)], [(0.95, False)], [(0.99, None)], [(0.5, True)])
    right, probabilities, known = accepted(answers, "auto", 0.9)
    assert (right, probabilities, known) == ([True, False], [0.9, 0.95], 3)


def test_the_risk_is_what_was_seen_of_many_with_half_a_wrong_one_more_and_what_few_state() -> None:
    many = answers_of("auto", *([(0.9, number != 0)] for number in range(100)))
    assert risk_at(many, "auto", 0.9) == pytest.approx(1.5 / 101)
    few = answers_of("auto", *([(0.9, True)] for _ in range(50)))
    assert risk_at(few, "auto", 0.9) == pytest.approx(0.1)
    assert risk_at(few, "auto", 0.95) == 0.0


def honest(count: int = 3000) -> dict[Answer, Joint]:
    """Answers that are right as often as they state."""
    dice = np.random.default_rng(11)
    probabilities = 1 - dice.random(count) ** 3 / 2
    return answers_of("auto", *([(float(p), bool(dice.random() < p))] for p in probabilities))


def test_less_risk_asks_for_more_chance_and_what_it_asks_for_keeps_to_it() -> None:
    answers = honest()
    found = min_probabilities(answers, "auto")
    assert [risk for risk, _ in found] == list(RISKS)
    assert list(RISKS) == sorted(RISKS, reverse=True)
    least = [chance for _, chance in found]
    assert least == sorted(least)
    assert 0.5 <= least[0] < least[-1] < 1.0
    for risk, chance in found:
        assert risk_at(answers, "auto", chance) <= risk


def test_a_risk_too_small_to_be_seen_asks_for_the_chance_that_it_states() -> None:
    answers = answers_of("auto", *([(0.98, True)] for _ in range(10)))
    found = dict(min_probabilities(answers, "auto"))
    assert found[0.1] == 0.5
    assert all(found[risk] >= 0.98 for risk in RISKS if risk < 0.02)


def test_what_is_written_for_the_judge_reads_back_to_three_decimals() -> None:
    fits = {
        engines: {field: Fit(-1.23456, {"share": 2.0, "margin": -0.00001}, ()) for field in ("amount", "date")}
        for engines in ("one", "both")
    }
    most = {(engines, field): 0.98765 for engines in fits for field in fits[engines]}
    raw = tomllib.loads(toml(fits, most, {"one": [(0.1, 0.5), (0.005, 0.98765)], "both": [(0.1, 0.5)]}))
    assert raw["risk"] == {"one": [[0.1, 0.5], [0.005, 0.988]], "both": [[0.1, 0.5]]}
    for engines in ("one", "both"):
        for field in ("amount", "date"):
            weights = {"share": 2.0, "margin": 0.0}
            assert raw[engines][field] == {"bias": -1.235, "single_engine_max": 0.988, "weights": weights}
    assert "-0.0\n" not in toml(fits, most, {})


def test_the_file_that_fit_writes_is_one_that_the_judge_reads(tmp_path: Path) -> None:
    observations, weights = tmp_path / "obs.jsonl", tmp_path / "judge.toml"
    rows = [
        observed(number, field, mode, engines=engines)
        for number in range(60)
        for field in ("amount", "date", "merchant")
        for mode, engines in (("auto", "both"), ("low", "one"))
    ]
    rows.append(replace(observed(61), features=None, right=False))
    observations.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows))
    arguments = ["fit", str(observations), "--out", str(weights)]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "### mode auto" in result.output
    assert "### mode low" in result.output
    raw = tomllib.loads(weights.read_text())
    for engines in ("one", "both"):
        assert [risk for risk, _ in raw["risk"][engines]] == list(RISKS)
    for engines in ("one", "both"):
        models = {
            name: Model(table["bias"], table["weights"], table["single_engine_max"])
            for name, table in raw[engines].items()
        }
        assert all(0.0 < model.single_engine_max <= 1.0 for model in models.values())
        assert set(models) == {"amount", "date", "merchant"}
        assert models["amount"].probability({"share": 0.9}) > 0.8
        assert models["amount"].probability({"share": 0.0}) < 0.3


def test_a_fit_without_receipts_that_both_engines_read_says_so(tmp_path: Path) -> None:
    observations = tmp_path / "obs.jsonl"
    rows = [observed(number, field) for number in range(60) for field in ("amount", "date", "merchant")]
    observations.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows))
    result = CliRunner().invoke(main, ["fit", str(observations), "--out", str(tmp_path / "judge.toml")])
    assert result.exit_code != 0
    assert "no amount was found on any labelled receipt read with both of the engines" in result.output
    assert not (tmp_path / "judge.toml").exists()

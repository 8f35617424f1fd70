"""Fitting: the chances hold, signs are kept, and no receipt is judged by a model that has seen it."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from bench.fit_judge import deal, joint, key, main, out_of_fold, row_weights, wilson
from bench.logistic import fit, sigmoid
from bench.observe import Observation, Passes, Replay, passes_from_json, run_passes
from rpiocr.judge import Model
from rpiocr.pipeline import Reader, Trace
from rpiocr.plan import LOW
from rpiocr.settings import Settings

SAMPLE = Path(__file__).parents[1] / "fixtures" / "sample.jpg"


def rows_by(bias: float, weights: dict[str, float], count: int = 4000) -> tuple[list[dict[str, float]], np.ndarray]:
    """Draw features, on scales of their own, and outcomes that follow a logistic model."""
    dice = np.random.default_rng(7)
    rows = [{name: float(dice.normal(5, 3)) for name in weights} for _ in range(count)]
    odds = np.array([bias + sum(weights[name] * row[name] for name in weights) for row in rows])
    return rows, (dice.random(count) < sigmoid(odds)).astype(float)


def test_the_weights_that_made_the_outcomes_are_found_again() -> None:
    wanted = {"share": 0.8, "rival": -0.5, "idle": 0.0}
    rows, right = rows_by(-1.0, wanted)
    found = fit(rows, right, np.ones(len(rows)), {}, ridge=0.1)
    assert found.weights == pytest.approx(wanted, abs=0.1)
    assert found.bias == pytest.approx(-1.0, abs=0.4)
    assert found.chances(rows).mean() == pytest.approx(right.mean(), abs=0.01)


def test_a_feature_with_an_implausible_sign_gets_no_weight_and_the_rest_is_fitted_without_it() -> None:
    rows, right = rows_by(-1.0, {"share": 0.8, "rival": -0.5})
    ones = np.ones(len(rows))
    found = fit(rows, right, ones, {"share": 1, "rival": 1}, ridge=1.0)
    alone = fit([{"share": row["share"]} for row in rows], right, ones, {}, ridge=1.0)
    assert found.refused == ("rival",)
    assert found.weights == pytest.approx({"share": alone.weights["share"], "rival": 0.0})
    assert found.bias == pytest.approx(alone.bias)


def test_outcomes_that_a_feature_tells_apart_perfectly_give_finite_weights() -> None:
    rows = [{"share": float(number % 2), "same": 3.0} for number in range(40)]
    right = np.array([row["share"] for row in rows])
    found = fit(rows, right, np.ones(40), {}, ridge=1.0)
    low, high = found.chances([{"share": 0.0, "same": 3.0}, {"share": 1.0, "same": 3.0}])
    assert low < 0.2
    assert high > 0.8
    assert found.weights["same"] == 0.0


def test_ten_right_receipts_do_not_make_a_model_certain() -> None:
    rows = [{"share": 1.0}] * 10
    found = fit(rows, np.ones(10), np.ones(10), {}, ridge=1.0)
    assert found.chances(rows)[0] == pytest.approx(10.5 / 11, abs=1e-4)


def observed(number: int, field: str = "amount", mode: str = "low", set_name: str = "my") -> Observation:
    """Make up a receipt whose field is right the more often, the more passes agree."""
    share = (number % 10) / 10
    right = share + (number // 10 * 3 % 10) / 10 > 0.8
    name = f"{number:03}"
    return Observation(set_name, name, f"{set_name}/{name}", mode, 2, field, {"share": share}, right)


def test_all_answers_and_all_pictures_of_one_receipt_stand_in_one_fold() -> None:
    rows = [observed(number, mode=mode) for number in range(60) for mode in ("low", "high")]
    rows.append(replace(observed(60), group="my/007"))
    folds = deal(rows, 10)
    assert len(folds) == 60
    assert sorted(folds.values()) == sorted([*range(10)] * 6)


def test_a_chance_comes_from_a_model_that_has_not_seen_the_receipt() -> None:
    """Turning the outcome of one receipt changes the others' chances, and never its own."""
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


def test_the_file_that_fit_writes_is_one_that_the_judge_reads(tmp_path: Path) -> None:
    observations, weights = tmp_path / "obs.jsonl", tmp_path / "judge.toml"
    rows = [observed(number, field) for number in range(60) for field in ("amount", "date", "merchant")]
    rows.append(replace(observed(61), features=None, right=False))
    observations.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows))
    arguments = ["fit", str(observations), "--out", str(weights)]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "| 0.93 |" in result.output
    models = {name: Model(**raw) for name, raw in tomllib.loads(weights.read_text()).items()}
    assert set(models) == {"amount", "date", "merchant"}
    assert models["amount"].probability({"share": 0.9}) > 0.8
    assert models["amount"].probability({"share": 0.0}) < 0.3


def test_passes_replayed_from_their_file_give_the_answer_of_the_pipeline() -> None:
    settings = Settings(mode="low", retries=0, cloud="never", pass_timeout=300, receipt_timeout=600)
    outcome = next(Reader(settings).read(str(SAMPLE)))
    assert isinstance(outcome, Trace)
    passes = run_passes(SAMPLE, settings, LOW)
    kept = passes_from_json(json.loads(json.dumps(asdict(passes))))
    assert kept == passes
    answer = Replay(settings).answer(kept)
    assert answer is not None
    assert answer.fields == outcome.receipt.fields
    assert answer.judgement == outcome.receipt.judgement


def test_a_picture_that_cannot_be_read_has_no_answer(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").write_bytes(b"")
    passes = run_passes(tmp_path / "empty.jpg", Settings())
    assert passes.passes == ()
    assert Replay(Settings()).answer(passes) is None
    assert isinstance(passes, Passes)

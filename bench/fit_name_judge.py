"""Fits how far a merchant's name can be trusted: ``python -m bench.fit_name_judge DATA... --recording FILE``.

The pipeline itself reads labelled receipts by a recording, with both engines and with Tesseract alone; every name that
it judges on the way is an observation. The models for names in the package are replaced, those of other fields stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import click
import numpy as np
from scipy.stats import beta

from bench.data import Example, read_data, spread
from bench.fit_judge import SIGNS, WEIGHTS, toml
from bench.logistic import Fit, fit
from bench.recording import engines_recorded
from bench.report import number, table
from bench.score import merchant_right
from rpiocr.decide.confidence import Judge, fitted, min_probability
from rpiocr.decide.features import Facts, merchant_features
from rpiocr.model import Fields, Judgement
from rpiocr.pipeline import Reader
from rpiocr.settings import Settings

ROADS = {"one": Settings(engine="tesseract", items="off"), "both": Settings(items="off")}
"""The settings with which each model is used, by the engines that read."""

TRUSTED = {"chance": 1, **SIGNS}

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class NameJudged:
    """A name that was judged on the way: its features, and whether it is right."""

    set_name: str
    id: str
    features: Mapping[str, float]
    right: bool


def observed(example: Example, reader: Reader) -> Iterator[NameJudged]:
    """Read a receipt, and yield every name that was judged, in order."""
    seen: list[tuple[Fields, Facts]] = []
    judge = Judge.judge

    def noted(self: Judge, fields: Fields, facts: Facts) -> tuple[Fields, Judgement]:
        seen.append((fields, facts))
        return judge(self, fields, facts)

    with mock.patch.object(Judge, "judge", noted):
        list(reader.read(str(example.picture)))
    for fields, facts in seen:
        if fields.merchant:
            right = bool(merchant_right(example.label, fields.merchant.chosen.value))
            yield NameJudged(example.set_name, example.id, merchant_features(fields.merchant, facts), right)


def fit_names(rows: Sequence[NameJudged], ridge: float) -> Fit:
    """Fit a model; the observations of one receipt share its weight."""
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        counts[row.set_name, row.id] = counts.get((row.set_name, row.id), 0) + 1
    weights = np.array([1.0 / counts[row.set_name, row.id] for row in rows])
    right = np.array([float(row.right) for row in rows])
    return fit([row.features for row in rows], right, weights, TRUSTED, ridge)


def least_right(right: int, of: int) -> float:
    """Return the lower bound of the share that is right, with CONFIDENCE (Clopper and Pearson, one-sided)."""
    return float(beta.ppf(1.0 - CONFIDENCE, right, of - right + 1)) if right else 0.0


def held_out(rows: Sequence[NameJudged], ridge: float, least: float) -> str:
    """Judge each set by a model of the others: how many last names are accepted, and how many of these are right."""
    lines = []
    for name in sorted({row.set_name for row in rows}):
        model = fit_names([row for row in rows if row.set_name != name], ridge)
        last = {row.id: row for row in rows if row.set_name == name}
        taken = [row.right for row in last.values() if model.probabilities([row.features])[0] >= least]
        share = number(100 * sum(taken) / len(taken), 1) if taken else "–"
        bound = number(100 * least_right(sum(taken), len(taken)), 1) if taken else "–"
        lines.append([name, str(len(last)), str(len(taken)), share, bound])
    return table(["set left out", "receipts", "accepted", "right %", "at least %"], lines)


@click.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--recording", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Of the engines.")
@click.option("--ridge", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True, help="Penalty.")
@click.option("--count", type=click.IntRange(1), help="Only so many receipts, spread evenly over the data.")
@click.option("--engines", multiple=True, type=click.Choice(list(ROADS)), default=list(ROADS), help="Which models.")
@click.option("--write", is_flag=True, help="Write the models into the package.")
def main(
    data: Sequence[Path], recording: Path, ridge: float, count: int | None, engines: Sequence[str], *, write: bool
) -> None:
    """Fit the models, and report how they hold on sets that they have not seen."""
    examples = [one for one in spread(read_data(data), count) if one.label.names]
    fits = {road: dict(_known(road)) for road in ROADS}
    for road in engines:
        reader = Reader(ROADS[road])
        with engines_recorded(recording):
            rows = [row for example in examples for row in observed(example, reader)]
        least = min_probability(Settings().accept_risk, road)
        click.echo(f"{road}: {len(rows)} names judged\n\n{held_out(rows, ridge, least)}\n")
        fits[road]["merchant"] = fit_names(rows, ridge)
    if write:
        most = {(road, name): _single_engine_max(road, name) for road, found in fits.items() for name in found}
        WEIGHTS.write_text(toml(fits, most, fitted().min_probability), "utf-8")


def _known(engines: str) -> Iterator[tuple[str, Fit]]:
    for name, model in fitted().models[engines].items():
        yield name, Fit(model.bias, model.weights, ())


def _single_engine_max(engines: str, name: str) -> float:
    """Return the bound of values that one engine read; a name of one engine is bounded by its features alone."""
    return 1.0 if name == "merchant" else fitted().models[engines][name].single_engine_max


if __name__ == "__main__":
    main()

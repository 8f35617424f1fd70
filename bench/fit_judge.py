"""Fits the probabilities that the judge states: `python -m bench.fit_judge observe`, then `... fit`."""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import click
import numpy as np

from bench.data import read_data, spread
from bench.logistic import Fit, Vector, fit
from bench.observe import (
    FIELDS,
    MODES_OBSERVED,
    Observation,
    observe,
    read_observations,
    read_passes,
    reading_code,
)
from bench.reliability import figures_of, wilson_interval
from bench.report import PROJECT, number, table
from rpiocr.settings import Settings

WEIGHTS = PROJECT / "rpiocr" / "decide" / "weights.toml"
FOLDS = 10
ENGINES = ("one", "both")

RISK_MODES = {"one": "auto alone", "both": "auto"}
"""The mode of which the minimum probabilities are worked out for answers of one engine, and of both."""

SIGNS = {
    "single_engine": -1,
    "elsewhere": -1,
    "second_confidence": 1,
    "unread_total": -1,
    "lost_marks": -1,
    "share": 1,
    "unanimous": 1,
    "margin": 1,
    "confidence": 1,
    "text_quality": 1,
    "sums": 1,
    "paid": 1,
    "sure_word": 1,
    "total_word": 1,
    "label": 1,
    "corrected": -1,
    "no_word": -1,
    "open_order": -1,
}
"""Which way a feature has to point where anything else would be probability; those not named here are free."""

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.85, *(percent / 100 for percent in range(90, 100)), 0.995)
BINS = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)

RISKS = (0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
"""Shares of wrong answers among the accepted for which the minimum probability is worked out."""

Answer = tuple[str, str, str, int]
"""Set, id, mode and rung: what one answer of the tool is known by."""

Joint = tuple[float, bool | None]
"""The probability that total and date are both right, and whether they are; ``None`` without labels."""


def key(row: Observation) -> Answer:
    """Return which answer a field belongs to."""
    return row.set_name, row.id, row.mode, row.rung


def deal(rows: Iterable[Observation], folds: int) -> dict[str, int]:
    """Give every group a fold, by hash, set by set, so that every fold has its part of each set."""
    groups = sorted({(row.set_name, row.group) for row in rows}, key=lambda pair: (pair[0], _digest(pair[1])))
    return {group: index % folds for index, (_, group) in enumerate(groups)}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def row_weights(rows: Sequence[Observation]) -> Vector:
    """Return weights with a sum of the number of receipts.

    The answers of one receipt share its weight, and a set weighs as the square root of its size: a large one
    neither drowns the others nor counts as little as a small one that is mostly probability.
    """
    answers = Counter((row.set_name, row.id) for row in rows)
    sizes = Counter(set_name for set_name, _ in answers)
    raw = np.array([1 / answers[row.set_name, row.id] / math.sqrt(sizes[row.set_name]) for row in rows])
    weights: Vector = raw * (len(answers) / raw.sum())
    return weights


def fit_rows(rows: Sequence[Observation], ridge: float) -> Fit:
    """Fit a model to the rows, all of which have features and a label."""
    right = np.array([float(bool(row.right)) for row in rows])
    return fit([row.features or {} for row in rows], right, row_weights(rows), SIGNS, ridge)


def out_of_fold(rows: Sequence[Observation], folds: Mapping[str, int], ridge: float) -> dict[Answer, float]:
    """Return the probability of every row that has features, by a model that has not seen its receipt."""
    probabilities: dict[Answer, float] = {}
    for fold in sorted(set(folds.values())):
        held = [row for row in rows if folds[row.group] == fold and row.features is not None]
        others = [row for row in rows if folds[row.group] != fold and usable(row)]
        if held and others:
            found = fit_rows(others, ridge).probabilities([row.features or {} for row in held])
            probabilities |= {key(row): float(probability) for row, probability in zip(held, found, strict=True)}
    return probabilities


def is_single_engine(row: Observation) -> bool:
    """Return whether one engine alone read a value."""
    return bool(row.features and row.features.get("single_engine"))


SURE_ALONE = 0.9


def single_engine_max(rows: Sequence[Observation], probabilities: Mapping[Answer, float]) -> float:
    """Return how many of the single-engine values whose probability is over SURE_ALONE are right, receipt by receipt.

    Half a wrong one is added: a few that are all right make none certain. Where none was so sure, none may be.
    """
    right: dict[tuple[str, str], bool] = {}
    for row in rows:
        if usable(row) and is_single_engine(row) and probabilities.get(key(row), 0.0) > SURE_ALONE:
            right[row.set_name, row.id] = right.get((row.set_name, row.id), True) and bool(row.right)
    return (sum(right.values()) + 0.5) / (len(right) + 1) if right else SURE_ALONE


def usable(row: Observation) -> bool:
    """Return whether a row can be learnt from."""
    return row.features is not None and row.right is not None


def reliability(probabilities: Vector, right: Vector, weights: Vector) -> str:
    """Write per bin of stated probability how many were right."""
    rows = []
    for low, high in pairwise(BINS):
        inside = (probabilities >= low) & ((probabilities < high) | (high == 1.0))
        if inside.any():
            stated, true = (np.average(values[inside], weights=weights[inside]) for values in (probabilities, right))
            rows.append([f"{low:.2f}–{high:.2f}", str(int(inside.sum())), number(stated, 3), number(true, 3)])
    return table(["stated probability", "answers", "stated, mean", "right"], rows)


def losses(probabilities: Vector, right: Vector, weights: Vector) -> tuple[float, float]:
    """Return log loss and Brier score."""
    clipped = np.clip(probabilities, 1e-6, 1 - 1e-6)
    log_loss = -(right * np.log(clipped) + (1 - right) * np.log(1 - clipped))
    return float(np.average(log_loss, weights=weights)), float(
        np.average((probabilities - right) ** 2, weights=weights)
    )


def seen_of(rows: Sequence[Observation], probabilities: Mapping[Answer, float]) -> tuple[Vector, Vector, Vector]:
    """Return stated probability, rightness and weight of every row that has a probability and a label."""
    seen = [row for row in rows if usable(row) and key(row) in probabilities]
    stated = np.array([probabilities[key(row)] for row in seen])
    right = np.array([float(bool(row.right)) for row in seen])
    return stated, right, row_weights(seen)


def describe(name: str, judged: tuple[Vector, Vector, Vector], final: Fit) -> str:
    """Write how well a field's probabilities hold on receipts that the model has not seen."""
    stated, right, weights = judged
    log_loss, brier = losses(stated, right, weights)
    base = np.full(len(right), np.average(right, weights=weights))
    plain_loss, plain_brier = losses(base, right, weights)
    lines = [
        f"## {name}",
        f"{len(right)} answers. Log loss {log_loss:.3f} (share of right ones alone: {plain_loss:.3f}),"
        f" Brier {brier:.3f} ({plain_brier:.3f}).",
        "Weights: " + ", ".join(f"{name} {weight:+.3f}" for name, weight in final.weights.items()),
    ]
    if final.refused:
        lines.append(f"Weight 0 for their sign: {', '.join(final.refused)}")
    return "\n\n".join([*lines, reliability(stated, right, weights)])


def joint(
    observations: Sequence[Observation], probabilities: Mapping[str, Mapping[Answer, float]]
) -> dict[Answer, Joint]:
    """Return for every answer the probability that total and date are right, and whether they are.

    What has no label counts as right, and right is ``None`` where neither has one. The probability is 0 where one
    was not found: such an answer is never accepted.
    """
    fields: dict[Answer, dict[str, bool | None]] = defaultdict(dict)
    for row in observations:
        if row.field != "merchant":
            fields[key(row)][row.field] = row.right
    result = {}
    for answer, right in fields.items():
        labelled = [value for value in right.values() if value is not None]
        both = math.prod(probabilities[field].get(answer, 0.0) for field in ("amount", "date"))
        result[answer] = both, all(labelled) if labelled else None
    return result


def settled(answers: Mapping[Answer, Joint], mode: str, least: float) -> dict[tuple[str, str], tuple[Joint, int]]:
    """Return for every receipt the answer at which a mode stops, and its rung; ``least`` is the minimum probability."""
    by_receipt: dict[tuple[str, str], dict[int, Joint]] = defaultdict(dict)
    for (set_name, name, of_mode, rung), value in answers.items():
        if of_mode == mode:
            by_receipt[set_name, name][rung] = value
    found = {}
    for receipt, rungs in by_receipt.items():
        surest = max(rungs, key=lambda rung: (rungs[rung][0], rung))
        stop = next((rung for rung in sorted(rungs) if rungs[rung][0] >= least), surest)
        found[receipt] = rungs[stop], stop
    return found


def accepted(answers: Mapping[Answer, Joint], mode: str, least: float) -> tuple[list[bool], list[float], int]:
    """Return rightness and probability of every labelled receipt that a mode accepts, and how many are labelled."""
    known = [value for value, _ in settled(answers, mode, least).values() if value[1] is not None]
    taken = [value for value in known if value[0] >= least]
    return [bool(right) for _, right in taken], [probability for probability, _ in taken], len(known)


ENOUGH = 100
"""From so many accepted answers on, their share of right ones counts; the probabilities state more risk than there is,
as the penalty draws them from the extremes."""

GRID = (*(percent / 100 for percent in range(50, 100)), 0.992, 0.994, 0.996, 0.998)


def risk_at(answers: Mapping[Answer, Joint], mode: str, least: float) -> float:
    """Estimate the share of wrong answers among the accepted.

    As seen, with half a wrong one more; of fewer than ENOUGH accepted answers the larger of what is seen and stated.
    """
    right, probabilities, _ = accepted(answers, mode, least)
    if not right:
        return 0.0
    seen = (right.count(False) + 0.5) / (len(right) + 1)
    return seen if len(right) >= ENOUGH else max(seen, 1 - sum(probabilities) / len(probabilities))


def min_probabilities(answers: Mapping[Answer, Joint], mode: str) -> tuple[tuple[float, float], ...]:
    """Return pairs (risk, minimum probability that keeps to it).

    Risks too small to be seen on so few receipts ask for the probability that the risk itself leaves, and for not less
    than the next larger risk.
    """
    pairs: list[tuple[float, float]] = []
    for risk in RISKS:
        fitting = next((least for least in GRID if risk_at(answers, mode, least) <= risk), 1.0 - risk)
        pairs.append((risk, max([fitting, *(probability for _, probability in pairs)])))
    return tuple(pairs)


def wilson(hits: int, of: int) -> float | None:
    """Return the lower end of the interval that holds the true share with 95 % (Wilson, two-sided)."""
    return wilson_interval(hits / of, of)[0] if of else None


def risk_coverage(answers: Mapping[Answer, Joint], mode: str) -> str:
    """Write for every threshold how many answers are accepted, and how many of those are right."""
    rows = []
    for threshold in THRESHOLDS:
        right, _, known = accepted(answers, mode, threshold)
        hits = sum(right)
        least = wilson(hits, len(right))
        rows.append(
            [
                f"{threshold:.3f}",
                number(100 * len(right) / known, 1),
                number(100 * hits / len(right) if right else None, 1),
                number(None if least is None else 100 * least, 1),
                f"{len(right) - hits} of {len(right)}",
            ]
        )
    return f"### mode {mode}\n\n" + table(
        ["minimum probability", "coverage %", "precision %", "at least %", "wrong"], rows
    )


def toml(
    fits: Mapping[str, Mapping[str, Fit]],
    most: Mapping[tuple[str, str], float],
    least: Mapping[str, Sequence[tuple[float, float]]],
) -> str:
    """Write the models as rpiocr.decide.confidence reads them."""
    rows = [
        f"{engines} = [{', '.join(f'[{risk}, {_rounded(probability)}]' for risk, probability in pairs)}]"
        for engines, pairs in least.items()
    ]
    parts = ["\n".join(["# Fitted by bench/fit_judge.py; do not edit by hand.\n", "[risk]", *rows, ""])]
    for engines, by_field in fits.items():
        for field, one in by_field.items():
            weights = "\n".join(f"{name} = {_rounded(weight)}" for name, weight in one.weights.items())
            name = f"{engines}.{field}"
            head = f"[{name}]\nbias = {_rounded(one.bias)}\nsingle_engine_max = {_rounded(most[engines, field])}"
            parts.append(f"{head}\n\n[{name}.weights]\n{weights}\n")
    return "\n".join(parts)


def _rounded(value: float) -> float:
    # Adding zero turns -0.0 into 0.0.
    return round(value, 3) + 0.0


@click.group()
def main() -> None:
    """Fit the probabilities that the judge states to labelled receipts."""


@main.command("observe")
@click.argument("data", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--mode",
    "modes",
    multiple=True,
    type=click.Choice(MODES_OBSERVED),
    help="Once for each mode  [default: all]",
)
@click.option("--lang", default=Settings().lang, show_default=True, help="Languages for Tesseract.")
@click.option("--count", type=click.IntRange(1), help="Only so many receipts, spread evenly over the data.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option(
    "--passes",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that keeps what was read  [default: OUT.passes]",
)
def observe_command(
    data: Sequence[Path], modes: Sequence[str], lang: str, count: int | None, out: Path, passes: Path | None
) -> None:
    """Read labelled receipts and write what the judge sees of them, one JSON object per field."""
    folder = passes or out.with_suffix(".passes")
    settings = Settings(lang=lang)
    other = 0
    with (
        out.open("w", encoding="utf-8") as file,
        click.progressbar(spread(read_data(data), count), file=sys.stderr) as progress,
    ):
        for example in progress:
            read = read_passes(example, folder, settings)
            other += read.code != reading_code()
            for row in observe(example, read, settings, modes or MODES_OBSERVED, folder):
                file.write(json.dumps(asdict(row)) + "\n")
    if other:
        click.echo(
            f"{other} receipts were read by other code than today's; delete {folder} to read them again",
            err=True,
        )


@main.command("fit")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--ridge",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="Strength of the penalty.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=WEIGHTS,
    help="File to write  [default: the package's own]",
)
@click.option(
    "--charts",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for charts of the calibration.",
)
def fit_command(files: Sequence[Path], ridge: float, out: Path, charts: Path | None) -> None:
    """Fit the models to observations, report how well they hold on unseen receipts, and write them."""
    observations = [row for file in files for row in read_observations(file)]
    models = {(engines, field): _fitted(observations, engines, field, ridge) for engines in ENGINES for field in FIELDS}
    for (engines, field), model in models.items():
        click.echo(describe(f"{field}, {engines}", model.judged, model.fit) + "\n")
    answers = joint(observations, _stated(models))
    modes = list(dict.fromkeys(answer[2] for answer in answers))
    click.echo("## Total and date both right, out of fold\n")
    click.echo("\n\n".join(risk_coverage(answers, mode) for mode in modes))
    least = {engines: min_probabilities(answers, mode) for engines, mode in RISK_MODES.items()}
    _write(out, models, least)
    click.echo(f"\nminimum probability by accepted risk: {least}\nwritten: {out}")
    if charts:
        usual = {engines: dict(pairs)[Settings().accept_risk] for engines, pairs in least.items()}
        judged = {field: models["both", field].judged for field in FIELDS}
        draw(charts, judged, answers, {mode: usual["both" if mode == "auto" else "one"] for mode in modes})


@dataclass(frozen=True, slots=True)
class FittedField:
    """The model of one field for one or both engines, and how well it holds on receipts that it has not seen.

    ``stated`` has the out-of-fold probability of every answer, ``judged`` the same with outcomes and weights.
    """

    fit: Fit
    single_engine_max: float
    stated: Mapping[Answer, float]
    judged: tuple[Vector, Vector, Vector]


def _fitted(observations: Sequence[Observation], engines: str, field: str, ridge: float) -> FittedField:
    """Fit one model; raises ClickException where there is nothing to learn from."""
    rows = [row for row in observations if row.field == field and row.engines == engines]
    learnt = [row for row in rows if usable(row)]
    if not learnt:
        message = f"no {field} was found on any labelled receipt read with {engines} of the engines"
        raise click.ClickException(message)
    found = out_of_fold(rows, deal(observations, FOLDS), ridge)
    most = single_engine_max(rows, found) if engines == "both" else 1.0
    alone = {key(row) for row in rows if is_single_engine(row)}
    stated = {answer: min(value, most) if answer in alone else value for answer, value in found.items()}
    return FittedField(fit_rows(learnt, ridge), most, stated, seen_of(rows, stated))


Models = Mapping[tuple[str, str], FittedField]
"""By engines and field."""


def _stated(models: Models) -> dict[str, dict[Answer, float]]:
    """Return the out-of-fold probabilities of every field, whichever model stated them."""
    stated: dict[str, dict[Answer, float]] = {field: {} for field in FIELDS}
    for (_, field), model in models.items():
        stated[field] |= model.stated
    return stated


def _write(out: Path, models: Models, least: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    fits = {engines: {field: models[engines, field].fit for field in FIELDS} for engines in ENGINES}
    out.write_text(toml(fits, {name: model.single_engine_max for name, model in models.items()}, least), "utf-8")


def draw(
    folder: Path,
    judged: Mapping[str, tuple[Vector, Vector, Vector]],
    answers: Mapping[Answer, Joint],
    modes: Mapping[str, float],
) -> None:
    """Draw the reliability of every field, and the risk of every mode by its coverage.

    ``modes`` holds for each mode the probability at which it stops.
    """
    from bench import charts

    fields = {
        field: (stated.tolist(), right.tolist(), weights.tolist()) for field, (stated, right, weights) in judged.items()
    }
    curves = {
        f"mode {mode}": [value for value, _ in settled(answers, mode, least).values()] for mode, least in modes.items()
    }
    for path in charts.draw(folder, figures_of(fields, curves)):
        click.echo(f"drawn: {path}")


if __name__ == "__main__":
    main()

"""Fits the chances that the judge states: `python -m bench.fit_judge observe`, then `... fit`."""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import click
import numpy as np

from bench.data import read_data, spread
from bench.logistic import Fit, Vector, fit
from bench.observe import FIELDS, Observation, observe, read_observations, read_passes, reading_code
from bench.report import PROJECT, number, table
from rpiocr.settings import Settings

WEIGHTS = PROJECT / "rpiocr" / "judge.toml"
FOLDS = 10

SIGNS = {
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
"""Which way a feature has to point where anything else would be chance; those not named here are free."""

THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.88, *(percent / 100 for percent in range(90, 100)))
BINS = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)

Answer = tuple[str, str, str, int]
"""Set, id, mode and retries: what one answer of the tool is known by."""


def key(row: Observation) -> Answer:
    """Return which answer a field belongs to."""
    return row.set_name, row.id, row.mode, row.retries


def deal(rows: Iterable[Observation], folds: int) -> dict[str, int]:
    """Give every group a fold, by hash, set by set, so that every fold has its part of each set."""
    groups = sorted({(row.set_name, row.group) for row in rows}, key=lambda pair: (pair[0], _digest(pair[1])))
    return {group: index % folds for index, (_, group) in enumerate(groups)}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def row_weights(rows: Sequence[Observation]) -> Vector:
    """Return weights with a sum of the number of receipts.

    The answers of one receipt share its weight, and a set weighs as the square root of its size: a large one
    neither drowns the others nor counts as little as a small one that is mostly chance.
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
    """Return the chance of every row that has features, by a model that has not seen its receipt."""
    chances: dict[Answer, float] = {}
    for fold in sorted(set(folds.values())):
        held = [row for row in rows if folds[row.group] == fold and row.features is not None]
        others = [row for row in rows if folds[row.group] != fold and usable(row)]
        if held and others:
            found = fit_rows(others, ridge).chances([row.features or {} for row in held])
            chances |= {key(row): float(chance) for row, chance in zip(held, found, strict=True)}
    return chances


def usable(row: Observation) -> bool:
    """Tell whether a row can be learnt from."""
    return row.features is not None and row.right is not None


def reliability(chances: Vector, right: Vector, weights: Vector) -> str:
    """Write per bin of stated chance how many were right."""
    rows = []
    for low, high in pairwise(BINS):
        inside = (chances >= low) & ((chances < high) | (high == 1.0))
        if inside.any():
            stated, true = (np.average(values[inside], weights=weights[inside]) for values in (chances, right))
            rows.append([f"{low:.2f}–{high:.2f}", str(int(inside.sum())), number(stated, 3), number(true, 3)])
    return table(["stated chance", "answers", "stated, mean", "right"], rows)


def losses(chances: Vector, right: Vector, weights: Vector) -> tuple[float, float]:
    """Return log loss and Brier score."""
    clipped = np.clip(chances, 1e-6, 1 - 1e-6)
    log_loss = -(right * np.log(clipped) + (1 - right) * np.log(1 - clipped))
    return float(np.average(log_loss, weights=weights)), float(np.average((chances - right) ** 2, weights=weights))


def describe(field: str, rows: Sequence[Observation], chances: Mapping[Answer, float], final: Fit) -> str:
    """Write how well a field's chances hold on receipts that the model has not seen."""
    seen = [row for row in rows if usable(row) and key(row) in chances]
    stated = np.array([chances[key(row)] for row in seen])
    right = np.array([float(bool(row.right)) for row in seen])
    weights = row_weights(seen)
    log_loss, brier = losses(stated, right, weights)
    base = np.full(len(right), np.average(right, weights=weights))
    plain_loss, plain_brier = losses(base, right, weights)
    lines = [
        f"## {field}",
        f"{len(seen)} answers of {len({row.group for row in seen})} receipts. Log loss {log_loss:.3f}"
        f" (share of right ones alone: {plain_loss:.3f}), Brier {brier:.3f} ({plain_brier:.3f}).",
        "Weights: " + ", ".join(f"{name} {weight:+.3f}" for name, weight in final.weights.items()),
    ]
    if final.refused:
        lines.append(f"Refused for their sign: {', '.join(final.refused)}")
    return "\n\n".join([*lines, reliability(stated, right, weights)])


def joint(
    observations: Sequence[Observation], chances: Mapping[str, Mapping[Answer, float]]
) -> dict[Answer, tuple[float, bool | None]]:
    """Return for every answer the chance that total and date are right, and whether they are.

    What has no label counts as right, and right is ``None`` where neither has one. The chance is 0 where one
    was not found: such an answer is never accepted.
    """
    fields: dict[Answer, dict[str, bool | None]] = defaultdict(dict)
    for row in observations:
        if row.field != "merchant":
            fields[key(row)][row.field] = row.right
    result = {}
    for answer, right in fields.items():
        labelled = [value for value in right.values() if value is not None]
        both = math.prod(chances[field].get(answer, 0.0) for field in ("amount", "date"))
        result[answer] = both, all(labelled) if labelled else None
    return result


def wilson(hits: int, of: int) -> float | None:
    """Return the lower end of the interval that holds the true share with 95 % (Wilson, two-sided)."""
    if not of:
        return None
    z, share = 1.96, hits / of
    middle = share + z * z / (2 * of)
    return (middle - z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))) / (1 + z * z / of)


def risk_coverage(answers: Mapping[Answer, tuple[float, bool | None]], name: str) -> str:
    """Write for every threshold how many answers are accepted, and how many of those are right."""
    known = [(chance, right) for chance, right in answers.values() if right is not None]
    rows = []
    for threshold in THRESHOLDS:
        accepted = [right for chance, right in known if chance >= threshold]
        hits = sum(accepted)
        least = wilson(hits, len(accepted))
        rows.append(
            [
                f"{threshold:.2f}",
                number(100 * len(accepted) / len(known), 1),
                number(100 * hits / len(accepted) if accepted else None, 1),
                number(None if least is None else 100 * least, 1),
                f"{len(accepted) - hits} of {len(accepted)}",
            ]
        )
    return f"### {name}\n\n" + table(["SURE", "coverage %", "precision %", "at least %", "wrong"], rows)


def risk_tables(answers: Mapping[Answer, tuple[float, bool | None]]) -> str:
    """Write risk and coverage for each mode with retries, then for each set over all modes."""
    views = {f"mode {mode}, with retries": {"mode": mode} for mode in sorted({answer[2] for answer in answers})}
    views |= {f"set {name}, all modes": {"set": name} for name in sorted({answer[0] for answer in answers})}
    parts = ["## Total and date both right, out of fold"]
    for name, wanted in views.items():
        chosen = {
            answer: value
            for answer, value in answers.items()
            if answer[3] > 0
            and wanted.get("mode", answer[2]) == answer[2]
            and wanted.get("set", answer[0]) == answer[0]
        }
        if any(right is not None for _, right in chosen.values()):
            parts.append(risk_coverage(chosen, name))
    return "\n\n".join(parts)


def toml(fits: Mapping[str, Fit]) -> str:
    """Write the models as rpiocr.judge reads them."""
    parts = ["# Fitted by bench/fit_judge.py; do not edit by hand.\n"]
    for field, one in fits.items():
        weights = "\n".join(f"{name} = {_rounded(weight)}" for name, weight in one.weights.items())
        parts.append(f"[{field}]\nbias = {_rounded(one.bias)}\n\n[{field}.weights]\n{weights}\n")
    return "\n".join(parts)


def _rounded(value: float) -> float:
    # Adding zero turns -0.0 into 0.0.
    return round(value, 3) + 0.0


@click.group()
def main() -> None:
    """Fit the chances that the judge states to labelled receipts."""


@main.command("observe")
@click.argument("data", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--mode",
    "modes",
    multiple=True,
    type=click.Choice(("low", "medium", "high")),
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
            for row in observe(example, read, settings, modes or ("low", "medium", "high")):
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
def fit_command(files: Sequence[Path], ridge: float, out: Path) -> None:
    """Fit the models to observations, say how well they hold on unseen receipts, and write them."""
    observations = [row for file in files for row in read_observations(file)]
    folds = deal(observations, FOLDS)
    fits: dict[str, Fit] = {}
    chances: dict[str, dict[Answer, float]] = {}
    for field in FIELDS:
        rows = [row for row in observations if row.field == field]
        learnt = [row for row in rows if usable(row)]
        if not learnt:
            message = f"no {field} was found on any labelled receipt; observe more of them"
            raise click.ClickException(message)
        fits[field] = fit_rows(learnt, ridge)
        chances[field] = out_of_fold(rows, folds, ridge)
        click.echo(describe(field, rows, chances[field], fits[field]) + "\n")
    click.echo(risk_tables(joint(observations, chances)))
    out.write_text(toml(fits), "utf-8")
    click.echo(f"\nwritten: {out}")


if __name__ == "__main__":
    main()

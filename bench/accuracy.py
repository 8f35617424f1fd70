"""How right `rpiocr scan` is on labelled receipts: ``python -m bench.accuracy DATA... [--mode high]``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

import click

from bench.data import read_data, spread
from bench.report import BENCHMARKS, PROJECT, circumstances, number, table, write_section
from bench.score import Figures, Mark, Share, figures, mark_all, read_results, wrongly_accepted
from bench.tool import environment, scan_command
from rpiocr.settings import SPECS

FIGURES = ("total", "date", "both", "merchant", "currency", "coverage", "accepted")

FILES_AT_ONCE = 8
"""Pictures per call: few enough that progress is seen, and enough that starting up does not matter."""


def scan(pictures: Sequence[Path], options: Sequence[str], jobs: int) -> list[str]:
    """Run the tool as users do, ``jobs`` of it at once; returns the lines of its standard output."""
    parts = [pictures[start : start + FILES_AT_ONCE] for start in range(0, len(pictures), FILES_AT_ONCE)]
    with (
        ThreadPoolExecutor(jobs) as pool,
        click.progressbar(length=len(pictures), file=sys.stderr) as progress,
    ):
        lines = []
        for part, found in zip(parts, pool.map(lambda part: _scan(part, options), parts), strict=True):
            lines += found
            progress.update(len(part))
    return lines


def _scan(pictures: Sequence[Path], options: Sequence[str]) -> list[str]:
    command = [*scan_command(options), *map(str, pictures)]
    # In the project's folder the module is found whether or not it is installed.
    run = subprocess.run(command, cwd=PROJECT, env=environment(), stdout=subprocess.PIPE, text=True, check=False)
    if not run.stdout:
        message = f"rpiocr scan ended with status {run.returncode} and printed nothing"
        raise click.ClickException(message)
    return run.stdout.splitlines()


def figures_table(marks: Sequence[Mark]) -> str:
    """One row per set, and one for all of them."""
    sets = {name: tuple(group) for name, group in groupby(marks, key=lambda one: one.example.set_name)}
    rows = [_figures_row(name, figures(group)) for name, group in sets.items()]
    if len(sets) > 1:
        rows.append(_figures_row("all", figures(marks)))
    return table(["set", "receipts", "no result", *FIGURES, "brier", "seconds"], rows)


def _figures_row(name: str, result: Figures) -> list[str]:
    shares: list[Share] = [getattr(result, figure) for figure in FIGURES]
    return [
        name,
        str(result.receipts),
        str(result.failed),
        *(number(share.percent, 1) for share in shares),
        number(result.brier, 3),
        number(result.seconds, 2),
    ]


def rungs_table(marks: Sequence[Mark]) -> str:
    """One row per rung: how many receipts were settled at it, and how many of those are right."""
    climbed: dict[str, list[Mark]] = {}
    for one in marks:
        rungs = (one.result or {}).get("rungs")
        if rungs:
            settled = one.result and one.result.get("stop") == "settled"
            climbed.setdefault(rungs[-1]["name"] if settled else "not settled", []).append(one)
    rows = [
        [name, str(len(group)), number(100 * len(group) / len(marks), 1), str(sum(one.right for one in group))]
        for name, group in climbed.items()
    ]
    return table(["settled at", "receipts", "per cent", "right"], sorted(rows, key=lambda row: -int(row[1])))


def wrong_accepts_table(marks: Sequence[Mark]) -> str:
    """One row per receipt that was accepted and is wrong: what was read, and what is right."""
    rows = []
    for one in wrongly_accepted(marks):
        result, label = one.result or {}, one.example.label
        rows.append(
            [
                f"{one.example.set_name}/{one.example.id}",
                str(result.get("quality")),
                _compared(one.total, result.get("amount"), " or ".join(map(str, sorted(label.totals)))),
                _compared(one.date, result.get("date"), label.date),
            ]
        )
    return table(["wrong ACCEPT", "quality", "total", "date"], rows) if rows else "No ACCEPT is wrong."


def _compared(right: bool | None, read: object, label: object) -> str:  # noqa: FBT001 - a field's mark
    return f"{read}, not {label}" if right is False else "right"


def misses_table(marks: Sequence[Mark]) -> str:
    """One row per receipt with a wrong total or date, whatever its verdict."""
    rows = []
    for one in marks:
        if one.right:
            continue
        result, label = one.result or {}, one.example.label
        error = result.get("error") or {}
        rows.append(
            [
                f"{one.example.set_name}/{one.example.id}",
                str(error.get("code") or result.get("verdict") or "no output"),
                _compared(one.total, result.get("amount"), " or ".join(map(str, sorted(label.totals)))),
                _compared(one.date, result.get("date"), label.date),
            ]
        )
    return table(["wrong", "verdict", "total", "date"], rows)


@click.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--mode",
    "modes",
    multiple=True,
    type=click.Choice(SPECS["mode"].choices),
    help="Once for each mode  [default: auto]",
)
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    help="Setting for rpiocr scan, such as lang=deu+eng.",
)
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Runs of rpiocr scan at once.")
@click.option("--count", type=click.IntRange(1), help="Only so many receipts, spread evenly over the data.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Folder for the output of rpiocr scan.")
@click.option("--misses", is_flag=True, help="List every wrong receipt, not only wrong ACCEPTs.")
@click.option("--write", is_flag=True, help=f"Write the tables to {BENCHMARKS.relative_to(PROJECT)}.")
def main(
    data: Sequence[Path],
    modes: Sequence[str],
    options: Sequence[str],
    jobs: int,
    count: int | None,
    keep: Path | None,
    *,
    misses: bool,
    write: bool,
) -> None:
    """Run rpiocr scan over labelled receipts and count what is right.

    DATA is a set (a folder with img/ and key/) or a folder of sets. Figures are per cent of the labelled
    receipts; accepted is per cent of those with verdict ACCEPT.
    """
    examples = spread(read_data(data), count)
    flags = [f"--{name.replace('_', '-')}={value}" for name, _, value in (one.partition("=") for one in options)]
    sections = []
    for mode in modes or ("auto",):
        lines = scan([example.picture for example in examples], [f"--mode={mode}", *flags], jobs)
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{mode}.ndjson").write_text("\n".join([*lines, ""]), "utf-8")
        marks = mark_all(examples, read_results(lines))
        title = f"### Mode {mode}" + (f", {', '.join(options)}" if options else "")
        parts = [title, figures_table(marks), rungs_table(marks), wrong_accepts_table(marks)]
        sections.append("\n\n".join([*parts, misses_table(marks)] if misses else parts))
        click.echo(sections[-1] + "\n")
    if write:
        command = _command(data, modes, options, count)
        # Runs with other settings stand beside each other; a run with the same ones takes the place of the last.
        title = ", ".join(["Accuracy", *options])
        write_section(BENCHMARKS, title.lower(), "\n\n".join([f"## {title}", circumstances(command), *sections]))


def _command(data: Sequence[Path], modes: Sequence[str], options: Sequence[str], count: int | None) -> str:
    names = [f"DATA/{folder.resolve().name}" for folder in data]
    chosen = [f"--mode {mode}" for mode in modes] + [f"--option {option}" for option in options]
    return " ".join(["python -m bench.accuracy", *names, *chosen, *([f"--count {count}"] if count else [])])


if __name__ == "__main__":
    main()

"""What reading costs beside one plain pass of Tesseract: ``python -m bench.speed DATA... [--count 10]``."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from bench import guide
from bench.charts import FOLDER, draw_speed
from bench.data import read_data, spread
from bench.plain import plain
from bench.report import BENCHMARKS, PROJECT, circumstances, number, table, write_section
from rpiocr.errors import InputError
from rpiocr.pipeline import Reader
from rpiocr.speed.measuring import SETTINGS, Figures, Measured, figures_of, is_settled, measured
from rpiocr.speed.programs import Start, start_of

GUIDE = "the guide's 15 calls"
AUTO = "rpiocr auto"

CONTENDERS: Mapping[str, Mapping[str, Any]] = {
    AUTO: {},
    "rpiocr auto, Tesseract alone": {"engine": "tesseract"},
    **{f"rpiocr {mode}": {"mode": mode} for mode in ("low", "medium", "high")},
}
"""Names, and the settings in which they differ from the defaults."""


STARTS = 5
"""How often the start of the program is measured at least."""

Run = tuple[Measured, ...]
"""One contender on all receipts."""


def read_by(name: str) -> Callable[[str], bool]:
    """Return how a contender reads a picture, and says whether it is settled."""
    if name == GUIDE:
        return lambda file: not list(guide.read(Path(file)))
    reader = Reader(replace(SETTINGS, **CONTENDERS[name]))

    def read(file: str) -> bool:
        try:
            return is_settled(reader, file)
        except InputError:
            return False

    return read


def run_one(name: str, files: Sequence[str], repeat: int) -> Run:
    """Let one contender read all receipts in this process, in turn with a plain pass."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    return tuple(measured(files, read_by(name), plain, repeat))


def run_apart(name: str, files: Sequence[str], repeat: int) -> Run:
    """Do the same in a process of its own, so that no contender finds loaded what another one has loaded."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(run_one, name, files, repeat).result()


def cost_table(runs: Mapping[str, Run], *, settled: bool) -> str:
    """Write what each contender took on the receipts that it settled, or on all."""
    rows = []
    for name, run in runs.items():
        group = [one for one in run if one.settled or not settled]
        if group:
            rows.append([name, f"{len(group)} of {len(run)}", *_cells(figures_of(group)), _of_sums(group)])
    head = ["settled receipts" if settled else "all receipts", "count", "CPU s, median", "mean", "worst"]
    return table([*head, "wall s, median", "plain passes, median", "mean", "worst", "of sums"], rows)


def _cells(found: Figures) -> list[str]:
    cpu_s, ratio = found.cpu_s, found.ratio
    values = (cpu_s.median, cpu_s.mean, cpu_s.worst, found.wall_s.median, ratio.median, ratio.mean, ratio.worst)
    return [number(value, 2) for value in values]


def _of_sums(group: Sequence[Measured]) -> str:
    return number(sum(one.reading.cpu_s for one in group) / sum(one.plain.cpu_s for one in group), 2)


def start_table(start: Start, plain_s: float) -> str:
    """Write what the start of one scan costs, in seconds and in plain passes of ``plain_s`` processor seconds."""
    parts = {
        "one scan by itself": start.single,
        "until it can read": start.until_ready,
        "first receipt, beyond a later one": start.first,
        "the same receipt among others": start.later,
    }
    rows = [
        [name, number(one.cpu_s, 2), number(one.wall_s, 2), number(one.cpu_s / plain_s, 2)]
        for name, one in parts.items()
    ]
    return table(["start", "CPU s", "wall s", "plain passes"], rows)


def chosen(only: Sequence[str], *, with_guide: bool) -> list[str]:
    """Return the contenders whose name contains one of these words, all without one; raises UsageError for none."""
    names = [name for name in CONTENDERS if not only or any(part in name for part in only)]
    names += [GUIDE] if with_guide else []
    if not names:
        message = f"there is no such contender; there are: {'; '.join(CONTENDERS)}"
        raise click.UsageError(message)
    return names


def tables(runs: Mapping[str, Run], repeat: int) -> list[str]:
    """Write what was measured, and measure the start of the program, if it is among the contenders."""
    first = next(iter(runs.values()))
    parts = [
        f"{len(first)} receipts, each read {repeat} times; load average at the end {os.getloadavg()[0]:.1f}; without"
        " time limits.",
        cost_table(runs, settled=True),
        cost_table(runs, settled=False),
    ]
    if AUTO in runs:
        one, read = runs[AUTO][0], read_by(AUTO)
        read(one.file)
        parts.append(start_table(start_of(one.file, read, max(STARTS, repeat)), one.plain.cpu_s))
    return parts


def write(command: str, parts: Sequence[str], runs: Mapping[str, Run]) -> None:
    """Write the tables and the chart to the documents."""
    draw_speed(FOLDER, {name: [one.ratio for one in run] for name, run in runs.items()})
    chart = "![Share of receipts by plain passes](charts/speed.svg)"
    write_section(BENCHMARKS, "speed", "\n\n".join(["## Cost", circumstances(command), *parts, chart]))


@click.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--count", type=click.IntRange(1), help="Only so many receipts, spread evenly over the data.")
@click.option(
    "--repeat", type=click.IntRange(1), default=1, show_default=True, help="Read each so often; medians count."
)
@click.option("--only", multiple=True, help="Only contenders whose name contains this; may be repeated.")
@click.option("--guide", "with_guide", is_flag=True, help="The guide's 15 calls as well, a minute a receipt on a Pi.")
@click.option("--write", "written", is_flag=True, help=f"Write to {BENCHMARKS.relative_to(PROJECT)}, with a chart.")
def main(
    data: Sequence[Path], count: int | None, repeat: int, only: Sequence[str], *, with_guide: bool, written: bool
) -> None:
    """Measure what every way of reading costs on the same receipts, each in one process, once all is loaded.

    DATA is a set (a folder with img/ and key/) or a folder of sets. CPU seconds are those of the process and of all
    processes that it starts. Each receipt is read in turn with one plain pytesseract call of one thread, in the same
    process; ratios are to that. What the start of the program costs is measured apart.
    """
    files = [str(example.picture) for example in spread(read_data(data), count)]
    runs = {}
    for name in chosen(only, with_guide=with_guide):
        click.echo(name, err=True)
        runs[name] = run_apart(name, files, repeat)
    parts = tables(runs, repeat)
    click.echo("\n\n".join(parts))
    if written:
        options = [*([f"--count {count}"] if count else []), *([f"--repeat {repeat}"] if repeat > 1 else [])]
        options += [*(f'--only "{part}"' for part in only), *(["--guide"] if with_guide else [])]
        command = " ".join(["python -m bench.speed", *(f"DATA/{folder.resolve().name}" for folder in data), *options])
        write(command, parts, runs)


if __name__ == "__main__":
    main()

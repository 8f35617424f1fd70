"""What a second worker brings, side by side: ``python -m bench.batch [--count 20] [--rounds 3]``."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from bench.measure import Cost, measure
from bench.report import BENCHMARKS, PROJECT, circumstances, number, table, write_section
from bench.tool import environment

NO_LIMITS = ("--pass-timeout=600", "--receipt-timeout=600")


@dataclass(frozen=True, slots=True)
class Contender:
    """So many workers, and what the environment adds."""

    name: str
    workers: int
    extra: Mapping[str, str] = field(default_factory=dict)


ALONE = "1 worker, one pass at a time"
ALL_CORES = "1 worker, passes on all cores"
SEVERAL = "{} workers"


def contenders(workers: int) -> tuple[Contender, ...]:
    """Return one worker that keeps one core busy, one that uses all as it does by itself, and ``workers`` of them."""
    return (
        Contender(ALONE, 1, {"RPIOCR_WORKERS": "1"}),
        Contender(ALL_CORES, 1),
        Contender(SEVERAL.format(workers), workers),
    )


def make_receipts(folder: Path, count: int, seed: int) -> Path:
    """Make receipts with the generator; returns their folder."""
    command = [sys.executable, "-m", "generator", f"--seed={seed}", f"--count={count}", f"--out={folder}"]
    subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    return folder / "img"


def batch_command(pictures: Path, workers: int, options: Sequence[str]) -> list[str]:
    """Return the command line of a batch that keeps nothing and uses nothing of this user's settings."""
    command = [sys.executable, "-m", "rpiocr", "batch", "--quiet", "--no-store", f"--config={os.devnull}"]
    return [*command, "--cloud=never", f"--workers={workers}", *NO_LIMITS, *options, str(pictures)]


def run_all(
    pictures: Path, racers: Sequence[Contender], rounds: int, options: Sequence[str], limit_s: float
) -> dict[str, list[Cost]]:
    """Let all of them read all receipts, in turning order, so that noise hits them alike."""
    costs: dict[str, list[Cost]] = {racer.name: [] for racer in racers}
    with click.progressbar(range(rounds), file=sys.stderr) as progress:
        for index in progress:
            turn = index % len(racers)
            for racer in (*racers[turn:], *racers[:turn]):
                command = batch_command(pictures, racer.workers, options)
                cost = measure(command, environment(**racer.extra), PROJECT, limit_s)
                costs[racer.name].append(cost)
    return costs


def throughput_table(costs: Mapping[str, Sequence[Cost]], count: int) -> str:
    """Write receipts per minute, seconds and memory, and how much faster each is than one worker, round by round."""
    rows = []
    for name, group in costs.items():
        ratios = (
            statistics.median(one.wall_s / own.wall_s for one, own in zip(costs[base], group, strict=True))
            for base in (ALONE, ALL_CORES)
        )
        rows.append(
            [
                name,
                number(60 * count / statistics.median(cost.wall_s for cost in group), 1),
                number(statistics.median(cost.wall_s for cost in group) / count, 2),
                number(statistics.median(cost.cpu_s for cost in group) / count, 2),
                number(max(cost.peak_mb for cost in group), 0),
                *(number(ratio, 2) for ratio in ratios),
                str(sum(len(cost.stdout.splitlines()) != count for cost in group)),
            ]
        )
    head = ["", "receipts a minute", "wall s", "CPU s", "peak MB", f"times {ALONE}", f"times {ALL_CORES}"]
    return table([*head, "runs not whole"], rows)


@click.command()
@click.option("--count", type=click.IntRange(1), default=20, show_default=True, help="So many generated receipts.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Another seed, other receipts.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="How often all is read.")
@click.option("--workers", type=click.IntRange(2), default=2, show_default=True, help="Workers against one.")
@click.option("--option", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of rpiocr.")
@click.option("--limit", type=float, default=3600.0, show_default=True, help="Seconds after which a run is ended.")
@click.option("--write", is_flag=True, help=f"Write the table to {BENCHMARKS.relative_to(PROJECT)}.")
def main(
    count: int, seed: int, rounds: int, workers: int, settings: Sequence[str], limit: float, *, write: bool
) -> None:
    """Measure how many receipts a minute a batch reads with one worker and with several, in turns.

    Peak memory (sampled PSS) is that of the batch and of all processes that it starts.
    """
    options = [f"--{setting.replace('_', '-')}" for setting in settings]
    folder = Path(tempfile.mkdtemp(prefix="rpiocr-bench-"))
    try:
        costs = run_all(make_receipts(folder, count, seed), contenders(workers), rounds, options, limit)
    finally:
        shutil.rmtree(folder)
    intro = f"{count} generated receipts, {rounds} rounds; load average at the end {os.getloadavg()[0]:.1f}."
    parts = [intro, throughput_table(costs, count)]
    click.echo("\n\n".join(parts))
    if write:
        flags = [f"--count {count}", f"--seed {seed}", f"--rounds {rounds}", f"--workers {workers}"]
        command = " ".join(["python -m bench.batch", *flags, *(f"--option {one}" for one in settings)])
        write_section(BENCHMARKS, "batch", "\n\n".join(["## Many receipts at once", circumstances(command), *parts]))


if __name__ == "__main__":
    main()

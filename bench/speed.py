"""What reading costs, side by side: ``python -m bench.speed DATA... [--count 10]``."""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bench.data import Example, read_data, spread
from bench.measure import Cost, measure
from bench.report import BENCHMARKS, PROJECT, circumstances, number, table, write_section
from bench.tool import environment, scan_command

NO_LIMITS = ("--pass-timeout=600", "--receipt-timeout=600")
"""On a busy machine, passes ended at their time limit would make the tool look cheaper than it is."""

ONE_THREAD = {"OMP_THREAD_LIMIT": "1"}


@dataclass(frozen=True, slots=True)
class Contender:
    """One way of reading a receipt: a command to which the file is added, and what its environment adds."""

    name: str
    command: Sequence[str]
    extra: Mapping[str, str]
    after_file: tuple[str, ...] = ()


AUTO = "rpiocr auto"
PLAIN = "one plain pytesseract call, one thread"
GUIDE_ONE = "the guide's 15 calls, one thread each"
GUIDE = "the guide's 15 calls, threads unlimited"
BASELINES = (GUIDE, GUIDE_ONE, PLAIN)

CONTENDERS = (
    Contender(AUTO, scan_command(["--mode=auto", *NO_LIMITS]), {}),
    Contender("rpiocr auto, Tesseract alone", scan_command(["--mode=auto", "--engine=tesseract", *NO_LIMITS]), {}),
    *(
        Contender(f"rpiocr {mode}{words}", scan_command([f"--mode={mode}", *options, *NO_LIMITS]), {})
        for mode in ("low", "medium", "high")
        for words, options in ((", no retries", ["--retries=0"]), ("", []))
    ),
    Contender("one tesseract call", ["tesseract"], {}, ("stdout",)),
    Contender(PLAIN, [sys.executable, "-m", "bench.plain"], ONE_THREAD),
    Contender(GUIDE_ONE, [sys.executable, "-m", "bench.guide"], ONE_THREAD),
    Contender(GUIDE, [sys.executable, "-m", "bench.guide"], {}),
)

Costs = dict[str, list[Cost]]


def run_all(examples: Sequence[Example], contenders: Sequence[Contender], limit_s: float) -> Costs:
    """Let every contender read every receipt, receipt by receipt, so that noise hits all of them alike.

    The order turns by one with each receipt, so that none always runs on a cold cache or a hot processor.
    """
    costs: Costs = {contender.name: [] for contender in contenders}
    with click.progressbar(list(enumerate(examples)), file=sys.stderr) as progress:
        for index, example in progress:
            example.picture.read_bytes()  # into the file cache
            turn = index % len(contenders)
            for contender in (*contenders[turn:], *contenders[:turn]):
                command = [*contender.command, str(example.picture), *contender.after_file]
                cost = measure(command, environment(**contender.extra), PROJECT, limit_s)
                costs[contender.name].append(cost)
    return costs


def in_one_call(examples: Sequence[Example], limit_s: float) -> str:
    """Say what a receipt costs in mode auto when one call reads all of them, so that engines are loaded once."""
    pictures = [str(example.picture) for example in examples]
    command = [*scan_command(["--mode=auto", *NO_LIMITS]), *pictures]
    cost = measure(command, environment(), PROJECT, limit_s * len(pictures))
    cpu, wall = (number(seconds / len(pictures), 2) for seconds in (cost.cpu_s, cost.wall_s))
    peak = number(cost.peak_mb, 0)
    return f"All receipts in one call of rpiocr auto: {cpu} CPU s and {wall} wall s a receipt, peak {peak} MB."


def cost_table(costs: Costs) -> str:
    """Write what each contender took, in seconds and MB."""
    rows = []
    for name, group in costs.items():
        cpu, wall, peak = ([getattr(cost, what) for cost in group] for what in ("cpu_s", "wall_s", "peak_mb"))
        ran, failed = passes(group)
        rows.append(
            [
                name,
                *(number(figure(values), 2) for values in (cpu, wall) for figure in (statistics.median, sum)),
                *(number(figure(peak), 0) for figure in (statistics.median, max)),
                number(ran, 1),
                str(failed),
                str(sum(cost.status != 0 for cost in group)),
            ]
        )
    head = ["", "CPU s, median", "sum", "wall s, median", "sum", "peak MB, median", "most", "passes"]
    return table([*head, "passes failed", "calls failed"], rows)


def passes(costs: Sequence[Cost]) -> tuple[float | None, int]:
    """Return how many passes the tool says it ran, on average, and how many of all of them failed."""
    lines = (line for cost in costs for line in cost.stdout.splitlines())
    results = [json.loads(line) for line in lines if line.startswith('{"schema_version"')]
    ran = [result["passes"] for result in results if "passes" in result]
    warnings = [warning for result in results for warning in result.get("warnings", ())]
    failed = sum(warning.startswith("pass_failed") for warning in warnings)
    return (statistics.mean(ran) if ran else None), failed


def ratio_table(costs: Costs, what: Callable[[Cost], float]) -> str:
    """Write how each contender compares with the baselines: ratio of the medians, and of the sums."""
    baselines = [name for name in BASELINES if name in costs]
    values = {name: [what(cost) for cost in group] for name, group in costs.items()}
    rows = [[name, *(ratios(own, values[base]) for base in baselines)] for name, own in values.items()]
    return table(["medians / sums", *(f"to {base}" for base in baselines)], rows)


def ratios(own: Sequence[float], base: Sequence[float]) -> str:
    """Compare by medians and by sums, which large pictures dominate."""
    return " / ".join(number(figure(own) / figure(base), 2) for figure in (statistics.median, sum))


@click.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--count", type=click.IntRange(1), help="Only so many receipts, spread evenly over the data.")
@click.option("--only", multiple=True, help="Only contenders whose name contains this; may be repeated.")
@click.option("--limit", type=float, default=600.0, show_default=True, help="Seconds after which a call is ended.")
@click.option("--write", is_flag=True, help=f"Write the tables to {BENCHMARKS.relative_to(PROJECT)}.")
def main(data: Sequence[Path], count: int | None, only: Sequence[str], limit: float, *, write: bool) -> None:
    """Measure what every way of reading costs on the same receipts, interleaved.

    DATA is a set (a folder with img/ and key/) or a folder of sets. CPU seconds and peak memory (sampled PSS)
    are those of the command and of all processes that it starts.
    """
    examples = spread(read_data(data), count)
    chosen = tuple(one for one in CONTENDERS if not only or any(part in one.name for part in only))
    if not chosen:
        message = f"there is no such contender; there are: {'; '.join(one.name for one in CONTENDERS)}"
        raise click.UsageError(message)
    costs = run_all(examples, chosen, limit)
    load = os.getloadavg()[0]
    intro = f"{len(examples)} receipts; load average at the end {load:.1f}; rpiocr without time limits."
    parts = [intro, cost_table(costs), "CPU time:", ratio_table(costs, lambda cost: cost.cpu_s)]
    parts += ["Wall time:", ratio_table(costs, lambda cost: cost.wall_s)]
    if any(one.name == AUTO for one in chosen):
        parts.append(in_one_call(examples, limit))
    click.echo("\n\n".join(parts))
    if write:
        names = [f"DATA/{folder.resolve().name}" for folder in data]
        options = [*([f"--count {count}"] if count else []), *(f'--only "{part}"' for part in only)]
        command = " ".join(["python -m bench.speed", *names, *options])
        write_section(BENCHMARKS, "speed", "\n\n".join(["## Cost", circumstances(command), *parts]))


if __name__ == "__main__":
    main()

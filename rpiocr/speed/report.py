"""What was measured, as tables for people and as plain values for programs."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from rpiocr.speed.machine import Machine
from rpiocr.speed.markdown import number, table
from rpiocr.speed.measuring import Measured, Spread, figures_of
from rpiocr.speed.programs import Start

ENGINES = {True: "both", False: "Tesseract alone"}


@dataclass(frozen=True, slots=True)
class Row:
    """One machine in the table of machines: medians of the shipped pictures, and what the start of one scan costs.

    ``load`` is the load average at the end: wall seconds count if it is not much above the workers of one receipt.
    """

    machine: str
    cores: int
    engines: str
    measured: str
    load: float
    receipts: int
    settled: int
    cpu_s: float
    wall_s: float
    passes: float
    start_cpu_s: float
    start_wall_s: float


@dataclass(frozen=True, slots=True)
class Report:
    """All that one run of the command measured; ``own``: on pictures of the user, which no other row is about."""

    machine: Machine
    seen: tuple[Measured, ...]
    start: Start
    repeat: int
    own: bool
    day: dt.date
    load: float

    @property
    def row(self) -> Row:
        """The row of this machine."""
        middle, extra = figures_of(self.seen), self.start.extra
        return Row(
            machine=f"{self.machine.model}, {self.machine.architecture}",
            cores=self.machine.cores,
            engines=ENGINES[self.machine.onnxruntime is not None],
            measured=self.day.isoformat(),
            load=round(self.load, 1),
            receipts=len(self.seen),
            settled=sum(one.settled for one in self.seen),
            cpu_s=round(middle.cpu_s.median, 2),
            wall_s=round(middle.wall_s.median, 2),
            passes=round(middle.ratio.median, 2),
            start_cpu_s=round(extra.cpu_s, 2),
            start_wall_s=round(extra.wall_s, 2),
        )


def load_average() -> float:
    """Return how many processes wanted a core in the last minute."""
    return os.getloadavg()[0]


def measured_machines() -> tuple[Row, ...]:
    """Return the machines that were measured with the pictures in this package; see docs/BENCHMARKS.md."""
    rows = json.loads((resources.files("rpiocr.speed") / "measured.json").read_text("utf-8"))
    return tuple(Row(**row) for row in rows)


def machine_table(rows: Iterable[Row]) -> str:
    """Compare machines."""
    head = ["machine", "cores", "engines", "measured", "load", "settled", "CPU s", "wall s", "plain passes"]
    return table([*head, "start, CPU s", "start, wall s"], (_cells(row) for row in rows))


def _cells(row: Row) -> list[str]:
    seconds = (row.cpu_s, row.wall_s, row.passes, row.start_cpu_s, row.start_wall_s)
    settled = f"{row.settled} of {row.receipts}"
    named = [_plain(row.machine), str(row.cores), row.engines, row.measured, number(row.load, 1), settled]
    return [*named, *(number(one, 2) for one in seconds)]


def figures_table(seen: Sequence[Measured]) -> str:
    """Write what receipts take, all and those that were settled, and what plain passes over them take."""
    groups = {"settled": [one for one in seen if one.settled], "all": seen}
    head = ["receipts", "", *("median", "mean", "worst")]
    rows = []
    for name, group in groups.items():
        if group:
            found = figures_of(group)
            of = ("wall s", found.wall_s), ("CPU s", found.cpu_s), ("CPU, plain passes", found.ratio)
            rows += [[f"{name} ({found.receipts})", what, *_three(spread)] for what, spread in of]
    return table(head, rows)


def _three(spread: Spread) -> list[str]:
    return [number(one, 2) for one in (spread.median, spread.mean, spread.worst)]


def start_table(start: Start) -> str:
    """Write what one scan by itself takes, and of what that consists."""
    rows = {
        "one scan of one picture": start.single,
        "until it can read: modules, tables of words": start.until_ready,
        "first receipt, beyond a later one: decoder, models, patterns": start.first,
        "the same picture among others": start.later,
    }
    written = ([name, *(number(one, 2) for one in (cost.cpu_s, cost.wall_s))] for name, cost in rows.items())
    return table(["start", "CPU s", "wall s"], written)


def machine_in_words(machine: Machine) -> Iterator[str]:
    """Yield the facts of a machine as lines."""
    yield f"{_plain(machine.model)}, {machine.architecture}, {machine.cores} cores, {machine.memory_gb:g} GB"
    engine = f"second engine (ONNX Runtime {machine.onnxruntime})" if machine.onnxruntime else "no second engine"
    versions = f"Python {machine.python}, Tesseract {machine.tesseract or 'unknown'}, {engine}"
    yield f"rpiocr {machine.rpiocr}, {versions}, {_plain(machine.system)}"


def in_words(report: Report) -> str:
    """Write a report to be read, or pasted, as Markdown."""
    pictures = "pictures of your own" if report.own else "the pictures that come with rpiocr"
    how = f"{report.day}, {len(report.seen)} of {pictures}, read {report.repeat} times each; load {report.load:.1f}"
    parts = [
        "\n".join((*(f"- {line}" for line in machine_in_words(report.machine)), f"- {how}")),
        figures_table(report.seen),
        start_table(report.start),
    ]
    if not report.own:
        parts.append(machine_table((*measured_machines(), replace(report.row, machine="this machine"))))
    return "\n\n".join(parts) + "\n"


def as_values(report: Report) -> dict[str, Any]:
    """Return a report as plain values; ``row`` is what the table of machines takes."""
    settled = tuple(one for one in report.seen if one.settled)
    return {
        "machine": asdict(report.machine),
        "measured": report.day.isoformat(),
        "load": round(report.load, 2),
        "repeat": report.repeat,
        "own_pictures": report.own,
        "settled": asdict(figures_of(settled)) if settled else None,
        "all": asdict(figures_of(report.seen)),
        "start": {"extra": asdict(report.start.extra), "first": asdict(report.start.first), **asdict(report.start)},
        "receipts": [asdict(one) | {"file": Path(one.file).name, "ratio": one.ratio} for one in report.seen],
        "row": asdict(report.row),
    }


def _plain(text: str) -> str:
    """Return a name without the sign that separates the cells of a table."""
    return text.replace("|", "/")

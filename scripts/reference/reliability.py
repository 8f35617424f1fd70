"""The tables of docs/RELIABILITY.md, from those that its tests go by."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.faults.faults import FAULTS
from tests.faults.inputs import INPUTS

SINGLE_FAULTS = Path(__file__).resolve().parents[2] / "tests" / "faults" / "single.toml"


def pairs() -> str:
    """Return how many pairs of an input and a fault there are."""
    return f"{len(INPUTS)} x {len(FAULTS)} = {len(INPUTS) * len(FAULTS)}"


def inputs() -> str:
    """Return the table of inputs."""
    lines = ["| input | where it belongs | its lines |", "|---|---|---|"]
    for one in INPUTS.values():
        place = one.place.replace("|", " or ") if one.settles else "stays where it is"
        codes = ", ".join("a result" if not code else "an error" if code == "*" else f"`{code}`" for code in one.codes)
        lines.append(f"| {one.words} | {place} | {codes or 'none'} |")
    return "\n".join(lines)


def faults() -> str:
    """Return the table of faults."""
    lines = ["| fault | what differs for good |", "|---|---|"]
    return "\n".join([*lines, *(f"| {fault.words} | {fault.differs or 'nothing'} |" for fault in FAULTS.values())])


def single_faults() -> str:
    """Return the tables of faults that are tried with one input each."""
    with SINGLE_FAULTS.open("rb") as stream:
        parts = tomllib.load(stream)
    return "\n\n".join(_table(part["title"], part["rows"]) for part in parts.values())


def _table(title: str, rows: list[dict[str, str]]) -> str:
    lines = [f"### {title}", "", "| fault | what happens | test |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {row['fault']} | {row['outcome']} | `{row['test']}` |" for row in rows)])

"""Where results are written: Markdown between markers, with what is needed to make them again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from rpiocr.speed.machine import this_machine
from rpiocr.speed.markdown import number, table

__all__ = ["BENCHMARKS", "PROJECT", "circumstances", "number", "table", "write_section"]

PROJECT = Path(__file__).resolve().parents[1]
BENCHMARKS = PROJECT / "docs" / "BENCHMARKS.md"

HEAD = """# Benchmarks

Results of the last runs, each with the command that made it; [bench/README.md](../bench/README.md) says how.
"""


def circumstances(command: str) -> str:
    """Say what was run, when, and on what machine."""
    today, machine = dt.datetime.now(dt.UTC).date(), this_machine()
    return (
        f"`{command}`\n\n"
        f"{today}, rpiocr {machine.rpiocr}, Python {machine.python}, Tesseract {machine.tesseract}; "
        f"{machine.cores} cores, {machine.model}, {machine.memory_gb:.0f} GB, {machine.architecture}."
    )


def write_section(path: Path, name: str, body: str) -> None:
    """Put ``body`` between the markers of ``name``, where they are or at the end; the rest stays."""
    text = path.read_text("utf-8") if path.exists() else HEAD
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    section = f"{begin}\n{body.strip()}\n{end}"
    before, marker, after = text.partition(begin)
    if marker and end in after:
        text = before + section + after.partition(end)[2]
    else:
        text = f"{text.rstrip()}\n\n{section}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")

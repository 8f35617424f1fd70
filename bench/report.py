"""Where results are written: Markdown between markers, with what is needed to make them again."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil

import rpiocr

PROJECT = Path(__file__).resolve().parents[1]
BENCHMARKS = PROJECT / "docs" / "BENCHMARKS.md"

HEAD = """# Benchmarks

Results of the last runs, each with the command that made it; [bench/README.md](../bench/README.md) says how.
"""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table; all columns but the first are aligned to the right."""
    lines = [_row(head), _row(["---", *["---:"] * (len(head) - 1)])]
    return "\n".join([*lines, *(_row(row) for row in rows)])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def number(value: float | None, digits: int) -> str:
    """Write a number, or a dash for none."""
    return "–" if value is None else f"{value:.{digits}f}"


def circumstances(command: str) -> str:
    """Say what was run, when, and on what machine."""
    memory = psutil.virtual_memory().total / 1024**3
    today = dt.datetime.now(dt.UTC).date()
    return (
        f"`{command}`\n\n"
        f"{today}, rpiocr {rpiocr.__version__}, Python {platform.python_version()}, "
        f"Tesseract {tesseract_version()}; {len(os.sched_getaffinity(0))} cores, {cpu_model()}, "
        f"{memory:.0f} GB, {platform.machine()}."
    )


def tesseract_version() -> str:
    """Return the version of the program on the PATH."""
    run = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=True)
    return (run.stdout or run.stderr).split()[1].removeprefix("v")


def cpu_model() -> str:
    """Return the name of the processor, or of the board where the processor does not tell its own."""
    text = Path("/proc/cpuinfo").read_text("utf-8")
    found = re.search(r"^(?:model name|Model)\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else "unknown processor"


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

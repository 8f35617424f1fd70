"""What files that are dear to decode cost the program: seconds, seconds of computing, and memory of all its processes.

    python -m bench.bombs [FILE...]

Each file, and each bomb that the tests build (of those whose names hold ``--only``), is read by a ``rpiocr scan`` of
its own with the usual settings. Memory is the sum of the proportional set sizes of the process and of all that it
started, looked at twenty times a second, so what several of them share counts once. It ends with status 1 where a file
ends in a defect, or costs more than ``--seconds`` or ``--mebibytes``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.load.bombs import BOMBS

LOOK_S = 0.05
PSS = re.compile(rb"^Pss: +(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one file cost, and what came of it: the codes of its results, ``read`` where there was no error."""

    seconds: float
    cpu_s: float
    mebibytes: float
    codes: tuple[str, ...]


def memory_of(process: psutil.Process) -> float:
    """Return the memory of a process and all that it has started, in MiB."""
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0.0
    return sum(map(_pss_kib, family)) / 1024


def _pss_kib(process: psutil.Process) -> int:
    try:
        found = PSS.search(Path(f"/proc/{process.pid}/smaps_rollup").read_bytes())
    except OSError:
        return 0
    return int(found[1]) if found else 0


def cost_of(file: Path) -> Cost:
    """Have a file read, and measure that."""
    before, started, most = _children_cpu_s(), time.monotonic(), 0.0
    command = [sys.executable, "-m", "rpiocr", "scan", "--format", "ndjson", "--quiet", str(file)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"RPIOCR_CLOUD": "never"}
    ) as child:
        process = psutil.Process(child.pid)
        while child.poll() is None:
            most = max(most, memory_of(process))
            time.sleep(LOOK_S)
        out = child.stdout.read() if child.stdout else ""
    return Cost(time.monotonic() - started, _children_cpu_s() - before, most, tuple(_codes(out)))


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _codes(out: str) -> Iterator[str]:
    for line in out.splitlines():
        yield json.loads(line).get("error", {"code": "read"})["code"]


def _told(codes: Sequence[str]) -> str:
    return ", ".join(f"{codes.count(code)} {code}" if codes.count(code) > 1 else code for code in dict.fromkeys(codes))


def main() -> int:
    """Measure all, print a row for each, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--only", default="", help="measure only bombs whose names hold this, - for none")
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--mebibytes", type=float, default=700.0)
    chosen = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, file in [*((file.name, file) for file in chosen.files), *_bombs(Path(folder), chosen.only)]:
            cost = cost_of(file)
            over = cost.seconds > chosen.seconds or cost.mebibytes > chosen.mebibytes or "defect" in cost.codes
            bad += over
            figures = f"{cost.seconds:6.1f} s {cost.cpu_s:6.1f} CPU s {cost.mebibytes:6.0f} MiB"
            print(f"{'!' if over else ' '} {figures}  {name}: {_told(cost.codes)}", flush=True)
    print(f"{bad} over the limits")
    return 1 if bad else 0


def _bombs(folder: Path, only: str) -> Iterator[tuple[str, Path]]:
    for number, (name, build) in enumerate(BOMBS.items()):
        if only != "-" and only in name:
            file = folder / f"{number}.bin"
            file.write_bytes(build())
            yield name, file


if __name__ == "__main__":
    sys.exit(main())

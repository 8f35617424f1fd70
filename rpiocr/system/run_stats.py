"""Counts what a run over many files did and what it cost."""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rpiocr.system.log import Log
from rpiocr.system.output import warn_block


@dataclass(slots=True)
class Tally:
    """What has happened so far: files by what became of them, receipts by verdict, passes by rung."""

    files: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    rungs: Counter[str] = field(default_factory=Counter)
    receipt_s: float = 0.0
    started: float = field(default_factory=time.monotonic)

    def add(self, answer: Mapping[str, Any]) -> None:
        """Count a receipt."""
        self.verdicts[answer["verdict"]] += 1
        self.receipt_s += float(answer["elapsed_s"])
        for rung in answer["rungs"]:
            self.rungs[rung["name"]] += len(rung["passes"])

    def say(self, log_format: str) -> None:
        """Write the figures to standard error, as the log is written."""
        if log_format == "json":
            Log(log_format).event("stats", **self.facts())
        else:
            warn_block("".join(f"{line}\n" for line in self.lines()))

    def lines(self) -> Iterator[str]:
        """Write the figures for people; after all workers have ended, as their costs are known then."""
        receipts, wall_s, cpu = self.verdicts.total(), time.monotonic() - self.started, _cpu_s()
        yield f"files: {_counts(self.files)}"
        yield f"receipts: {receipts} ({_counts(self.verdicts)})"
        yield f"passes: {_counts(self.rungs)}"
        if receipts:
            yield (
                f"seconds per receipt: {self.receipt_s / receipts:.2f} of reading, {wall_s / receipts:.2f} of this run,"
                f" {cpu / receipts:.2f} of CPU here"
            )
        yield f"CPU seconds here: {cpu:.1f}"
        yield f"peak memory: {_peak_mb()} MB, largest worker {_worker_peak_mb()} MB"

    def facts(self) -> dict[str, object]:
        """Return the figures for programs."""
        return {
            "files": dict(self.files),
            "verdicts": dict(self.verdicts),
            "passes": dict(self.rungs),
            "reading_s": round(self.receipt_s, 3),
            "wall_s": round(time.monotonic() - self.started, 3),
            "cpu_s": round(_cpu_s(), 3),
            "peak_mb": _peak_mb(),
            "worker_peak_mb": _worker_peak_mb(),
        }


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common()) or "none"


def _cpu_s() -> float:
    """Seconds of CPU of this process and of all that it started and that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _peak_mb() -> int:
    """The most memory that this program has had; getrusage counts what its parent had when it was started as well."""
    with suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/self/status").read_text("utf-8").splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM:"))) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _worker_peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024

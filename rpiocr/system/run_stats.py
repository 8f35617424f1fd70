"""Statistics of a run over many files: outcomes and costs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rpiocr.system.log import Log
from rpiocr.system.output import warn_block
from rpiocr.system.usage import child_peak_bytes, cpu_s, own_peak_bytes

MIB = 1024 * 1024


@dataclass(slots=True)
class RunStats:
    """Counts so far: files by outcome, receipts by verdict, passes by stage."""

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

    def report(self, log_format: str) -> None:
        """Print the statistics to standard error, in the format of the log."""
        if log_format == "json":
            Log(log_format).event("stats", **self.facts())
        else:
            warn_block("".join(f"{line}\n" for line in self.lines()))

    def lines(self) -> Iterator[str]:
        """Yield the statistics for people; called after all workers have ended, when their costs are known."""
        receipts, wall_s, cpu = self.verdicts.total(), time.monotonic() - self.started, cpu_s()
        yield f"files: {_counts(self.files)}"
        yield f"receipts: {receipts} ({_counts(self.verdicts)})"
        yield f"passes: {_counts(self.rungs)}"
        if receipts:
            yield (
                f"seconds per receipt: {self.receipt_s / receipts:.2f} of reading, {wall_s / receipts:.2f} of this run,"
                f" {cpu / receipts:.2f} of CPU here"
            )
        yield f"CPU seconds here: {cpu:.1f}"
        yield f"peak memory: {own_peak_bytes() // MIB} MB, largest worker {child_peak_bytes() // MIB} MB"

    def facts(self) -> dict[str, object]:
        """Return the statistics for programs."""
        return {
            "files": dict(self.files),
            "verdicts": dict(self.verdicts),
            "passes": dict(self.rungs),
            "reading_s": round(self.receipt_s, 3),
            "wall_s": round(time.monotonic() - self.started, 3),
            "cpu_s": round(cpu_s(), 3),
            "peak_mb": own_peak_bytes() // MIB,
            "worker_peak_mb": child_peak_bytes() // MIB,
        }


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common()) or "none"

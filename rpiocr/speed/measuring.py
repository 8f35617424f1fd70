"""Measures reading in this process, in turn with a plain pass over the same picture, so that noise hits both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rpiocr.model import Verdict
from rpiocr.pipeline import Reader
from rpiocr.reading.outcome import Failure
from rpiocr.settings import Settings
from rpiocr.system.usage import cpu_of_all_s

T = TypeVar("T")

SETTINGS = Settings(cloud="never", pass_timeout=600, receipt_timeout=600)
"""The settings that everybody's figures are measured with: the defaults without time limits. On a busy machine, passes
that are ended would make reading look cheaper than it is."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took, in seconds: of the processor with all processes that were started, and of the clock."""

    cpu_s: float
    wall_s: float

    def __sub__(self, other: Cost) -> Cost:
        """Return what this one took more than another, 0 where it took less."""
        return Cost(max(0.0, self.cpu_s - other.cpu_s), max(0.0, self.wall_s - other.wall_s))


@dataclass(frozen=True, slots=True)
class Measured:
    """One picture: reading it and a plain pass over it, the medians of all repetitions, and whether it was settled.

    ``settled``: every receipt on it has the verdict ACCEPT.
    """

    file: str
    reading: Cost
    plain: Cost
    settled: bool

    @property
    def ratio(self) -> float:
        """How many plain passes reading costs, by processor seconds."""
        return self.reading.cpu_s / max(self.plain.cpu_s, 0.001)


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, mean and worst of some figures."""

    median: float
    mean: float
    worst: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What some receipts took: processor and clock in seconds, and processor in plain passes."""

    receipts: int
    cpu_s: Spread
    wall_s: Spread
    ratio: Spread


def timed(what: Callable[[], T]) -> tuple[T, Cost]:
    """Call a function; return its result, and what it took."""
    cpu_s, started = cpu_of_all_s(), time.monotonic()
    result = what()
    return result, Cost(cpu_of_all_s() - cpu_s, time.monotonic() - started)


def is_settled(reader: Reader, file: str) -> bool:
    """Read a picture, and return whether all that is on it was accepted; raises an RpiocrError if it cannot be read."""
    verdicts = []
    for outcome in reader.read(file):
        if isinstance(outcome, Failure):
            raise outcome.error
        verdicts.append(outcome.receipt.judgement.verdict)
    return all(verdict is Verdict.ACCEPT for verdict in verdicts)


def measured(
    files: Sequence[str], read: Callable[[str], bool], plain: Callable[[str], object], repeat: int = 1
) -> Iterator[Measured]:
    """Yield what each picture takes, ``repeat`` times.

    ``read`` reads a picture and returns whether it is settled; ``plain`` is a plain pass over it. The first picture is
    read once before, since the first one pays for what is loaded once. Which of both comes first alternates. Raises
    what they raise.
    """
    read(files[0])
    for place, file in enumerate(files):
        reading, passes, settled = [], [], False
        for turn in range(repeat):
            if (place + turn) % 2:
                passes.append(timed(lambda: plain(file))[1])  # noqa: B023 - called at once
            settled, cost = timed(lambda: read(file))  # noqa: B023
            reading.append(cost)
            if not (place + turn) % 2:
                passes.append(timed(lambda: plain(file))[1])  # noqa: B023
        yield Measured(file, middle(reading), middle(passes), settled)


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the medians of some costs."""
    return Cost(statistics.median(one.cpu_s for one in costs), statistics.median(one.wall_s for one in costs))


def figures_of(seen: Sequence[Measured]) -> Figures:
    """Return median, mean and worst of some receipts; raises StatisticsError for none."""
    cpu_s, wall_s = [one.reading.cpu_s for one in seen], [one.reading.wall_s for one in seen]
    return Figures(len(seen), _spread(cpu_s), _spread(wall_s), _spread([one.ratio for one in seen]))


def _spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), statistics.mean(values), max(values))

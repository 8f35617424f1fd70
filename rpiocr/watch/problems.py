"""The present problems: each is reported once, retried at growing intervals, and reported again when solved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from rpiocr.system.log import Log
from rpiocr.watch.errors import TemporaryError

RETRY_S = 5.0
"""Seconds until the first retry of a file that could not be processed, or of a folder or store."""

MAX_RETRY_S = 120.0
"""Maximum seconds between retries; the interval doubles with each failure."""


@dataclass(slots=True)
class Progress:
    """Counts of the files so far, and the time of the last receipt (seconds since 1970)."""

    files: int = 0
    receipts: int = 0
    errors: int = 0
    last_receipt_at: float | None = None
    last_error: str | None = None


@dataclass(slots=True)
class _Problem:
    why: str
    message: str
    tries: int = 0


@dataclass(slots=True)
class Problems:
    """The problem of each file, by its name; a problem of the whole watch has the name ``WATCH``.

    ``solutions`` counts the problems that were solved.
    """

    log: Log
    progress: Progress
    solutions: int = 0
    _now: dict[str, _Problem] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._now)

    def add(self, name: str, error: TemporaryError) -> None:
        """Record a failed attempt. It is logged unless this file, or another one, failed for the same reason before."""
        known = self._now.get(name)
        if known is None or known.why != error.why:
            if all(one.why != error.why for one in self._now.values()):
                self.log.error(error.code, file=name or None, message=str(error))
            known = self._now[name] = _Problem(error.why, str(error))
            self.progress.errors += 1
            self.progress.last_error = str(error)
        known.tries += 1

    def solved(self, name: str) -> None:
        """Record that a file was processed; others with the same problem are retried soon."""
        if name in self._now:
            self.solutions += 1
            self._forget(name)

    def _forget(self, name: str) -> None:
        ended = self._now.pop(name)
        self.progress.last_error = next((one.message for one in reversed(self._now.values())), None)
        same = [one for one in self._now.values() if one.why == ended.why]
        for one in same:
            one.tries = 0
        if not same:
            self.log.event("goes_on", file=name or None, message=f"solved: {ended.why}")

    def keep(self, names: Collection[str]) -> None:
        """Forget the problems of files that are gone."""
        for name in [one for one in self._now if one and one not in names]:
            self._forget(name)

    def wait_s(self, name: str) -> float:
        """Return the seconds until a file is to be retried."""
        known = self._now.get(name)
        tries = known.tries if known else 0
        return min(RETRY_S * 2.0 ** max(0, tries - 1), MAX_RETRY_S)


WATCH = ""

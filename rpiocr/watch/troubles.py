"""What is wrong at present: said once, tried again less and less often, and said again when it is over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from rpiocr.system.log import Log
from rpiocr.watch.errors import TroubleError

AGAIN_S = 5.0
"""How long a file is left alone that could not be dealt with, and how long to wait for a folder or a store."""

LONGEST_AGAIN_S = 120.0
"""Each time it fails again it is left alone for twice as long, but not for longer."""


@dataclass(slots=True)
class Progress:
    """What came of the files so far, and when the last receipt did (seconds since 1970)."""

    files: int = 0
    receipts: int = 0
    errors: int = 0
    last_receipt_at: float | None = None
    last_error: str | None = None


@dataclass(slots=True)
class _Trouble:
    why: str
    message: str
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Troubles:
    """What hinders which file, by the file's name; what hinders the whole watch has the name ``WATCH``."""

    log: Log
    progress: Progress
    _now: dict[str, _Trouble] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._now)

    def add(self, name: str, error: TroubleError) -> None:
        """Note that a file was tried in vain. It is said unless this, or another file, met the same before."""
        known = self._now.get(name)
        if known is None or known.why != error.why:
            if all(one.why != error.why for one in self._now.values()):
                self.log.error(error.code, file=name or None, message=str(error))
            known = self._now[name] = _Trouble(error.why, str(error))
            self.progress.errors += 1
            self.progress.last_error = str(error)
        known.tries += 1

    def over(self, name: str) -> None:
        """Note that a file was dealt with; others that met the same trouble are tried soon."""
        ended = self._now.pop(name, None)
        if ended is None:
            return
        self.progress.last_error = next((one.message for one in reversed(self._now.values())), None)
        same = [one for one in self._now.values() if one.why == ended.why]
        for one in same:
            one.tries = 0
        if not same:
            self.log.event("goes_on", file=name or None, message=f"it is over: {ended.why}")

    def keep(self, names: Collection[str]) -> None:
        """Forget the troubles of files that are gone."""
        for name in [one for one in self._now if one and one not in names]:
            self.over(name)

    def wait_s(self, name: str) -> float:
        """How long a file is to be left alone, in seconds."""
        known = self._now.get(name)
        tries = known.tries if known else 0
        return min(AGAIN_S * 2.0 ** max(0, tries - 1), LONGEST_AGAIN_S)


WATCH = ""

"""The state of a watched folder, for people and monitoring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from rpiocr.store.database import Database
from rpiocr.store.owner import is_alive
from rpiocr.store.tables import WATCHERS
from rpiocr.watch.aside import left_aside
from rpiocr.watch.heartbeat import DEAD_AFTER
from rpiocr.watch.inbox import entries


@dataclass(frozen=True, slots=True)
class Health:
    """The state of one watch; ``well`` if it needs no attention."""

    inbox: str
    state: str
    alive_at: dt.datetime | None
    last_receipt_at: dt.datetime | None
    waiting: int
    errors: int
    last_error: str | None

    @property
    def well(self) -> bool:
        """Whether it is watching, or has finished, without an unresolved error."""
        return self.state in ("watching", "ended") and self.last_error is None

    def as_json(self) -> Mapping[str, Any]:
        """Return the state for scripts, with times in ISO 8601."""
        return {
            "inbox": self.inbox,
            "state": self.state,
            "well": self.well,
            "alive_at": self.alive_at.isoformat(timespec="seconds") if self.alive_at else None,
            "last_receipt_at": self.last_receipt_at.isoformat(timespec="seconds") if self.last_receipt_at else None,
            "waiting": self.waiting,
            "errors": self.errors,
            "last_error": self.last_error,
        }

    def as_text(self) -> tuple[str, ...]:
        """Return the state for people, one line per fact."""
        lines = [f"{self.inbox}: {STATES[self.state]}"]
        if self.alive_at:
            lines.append(f"last heartbeat: {self.alive_at.astimezone():%Y-%m-%d %H:%M:%S}")
        last = f"{self.last_receipt_at.astimezone():%Y-%m-%d %H:%M:%S}" if self.last_receipt_at else "none yet"
        lines += [f"last receipt: {last}", f"files waiting: {self.waiting}", f"errors: {self.errors}"]
        return (*lines, *([f"problem: {self.last_error}"] if self.last_error else []))


STATES = {
    "watching": "is watched",
    "ended": "is not watched now; the last watch ended normally",
    "gone": "is not watched: the last watch disappeared without ending normally",
    "never": "was never watched",
}


def health_of(database: Database, inbox: Path) -> Health:
    """Look up the state of the watch over a folder: ``watching``, ``ended``, ``gone`` (killed) or ``never``."""
    with database.snapshot() as connection:
        row = connection.execute(select(WATCHERS).where(WATCHERS.c.inbox == str(inbox))).first()
    waiting = _waiting(inbox)
    if row is None:
        return Health(str(inbox), "never", None, None, waiting, 0, None)
    heard = dt.datetime.now(dt.UTC) - row.alive_at < DEAD_AFTER
    state = "ended" if row.ended_at else "watching" if heard and is_alive(row.owner, row.alive_at) else "gone"
    return Health(str(inbox), state, row.alive_at, row.last_receipt_at, waiting, row.errors, row.last_error)


def _waiting(inbox: Path) -> int:
    try:
        return sum(1 for _ in entries(inbox)) + sum(1 for _ in left_aside(inbox))
    except OSError:
        return 0

"""The ledger of cloud calls: reserved on disk before each call, so that no loop can run up a bill.

One SQLite file, one row per call. A row is committed before the call that it stands for, and it is never
taken back: a call that crashed, hung or failed may have been billed, so it counts.

Days and months are those of UTC. Rows dated later than now count as spent now: they mean that the clock was
set back, and a clock that goes back must not free budget.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rpiocr.errors import CloudBudgetError, CloudLedgerError
from rpiocr.system.files import make_file, make_folder

BUSY_TIMEOUT_S = 10.0
"""How long one process waits for another's transaction, each of which takes milliseconds."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    day TEXT NOT NULL,
    month TEXT NOT NULL,
    picture TEXT NOT NULL,
    outcome TEXT NOT NULL
)
"""
_INDEX = "CREATE INDEX IF NOT EXISTS calls_by_month ON calls (month)"
_COUNT = """
SELECT coalesce(sum(day >= :day), 0), count(*), coalesce(sum(day > :day), 0) FROM calls WHERE month >= :month
"""
_INSERT = """
INSERT INTO calls (at, day, month, picture, outcome) VALUES (:at, :day, :month, :picture, :outcome)
"""


class CallOutcome(StrEnum):
    """What became of a call; ``RESERVED`` stays where the program ended in the middle of one."""

    RESERVED = "reserved"
    ANSWERED = "answered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls that count today and this month; ``ahead`` of them are dated later than today."""

    today: dt.date
    in_day: int
    in_month: int
    ahead: int


def utc_now() -> dt.datetime:
    """Read the system clock, in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Counts calls over all processes that share ``path``; caps are calls per UTC day and month."""

    path: Path
    daily_cap: int
    monthly_cap: int
    clock: Callable[[], dt.datetime] = utc_now

    def usage(self) -> Usage:
        """Count what is spent.

        Raises CloudLedgerError when the ledger cannot be kept.
        """
        with self._transaction() as database:
            return _count(database, self._now())

    def check(self) -> None:
        """Make sure that a call could be reserved now, without reserving it.

        Raises CloudBudgetError when a cap is reached, CloudLedgerError when the ledger cannot be kept.
        """
        self._refuse_past_caps(self.usage())

    def reserve(self, picture: str) -> int:
        """Count one call for ``picture`` (a hash) and return its number; the call may be made afterwards.

        Raises CloudBudgetError when a cap is reached (and counts nothing), CloudLedgerError when the ledger
        cannot be kept.
        """
        now = self._now()
        with self._transaction() as database:
            self._refuse_past_caps(_count(database, now))
            row = {
                "at": now.isoformat(timespec="seconds"),
                "picture": picture,
                "outcome": CallOutcome.RESERVED,
            }
            cursor = database.execute(_INSERT, row | _window(now))
            number = cursor.lastrowid
        if number is None:
            raise CloudLedgerError(f"No cloud call was made: {self.path} took no entry.")
        return number

    def settle(self, call: int, outcome: CallOutcome) -> None:
        """Note what became of the call that ``reserve`` numbered.

        Raises CloudLedgerError when the ledger cannot be kept; the call stays counted.
        """
        with self._transaction() as database:
            database.execute("UPDATE calls SET outcome = ? WHERE id = ?", (outcome, call))

    def _now(self) -> dt.datetime:
        return self.clock().astimezone(dt.UTC)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Open one write transaction, in the default journal mode, which bears a power cut."""
        try:
            make_folder(self.path.parent)
            make_file(self.path)
            connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            with closing(connection) as database:
                database.execute("BEGIN IMMEDIATE")
                database.execute(_SCHEMA)
                database.execute(_INDEX)
                yield database
                database.execute("COMMIT")
        except (sqlite3.Error, OSError) as exc:
            raise CloudLedgerError(
                f"No cloud call is made without its ledger, and {self.path} cannot be kept ({exc}). Make "
                "its folder writable and give it space; if the file is damaged, move it away."
            ) from exc

    def _refuse_past_caps(self, usage: Usage) -> None:
        next_month = (usage.today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        tomorrow = usage.today + dt.timedelta(days=1)
        windows = (
            ("monthly", f"{usage.today:%Y-%m}", usage.in_month, self.monthly_cap, next_month),
            ("daily", usage.today.isoformat(), usage.in_day, self.daily_cap, tomorrow),
        )
        for name, window, used, cap, reset in windows:
            if used >= cap:
                raise CloudBudgetError(
                    f"The {name} cap on cloud calls is reached: {used} of {cap} used in {window} (UTC). "
                    f"It resets on {reset} at 00:00 UTC; cloud_{name}_cap raises it."
                    f"{_about_clock(usage, self.path)}"
                )


def _window(now: dt.datetime) -> dict[str, str]:
    return {"day": f"{now:%Y-%m-%d}", "month": f"{now:%Y-%m}"}


def _count(database: sqlite3.Connection, now: dt.datetime) -> Usage:
    in_day, in_month, ahead = database.execute(_COUNT, _window(now)).fetchone()
    return Usage(now.date(), in_day, in_month, ahead)


def _about_clock(usage: Usage, path: Path) -> str:
    if not usage.ahead:
        return ""
    return f" {usage.ahead} of them are dated later than today: check the clock, or move {path} away."

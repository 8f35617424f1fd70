"""The ledger of cloud calls: reserved on disk before each call, so that no loop can run up a bill.

One SQLite file, one row per call. A row is committed before the call that it stands for, and it is never
taken back: a call that crashed, hung or failed may have been billed, so it counts. How many calls there were on each
day is kept a second time in the store of receipts, and the higher count is the one that holds: a ledger that was
emptied or deleted frees no budget.

Days and months are those of UTC. Rows dated later than now count as spent now: they mean that the clock was
set back, and a clock that goes back must not free budget.
"""

from __future__ import annotations

import datetime as dt
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from rpiocr.errors import CloudBudgetError, CloudLedgerError, RpiocrError
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
    outcome TEXT NOT NULL,
    engine TEXT NOT NULL DEFAULT 'google-vision'
)
"""
_ENGINE = "ALTER TABLE calls ADD COLUMN engine TEXT NOT NULL DEFAULT 'google-vision'"
"""For a ledger from when there was only one remote engine."""
_INDEX = "CREATE INDEX IF NOT EXISTS calls_by_month ON calls (month)"
_COUNT = "SELECT day, engine, count(*) FROM calls WHERE month >= :month GROUP BY day, engine"
_INSERT = """
INSERT INTO calls (at, day, month, picture, outcome, engine) VALUES (:at, :day, :month, :picture, :outcome, :engine)
"""


Calls = Mapping[str, int]
"""Calls by their day, as 2024-03-05."""

LEDGER_NAME = "cloud-calls.sqlite"
"""The file in the state folder in which the calls of all remote engines are counted."""

LATER = "9999-12-31"

_log = logging.getLogger(__name__)


class CallOutcome(StrEnum):
    """What became of a call; ``RESERVED`` stays where the program ended in the middle of one."""

    RESERVED = "reserved"
    ANSWERED = "answered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls of an engine that count today and this month; ``ahead`` of them are dated later than today."""

    today: dt.date
    in_day: int
    in_month: int
    ahead: int


def utc_now() -> dt.datetime:
    """Read the system clock, in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Calls in the ledger: those of one engine, and those of all."""

    own: Calls = field(default_factory=dict)
    all: Calls = field(default_factory=dict)

    def with_lost(self, known: Calls) -> Calls:
        """Return the calls of the engine, and those that only the store knows of, where they may be any engine's."""
        lost = {day: calls - self.all.get(day, 0) for day, calls in known.items()}
        return {day: self.own.get(day, 0) + max(0, lost.get(day, 0)) for day in self.own.keys() | lost.keys()}


@dataclass(frozen=True, slots=True)
class Ledger:
    """Counts the calls of one engine over all processes that share ``path``; caps are its calls per UTC day and month.

    ``engine`` is the name of its family; engines share a ledger, each with a budget of its own. ``store`` is the URL of
    the store with the second copy, empty for the user's own, None for no copy: that counts the calls of all engines
    together, and those that the ledger lacks count for each of them. Machines that share a store share the budget as
    well.
    """

    engine: str
    path: Path
    daily_cap: int
    monthly_cap: int
    clock: Callable[[], dt.datetime] = utc_now
    store: str | None = field(default=None, repr=False)

    def usage(self) -> Usage:
        """Count what is spent; no ledger is made for that.

        Raises CloudLedgerError when the ledger cannot be kept.
        """
        return self._spent(make=False)

    def _spent(self, *, make: bool) -> Usage:
        now = self._now()
        counted = _Counted()
        if make or self.path.exists():
            with self._transaction() as database:
                counted = self._count(database, now)
        return _usage(now, counted.with_lost(self._known_to_store(now)))

    def check(self) -> None:
        """Make sure that a call could be reserved now, without reserving it.

        Raises CloudBudgetError when a cap is reached, CloudLedgerError when the ledger cannot be kept.
        """
        self.require_room(self._spent(make=True))

    def reserve(self, picture: str) -> int:
        """Count one call for ``picture`` (a hash) and return its number; the call may be made afterwards.

        Raises CloudBudgetError when a cap is reached (and counts nothing), CloudLedgerError when the ledger
        cannot be kept.
        """
        now = self._now()
        with self._transaction() as database:
            counted = self._count(database, now)
            self.require_room(_usage(now, counted.own))
            self._count_in_store(now, counted)
            row = {
                "at": now.isoformat(timespec="seconds"),
                "picture": picture,
                "outcome": CallOutcome.RESERVED,
                "engine": self.engine,
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

    def _count(self, database: sqlite3.Connection, now: dt.datetime) -> _Counted:
        """Count the calls of this month and later by their days.

        A day that is none counts as one to come, an engine that is none as this one.
        """
        own: Counter[str] = Counter()
        every: Counter[str] = Counter()
        for day, engine, calls in database.execute(_COUNT, _window(now)):
            when = day if isinstance(day, str) else LATER
            every[when] += calls
            if engine == self.engine or not isinstance(engine, str):
                own[when] += calls
        return _Counted(own, every)

    def _known_to_store(self, now: dt.datetime) -> Calls:
        if self.store is None:
            return {}
        from rpiocr.store.budget import known_calls

        try:
            return known_calls(self.store, _first_day(now))
        except RpiocrError as error:
            _log.warning("the store's copy of the cloud calls cannot be read: %s", error)
            return {}

    def _count_in_store(self, now: dt.datetime, counted: _Counted) -> None:
        """Count one more call in the store as well, where both together leave room for it.

        Without the store the ledger counts alone, unless it is empty: nobody could tell then whether it was emptied.
        """
        if self.store is None:
            return
        from rpiocr.store.budget import update_calls

        def one_more(known: Calls) -> Calls:
            self.require_room(_usage(now, counted.with_lost(known)))
            made = _higher(counted.all, known)
            today = f"{now:%Y-%m-%d}"
            return {**made, today: made.get(today, 0) + 1}

        try:
            update_calls(self.store, _first_day(now), one_more)
        except CloudBudgetError:
            raise
        except RpiocrError as error:
            if not counted.all:
                raise CloudLedgerError(
                    f"No cloud call was made: {self.path} counts none for this month, and the copy of that count in the"
                    f" store of receipts cannot be kept, so nobody can tell whether that is right. {error}"
                ) from error
            _log.warning("the store keeps no copy of the cloud calls: %s", error)

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
                if "engine" not in {name for _, name, *_ in database.execute("PRAGMA table_info(calls)")}:
                    database.execute(_ENGINE)
                database.execute(_INDEX)
                yield database
                database.execute("COMMIT")
        except (sqlite3.Error, OSError, UnicodeDecodeError) as exc:
            raise CloudLedgerError(
                f"No cloud call is made without its ledger, and {self.path} cannot be kept ({exc}). Make "
                "its folder writable and give it space; if the file is damaged, move it away."
            ) from exc

    def require_room(self, usage: Usage) -> None:
        """Raise CloudBudgetError where no call is left of what ``usage`` says is spent."""
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


def _first_day(now: dt.datetime) -> str:
    return f"{now:%Y-%m}-01"


def _higher(one: Calls, other: Calls) -> Calls:
    return {day: max(one.get(day, 0), other.get(day, 0)) for day in one.keys() | other.keys()}


def _usage(now: dt.datetime, calls: Calls) -> Usage:
    today = f"{now:%Y-%m-%d}"
    return Usage(
        now.date(),
        sum(count for day, count in calls.items() if day >= today),
        sum(calls.values()),
        sum(count for day, count in calls.items() if day > today),
    )


def _about_clock(usage: Usage, path: Path) -> str:
    if not usage.ahead:
        return ""
    return (
        f" {usage.ahead} of them are dated later than today: check the clock. If it was wrong when they were made, move"
        f" {path} away, and delete what is later than today from the table cloud_counts of the store."
    )

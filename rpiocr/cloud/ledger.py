"""The ledger of cloud calls: each call is recorded on disk before it is made, so that no loop can run up a bill.

One SQLite file with a row per call. A row is committed before its call is made, and is never removed: a call that
crashed, hung or failed may have been billed, so it counts. The number of calls per day is also kept in the store of
receipts, and the higher number counts: emptying or deleting the ledger frees no budget.

Days and months are in UTC. Rows dated later than now count as spent now: they mean that the clock was set back,
which must not free budget.
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
"""Maximum time that a process waits for the transactions of others, each of which takes milliseconds."""

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
"""Upgrades a ledger from the time when there was only one remote engine."""
_INDEX = "CREATE INDEX IF NOT EXISTS calls_by_month ON calls (month)"
_COUNT = "SELECT day, engine, count(*) FROM calls WHERE month >= :month GROUP BY day, engine"
_INSERT = """
INSERT INTO calls (at, day, month, picture, outcome, engine) VALUES (:at, :day, :month, :picture, :outcome, :engine)
"""


Calls = Mapping[str, int]
"""Number of calls per day, such as 2024-03-05."""

LEDGER_NAME = "cloud-calls.sqlite"
"""Name of the file in the state directory that counts the calls of all remote engines."""

LATER = "9999-12-31"

_log = logging.getLogger(__name__)


class CallOutcome(StrEnum):
    """The outcome of a call; it stays ``RESERVED`` if the program ends during the call."""

    RESERVED = "reserved"
    ANSWERED = "answered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Usage:
    """Number of an engine's calls that count for today and this month; ``ahead`` of them are dated later than today."""

    today: dt.date
    in_day: int
    in_month: int
    ahead: int


def utc_now() -> dt.datetime:
    """Return the current time in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Calls in the ledger: those of one engine, and those of all engines."""

    own: Calls = field(default_factory=dict)
    all: Calls = field(default_factory=dict)

    def with_lost(self, known: Calls) -> Calls:
        """Return the engine's calls plus those recorded only in the store, which may be any engine's."""
        lost = {day: calls - self.all.get(day, 0) for day, calls in known.items()}
        return {day: self.own.get(day, 0) + max(0, lost.get(day, 0)) for day in self.own.keys() | lost.keys()}


@dataclass(frozen=True, slots=True)
class Ledger:
    """Counts one engine's calls in all processes that share ``path``; the caps limit its calls per UTC day and month.

    ``engine`` is the name of its family; engines share the ledger, but each has its own budget. ``store`` is the URL of
    the store with the second count, empty for the user's own store, None for no second count. That is the sum over all
    engines; calls that are missing from the ledger count for each of them. Machines with the same store share
    a budget.
    """

    engine: str
    path: Path
    daily_cap: int
    monthly_cap: int
    clock: Callable[[], dt.datetime] = utc_now
    store: str | None = field(default=None, repr=False)

    def usage(self) -> Usage:
        """Return the calls so far, without creating a ledger.

        Raises CloudLedgerError if the ledger cannot be read.
        """
        return self._spent(create=False)

    def _spent(self, *, create: bool) -> Usage:
        now = self._now()
        counted = _Counted()
        if create or self.path.exists():
            with self._transaction() as database:
                counted = self._count(database, now)
        return _usage(now, counted.with_lost(self._known_to_store(now)))

    def check(self) -> None:
        """Make sure that a call could be reserved now, without reserving it.

        Raises CloudBudgetError if a cap is reached, CloudLedgerError if the ledger cannot be written.
        """
        self.require_room(self._spent(create=True))

    def reserve(self, image: str) -> int:
        """Record one call for an image, given by its hash, and return the call's number; only then may it be made.

        Raises CloudBudgetError if a cap is reached, CloudLedgerError if the ledger cannot be written; then nothing is
        counted.
        """
        now = self._now()
        with self._transaction() as database:
            counted = self._count(database, now)
            self.require_room(_usage(now, counted.own))
            self._count_in_store(now, counted)
            row = {
                "at": now.isoformat(timespec="seconds"),
                "picture": image,
                "outcome": CallOutcome.RESERVED,
                "engine": self.engine,
            }
            cursor = database.execute(_INSERT, row | _window(now))
            number = cursor.lastrowid
        if number is None:
            raise CloudLedgerError(f"No cloud call was made: {self.path} accepted no entry.")
        return number

    def settle(self, call: int, outcome: CallOutcome) -> None:
        """Record the outcome of the call with the number that ``reserve`` returned.

        Raises CloudLedgerError if the ledger cannot be written; the call stays counted.
        """
        with self._transaction() as database:
            database.execute("UPDATE calls SET outcome = ? WHERE id = ?", (outcome, call))

    def _count(self, database: sqlite3.Connection, now: dt.datetime) -> _Counted:
        """Count the calls of this month and later by day.

        A row with an invalid day counts as later than today, one with an invalid engine as this engine's.
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
        """Add a call to the count in the store too, if both counts together leave room for it.

        Without the store only the ledger counts, unless it is empty: it may have been emptied on purpose.
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
                    f" store of receipts cannot be written, so that cannot be verified. {error}"
                ) from error
            _log.warning("the copy of the cloud calls in the store cannot be written: %s", error)

    def _now(self) -> dt.datetime:
        return self.clock().astimezone(dt.UTC)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Open a write transaction in the default journal mode, which survives a power cut."""
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
                f"No cloud call is made without the ledger, and {self.path} cannot be read or written ({exc}). Make "
                "its folder writable and free disk space; if the file is damaged, move it away."
            ) from exc

    def require_room(self, usage: Usage) -> None:
        """Raise CloudBudgetError if ``usage`` leaves no room for another call."""
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

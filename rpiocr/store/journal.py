"""The journal of files: the progress of each. Recorded steps survive a power cut; unrecorded steps are retried.

A file is identified by path and content: the same name with other content is another file.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from rpiocr.model.records import ReadFile
from rpiocr.store.damage import REMEDY
from rpiocr.store.database import Database, insert_into, one_at_a_time
from rpiocr.store.errors import DamagedRowError
from rpiocr.store.owner import is_alive, process_id
from rpiocr.store.receipts import Stored, add_receipts
from rpiocr.store.rows import faults, fetched, required_in, sound_rows
from rpiocr.store.tables import FILES, WATCHERS

MAX_ATTEMPTS = 2
"""Maximum number of readings of a file that crashes its worker."""

MAX_ABANDONED = 100
"""Maximum number of readings of a file during which the whole program ended: more is not a coincidence."""


class State(StrEnum):
    """The progress of a file. ``answered``: its receipts are in the store, and it still has to be moved."""

    STARTED = "started"
    ANSWERED = "answered"
    FILED = "filed"
    FAILED = "failed"


class Todo(StrEnum):
    """The next step for a file."""

    READ = "read"
    FILE = "file"
    NOTHING = "nothing"
    GIVE_UP = "give up"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Claim:
    """The claim on a file, with its next step and destination; ``attempts`` includes the present one.

    ``settled_at`` is when it was answered or abandoned, None before that.
    """

    file_id: int
    todo: Todo
    attempts: int
    state: State
    moved_to: str | None
    settled_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The identity of a file: absolute path, hash and size."""

    path: str
    sha256: str
    size_bytes: int


class Journal:
    """The journal of a store, as used by this process; several processes may use it at the same time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._me = process_id()

    @property
    def database(self) -> Database:
        """The store."""
        return self._database

    def claim(self, found: Found, *, moved_away: bool = False) -> Claim:
        """Claim a file, unless another running process reads it; ``todo`` of the claim is the next step.

        With ``moved_away``, a file that was moved away and is at its path again has arrived once more.
        """
        with self._database.transaction() as connection:
            row = self._row_of(connection, found)
            if moved_away and row.moved_to and State(row.state) in (State.FILED, State.FAILED):
                row = self._row_of(connection, found, row.arrival + 1)
            state, attempts = State(row.state), row.attempts
            if state in (State.FILED, State.FAILED):
                return _claim(row, Todo.NOTHING, attempts)
            mine = row.owner == self._me
            if row.owner and not mine and is_alive(row.owner, row.started_at):
                return _claim(row, Todo.WAIT, attempts)
            if state is State.ANSWERED:
                self._set(connection, row.id, owner=self._me)
                return _claim(row, Todo.FILE, attempts)
            abandoned = row.abandoned
            if row.owner and not mine:
                # The program that read it ended: by a power cut, by a user, or, rarely, because of this file.
                attempts, abandoned = max(0, attempts - 1), abandoned + 1
            if attempts >= MAX_ATTEMPTS or abandoned >= MAX_ABANDONED:
                self._set(connection, row.id, owner=self._me)
                return _claim(row, Todo.GIVE_UP, attempts)
            taken = {"owner": self._me, "attempts": attempts + 1, "abandoned": abandoned, "started_at": _now()}
            self._set(connection, row.id, **taken)
            return _claim(row, Todo.READ, attempts + 1)

    def again(self, claim: Claim) -> Claim:
        """Claim a failed file for reading as if for the first time, unless another process was faster."""
        with self._database.transaction() as connection:
            row = _entry(connection, select(FILES).where(FILES.c.id == claim.file_id).with_for_update())
            if row is None:
                return _forgotten(claim)
            if row.state != State.FAILED:
                return _claim(row, Todo.NOTHING, row.attempts)
            fresh = {"state": State.STARTED, "owner": self._me, "attempts": 1, "started_at": _now(), "filed_at": None}
            self._set(connection, row.id, **fresh, abandoned=0, error_code=None, error=None)
            return Claim(row.id, Todo.READ, 1, State.STARTED, None)

    def answered(self, claim: Claim, read: ReadFile) -> tuple[Stored, ...]:
        """Store the receipts of a file and record that in one transaction; no effect if it was done before."""
        with self._database.transaction() as connection:
            one_at_a_time(connection)
            state = connection.execute(
                select(FILES.c.state).where(FILES.c.id == claim.file_id).with_for_update()
            ).scalar_one()
            if state != State.STARTED:
                return ()
            stored = add_receipts(connection, claim.file_id, read, _now())
            error = _first_error(read)
            self._set(
                connection,
                claim.file_id,
                state=State.ANSWERED,
                answered_at=_now(),
                error_code=error.get("code"),
                error=error.get("message"),
            )
            return stored

    def meant_for(self, claim: Claim, path: str) -> None:
        """Record the destination of a file before it is moved, so that it is found there after a crash."""
        with self._database.transaction() as connection:
            self._set(connection, claim.file_id, moved_to=path)

    def filed(self, claim: Claim) -> None:
        """Record that a file is finished."""
        with self._database.transaction() as connection:
            self._set(connection, claim.file_id, state=State.FILED, filed_at=_now(), owner=None)

    def failed(self, claim: Claim, code: str, message: str) -> None:
        """Record that a file could not be read, with the error, and that it is finished."""
        with self._database.transaction() as connection:
            self._set(
                connection,
                claim.file_id,
                state=State.FAILED,
                filed_at=_now(),
                owner=None,
                error_code=code,
                error=message,
            )

    def release(self, claim: Claim, *, count_attempt: bool) -> None:
        """Release the claim on a file; its state stays.

        ``count_attempt`` is True for a file that crashed its worker or that another process is to move, and False for
        one that was not read: it is left as though it had never been claimed.
        """
        attempts = {} if count_attempt else {"attempts": max(0, claim.attempts - 1)}
        with self._database.transaction() as connection:
            self._set(connection, claim.file_id, owner=None, **attempts)

    def failing(self, claim: Claim, code: str, message: str) -> None:
        """Record that a file could not be read, with the error; it still has to be moved."""
        with self._database.transaction() as connection:
            what = {"error_code": code, "error": message, "answered_at": _now()}
            self._set(connection, claim.file_id, state=State.ANSWERED, **what)

    def resume(self, file_id: int) -> tuple[Claim | None, Found | None]:
        """Claim a file by its id; returns the claim and its identity, or None if it is unknown or owned by another."""
        with self._database.transaction() as connection:
            row = _entry(connection, select(FILES).where(FILES.c.id == file_id).with_for_update())
            if row is None:
                return None, None
            if row.owner and row.owner != self._me and is_alive(row.owner, row.started_at):
                return _claim(row, Todo.WAIT, row.attempts), None
            state = State(row.state)
            todo = {State.ANSWERED: Todo.FILE, State.STARTED: Todo.READ}.get(state, Todo.NOTHING)
            if todo is Todo.FILE:
                self._set(connection, file_id, owner=self._me)
            return _claim(row, todo, row.attempts), Found(row.path, row.sha256, row.size_bytes)

    def begun_under(self, folder: Path) -> frozenset[str]:
        """Return the names of files in a folder whose reading was begun and neither finished nor released."""
        with self._database.snapshot() as connection:
            begun = (FILES.c.state == State.STARTED) & FILES.c.owner.is_not(None)
            rows = sound_rows(connection, select(FILES.c.id, FILES.c.path).where(begun), "file")
            paths = [row.path for row in rows]
            return frozenset(os.path.basename(path) for path in paths if os.path.dirname(path) == str(folder))  # noqa: PTH119, PTH120

    def is_watched(self, found: Found) -> bool:
        """Return whether the folder of a file was ever watched: its watch moves the files."""
        with self._database.snapshot() as connection:
            folder = os.path.dirname(found.path)  # noqa: PTH120 - names that are no UTF-8 stay as they are
            return connection.execute(select(WATCHERS.c.inbox).where(WATCHERS.c.inbox == folder)).first() is not None

    def counts(self) -> dict[State, int]:
        """Return the number of files by state."""
        with self._database.snapshot() as connection:
            query = select(FILES.c.state, func.count().label("files")).group_by(FILES.c.state)
            rows = sound_rows(connection, query, "files whose state", "state")
            return {State(row.state): row.files for row in rows}

    def _row_of(self, connection: Connection, found: Found, arrival: int | None = None) -> Row[Any]:
        """Return the row of a file's last arrival, or of a given one; creates it if missing."""
        here = (FILES.c.path == found.path) & (FILES.c.sha256 == found.sha256)
        here = here if arrival is None else here & (FILES.c.arrival == arrival)
        newest = select(FILES).where(here).order_by(FILES.c.arrival.desc()).limit(1).with_for_update()
        row = _entry(connection, newest)
        if row is None:
            values = {"path": found.path, "sha256": found.sha256, "size_bytes": found.size_bytes}
            first = {"arrival": arrival or 1, "state": State.STARTED, "attempts": 0, "seen_at": _now()}
            connection.execute(insert_into(connection, FILES).values(**values, **first).on_conflict_do_nothing())
            row = connection.execute(newest).one()
        return row

    def _set(self, connection: Connection, file_id: int, **values: object) -> None:
        connection.execute(update(FILES).where(FILES.c.id == file_id).values(**values))


def _entry(connection: Connection, query: Select[Any]) -> Row[Any] | None:
    """Return the single row of a query; raises DamagedRowError, which names the entry, if it is damaged."""
    rows = [row for some in fetched(connection, query) for row in some]
    if not rows:
        return None
    wrong = faults(rows[0], required_in(query))
    if wrong:
        message = f"the journal's entry {rows[0].id}, of {rows[0].path}, is damaged: {', '.join(wrong)}; {REMEDY}"
        raise DamagedRowError(message)
    return rows[0]


def _forgotten(claim: Claim) -> Claim:
    """Return the claim with nothing to do, for a file whose entry was deleted meanwhile."""
    return replace(claim, todo=Todo.NOTHING)


def _claim(row: Row[Any], todo: Todo, attempts: int) -> Claim:
    return Claim(row.id, todo, attempts, State(row.state), row.moved_to, row.answered_at or row.filed_at)


def _first_error(read: ReadFile) -> Mapping[str, str]:
    if read.receipts or not read.failures:
        return {}
    error: Mapping[str, str] = read.failures[0]["error"]
    return error


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)

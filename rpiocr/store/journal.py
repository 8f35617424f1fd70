"""The journal of files: how far each has come. What it says survives a power cut; what it does not is done again.

A file is its path and its bytes: the same name with other bytes is another file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from rpiocr.job import ReadFile
from rpiocr.store.database import Database
from rpiocr.store.owner import lives, me
from rpiocr.store.receipts import Stored, add_receipts
from rpiocr.store.tables import FILES

MOST_ATTEMPTS = 2
"""A file that has killed its reader so often is not read again."""


class State(StrEnum):
    """How far a file has come. ``answered``: its receipts are in the store, it has still to be put in its place."""

    STARTED = "started"
    ANSWERED = "answered"
    FILED = "filed"
    FAILED = "failed"


class Todo(StrEnum):
    """What a file needs now."""

    READ = "read"
    FILE = "file"
    NOTHING = "nothing"
    GIVE_UP = "give up"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Claim:
    """What one file needs, and where it was meant to go; ``attempts`` counts this one as well."""

    file_id: int
    todo: Todo
    attempts: int
    state: State
    moved_to: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was found: its absolute path, hash and size."""

    path: str
    sha256: str
    size_bytes: int


class Journal:
    """What happened to every file, for this process; several may use one store at the same time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._me = me()

    def claim(self, found: Found) -> Claim:
        """Take a file, unless another living process reads it; see Todo for what is to be done with it then."""
        with self._database.transaction() as connection:
            row = self._row_of(connection, found)
            state, attempts = State(row.state), row.attempts
            if state in (State.FILED, State.FAILED):
                return _claim(row, Todo.NOTHING, attempts)
            mine = row.owner == self._me
            if row.owner and not mine and lives(row.owner, row.started_at):
                return _claim(row, Todo.WAIT, attempts)
            if state is State.ANSWERED:
                self._set(connection, row.id, owner=self._me)
                return _claim(row, Todo.FILE, attempts)
            if attempts >= MOST_ATTEMPTS:
                self._set(connection, row.id, owner=self._me)
                return _claim(row, Todo.GIVE_UP, attempts)
            self._set(connection, row.id, owner=self._me, attempts=attempts + 1, started_at=_now())
            return _claim(row, Todo.READ, attempts + 1)

    def answered(self, claim: Claim, read: ReadFile) -> tuple[Stored, ...]:
        """Store what was read of a file, in one step with saying so; nothing happens if that was done before."""
        with self._database.transaction() as connection:
            state = connection.execute(select(FILES.c.state).where(FILES.c.id == claim.file_id)).scalar_one()
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
        """Note where a file is about to be moved, so that it is found there after a crash."""
        with self._database.transaction() as connection:
            self._set(connection, claim.file_id, moved_to=path)

    def filed(self, claim: Claim) -> None:
        """Note that nothing more is to be done with a file."""
        with self._database.transaction() as connection:
            self._set(connection, claim.file_id, state=State.FILED, filed_at=_now(), owner=None)

    def failed(self, claim: Claim, code: str, message: str) -> None:
        """Note that a file gave no receipt, and why, and that nothing more is to be done with it."""
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

    def let_go(self, claim: Claim) -> None:
        """Give a file back that was not read, as though it had not been taken."""
        with self._database.transaction() as connection:
            self._set(connection, claim.file_id, owner=None, attempts=max(0, claim.attempts - 1))

    def error_of(self, claim: Claim) -> tuple[str | None, str | None]:
        """Return the code and the message of what went wrong with a file; None where nothing did."""
        with self._database.snapshot() as connection:
            columns = select(FILES.c.error_code, FILES.c.error).where(FILES.c.id == claim.file_id)
            code, message = connection.execute(columns).one()
            return code, message

    def counts(self) -> dict[State, int]:
        """Count the files by how far they have come."""
        with self._database.snapshot() as connection:
            rows = connection.execute(select(FILES.c.state, func.count()).group_by(FILES.c.state))
            return {State(state): count for state, count in rows}

    def _row_of(self, connection: Connection, found: Found) -> Row[Any]:
        here = (FILES.c.path == found.path) & (FILES.c.sha256 == found.sha256)
        row = connection.execute(select(FILES).where(here).with_for_update()).first()
        if row is None:
            values = {"path": found.path, "sha256": found.sha256, "size_bytes": found.size_bytes}
            fresh = insert(FILES).values(**values, state=State.STARTED, attempts=0, seen_at=_now())
            connection.execute(fresh)
            row = connection.execute(select(FILES).where(here).with_for_update()).one()
        return row

    def _set(self, connection: Connection, file_id: int, **values: object) -> None:
        connection.execute(update(FILES).where(FILES.c.id == file_id).values(**values))


def _claim(row: Row[Any], todo: Todo, attempts: int) -> Claim:
    return Claim(row.id, todo, attempts, State(row.state), row.moved_to)


def _first_error(read: ReadFile) -> Mapping[str, str]:
    if read.receipts or not read.failures:
        return {}
    error: Mapping[str, str] = read.failures[0]["error"]
    return error


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)

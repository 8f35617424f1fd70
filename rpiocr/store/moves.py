"""Records moves of filed files: destination and owner, until the move is finished."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from rpiocr.store.database import Database
from rpiocr.store.owner import is_alive, process_id
from rpiocr.store.tables import FILES, MOVES, RECEIPTS


@dataclass(frozen=True, slots=True)
class Filed:
    """A filed file: its original path, its present path, and its hash."""

    file_id: int
    path: str
    moved_to: str
    sha256: str


def filed(database: Database, file_id: int) -> Filed | None:
    """Return a file that a watch has moved; None for all others."""
    with database.snapshot() as connection:
        columns = select(FILES.c.path, FILES.c.moved_to, FILES.c.sha256)
        row = connection.execute(columns.where(FILES.c.id == file_id, FILES.c.state == "filed")).first()
    return Filed(file_id, row.path, row.moved_to, row.sha256) if row and row.moved_to else None


def file_of(database: Database, receipt_id: int) -> int | None:
    """Return the id of the file that a receipt was read from."""
    with database.snapshot() as connection:
        return connection.execute(select(RECEIPTS.c.file_id).where(RECEIPTS.c.id == receipt_id)).scalar()


def begin(database: Database, file_id: int, place: str) -> bool:
    """Record the destination of a file; False if another running process is moving it."""
    now = dt.datetime.now(dt.UTC)
    mine = {"place": place, "owner": process_id(), "begun_at": now}
    with database.transaction() as connection:
        # Inserting the row locks it, so that two processes cannot begin at the same time.
        connection.execute(select(FILES.c.id).where(FILES.c.id == file_id).with_for_update()).first()
        row = connection.execute(select(MOVES).where(MOVES.c.file_id == file_id)).first()
        if row is None:
            connection.execute(insert(MOVES).values(file_id=file_id, **mine))
            return True
        if row.owner != process_id() and is_alive(row.owner, row.begun_at):
            return False
        connection.execute(update(MOVES).where(MOVES.c.file_id == file_id).values(**mine))
        return True


def done(database: Database, file_id: int, place: str) -> None:
    """Record that a file is at its destination."""
    with database.transaction() as connection:
        connection.execute(update(FILES).where(FILES.c.id == file_id).values(moved_to=place))
        connection.execute(delete(MOVES).where(MOVES.c.file_id == file_id))


def give_up(database: Database, file_id: int) -> None:
    """Record that a file stays where it is."""
    with database.transaction() as connection:
        connection.execute(delete(MOVES).where(MOVES.c.file_id == file_id))


def left(database: Database) -> dict[int, str]:
    """Return the destinations of interrupted moves, by file id."""
    with database.snapshot() as connection:
        rows = connection.execute(select(MOVES).order_by(MOVES.c.file_id)).all()
    return {
        row.file_id: row.place for row in rows if row.owner != process_id() and not is_alive(row.owner, row.begun_at)
    }

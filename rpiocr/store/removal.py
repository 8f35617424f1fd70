"""Deletes receipts with all their data from the store. Files on disk are never touched."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update

from rpiocr.store.damage import tolerating
from rpiocr.store.database import Database
from rpiocr.store.queries import no_such_receipt
from rpiocr.store.rows import fetched, sound_rows
from rpiocr.store.tables import CORRECTIONS, FILES, RECEIPTS

AT_ONCE = 500
"""Maximum number of ids in one statement."""

ENDED = ("filed", "failed")


@dataclass(frozen=True, slots=True)
class Removed:
    """What was, or would be, deleted: ``oldest`` and ``newest`` are the days of the receipts.

    ``files`` counts the deleted journal entries: of files without receipts that are no longer where they were read.
    The entries of files that are still there are kept, so that they are not read again.
    """

    receipts: int = 0
    corrections: int = 0
    files: int = 0
    oldest: dt.date | None = None
    newest: dt.date | None = None


def remove(database: Database, receipt_ids: Sequence[int], *, forget: bool = False) -> Removed:
    """Delete receipts, all of them or none; raises NoSuchReceiptError.

    With ``forget`` the journal forgets their files even if they are still where they were read: they are read again.
    """
    wanted = sorted(set(receipt_ids))
    with database.transaction() as connection:
        known = {row.id for row in _rows(connection, wanted)}
        missing = [receipt_id for receipt_id in wanted if receipt_id not in known]
        if missing:
            raise no_such_receipt(*missing)
        return _remove(connection, wanted, before=None, forget=forget)


def remove_older(database: Database, than: dt.date) -> Removed:
    """Delete all receipts before a day, and the journal entries of files that failed before it."""
    with database.transaction() as connection:
        return _remove(connection, _ids_before(connection, than), before=than)


def would_remove_older(database: Database, than: dt.date) -> Removed:
    """Return what ``remove_older`` would delete."""
    with database.snapshot() as connection:
        condemned = _ids_before(connection, than)
        files = sum(1 for _ in _forgettable(connection, condemned, than, forget=False))
        return _counted(connection, condemned, files)


def _ids_before(connection: Connection, day: dt.date) -> list[int]:
    return list(connection.execute(select(RECEIPTS.c.id).where(RECEIPTS.c.day < day).order_by(RECEIPTS.c.id)).scalars())


def _remove(
    connection: Connection, condemned: Sequence[int], before: dt.date | None, *, forget: bool = False
) -> Removed:
    files = list(_forgettable(connection, condemned, before, forget=forget))
    removed = _counted(connection, condemned, len(files))
    remove_receipts(connection, condemned)
    for some in _portions(files):
        connection.execute(delete(FILES).where(FILES.c.id.in_(some)))
    return removed


def remove_receipts(connection: Connection, condemned: Sequence[int]) -> None:
    """Delete receipts with what belongs to them; the first duplicate of each takes its place in sums."""
    _find_heirs(connection, set(condemned))
    for some in _portions(condemned):
        connection.execute(delete(RECEIPTS).where(RECEIPTS.c.id.in_(some)))


def _counted(connection: Connection, condemned: Sequence[int], files: int) -> Removed:
    corrections = 0
    days: list[dt.date] = []
    for some in _portions(condemned):
        count = select(func.count()).select_from(CORRECTIONS).where(CORRECTIONS.c.receipt_id.in_(some))
        corrections += connection.execute(count).scalar_one()
        ends = select(func.min(RECEIPTS.c.day), func.max(RECEIPTS.c.day)).where(RECEIPTS.c.id.in_(some))
        with tolerating():
            days.extend(day for day in connection.execute(ends).one() if isinstance(day, dt.date))
    return Removed(len(condemned), corrections, files, min(days, default=None), max(days, default=None))


def _forgettable(
    connection: Connection, condemned: Collection[int], before: dt.date | None, *, forget: bool
) -> Iterator[int]:
    """Yield the files that will have no receipts, and those that failed before a day."""
    doomed = set(condemned)
    seen: set[int] = set()
    for row in _rows(connection, sorted(doomed)):
        if row.file_id is None or row.file_id in seen:
            continue
        seen.add(row.file_id)
        rest = connection.execute(select(RECEIPTS.c.id).where(RECEIPTS.c.file_id == row.file_id)).scalars()
        if doomed.issuperset(rest) and (forget or not (row.path and os.path.lexists(row.path))):
            yield row.file_id
    if before is None:
        return
    moment = dt.datetime.combine(before, dt.time()).astimezone()
    without = ~select(RECEIPTS.c.id).where(RECEIPTS.c.file_id == FILES.c.id).exists()
    ended = select(FILES.c.id, FILES.c.path).where(FILES.c.state.in_(ENDED), FILES.c.filed_at < moment, without)
    for failed in sound_rows(connection, ended, "file"):
        if not os.path.lexists(failed.path):
            yield failed.id


def _find_heirs(connection: Connection, condemned: Collection[int]) -> None:
    """Make remaining duplicates refer to a remaining receipt.

    The first duplicate of a deleted receipt replaces it, and is counted in all sums from then on.
    """
    heirs: dict[int, int] = {}
    for some in _portions(sorted(condemned)):
        columns = select(RECEIPTS.c.id, RECEIPTS.c.duplicate_of).where(RECEIPTS.c.duplicate_of.in_(some))
        for row in connection.execute(columns.order_by(RECEIPTS.c.id)).all():
            if row.id in condemned:
                continue
            last, original = row.duplicate_of, row.duplicate_of
            while original in condemned:
                last, original = original, _original_of(connection, original)
            if original is None:
                original = heirs.setdefault(last, row.id)
            settled = (
                {"duplicate_of": original} if original != row.id else {"duplicate_of": None, "duplicate_why": None}
            )
            connection.execute(update(RECEIPTS).where(RECEIPTS.c.id == row.id).values(**settled))


def _original_of(connection: Connection, receipt_id: int) -> int | None:
    return connection.execute(select(RECEIPTS.c.duplicate_of).where(RECEIPTS.c.id == receipt_id)).scalar()


@dataclass(frozen=True, slots=True)
class _Known:
    """A receipt and its file; None if that is damaged."""

    id: int
    file_id: int | None
    path: str | None


def _rows(connection: Connection, receipt_ids: Sequence[int]) -> Iterator[_Known]:
    columns = select(RECEIPTS.c.id, FILES.c.id.label("file_id"), FILES.c.path)
    query = columns.join_from(RECEIPTS, FILES, isouter=True)
    for some in _portions(receipt_ids):
        for rows in fetched(connection, query.where(RECEIPTS.c.id.in_(some))):
            yield from (_Known(row.id, row.file_id, row.path if isinstance(row.path, str) else None) for row in rows)


def _portions(values: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]

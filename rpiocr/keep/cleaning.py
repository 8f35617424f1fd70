"""Deletes what is no longer needed: pictures made for browsers, deleted receipts, and what interrupted exports left."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from rpiocr.keep.errors import NotCleanedError
from rpiocr.store import trash
from rpiocr.store.database import Database
from rpiocr.store.tables import TRASH
from rpiocr.system.old_files import Chosen, OldFiles, count_old, remove_old

PICTURE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}-[0-9]+(-small)?\.jpg", re.ASCII)
"""A page of an original, by the hash of that."""

LEFTOVER = re.compile(r"\.rpiocr-scratch-[0-9a-f]{16}|([0-9a-f]{2}/)?\.[^/]+\.[0-9a-f]{16}\.part", re.ASCII)
"""A file of a request that was interrupted, such as an export, or a file whose writer was killed."""

LEFTOVER_AGE = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What was, or would be, deleted.

    ``pictures`` can be made again; ``receipts`` were deleted before and could still be restored, with the length of
    what the store keeps of them in place of bytes of files; ``leftovers`` are of exports that were interrupted.
    """

    pictures: OldFiles
    receipts: OldFiles
    leftovers: OldFiles

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to delete."""
        return not (self.pictures.count or self.receipts.count or self.leftovers.count)


def plan(database: Database, folder: Path, keep_days: int, now: dt.datetime | None = None) -> Cleaning:
    """Return what ``clean`` would delete now."""
    return _cleaning(database, folder, keep_days, now, files=count_old, receipts=_deleted_before)


def clean(database: Database, folder: Path, keep_days: int, now: dt.datetime | None = None) -> Cleaning:
    """Delete what is older than ``keep_days``, and leftovers of exports; returns what was deleted.

    ``folder`` is that of pictures made for browsers. With 0, pictures and deleted receipts are kept for ever. Anything
    else in the folder stays, and so does what symbolic links lead to. Raises NotCleanedError.
    """
    return _cleaning(database, folder, keep_days, now, files=remove_old, receipts=_forget)


def _cleaning(
    database: Database,
    folder: Path,
    keep_days: int,
    now: dt.datetime | None,
    *,
    files: Callable[[Path, Chosen, dt.datetime], OldFiles],
    receipts: Callable[[Database, dt.datetime], OldFiles],
) -> Cleaning:
    now = now or dt.datetime.now(dt.UTC)
    before = now - dt.timedelta(days=keep_days) if keep_days else None
    with _refusing(folder):
        return Cleaning(
            pictures=files(folder, _matches(PICTURE), before) if before else OldFiles(),
            receipts=receipts(database, before) if before else OldFiles(),
            leftovers=files(folder, _matches(LEFTOVER), now - LEFTOVER_AGE),
        )


def _matches(pattern: re.Pattern[str]) -> Chosen:
    return lambda path: pattern.fullmatch(path) is not None


def _deleted_before(database: Database, before: dt.datetime) -> OldFiles:
    query = select(func.count(), func.sum(func.length(TRASH.c.rows))).where(TRASH.c.deleted_at < before)
    with database.snapshot() as connection:
        count, length = connection.execute(query).one()
    return OldFiles(count, int(length or 0))


def _forget(database: Database, before: dt.datetime) -> OldFiles:
    planned = _deleted_before(database, before)
    return OldFiles(trash.empty(database, before), planned.bytes) if planned.count else planned


@contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{error.filename or folder} in {folder} cannot be deleted: {error.strerror}; change its permissions"
        raise NotCleanedError(message) from error

"""Moves files from review/ to done/ once a person has confirmed their uncertain fields.

The store records the destination before a file is touched, so that the move can be finished after a crash.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import simplejson
from sqlalchemy import select

from rpiocr.errors import RpiocrError
from rpiocr.settings import Settings
from rpiocr.store import moves
from rpiocr.store.confirmations import confirmed_receipts
from rpiocr.store.database import Database
from rpiocr.store.moves import Filed
from rpiocr.store.tables import RECEIPTS
from rpiocr.system.stop import undisturbed
from rpiocr.watch import rereading
from rpiocr.watch.errors import ChangedError, NotFiledError, NotReadAgainError
from rpiocr.watch.filing import Places, complete, folder_for, free_place, is_free, put, sidecar_of, sweep_at
from rpiocr.watch.inbox import fingerprint
from rpiocr.watch.naming import name_for
from rpiocr.watch.spool import Results

MAX_DESTINATIONS = 5
"""Maximum number of destinations tried when other processes take each of them at the same moment."""


def move_confirmed(database: Database, file_id: int, settings: Settings) -> Path | None:
    """Move a file from review/ to done/ if nothing about it is uncertain any more, named as a watch would name it.

    Returns its new path, or None if it stays. Raises ChangedError if the content differs from what was read, and
    NotFiledError if it cannot be moved; in both cases it stays as well.
    """
    file = moves.filed(database, file_id)
    if file is None or Path(file.moved_to).parent != _places(file).review:
        return None
    results = _results(database, file)
    if not results:
        return None
    return _move(database, file, results, settings)


def refile(database: Database, receipt_id: int, settings: Settings) -> Iterator[Path | RpiocrError]:
    """Move the file of a receipt out of review/ if it is certain; first, finish moves that an earlier run began.

    Yields its new path if it was moved, and the errors of what could not be moved and stays where it was.
    """
    yield from finish_moves(database, settings)
    file_id = moves.file_of(database, receipt_id)
    try:
        place = move_confirmed(database, file_id, settings) if file_id else None
    except (ChangedError, NotFiledError) as error:
        yield error
        return
    if place:
        yield place


def finish_moves(database: Database, settings: Settings) -> Iterator[NotFiledError | ChangedError | NotReadAgainError]:
    """Finish moves that ended processes began; yields the errors of those that cannot be finished now.

    Files that were to be read again are put back into their folders.
    """
    for file_id, place in moves.left(database).items():
        try:
            _finish(database, file_id, Path(place), settings)
        except (NotFiledError, ChangedError, NotReadAgainError) as error:
            yield error


def _move(database: Database, file: Filed, results: Results, settings: Settings) -> Path | None:
    source = Path(file.moved_to)
    _require_unchanged(source, file)
    name = name_for(settings.file_name, results, os.path.basename(file.path))  # noqa: PTH119 - any bytes
    folder = folder_for(_places(file), results)
    for number in range(1, MAX_DESTINATIONS + 1):
        place = free_place(folder, name)
        if not moves.begin(database, file.file_id, str(place)):
            return None
        try:
            _carry(database, file, place, settings.file_mode_bits)
        except NotFiledError as error:
            moves.give_up(database, file.file_id)
            if not isinstance(error.__cause__, FileExistsError) or number == MAX_DESTINATIONS:
                raise
        except ChangedError:
            moves.give_up(database, file.file_id)
            raise
        else:
            return place
    return None


def _carry(database: Database, file: Filed, place: Path, mode: int) -> None:
    """Move a file with its results, and record the new path."""
    source = Path(file.moved_to)
    with undisturbed():
        try:
            put(source, place, file.sha256, _document_at(source), top=_places(file).done.parent, mode=mode)
        except ChangedError:
            _require_unchanged(source, file)
            raise
        _settle(database, file, place)


def _settle(database: Database, file: Filed, place: Path) -> None:
    with suppress(OSError):
        sidecar_of(Path(file.moved_to)).unlink(missing_ok=True)
    moves.done(database, file.file_id, str(place))


def _finish(database: Database, file_id: int, place: Path, settings: Settings) -> None:
    file = moves.filed(database, file_id)
    if file is None:
        return
    if rereading.is_put_back(file, place):
        rereading.finish(database, file, place)
        return
    if not moves.begin(database, file_id, str(place)):
        return
    source, mode = Path(file.moved_to), settings.file_mode_bits
    if fingerprint(place) == file.sha256:
        # The source remains, as a copy or a second link, on another disk or a file system without links.
        rest = source if fingerprint(source) == file.sha256 else None
        complete(rest, place, _document_at(source), mode)
        _settle(database, file, place)
    elif fingerprint(source) == file.sha256 and is_free(place):
        sweep_at(place)
        _carry(database, file, place, mode)
    else:
        moves.give_up(database, file_id)
        move_confirmed(database, file_id, settings)


def _places(file: Filed) -> Places:
    return Places.next_to(Path(file.path).parent)


def _require_unchanged(source: Path, file: Filed) -> None:
    found = fingerprint(source)
    if found is None:
        message = f"{source} no longer exists, and was not moved to done/"
        raise ChangedError(message)
    if found != file.sha256:
        message = f"{source} has changed since it was read, and stays where it is"
        raise ChangedError(message)


def _document_at(place: Path) -> bytes | None:
    """Return the content of a file's sidecar; None if it does not exist."""
    try:
        return sidecar_of(place).read_bytes()
    except OSError:
        return None


def _results(database: Database, file: Filed) -> Results:
    """Return the corrected values that path and name are built from; empty if something is still uncertain."""
    if _has_unread_page(_document_at(Path(file.moved_to))):
        return ()
    columns = ("id", "verdict", "date", "time", "merchant", "amount", "currency")
    query = select(*(RECEIPTS.c[name] for name in columns)).where(RECEIPTS.c.file_id == file.file_id)
    with database.snapshot() as connection:
        rows = connection.execute(query.order_by(RECEIPTS.c.page, RECEIPTS.c.part)).mappings().all()
        confirmed = confirmed_receipts(connection, [row["id"] for row in rows])
    sure = all((row["verdict"] == "ACCEPT" or row["id"] in confirmed) and row["date"] for row in rows)
    return tuple(_accepted(dict(row)) for row in rows) if sure else ()


def _accepted(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**row, "date": row["date"].isoformat(), "verdict": "ACCEPT"}


def _has_unread_page(document: bytes | None) -> bool:
    """Return whether a page failed to read according to the sidecar; such a file needs review in any case."""
    try:
        found = simplejson.loads(document or b"[]")
    except (ValueError, RecursionError):
        return False
    return isinstance(found, list) and any(isinstance(one, dict) and "error" in one for one in found)

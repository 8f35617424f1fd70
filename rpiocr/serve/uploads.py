"""What was uploaded, and what has become of it.

An upload is a file in the inbox, from there the journal knows it by the hash of its bytes. The same bytes are taken
once in a book: a second upload of them is answered with the receipts of the first.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select

from rpiocr.serve.arriving import PREFIX, Received, disk
from rpiocr.serve.book import Book
from rpiocr.serve.errors import KeyReusedError, NotFoundError
from rpiocr.store.database import one_at_a_time
from rpiocr.store.journal import State
from rpiocr.store.tables import FILES, RECEIPTS, UPLOADS
from rpiocr.system.moving import move_new
from rpiocr.watch.aside import left_aside
from rpiocr.watch.inbox import entries, fingerprint
from rpiocr.watch.naming import numbered

MAX_KEY = 255
"""Maximum length of an Idempotency-Key."""

SHOWN = 100
"""Number of uploads that lists show."""

GONE = "gone"
GONE_MESSAGE = "its file was taken out of the inbox before it was read; send it again"


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload and its state: waiting, reading, read or failed.

    ``receipts`` are the numbers of what was read from it; ``error`` is its code and sentence if it failed. ``file_id``
    is its number in the journal. ``known``: its bytes had been in the book before. ``is_filed``: its file is where it
    will stay.
    """

    id: str
    name: str
    sha256: str
    size: int
    received_at: dt.datetime
    state: str
    receipts: tuple[int, ...] = ()
    error: tuple[str, str] | None = None
    file_id: int | None = None
    known: bool = False
    is_filed: bool = True

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.state in ("read", "failed") and self.is_filed


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    name: str
    sha256: str
    size_bytes: int
    received_at: dt.datetime


def admit(book: Book, received: Received, *, key: str | None = None, deadline_s: float | None = None) -> Upload:
    """Give a received file its name in the inbox, from where it is read, unless its bytes are in the book.

    Raises KeyReusedError if the ``key`` of the request was used for other bytes; StoreError. Whatever happens, no
    hidden file remains.
    """
    try:
        with book.arriving:
            return _admit(book, received, key, deadline_s)
    finally:
        received.discard()


def _admit(book: Book, received: Received, key: str | None, deadline_s: float | None) -> Upload:
    with book.database.transaction() as connection:
        one_at_a_time(connection)
        row = _by_key(connection, key, received.sha256)
        name = None if row else _name_in_book(connection, book, received)
        is_new = row is None and name is None
        if row is None:
            name = name or _appear(received.place, book.inbox, received.name)
            row = _Row(secrets.token_hex(16), name, received.sha256, received.size, dt.datetime.now(dt.UTC))
            connection.execute(insert(UPLOADS).values(_values(row) | {"request_key": key, "deadline_s": deadline_s}))
    if is_new:
        # Only now: whoever reads it asks the store for its deadline.
        book.control.complete(row.name)
    upload = with_state(book, row, known=not is_new)
    book.events.publish("upload", upload=upload.id, name=upload.name, state=upload.state)
    return upload


def _values(row: _Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _Row.__slots__}


def _appear(place: Path, inbox: Path, wanted: str) -> str:
    """Rename a hidden file to a free name in the inbox, atomically; returns the name."""
    for name in numbered(wanted):
        with disk(inbox):
            try:
                move_new(place, inbox / name)
            except FileExistsError:
                continue
        return name
    raise AssertionError


def _by_key(connection: Connection, key: str | None, sha256: str) -> _Row | None:
    """Return the upload that a request repeats."""
    if key is None:
        return None
    row = connection.execute(select(UPLOADS).where(UPLOADS.c.request_key == key)).first()
    if row is None:
        return None
    if row.sha256 != sha256:
        message = "this Idempotency-Key was used for another file; use a new one for each file"
        raise KeyReusedError(message)
    return _row(row)


def _name_in_book(connection: Connection, book: Book, received: Received) -> str | None:
    """Return the name of a file with the same bytes that is in the book, or on its way into it."""
    file = _newest_files(connection, [received.sha256]).get(received.sha256)
    if file is not None and file.state in (State.FILED, State.FAILED):
        has_receipts = connection.execute(select(RECEIPTS.c.id).where(RECEIPTS.c.file_id == file.id)).first()
        return received.name if has_receipts else _same_in(book.inbox, received)
    if file is not None and (file.state == State.ANSWERED or _name_of(file) in _names_in(book.inbox)):
        return _name_of(file)
    return _same_in(book.inbox, received)


def _same_in(inbox: Path, received: Received) -> str | None:
    """Return the name of a file in the inbox with the same bytes, which has not been begun."""
    with suppress(OSError):
        for one in entries(inbox):
            if one.size == received.size and fingerprint(inbox / one.name) == received.sha256:
                return one.name
    return None


def _name_of(file: Any) -> str:  # noqa: ANN401 - a row
    return str(file.path).rpartition("/")[2]


def _names_in(inbox: Path) -> frozenset[str]:
    """Return the names of the files in the inbox, and of those that are aside because they are being read."""
    with suppress(OSError):
        return frozenset({one.name for one in entries(inbox)} | {aside.own.name for aside in left_aside(inbox)})
    return frozenset()


def find(book: Book, upload_id: str) -> Upload:
    """Return an upload; raises NotFoundError."""
    for upload in find_all(book, [upload_id]):
        return upload
    message = "there is no such upload; the list of uploads shows those that are known"
    raise NotFoundError(message)


def find_all(book: Book, upload_ids: Sequence[str]) -> list[Upload]:
    """Return those of these uploads that there are."""
    query = select(UPLOADS).where(UPLOADS.c.id.in_(upload_ids))
    with book.database.snapshot() as connection:
        return _with_states(connection, book, [_row(row) for row in connection.execute(query)])


def recent(book: Book, limit: int = SHOWN) -> list[Upload]:
    """Return the last uploads, newest first."""
    query = select(UPLOADS).order_by(UPLOADS.c.received_at.desc(), UPLOADS.c.id).limit(limit)
    with book.database.snapshot() as connection:
        return _with_states(connection, book, [_row(row) for row in connection.execute(query)])


def deadline_of(book: Book, sha256: str) -> float | None:
    """Return the deadline that was asked for with the last upload of a file, in seconds."""
    query = select(UPLOADS.c.deadline_s).where(UPLOADS.c.sha256 == sha256)
    with book.database.snapshot() as connection:
        deadline: float | None = connection.execute(query.order_by(UPLOADS.c.received_at.desc()).limit(1)).scalar()
    return deadline


def with_state(book: Book, row: _Row, *, known: bool) -> Upload:
    """Return an upload with its present state."""
    with book.database.snapshot() as connection:
        return _with_states(connection, book, [row], known=known)[0]


def _row(row: Any) -> _Row:  # noqa: ANN401 - a row
    return _Row(row.id, row.name, row.sha256, row.size_bytes, row.received_at)


def _with_states(connection: Connection, book: Book, rows: Sequence[_Row], *, known: bool = False) -> list[Upload]:
    files = _newest_files(connection, {row.sha256 for row in rows})
    receipts = _receipts_of(connection, [file.id for file in files.values()])
    found = [(row, files.get(row.sha256)) for row in rows]
    is_open = any(file is None or file.state == State.STARTED for _, file in found)
    present = _names_in(book.inbox) if is_open else frozenset()
    made = [
        _upload(book, row, file, receipts, is_there=(_name_of(file) if file else row.name) in present)
        for row, file in found
    ]
    return [dataclasses.replace(upload, known=known) for upload in made] if known else made


def _newest_files(connection: Connection, hashes: Iterable[str]) -> Mapping[str, Any]:
    wanted = FILES.c.sha256.in_(list(hashes))
    newest = select(func.max(FILES.c.id)).where(wanted).group_by(FILES.c.sha256)
    columns = (
        FILES.c.id,
        FILES.c.sha256,
        FILES.c.path,
        FILES.c.state,
        FILES.c.owner,
        FILES.c.moved_to,
        FILES.c.filed_at,
        FILES.c.error_code,
        FILES.c.error,
    )
    return {row.sha256: row for row in connection.execute(select(*columns).where(FILES.c.id.in_(newest)))}


def _receipts_of(connection: Connection, file_ids: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
    query = select(RECEIPTS.c.file_id, RECEIPTS.c.id).where(RECEIPTS.c.file_id.in_(file_ids)).order_by(RECEIPTS.c.id)
    found: dict[int, tuple[int, ...]] = {}
    for file_id, receipt_id in connection.execute(query):
        found[file_id] = (*found.get(file_id, ()), receipt_id)
    return found


def _is_sent_again(row: _Row, file: Any, read: tuple[int, ...]) -> bool:  # noqa: ANN401 - a row
    """Whether bytes were sent after their file was finished without a receipt, or that was deleted since."""
    return not read and file.filed_at is not None and row.received_at > file.filed_at


def _upload(
    book: Book,
    row: _Row,
    file: Any,  # noqa: ANN401 - a row
    receipts: Mapping[int, tuple[int, ...]],
    *,
    is_there: bool,
) -> Upload:
    read = receipts.get(file.id, ()) if file else ()
    state, error = _state(book, row, file, read, is_there=is_there)
    return Upload(
        row.id,
        row.name,
        row.sha256,
        row.size_bytes,
        row.received_at,
        state,
        read,
        error,
        file and file.id,
        is_filed=file is None or file.state != State.ANSWERED,
    )


def _state(
    book: Book,
    row: _Row,
    file: Any,  # noqa: ANN401 - a row
    read: tuple[int, ...],
    *,
    is_there: bool,
) -> tuple[str, tuple[str, str] | None]:
    """Return the state of an upload, and its error if it failed."""
    if file is None or (file.state == State.STARTED and not file.owner):
        return ("waiting", None) if is_there else ("failed", (GONE, GONE_MESSAGE))
    if file.state == State.STARTED:
        return "reading", None
    if file.moved_to and (Path(file.moved_to).parent == book.inbox or _is_sent_again(row, file, read)):
        return "waiting", None
    if file.error_code and not read:
        return "failed", (file.error_code, book.told(file.error or file.error_code))
    return "read", None


def sweep(inbox: Path) -> int:
    """Delete what incomplete uploads of an earlier run have left; returns their number. No upload may be arriving."""
    if not inbox.is_dir():
        return 0
    # While it is written, a hidden file has one more dot.
    names = [one for one in inbox.iterdir() if one.name.removeprefix(".").startswith((PREFIX, PREFIX[1:]))]
    left = [one for one in names if one.is_file() and not one.is_symlink()]
    for one in left:
        one.unlink(missing_ok=True)
    return len(left)

"""Locates the files of a store, and checks which are unchanged since they were read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from rpiocr.store.rows import sound_rows
from rpiocr.store.tables import FILES
from rpiocr.system.files import open_regular

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Known:
    """A file as recorded in the journal."""

    file_id: int
    path: str
    moved_to: str | None
    sha256: str
    size_bytes: int
    state: str

    @property
    def places(self) -> tuple[str, ...]:
        """Its possible paths: where it was filed, then where it was read."""
        return tuple(dict.fromkeys(place for place in (self.moved_to, self.path) if place))

    @property
    def is_put_back(self) -> bool:
        """Whether it could not be read and was put back to be read again; a later entry is about the file then."""
        return self.moved_to is not None and os.path.dirname(self.moved_to) == os.path.dirname(self.path)  # noqa: PTH120


@dataclass(frozen=True, slots=True)
class Opened:
    """An open file, unaffected if its path is replaced. The caller closes ``handle``."""

    place: str
    handle: int
    size: int
    modified_ns: int
    sha256: str


def known_files(connection: Connection) -> Iterator[Known]:
    """Yield all files of the journal with undamaged entries, by id."""
    columns = (FILES.c.id, FILES.c.path, FILES.c.moved_to, FILES.c.sha256, FILES.c.size_bytes, FILES.c.state)
    query = select(*columns).order_by(FILES.c.id).execution_options(yield_per=500)
    for row in sound_rows(connection, query, "file"):
        yield Known(row.id, row.path, row.moved_to, row.sha256, row.size_bytes, row.state)


def open_at(place: str) -> Opened | None:
    """Open and hash the file at a path; None if there is no readable regular file."""
    try:
        handle = open_regular(Path(place), os.O_RDONLY)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(handle)
        return Opened(place, handle, status.st_size, status.st_mtime_ns, hash_of(handle))
    except OSError:
        os.close(handle)
        return None


def hash_of(handle: int) -> str:
    """Return the SHA-256 of an open file, and rewind it."""
    digest = hashlib.sha256()
    while data := os.read(handle, CHUNK):
        digest.update(data)
    os.lseek(handle, 0, os.SEEK_SET)
    return digest.hexdigest()


def find(known: Known, places: tuple[str, ...]) -> tuple[Opened | None, Opened | None]:
    """Return the unchanged file or, if there is none, the first changed one, at these paths."""
    other: Opened | None = None
    for place in places:
        opened = open_at(place)
        if opened is None:
            continue
        if opened.sha256 == known.sha256:
            close(other)
            return opened, None
        if other is None:
            other = opened
        else:
            close(opened)
    return None, other


def close(opened: Opened | None) -> None:
    """Close an open file."""
    if opened is not None:
        with suppress(OSError):
            os.close(opened.handle)

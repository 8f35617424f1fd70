"""The file of an SQLite store: checks whether it is writable, and reads it if it is not."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import platformdirs

from rpiocr.store.errors import StoreError

Stamp = tuple[tuple[int, int, int], ...]

Identity = tuple[int, int]
"""Device and inode of a file."""


def default_path() -> Path:
    """Return the file of this user's store: ``receipts.sqlite`` in the XDG data directory."""
    return Path(platformdirs.user_data_dir("rpiocr")) / "receipts.sqlite"


def require_regular(path: Path) -> None:
    """Refuse a directory, FIFO or device in place of the store; a link to a file is accepted."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if not stat.S_ISREG(mode):
        kind = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
        message = f"the store {path} is {kind}; give another --store, such as sqlite:///{path}/receipts.sqlite"
        raise StoreError(message if stat.S_ISDIR(mode) else f"the store {path} is {kind}; give another --store")


def identity_of(path: Path) -> Identity | None:
    """Return which file is at a path, None if there is none."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


def is_writable(path: Path) -> bool:
    """Return whether this process may write or create the file, and the files that SQLite needs next to it."""
    return os.access(path.parent, os.W_OK | os.X_OK) and (not path.exists() or os.access(path, os.W_OK))


def is_readable(path: Path) -> bool:
    """Return whether the store can be read."""
    return path.is_file() and path.stat().st_size > 0 and os.access(path, os.R_OK)


@dataclass(slots=True)
class ReadOnlyFile:
    """A store that is read without writing anything next to it; the caller has to ``close`` it.

    SQLite's write-ahead log has to be read as well. A running writer has created everything needed for that. Without
    a writer, if the log is empty, the file is complete and is read directly. If a crash left a log that cannot be
    opened here, both are copied.
    """

    path: Path
    _frozen: bool = False
    _copied: tempfile.TemporaryDirectory[str] | None = field(default=None)

    def uri(self) -> str:
        """Return the URI for SQLite; raises StoreError if the store cannot be read."""
        self._frozen = not _has_content(_log_of(self.path))
        if self._frozen:
            return _uri(self.path, "immutable=1")
        shared = _uri(self.path, "mode=ro")
        return shared if _opens(shared) else _uri(self._copy(), "mode=rw")

    def _copy(self) -> Path:
        if self._copied is None:
            self._copied = tempfile.TemporaryDirectory(prefix="rpiocr-store-")
        place = Path(self._copied.name) / "receipts.sqlite"
        try:
            with self._unchanged():
                shutil.copyfile(self.path, place)
                shutil.copyfile(_log_of(self.path), _log_of(place))
        except OSError as error:
            message = f"the store {self.path} cannot be read: {error.strerror}: {error.filename}; check its permissions"
            raise StoreError(message) from error
        return place

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Raise StoreError at the end if the file was written meanwhile although SQLite opened it as immutable."""
        if not self._frozen:
            yield
            return
        with self._unchanged():
            yield

    @contextmanager
    def _unchanged(self) -> Iterator[None]:
        before = self._stamp()
        yield
        if self._stamp() != before:
            message = f"the store {self.path} was written while it was being read; try again"
            raise StoreError(message)

    def _stamp(self) -> Stamp:
        return tuple(_stamp_of(path) for path in (self.path, _log_of(self.path)))

    def close(self) -> None:
        """Remove the copies."""
        if self._copied is not None:
            self._copied.cleanup()


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def _stamp_of(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    # An empty log is equivalent to a missing one.
    return (found.st_ino, found.st_size, found.st_mtime_ns) if found.st_size else (0, 0, 0)


def _uri(path: Path, how: str) -> str:
    return f"file:{quote(os.fspath(path.absolute()))}?{how}"


def _opens(uri: str) -> bool:
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        return False
    return True

"""What lies in the watched folder, and which of it is complete."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rpiocr.system.files import open_regular
from rpiocr.system.moving import digest_of
from rpiocr.watch.notice import NETWORK, file_system_of

PARTIAL = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp", ".temp", ".swp", ".!sync", "~")
"""Ends of the names of files that browsers, editors and synchronisers are still writing."""

MOST_BYTES = 256 * 1024 * 1024

NOT_READ = "-"
"""Stands for the hash of a file that may not be opened, or is larger than that."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the folder as it looked a moment ago."""

    name: str
    size: int
    modified_ns: int
    inode: int


def is_left_alone(name: str) -> bool:
    """Tell whether a name is hidden, or that of a file that somebody is still writing."""
    return name.startswith((".", "~")) or name.casefold().endswith(PARTIAL)


def entries(inbox: Path) -> Iterator[Entry]:
    """Yield the ordinary files of a folder; not what lies deeper, and no links, pipes or devices.

    Raises OSError when the folder cannot be read.
    """
    with os.scandir(inbox) as found:
        for one in found:
            if is_left_alone(one.name):
                continue
            # It may have gone in the meantime.
            with suppress(OSError):
                status = one.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    yield Entry(one.name, status.st_size, status.st_mtime_ns, status.st_ino)


class Settling:
    """Waits until files do not change any more, by a clock that nobody sets."""

    def __init__(self, settle_s: float) -> None:
        self._settle_s = settle_s
        self._known: dict[str, tuple[Entry, float]] = {}
        self._unripe: dict[str, float] = {}

    def settled(self, found: Iterable[Entry], now: float) -> list[Entry]:
        """Return the files that look as they did ``settle`` seconds ago, those that were written first in front.

        Files that are gone are forgotten. ``now`` is a time in seconds of a monotonic clock.
        """
        known = {}
        for entry in found:
            before, since = self._known.get(entry.name, (None, now))
            known[entry.name] = (entry, since if before == entry else now)
        self._known = known
        self._unripe = {name: until for name, until in self._unripe.items() if name in known}
        ripe = [entry for entry, since in known.values() if now - since >= self._wait_s(entry.name)]
        return sorted(ripe, key=lambda entry: (entry.modified_ns, entry.name))

    def put_off(self, name: str, wait_s: float) -> None:
        """Take a file only when it has not changed for so long: it looked complete, and was not."""
        self._unripe[name] = wait_s

    def _wait_s(self, name: str) -> float:
        return max(self._settle_s, self._unripe.get(name, 0.0))

    def waited_s(self, name: str, now: float) -> float:
        """Return for how long a file has not changed."""
        return now - self._known[name][1] if name in self._known else 0.0

    @property
    def waiting(self) -> int:
        """How many files lie there."""
        return len(self._known)


@dataclass(frozen=True, slots=True)
class Seen:
    """A file that is open, and what it held when it was read: its bytes, and their hash."""

    handle: int
    data: bytes
    sha256: str

    @property
    def unchanged(self) -> bool:
        """Whether the file holds the same bytes still, and nobody has it open for writing."""
        return not _is_written(self.handle) and digest_of(self.handle) == self.sha256


@contextmanager
def look(entry: Entry, path: Path) -> Iterator[Seen | None]:
    """Open a file and read it whole; None where somebody writes to it, or it is not as it was as an ``entry``.

    Raises OSError when that fails: ELOOP for a link, EINVAL for anything else that is no regular file, EFBIG.
    """
    handle = open_regular(path, os.O_RDONLY)
    try:
        yield _read(handle, entry, path)
    finally:
        os.close(handle)


def _read(handle: int, entry: Entry, path: Path) -> Seen | None:
    if _is_written(handle) or not _is_as_it_was(handle, entry):
        return None
    if entry.size > MOST_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    with os.fdopen(os.dup(handle), "rb") as stream:
        data = stream.read(MOST_BYTES)
    if not _is_as_it_was(handle, entry):
        return None
    return Seen(handle, data, hashlib.sha256(data).hexdigest())


def _is_as_it_was(handle: int, entry: Entry) -> bool:
    """Whether a file looks as it did; its inode is not asked, as some file systems make up a new one each time."""
    status = os.fstat(handle)
    return (status.st_size, status.st_mtime_ns) == (entry.size, entry.modified_ns)


def fingerprint(path: Path) -> str | None:
    """Return the SHA-256 of a file, in hexadecimal; NOT_READ where it cannot be read, None where no file is there.

    Raises OSError where its disk fails.
    """
    try:
        handle = open_regular(path, os.O_RDONLY)
    except PermissionError:
        return NOT_READ
    except OSError:
        return None
    try:
        return digest_of(handle) if os.fstat(handle).st_size <= MOST_BYTES else NOT_READ
    finally:
        os.close(handle)


def _is_written(handle: int) -> bool:
    """Tell whether anybody has a file open for writing: then, and only then, the system refuses a lease to read it.

    Where leases are not to be had (files of others, network folders), nobody is known to write.
    """
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno in (errno.EAGAIN, errno.EACCES) and _has_leases(handle)
    fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def _has_leases(handle: int) -> bool:
    """Whether a lease that is refused says something: SMB refuses it for files that nobody has open, too."""
    status = os.fstat(handle)
    return os.geteuid() in (0, status.st_uid) and file_system_of(status.st_dev) not in NETWORK

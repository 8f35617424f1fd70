"""What lies in the watched folder, and which of it is complete."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PARTIAL = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp", ".temp", ".swp", ".!sync", "~")
"""Ends of the names of files that browsers, editors and synchronisers are still writing."""

MOST_BYTES = 256 * 1024 * 1024


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


def read_closed(path: Path) -> bytes | None:
    """Read a file; None where somebody has it open for writing. Raises OSError when that fails, or it is no file."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
        if status.st_size > MOST_BYTES:
            raise OSError(errno.EFBIG, f"it is larger than {MOST_BYTES // 1024**2} MiB", str(path))
        if _is_written(handle):
            return None
        with os.fdopen(os.dup(handle), "rb") as stream:
            return stream.read(MOST_BYTES)
    finally:
        os.close(handle)


def _is_written(handle: int) -> bool:
    """Tell whether anybody has a file open for writing: then, and only then, the system refuses a lease to read it.

    Where leases are not to be had (files of others, network folders), nobody is known to write.
    """
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno in (errno.EAGAIN, errno.EACCES) and _owned(handle)
    fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def _owned(handle: int) -> bool:
    return os.geteuid() in (0, os.fstat(handle).st_uid)

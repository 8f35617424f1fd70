"""Lists the files in the watched folder and detects which are complete."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rpiocr.system.files import open_regular
from rpiocr.system.moving import digest_of
from rpiocr.watch.notice import NETWORK, file_system_of

PARTIAL = (
    *(".part", ".partial", ".filepart", ".crdownload", ".opdownload", ".download", ".aria2", ".!ut", ".!sync"),
    *(".tmp", ".temp", ".swp", "~"),
)
"""Suffixes of files that browsers, editors and sync clients are still writing."""

OF_SYSTEMS = frozenset(
    {
        *("thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "$recycle.bin", "system volume information"),
        *("icon\r", "@eadir", "@tmp", "@recycle", "#recycle", "lost+found"),
    }
)
"""Names, in lower case, of what Windows, macOS, file systems and the network drives of Synology and QNAP put into
folders by themselves; other such names (.DS_Store, ._*, .stfolder, .stversions, ~syncthing~*) are hidden or temporary
by their first character."""

MAX_BYTES = 256 * 1024 * 1024

NOT_READ = "-"
"""Placeholder for the hash of a file that cannot be opened or exceeds MAX_BYTES."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the folder as it was last listed."""

    name: str
    size: int
    modified_ns: int
    inode: int


def is_ignored(name: str) -> bool:
    """Return whether the name of a file or folder is hidden, that of a system, or of a file still being written."""
    folded = name.casefold()
    return folded.startswith((".", "~")) or folded.endswith(PARTIAL) or folded in OF_SYSTEMS


def entries(inbox: Path) -> Iterator[Entry]:
    """Yield the regular files of a folder, without subfolders, symbolic links, pipes and devices.

    Raises OSError when the folder cannot be read.
    """
    with os.scandir(inbox) as found:
        for one in found:
            if is_ignored(one.name):
                continue
            # It may have been deleted meanwhile.
            with suppress(OSError):
                status = one.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    yield Entry(one.name, status.st_size, status.st_mtime_ns, status.st_ino)


class Settling:
    """Detects files that have stopped changing, by a monotonic clock."""

    def __init__(self, settle_s: float) -> None:
        self._settle_s = settle_s
        self._known: dict[str, tuple[Entry, float]] = {}
        self._incomplete: dict[str, float] = {}
        self._complete: dict[str, Entry] = {}

    def settled(self, found: Iterable[Entry], now: float, in_progress: Collection[str] = ()) -> list[Entry]:
        """Return the files unmodified for ``settle_s`` seconds, oldest modification first.

        Forgets files that are gone, except those ``in_progress``, which may be aside and come back. ``now`` is in
        seconds of a monotonic clock.
        """
        known = {name: self._known[name] for name in in_progress if name in self._known}
        listed = set()
        for entry in found:
            before, since = self._known.get(entry.name, (None, now))
            known[entry.name] = (entry, since if before == entry else now)
            listed.add(entry.name)
        self._known = known
        self._incomplete = {name: until for name, until in self._incomplete.items() if name in known}
        self._complete = {name: entry for name, entry in self._complete.items() if known.get(name, (None,))[0] == entry}
        stable = [known[name][0] for name in listed if now - known[name][1] >= self._wait_s(known[name][0])]
        return sorted(stable, key=lambda entry: (entry.modified_ns, entry.name))

    def trust(self, entries: Iterable[Entry]) -> None:
        """Take files as complete without waiting, until they change."""
        self._complete.update((entry.name, entry) for entry in entries)

    def is_trusted(self, name: str) -> bool:
        """Whether the file of this name that is in the folder, or in progress, is taken as complete."""
        return name in self._complete

    def postpone(self, name: str, wait_s: float) -> None:
        """Require ``wait_s`` seconds without changes for a file that seemed complete but was not."""
        self._incomplete[name] = wait_s

    def _wait_s(self, entry: Entry) -> float:
        if self._complete.get(entry.name) == entry:
            return 0.0
        return max(self._settle_s, self._incomplete.get(entry.name, 0.0))

    def waited_s(self, name: str, now: float) -> float:
        """Return for how many seconds a file has not changed."""
        return now - self._known[name][1] if name in self._known else 0.0

    @property
    def waiting(self) -> int:
        """The number of files in the folder."""
        return len(self._known)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An open file with the content that was read from it and the SHA-256 of that content."""

    handle: int
    data: bytes
    sha256: str

    @property
    def unchanged(self) -> bool:
        """Whether the content is still the same, and no process has the file open for writing."""
        return not _is_written(self.handle) and digest_of(self.handle) == self.sha256


@contextmanager
def look(entry: Entry, path: Path) -> Iterator[Snapshot | None]:
    """Open a file and read it whole; None if it is being written or has changed since it was listed as ``entry``.

    Raises OSError on failure: ELOOP for a symbolic link, EINVAL for other non-regular files, EFBIG if too large.
    """
    handle = open_regular(path, os.O_RDONLY)
    try:
        yield _read(handle, entry, path)
    finally:
        os.close(handle)


def _read(handle: int, entry: Entry, path: Path) -> Snapshot | None:
    if _is_written(handle) or not _is_as_it_was(handle, entry):
        return None
    if entry.size > MAX_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    with os.fdopen(os.dup(handle), "rb") as stream:
        data = stream.read(MAX_BYTES)
    if not _is_as_it_was(handle, entry):
        return None
    return Snapshot(handle, data, hashlib.sha256(data).hexdigest())


def _is_as_it_was(handle: int, entry: Entry) -> bool:
    """Whether size and time are unchanged; the inode is ignored, as some file systems invent a new one each time."""
    status = os.fstat(handle)
    return (status.st_size, status.st_mtime_ns) == (entry.size, entry.modified_ns)


def fingerprint(path: Path) -> str | None:
    """Return the SHA-256 of a file in hexadecimal; NOT_READ if it cannot be read, None if it does not exist.

    Raises OSError on an I/O error.
    """
    try:
        handle = open_regular(path, os.O_RDONLY)
    except PermissionError:
        return NOT_READ
    except OSError:
        return None
    try:
        return digest_of(handle) if os.fstat(handle).st_size <= MAX_BYTES else NOT_READ
    finally:
        os.close(handle)


def _is_written(handle: int) -> bool:
    """Return whether any process has a file open for writing: only then does the kernel refuse a read lease.

    Where leases are unavailable (other users' files, network folders), the answer is always False.
    """
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno in (errno.EAGAIN, errno.EACCES) and _has_leases(handle)
    fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def _has_leases(handle: int) -> bool:
    """Whether a refused lease is meaningful: SMB also refuses leases for files that no process has open."""
    status = os.fstat(handle)
    return os.geteuid() in (0, status.st_uid) and file_system_of(status.st_dev) not in NETWORK

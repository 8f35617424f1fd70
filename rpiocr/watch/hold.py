"""One reader for each folder."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rpiocr.sanitize.text import one_line
from rpiocr.settings import state_dir
from rpiocr.system.files import make_own_folder, open_regular
from rpiocr.system.lock import lock as lock_handle
from rpiocr.watch.errors import HeldByAnotherError, InboxMissingError

LOCK_NAME = ".rpiocr.lock"

BEGINNING = b"process "
"""How the text of every lock file begins; a file with another text is somebody else's."""

MOST_BYTES = 300
"""Of a lock file's text: a host's name has 64 at most."""

NO_SUCH_FILE = {
    errno.ELOOP: "it is a link; remove it",
    errno.EINVAL: "it is no regular file; remove it",
    errno.EISDIR: "it is a folder; remove it",
    errno.ENXIO: "it is no regular file; remove it",
}


@dataclass(frozen=True, slots=True)
class Hold:
    """A folder that is held: the lock file, with its descriptor, and the folder, with its own."""

    inbox: Path
    place: Path
    lock: int
    folder: int

    @property
    def is_good(self) -> bool:
        """Whether the folder and the lock that have these names now are those that are held."""
        return _leads_to(self.inbox, self.folder) and _leads_to(self.place, self.lock)


@contextmanager
def hold(inbox: Path) -> Iterator[Hold]:
    """Keep other watchers away from a folder; raises HeldByAnotherError, which says who holds it.

    The lock is a hidden file in the folder, so that other machines see it as well, or, where nothing may be written
    there, a file in the state folder; the folder itself is locked too, as files are easily deleted. Both locks are the
    system's: they go with the process, however that ends. What is in a lock file is for people.
    """
    place = _place(inbox)
    with ExitStack() as stack:
        folder = _open_folder(inbox)
        stack.callback(os.close, folder)
        lock = _open_lock(inbox, place)
        stack.callback(os.close, lock)
        _lock(lock, inbox, place)
        _lock_folder(folder, inbox, place)
        since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        _write(lock, f"process {os.getpid()} on {socket.gethostname()} since {since}\n")
        yield Hold(inbox, place, lock, folder)
        _write(lock, "")


def _open_folder(inbox: Path) -> int:
    try:
        return os.open(inbox, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        message = f"{inbox} cannot be watched: it cannot be opened ({error.strerror}); check that it is a folder"
        raise InboxMissingError(message) from error


def _open_lock(inbox: Path, place: Path) -> int:
    try:
        return open_regular(place, os.O_RDWR | os.O_CREAT)
    except OSError as error:
        why = NO_SUCH_FILE.get(error.errno or 0, f"{error.strerror}; check its permissions")
        message = f"{inbox} cannot be watched: {place} cannot be opened: {why}"
        raise InboxMissingError(message) from error


def _lock(handle: int, inbox: Path, place: Path) -> None:
    try:
        lock_handle(handle)
    except BlockingIOError:
        message = f"{inbox} is watched by another rpiocr{_holder(place)}; this one ends"
        raise HeldByAnotherError(message) from None
    except OSError as error:
        message = f"{inbox} cannot be watched: {place} cannot be locked ({error.strerror})"
        raise InboxMissingError(message) from error


def _lock_folder(handle: int, inbox: Path, place: Path) -> None:
    # Network file systems do not lock folders; there, the file has to do.
    with suppress(InboxMissingError):
        _lock(handle, inbox, place)


def _write(handle: int, text: str) -> None:
    # A full disk hinders nobody: the lock holds without these words.
    with suppress(OSError):
        if _is_ours(handle):
            os.ftruncate(handle, 0)
            os.pwrite(handle, text.encode("utf-8"), 0)


def _is_ours(handle: int) -> bool:
    """Whether a file may be written to: not one that has another name too, or another text than a lock."""
    status = os.fstat(handle)
    return status.st_nlink == 1 and (status.st_size == 0 or os.pread(handle, len(BEGINNING), 0) == BEGINNING)


def _place(inbox: Path) -> Path:
    if os.access(inbox, os.W_OK):
        return inbox / LOCK_NAME
    folder = state_dir() / "locks"
    make_own_folder(folder)
    return folder / hashlib.sha256(os.fsencode(inbox)).hexdigest()[:32]


def _holder(place: Path) -> str:
    try:
        handle = open_regular(place, os.O_RDONLY)
    except OSError:
        return ""
    try:
        text = os.pread(handle, MOST_BYTES, 0)
    finally:
        os.close(handle)
    return f" ({one_line(text.decode('utf-8', 'replace').strip())})" if text.startswith(BEGINNING) else ""


def _leads_to(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(handle))
    except OSError:
        return False

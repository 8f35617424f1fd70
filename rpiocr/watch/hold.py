"""Locks a folder so that only one process watches it."""

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

LOCK_TEXT_START = b"process "
"""Start of the text in every lock file; a file with other text belongs to another program."""

MAX_BYTES = 300
"""Maximum bytes of text in a lock file; host names have at most 64."""

NOT_A_LOCK = {
    errno.ELOOP: "it is a symbolic link; remove it",
    errno.EINVAL: "it is not a regular file; remove it",
    errno.EISDIR: "it is a directory; remove it",
    errno.ENXIO: "it is not a regular file; remove it",
}


@dataclass(frozen=True, slots=True)
class Hold:
    """A locked folder: descriptors of the lock file and of the folder itself."""

    inbox: Path
    place: Path
    lock: int
    folder: int

    @property
    def is_good(self) -> bool:
        """Whether the paths still lead to the folder and the lock file that are held."""
        return _leads_to(self.inbox, self.folder) and _leads_to(self.place, self.lock)


@contextmanager
def hold(inbox: Path) -> Iterator[Hold]:
    """Lock a folder against other watchers; raises HeldByAnotherError, which names the holder.

    The lock is a hidden file in the folder, so that other machines see it too, or a file in the state directory if
    the folder is read-only; the folder itself is locked as well, because files are easily deleted. The kernel
    releases both locks when the process ends, however it ends. The text in a lock file is for people only.
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
        why = NOT_A_LOCK.get(error.errno or 0, f"{error.strerror}; check its permissions")
        message = f"{inbox} cannot be watched: {place} cannot be opened: {why}"
        raise InboxMissingError(message) from error


def _lock(handle: int, inbox: Path, place: Path) -> None:
    try:
        lock_handle(handle)
    except BlockingIOError:
        message = f"{inbox} is watched by another rpiocr{_holder(place)}; this one exits"
        raise HeldByAnotherError(message) from None
    except OSError as error:
        message = f"{inbox} cannot be watched: {place} cannot be locked ({error.strerror})"
        raise InboxMissingError(message) from error


def _lock_folder(handle: int, inbox: Path, place: Path) -> None:
    # Network file systems cannot lock directories; the lock file has to be enough there.
    with suppress(InboxMissingError):
        _lock(handle, inbox, place)


def _write(handle: int, text: str) -> None:
    # A full disk does not matter: the lock holds without the text.
    with suppress(OSError):
        if _is_ours(handle):
            os.ftruncate(handle, 0)
            os.pwrite(handle, text.encode("utf-8"), 0)


def _is_ours(handle: int) -> bool:
    """Whether a file may be overwritten: it has no second hard link, and holds nothing but the text of a lock."""
    status = os.fstat(handle)
    return status.st_nlink == 1 and (
        status.st_size == 0 or os.pread(handle, len(LOCK_TEXT_START), 0) == LOCK_TEXT_START
    )


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
        text = os.pread(handle, MAX_BYTES, 0)
    finally:
        os.close(handle)
    return f" ({one_line(text.decode('utf-8', 'replace').strip())})" if text.startswith(LOCK_TEXT_START) else ""


def _leads_to(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(handle))
    except OSError:
        return False

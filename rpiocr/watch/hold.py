"""One reader for each folder."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rpiocr.settings import state_dir
from rpiocr.watch.errors import HeldByAnotherError, InboxMissingError

LOCK_NAME = ".rpiocr.lock"


@contextmanager
def hold(inbox: Path) -> Iterator[None]:
    """Keep other watchers away from a folder; raises HeldByAnotherError, which says who holds it.

    The lock is a hidden file in the folder, so that other machines see it as well, or, where nothing may be written
    there, a file in the state folder. It is the system's: it goes with the process, however that ends.
    """
    place = _place(inbox)
    try:
        handle = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        message = f"{inbox} cannot be watched: {place} cannot be opened ({error.strerror}); check its permissions"
        raise InboxMissingError(message) from error
    try:
        _lock(handle, inbox, place)
        since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        _write(handle, f"process {os.getpid()} on {socket.gethostname()} since {since}\n")
        yield
        _write(handle, "")
    finally:
        os.close(handle)


def _lock(handle: int, inbox: Path, place: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = f"{inbox} is watched by another rpiocr{_holder(place)}; this one ends"
        raise HeldByAnotherError(message) from None
    except OSError as error:
        message = f"{inbox} cannot be watched: {place} cannot be locked ({error.strerror})"
        raise InboxMissingError(message) from error


def _write(handle: int, text: str) -> None:
    # A full disk hinders nobody: the lock holds without these words.
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, text.encode("utf-8"), 0)


def _place(inbox: Path) -> Path:
    if os.access(inbox, os.W_OK):
        return inbox / LOCK_NAME
    folder = state_dir() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / hashlib.sha256(os.fsencode(inbox)).hexdigest()[:32]


def _holder(place: Path) -> str:
    try:
        text = place.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return f" ({text})" if text else ""

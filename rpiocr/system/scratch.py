"""A private folder for the pictures and tables that programs exchange, in memory where there is room.

Whoever uses a folder holds a lock on it, which ends with its process, however that ends. So a folder that can be locked
is left over and may be removed.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rpiocr.errors import ScratchError
from rpiocr.system.descendants import kill_marked
from rpiocr.system.lock import lock

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it is private and has a random name
ROOM_NEEDED = 64 * 1024 * 1024
"""Bytes that must be free in memory: more than the pictures of one pass per core of a Pi."""

PREFIX = "rpiocr-scratch-"
NAME = re.compile(rf"{PREFIX}[a-z0-9_]+")
"""What the folders are called; tempfile makes the random part of these characters."""


def scratch_parent() -> Path:
    """Return shared memory if it has room, which spares the card, else the temporary folder.

    Raises OSError where there is none.
    """
    try:
        if os.access(SHARED_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(SHARED_MEMORY).free >= ROOM_NEEDED:
            return SHARED_MEMORY
    except OSError:
        pass
    return Path(tempfile.gettempdir())


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a folder that only this user can read, and remove it with all it holds at the end. Raises ScratchError."""
    try:
        folder, held = _make()
    except OSError as error:
        message = f"no folder for temporary files can be made ({error.strerror}); set TMPDIR to one that is yours"
        raise ScratchError(message) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def sweep() -> None:
    """Remove the folders of this user's processes that were killed, and end the programs that work in them.

    Never raises; what cannot be removed stays.
    """
    with suppress(OSError):
        _sweep(SHARED_MEMORY)
    with suppress(OSError):
        _sweep(Path(tempfile.gettempdir()))


def _sweep(parent: Path) -> None:
    with os.scandir(parent) as entries:
        names = [entry.name for entry in entries if NAME.fullmatch(entry.name)]
    for name in names:
        with suppress(OSError):
            _remove_abandoned(parent / name)


def _make() -> tuple[Path, int]:
    """Make a folder; return it with the descriptor that holds its lock."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=scratch_parent()))
        held = _hold(folder)
        if held is not None:
            return folder, held


def _hold(folder: Path) -> int | None:
    """Lock a folder that was just made; None if it was taken for an abandoned one before that."""
    try:
        handle = _open(folder)
    except FileNotFoundError:
        return None
    # Where a file system has no locks, nobody can take the folder for abandoned.
    with suppress(OSError):
        lock(handle, wait=True)
    if folder.exists():
        return handle
    os.close(handle)
    return None


def _remove_abandoned(folder: Path) -> None:
    """Remove a folder of this user that nobody holds. Raises OSError for any other: BlockingIOError if it is held."""
    handle = _open(folder)
    try:
        if os.fstat(handle).st_uid != os.geteuid():
            return
        lock(handle)
        kill_marked(f"{folder}/")
        shutil.rmtree(folder)
    finally:
        os.close(handle)


def _open(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)

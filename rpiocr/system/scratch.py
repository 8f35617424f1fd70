"""A private directory for the images and tables that programs exchange, in shared memory if there is room.

A process that uses a directory holds a lock on it, which the kernel releases when the process ends. So a directory that
can be locked is abandoned and may be removed.
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

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - the directory created in it is private and has a random name
ROOM_NEEDED = 64 * 1024 * 1024
"""Minimum bytes of free memory: more than the images of one pass per core of a Pi."""

PREFIX = "rpiocr-scratch-"
NAME = re.compile(rf"{PREFIX}[a-z0-9_]+")
"""Names of the directories; tempfile builds the random part from these characters."""


def scratch_parent() -> Path:
    """Return shared memory if it has room, which saves writes to the SD card, otherwise the temporary directory.

    Raises OSError if there is none.
    """
    try:
        if os.access(SHARED_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(SHARED_MEMORY).free >= ROOM_NEEDED:
            return SHARED_MEMORY
    except OSError:
        pass
    return Path(tempfile.gettempdir())


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Create a directory only this user can read, and remove it at the end with its content. Raises ScratchError."""
    try:
        folder, held = _make()
    except OSError as error:
        message = f"no directory for temporary files can be created ({error.strerror}); set TMPDIR to one of your own"
        raise ScratchError(message) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def sweep() -> None:
    """Remove the directories of this user's killed processes, and kill the programs that work in them.

    Never raises; whatever cannot be removed stays.
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
    """Create a directory; returns it with the descriptor that holds its lock."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=scratch_parent()))
        held = _hold(folder)
        if held is not None:
            return folder, held


def _hold(folder: Path) -> int | None:
    """Lock a new directory; None if another process has taken it for an abandoned one."""
    try:
        handle = _open(folder)
    except FileNotFoundError:
        return None
    # On a file system without locks, no process can take the directory for abandoned.
    with suppress(OSError):
        lock(handle, wait=True)
    if folder.exists():
        return handle
    os.close(handle)
    return None


def _remove_abandoned(folder: Path) -> None:
    """Remove an unlocked directory of this user. Raises OSError otherwise: BlockingIOError if it is locked."""
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

"""A private folder for the pictures and tables that programs exchange, in memory where there is room."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rpiocr.errors import ScratchError

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it is private and has a random name
ROOM_NEEDED = 64 * 1024 * 1024
"""Bytes that must be free in memory: more than the pictures of one pass per core of a Pi."""


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
        folder = Path(tempfile.mkdtemp(prefix="rpiocr-", dir=scratch_parent()))
    except OSError as error:
        message = f"no folder for temporary files can be made ({error.strerror}); set TMPDIR to one that is yours"
        raise ScratchError(message) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

"""A private folder for the pictures and tables that programs exchange, in memory where there is room."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it is private and has a random name
ROOM_NEEDED = 64 * 1024 * 1024
"""Bytes that must be free in memory: more than the pictures of one pass per core of a Pi."""


def scratch_parent() -> Path:
    """Return shared memory if it has room, which spares the card, else the temporary folder."""
    try:
        if shutil.disk_usage(SHARED_MEMORY).free >= ROOM_NEEDED:
            return SHARED_MEMORY
    except OSError:
        pass
    return Path(tempfile.gettempdir())


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a folder that only this user can read, and remove it with all it holds at the end."""
    folder = Path(tempfile.mkdtemp(prefix="rpiocr-", dir=scratch_parent()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

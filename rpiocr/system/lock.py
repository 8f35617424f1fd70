"""Locks that all threads and processes heed: the system's, which go with the process, however that ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rpiocr.system.files import open_regular

PAUSE_S = 0.05


@contextmanager
def locked(path: Path, timeout_s: float) -> Iterator[None]:
    """Hold the lock of a file, which is made where there is none and keeps what it holds.

    Raises TimeoutError where another one holds it for so long, OSError as ``open_regular`` and where the file system
    has no locks.
    """
    handle = open_regular(path, os.O_RDWR | os.O_CREAT)
    try:
        _wait_for(handle, timeout_s)
        yield
    finally:
        os.close(handle)


def _wait_for(handle: int, timeout_s: float) -> None:
    end = time.monotonic() + timeout_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise TimeoutError from None
            time.sleep(PAUSE_S)
        else:
            return

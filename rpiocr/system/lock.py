"""Locks between threads and processes, which the kernel releases when the process ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rpiocr.system.files import open_regular

PAUSE_S = 0.05


def lock(handle: int, *, wait: bool = False) -> None:
    """Lock an open file or directory until it is closed; raises BlockingIOError if the lock is held elsewhere.

    Locks of separately opened descriptors exclude each other, also within one process. With ``wait`` it waits without
    limit. Raises OSError if the file system does not support locks.
    """
    fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def locked(path: Path, timeout_s: float) -> Iterator[None]:
    """Hold the lock of a file, which is created if missing; its content stays.

    Raises TimeoutError if the lock is held elsewhere for ``timeout_s``, OSError as ``open_regular`` and ``lock``.
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
            lock(handle)
        except BlockingIOError:
            if time.monotonic() > end:
                raise TimeoutError from None
            time.sleep(PAUSE_S)
        else:
            return

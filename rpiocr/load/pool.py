"""Pool of decoder processes: started when needed, kept for the next file."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rpiocr.load.child import Child

FILES_PER_CHILD = 200
MAX_KEPT_BYTES = 96 * 1024 * 1024
"""A decoder process is replaced after this many files, or when it holds more memory than this; HEIF and PDF take
45 MB."""


class Pool:
    """The decoder processes of this process; threads that load at the same time use one each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._busy: set[Child] = set()

    @contextmanager
    def child(self) -> Iterator[Child]:
        """Provide a process that waits for a file; afterwards it has to wait again or to have been ended."""
        child = self._take()
        try:
            yield child
        finally:
            self._put_back(child)

    def _take(self) -> Child:
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.is_alive:
                    break
                child.end()
            else:
                child = Child()
            self._busy.add(child)
            child.files += 1
            return child

    def _put_back(self, child: Child) -> None:
        with self._lock:
            self._busy.discard(child)
            keep = child.is_alive and child.files < FILES_PER_CHILD and len(self._idle) < len(os.sched_getaffinity(0))
            if keep and child.usage().memory <= MAX_KEPT_BYTES:
                self._idle.append(child)
                return
        child.end()

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            children = (*self._idle, *self._busy)
            self._idle.clear()
        for child in children:
            child.end()

    def forget(self) -> None:
        """In a forked copy of this process: start with an empty pool, leaving the decoder processes to the parent."""
        children = (*self._idle, *self._busy)
        self.__init__()  # type: ignore[misc]
        for child in children:
            child.disown()


POOL = Pool()
"""The pool of this process."""

atexit.register(POOL.close)
os.register_at_fork(after_in_child=POOL.forget)

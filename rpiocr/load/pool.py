"""The processes that decode for this one: started when they are needed, kept for the next file."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rpiocr.load.child import Child

FILES_PER_CHILD = 200
MOST_KEPT_BYTES = 96 * 1024 * 1024
"""After so many files, or when it has kept so much, a process makes room for a new one; HEIF and PDF take 45 MB."""


class Pool:
    """The processes of this one. Threads that load at the same time have one each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._busy: set[Child] = set()

    @contextmanager
    def child(self) -> Iterator[Child]:
        """Lend a process that waits for a file; it must do so again afterwards, or have been ended."""
        child = self._take()
        try:
            yield child
        finally:
            self._put_back(child)

    def _take(self) -> Child:
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.lives:
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
            keep = child.lives and child.files < FILES_PER_CHILD and len(self._idle) < len(os.sched_getaffinity(0))
            if keep and child.usage().memory <= MOST_KEPT_BYTES:
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
        """In a copy of this process: begin anew, and leave the processes to the one that started them."""
        children = (*self._idle, *self._busy)
        self.__init__()  # type: ignore[misc]
        for child in children:
            child.disown()


POOL = Pool()
"""Of this process."""

atexit.register(POOL.close)
os.register_at_fork(after_in_child=POOL.forget)

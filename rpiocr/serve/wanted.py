"""Who wants which file, by the hash of its bytes: clients that wait, and those that were told where to look."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wanted:
    """The files that somebody wants; thread-safe."""

    _waiting: Counter[str] = field(default_factory=Counter)
    _promised: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def promise(self, sha256: str) -> None:
        """Somebody was told that a file will be read."""
        with self._lock:
            self._promised.add(sha256)

    def kept(self, sha256: str) -> None:
        """A file is finished; what was promised about it is done."""
        with self._lock:
            self._promised.discard(sha256)

    @contextmanager
    def waiting(self, sha256: str) -> Iterator[bool]:
        """Wait for a file; yields whether nobody wanted it before."""
        with self._lock:
            is_first = not self._is_wanted(sha256)
            self._waiting[sha256] += 1
        try:
            yield is_first
        finally:
            with self._lock:
                self._waiting[sha256] -= 1
                if not self._waiting[sha256]:
                    del self._waiting[sha256]

    def is_wanted(self, sha256: str) -> bool:
        """Whether anybody wants a file."""
        with self._lock:
            return self._is_wanted(sha256)

    def _is_wanted(self, sha256: str) -> bool:
        return sha256 in self._waiting or sha256 in self._promised

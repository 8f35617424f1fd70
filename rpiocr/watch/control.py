"""What a service that embeds a watch asks of it, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Watching(Protocol):
    """A watch that has begun, as its ``Control`` knows it."""

    def wake(self) -> None:
        """List the folder soon."""

    def withdraw(self, sha256: str) -> bool:
        """See Control."""


class Control:
    """Asks a watch; thread-safe, and without effect on a watch that has not begun or has ended, except ``stop``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._complete: set[str] = set()
        self._stopped = threading.Event()
        self._watching: Watching | None = None

    def complete(self, name: str) -> None:
        """Declare that a file, which is in the folder under its name by now, is complete.

        It is taken at once, without waiting whether it still changes.
        """
        with self._lock:
            self._complete.add(name)
        self._wake()

    def withdraw(self, sha256: str) -> bool:
        """Declare that nobody waits any more for the files with this hash; returns whether there was any.

        A file that is being read is not read on, one that has not been begun is not read; either is filed as failed,
        with the code ``client_gone``. A file that has been read stays so. Where files stay in the folder, this is only
        for those that are being read. It waits until their processes have ended, which may take some seconds.
        """
        watching = self._watching
        return watching is not None and watching.withdraw(sha256)

    def stop(self) -> None:
        """End the watch, as Ctrl-C does; a watch that has not begun ends at once."""
        self._stopped.set()
        self._wake()

    @property
    def is_stopped(self) -> bool:
        """Whether the watch is to end."""
        return self._stopped.is_set()

    def wait(self, seconds: float) -> None:
        """Wait, but not once the watch is to end."""
        self._stopped.wait(seconds)

    @contextmanager
    def attached(self, watching: Watching) -> Iterator[None]:
        """Ask this watch for as long as the context lasts."""
        self._watching = watching
        try:
            yield
        finally:
            self._watching = None

    def completed(self) -> frozenset[str]:
        """Return the names declared complete since the last call."""
        with self._lock:
            names, self._complete = frozenset(self._complete), set()
        return names

    def _wake(self) -> None:
        if watching := self._watching:
            watching.wake()

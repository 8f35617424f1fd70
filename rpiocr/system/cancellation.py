"""Ends what was started for one piece of work, in whatever threads, and nothing of any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from rpiocr.errors import EngineCancelledError


class Cancellation:
    """Belongs to one piece of work, such as the reading of one receipt; safe to use from all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ends: set[Callable[[], None]] = set()
        self._cancelled = False

    def cancel(self) -> None:
        """End what runs inside of ``ended_by``, and whatever comes there later; may be called again."""
        with self._lock:
            self._cancelled = True
            for end in self._ends:
                end()

    @contextmanager
    def ended_by(self, end: Callable[[], None]) -> Iterator[None]:
        """Have ``end`` called, in another thread, if the work is cancelled inside of this context, never afterwards.

        ``end`` returns at once. Raises EngineCancelledError where the work has been cancelled, on entering or leaving.
        """
        self._add(end)
        try:
            yield
        except Exception as error:
            if self._cancelled:
                raise _cancelled() from error
            raise
        finally:
            with self._lock:
                self._ends.discard(end)
        if self._cancelled:
            raise _cancelled()

    def _add(self, end: Callable[[], None]) -> None:
        with self._lock:
            if self._cancelled:
                raise _cancelled()
            self._ends.add(end)


def _cancelled() -> EngineCancelledError:
    return EngineCancelledError("it was ended with the reading that needed it")

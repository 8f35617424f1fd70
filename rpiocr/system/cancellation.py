"""Cancels everything started for one task, across threads, without affecting other tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from rpiocr.errors import EngineCancelledError


class Cancellation:
    """Cancellation of one task, such as reading one receipt; thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ends: set[Callable[[], None]] = set()
        self._cancelled = False

    def cancel(self) -> None:
        """End everything inside ``ended_by``, now and later; may be called repeatedly."""
        with self._lock:
            self._cancelled = True
            for end in self._ends:
                end()

    @contextmanager
    def ended_by(self, end: Callable[[], None]) -> Iterator[None]:
        """Call ``end``, from another thread, if the task is cancelled inside this context, but never afterwards.

        ``end`` must return immediately. Raises EngineCancelledError on entry or exit if the task was cancelled.
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
    return EngineCancelledError("it was cancelled together with the reading that needed it")

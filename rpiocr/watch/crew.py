"""Processes several files at a time, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from types import TracebackType

from rpiocr.errors import system_limit
from rpiocr.system.stop import undisturbed
from rpiocr.watch.inbox import Entry
from rpiocr.watch.watcher import After


class Crew:
    """The files in progress; ``ended`` is called, in the thread of a file, when it is finished.

    Leaving the context waits for all files, whatever comes of them.
    """

    def __init__(self, ended: Callable[[], None]) -> None:
        self._ended = ended
        self._at_work: dict[Future[After], Entry] = {}
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for thread in self._threads:
            thread.join()

    def __len__(self) -> int:
        """The number of files whose outcome was not collected yet."""
        return len(self._at_work)

    @property
    def is_busy(self) -> bool:
        """Whether a file is in progress."""
        return any(thread.is_alive() for thread in self._threads)

    @property
    def names(self) -> frozenset[str]:
        """The names of the files whose outcome was not collected yet."""
        return frozenset(entry.name for entry in self._at_work.values())

    def start(self, entry: Entry, take: Callable[[Entry], After]) -> None:
        """Begin to process a file by ``take``. Raises SystemLimitError if no thread can be started."""
        outcome: Future[After] = Future()
        # A thread must not keep the program from ending at once at a second signal.
        thread = threading.Thread(target=self._work, args=(take, entry, outcome), name="rpiocr-file", daemon=True)
        with undisturbed():
            try:
                thread.start()
            except RuntimeError as error:
                raise system_limit(error) or error from error
            self._at_work[outcome] = entry
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]

    def _work(self, take: Callable[[Entry], After], entry: Entry, outcome: Future[After]) -> None:
        try:
            outcome.set_result(take(entry))
        except BaseException as error:  # noqa: BLE001 - it is raised again where outcomes are collected
            outcome.set_exception(error)
        finally:
            self._ended()

    def outcomes(self) -> Iterator[tuple[Entry, Future[After]]]:
        """Yield the files that are finished; each only once."""
        for outcome in [one for one in self._at_work if one.done()]:
            yield self._at_work.pop(outcome), outcome

    def wait(self, seconds: float) -> None:
        """Wait until a file is finished, at most for so long."""
        wait(self._at_work, timeout=seconds, return_when=FIRST_COMPLETED)

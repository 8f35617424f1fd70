"""The watched folder, which may disappear, return or be replaced at any time."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from rpiocr.watch.hold import Hold, hold
from rpiocr.watch.notice import Notices, notices

LOOK_S = 5.0
"""Interval of the check that the folder is still the same; inotify does not report every way to replace it."""


class Folder:
    """A context manager that locks and observes a folder, and does so again when another has taken its place."""

    def __init__(self, inbox: Path, poll_s: float, rescan_s: float) -> None:
        self.inbox = inbox
        self._poll_s = poll_s
        self._rescan_s = rescan_s
        self._stack = ExitStack()
        self._hold: Hold | None = None
        self._notices: Notices | None = None

    def __enter__(self) -> Folder:
        self.keep()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._release()

    @property
    def by(self) -> str:
        """How changes in it are detected, for people."""
        return self._notices.by if self._notices else "nothing"

    @property
    def is_same(self) -> bool:
        """Whether the path still leads to the folder that is locked."""
        return self._hold is not None and self._hold.is_good

    def keep(self) -> bool:
        """Lock and observe the folder that is at the path now; returns whether it was replaced.

        Raises InboxMissingError if it does not exist, HeldByAnotherError if another watch was faster. No descriptor of
        the old folder stays open then, so that its disk can be unmounted.
        """
        if self.is_same:
            return False
        self._release()
        with ExitStack() as stack:
            self._hold = stack.enter_context(hold(self.inbox))
            self._notices = stack.enter_context(notices(self.inbox, self._poll_s, self._rescan_s))
            self._stack = stack.pop_all()
        return True

    def wait(self, max_s: float) -> None:
        """Wait until something changes in the folder or it is replaced, at most ``max_s`` seconds."""
        if self._notices is None:
            time.sleep(max_s)
            return
        end = time.monotonic() + min(max_s, self._notices.longest_s)
        while (left_s := end - time.monotonic()) > 0:
            if self._notices.wait(min(left_s, LOOK_S)) or not self.is_same:
                return

    def wake(self) -> None:
        """End the present wait, or the next one, at once; callable from any thread."""
        if present := self._notices:
            present.notify()

    def _release(self) -> None:
        self._hold = self._notices = None
        self._stack.close()

"""The watched folder, which may go, come back, or be replaced by another one at any time."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from rpiocr.watch.hold import Hold, hold
from rpiocr.watch.notice import Notices, notices

LOOK_S = 5.0
"""How often it is seen whether the folder is still the same: the system tells nobody of all that may happen to it."""


class Folder:
    """A folder that is locked and observed, both anew where another one has taken its place; a context manager."""

    def __init__(self, inbox: Path, poll_s: float, rescan_s: float) -> None:
        self.inbox = inbox
        self._poll_s = poll_s
        self._rescan_s = rescan_s
        self._stack = ExitStack()
        self._hold: Hold | None = None
        self._told: Notices | None = None

    def __enter__(self) -> Folder:
        self.keep()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._let_go()

    @property
    def by(self) -> str:
        """How it is noticed that something happens in it, for people."""
        return self._told.by if self._told else "nothing"

    @property
    def is_same(self) -> bool:
        """Whether the folder that has its name now is the one that is held."""
        return self._hold is not None and self._hold.is_good

    def keep(self) -> bool:
        """Lock and observe the folder that has the name now; tells whether it is another one than before.

        Raises InboxMissingError where there is none, HeldByAnotherError where another watch was faster. Then no
        descriptor of the old one stays open, which would keep its disk from being unmounted.
        """
        if self.is_same:
            return False
        self._let_go()
        with ExitStack() as stack:
            self._hold = stack.enter_context(hold(self.inbox))
            self._told = stack.enter_context(notices(self.inbox, self._poll_s, self._rescan_s))
            self._stack = stack.pop_all()
        return True

    def wait(self, most_s: float) -> None:
        """Wait until something happens in the folder or to it, or for so long, or as long as is safe."""
        if self._told is None:
            time.sleep(most_s)
            return
        end = time.monotonic() + min(most_s, self._told.longest_s)
        while (left_s := end - time.monotonic()) > 0:
            if self._told.wait(min(left_s, LOOK_S)) or not self.is_same:
                return

    def _let_go(self) -> None:
        self._hold = self._told = None
        self._stack.close()

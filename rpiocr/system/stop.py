"""Ctrl-C and its like: the first asks to end, the second ends."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

SAME_WISH_S = 0.25
"""`timeout` and closing terminals send their signal twice, to the process and to its group."""


class Stop:
    """Whether the run was asked to end."""

    def __init__(self) -> None:
        self.asked = False
        self._asked_at = 0.0

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take signals as wishes; those that are ignored stay so. The second one raises KeyboardInterrupt."""
        before = {number: signal.getsignal(number) for number in SIGNALS}
        heard = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
        for number in heard:
            signal.signal(number, self._ask)
        try:
            yield
        finally:
            for number in heard:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    signal.signal(number, before[number])

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if not self.asked:
            self.asked, self._asked_at = True, now
        elif now - self._asked_at > SAME_WISH_S:
            # The process ends now; who asks a third time must not keep it from tidying up.
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            raise KeyboardInterrupt


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let a wish to end wait until a short piece of work is done, which raises KeyboardInterrupt then; see Stop."""
    if threading.current_thread() is not threading.main_thread():  # no signal comes here
        yield
        return
    stop = Stop()
    with stop.listening():
        yield
    if stop.asked:
        raise KeyboardInterrupt

"""Handles Ctrl-C and similar signals: the first requests an orderly stop, the second stops at once."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

SAME_REQUEST_S = 0.25
"""Signals within this time count once: `timeout` and closing terminals signal the process and its group."""


class Stop:
    """Records whether the run was asked to stop, and by which signal."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._asked_at = 0.0

    @property
    def asked(self) -> bool:
        """Whether the run was asked to stop."""
        return self.signal is not None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Treat signals as requests to stop, except ignored ones. The second one raises KeyboardInterrupt."""
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

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if not self.asked:
            self.signal, self._asked_at = number, now
        elif now - self._asked_at > SAME_REQUEST_S:
            # The process stops now; a third signal must not interrupt its cleanup.
            for ignored in SIGNALS:
                signal.signal(ignored, signal.SIG_IGN)
            raise KeyboardInterrupt


@contextmanager
def undisturbed() -> Iterator[None]:
    """Defer signals until a short task is done, and deliver the first of them then, to whoever handles it outside."""
    if threading.current_thread() is not threading.main_thread():  # signals only arrive in the main thread
        yield
        return
    stop = Stop()
    try:
        with stop.listening():
            yield
    finally:
        # A task that fails must not swallow the request.
        if stop.signal:
            signal.raise_signal(stop.signal)

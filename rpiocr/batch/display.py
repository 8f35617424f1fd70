"""The terminal of a batch: a progress bar with rate and remaining time, below results and log lines."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, cast

from rpiocr.system.stop import undisturbed

if TYPE_CHECKING:
    from rich.progress import Progress


class Display:
    """Without a terminal on standard error it shows nothing, and ``out`` and ``err`` are the plain streams."""

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self.out = out
        self.err = err

    def advance(self, *, skipped: bool = False) -> None:
        """Count a file as done or skipped."""


class _Bar(Display):
    def __init__(self, progress: Progress, total: int) -> None:
        above_out = cast("TextIO", _Above(sys.stdout, progress))
        super().__init__(above_out if sys.stdout.isatty() else sys.stdout, cast("TextIO", _Above(sys.stderr, progress)))
        self._progress = progress
        self._task = progress.add_task("", total=total, rate="")
        self._started = time.monotonic()
        self._read = 0

    def advance(self, *, skipped: bool = False) -> None:
        self._read += not skipped
        rate = self._read / max(time.monotonic() - self._started, 0.001) * 60
        self._progress.update(self._task, advance=1, rate=f"{rate:.0f}/min")


class _Above(io.TextIOBase):
    """Writes to a terminal above the progress bar."""

    def __init__(self, stream: TextIO, progress: Progress) -> None:
        self._stream = stream
        self._progress = progress

    def write(self, text: str) -> int:
        """Erase the bar, write, and draw it again."""
        # Rich's bar can be neither stopped nor started from half a start, which Ctrl-C would leave behind.
        with undisturbed():
            self._progress.stop()
            try:
                self._stream.write(text)
                self._stream.flush()
            finally:
                self._progress.start()
        return len(text)

    def flush(self) -> None:
        """Do nothing: every write is flushed."""

    def isatty(self) -> bool:
        """Return whether the output goes to a terminal, which shows colours."""
        return self._stream.isatty()


@contextmanager
def open_display(total: int, *, shown: bool) -> Iterator[Display]:
    """Show the progress over ``total`` files on standard error if that is a terminal."""
    if not shown or total < 2 or not sys.stderr.isatty():
        yield Display(sys.stdout, sys.stderr)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from rpiocr.system.console import console_on

    columns = ("reading", BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    # Results and log lines are written above the bar here; Rich would send them all to standard error.
    progress = Progress(
        *columns,
        console=console_on(),
        transient=True,
        refresh_per_second=2,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with progress:
        yield _Bar(progress, total)

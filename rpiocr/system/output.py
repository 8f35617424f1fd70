"""The only functions that write text to standard output and standard error.

Whatever names, receipts and other programs hold, a terminal only shows it. JSON comes from
``rpiocr.output.result.dumps``, rows of CSV from ``rpiocr.system.csv_rows``, tables and progress from
``rpiocr.system.console``.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import TextIO

from rpiocr.sanitize.redact import RedactingFormatter, redacted
from rpiocr.sanitize.text import lines, one_line

COLOURS = {"red": 31, "green": 32, "yellow": 33, "cyan": 36}
"""Codes of ECMA-48 for the colour of the text."""


def print_line(text: str = "", *, mark: str = "", colour: str = "") -> None:
    """Print one line, whatever characters ``text`` has; before it ``mark``, in ``colour`` on a terminal."""
    if mark and sys.stdout.isatty():
        mark = f"\x1b[{COLOURS[colour]}m{mark}\x1b[0m"
    print_drawn(f"{mark}{one_line(text)}\n")


def print_block(text: str) -> None:
    """Print text of our own that has several lines and ends with one."""
    print_drawn(lines(text))


def print_drawn(text: str) -> None:
    """Print what ``rpiocr.system.console`` has drawn, with its colours."""
    sys.stdout.write(text)
    sys.stdout.flush()


def warn(text: str) -> None:
    """Print one line on standard error; if that cannot be written, nothing happens."""
    warn_block(f"rpiocr: {one_line(text)}\n")


def warn_block(text: str) -> None:
    """Write text of our own that has several lines and ends with one to standard error; see ``warn``."""
    stream: TextIO | None = sys.stderr
    if stream is not None:  # Python has none where it was started with standard error closed
        with suppress(OSError, ValueError):
            stream.write(lines(redacted(text)))
            stream.flush()


def set_up_logging(level: int) -> None:
    """Have the messages of all libraries from ``level`` on written to standard error."""
    handler = _Handler(level)
    handler.setFormatter(RedactingFormatter("rpiocr: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])


class _Handler(logging.Handler):
    """Writes messages of libraries, and where an error arose."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one message."""
        warn_block(f"{self.format(record)}\n")

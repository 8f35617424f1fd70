"""The only functions that write text to standard output and standard error.

Control characters in names, receipts and output of other programs are escaped. JSON comes from
``rpiocr.system.json_text.dumps``, rows of CSV from ``rpiocr.system.csv_rows``, tables and progress from
``rpiocr.system.console``.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TextIO

from rpiocr.sanitize.redact import redacted
from rpiocr.sanitize.text import lines, one_line

COLOURS = {"red": 31, "green": 32, "yellow": 33, "cyan": 36}
"""ECMA-48 codes of text colours."""


def print_line(text: str = "", *, mark: str = "", colour: str = "") -> None:
    """Print one line, escaping ``text`` as needed, after a ``mark`` that has this ``colour`` on a terminal."""
    if mark and sys.stdout.isatty():
        mark = f"\x1b[{COLOURS[colour]}m{mark}\x1b[0m"
    print_drawn(f"{mark}{one_line(text)}\n")


def print_block(text: str) -> None:
    """Print multi-line text of this program, which ends with a line break."""
    print_drawn(lines(text))


def print_drawn(text: str) -> None:
    """Print output of ``rpiocr.system.console`` with its colours."""
    sys.stdout.write(text)
    sys.stdout.flush()


def redraw(text: str) -> None:
    """Replace what the terminal shows by output of ``rpiocr.system.console``."""
    print_drawn(f"\x1b[H\x1b[J{text}")


def warn(text: str) -> None:
    """Print one line to standard error; a failed write is ignored."""
    warn_block(f"rpiocr: {one_line(text)}\n")


def warn_block(text: str) -> None:
    """Print multi-line text of this program, which ends with a line break, to standard error; see ``warn``."""
    stream: TextIO | None = sys.stderr
    if stream is not None:  # Python sets None if it was started with standard error closed
        with suppress(OSError, ValueError):
            stream.write(lines(redacted(text)))
            stream.flush()

"""The only functions that write text to standard output and standard error.

Whatever names, receipts and other programs hold, a terminal only shows it. JSON comes from
``rpiocr.output.result.dumps``, rows of CSV from ``rpiocr.system.csv_rows``, tables and progress from
``rpiocr.system.console``.
"""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING

import click

from rpiocr.sanitize.redact import RedactingFormatter, redacted
from rpiocr.sanitize.text import lines, one_line

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


def print_line(text: str = "", *, mark: str = "", colour: str = "") -> None:
    """Print one line, whatever characters ``text`` has; before it ``mark``, in ``colour`` on a terminal."""
    click.echo((click.style(mark, fg=colour) if mark else "") + one_line(text))


def print_block(text: str) -> None:
    """Print text of our own that has several lines and ends with one."""
    click.echo(lines(text), nl=False)


def print_drawn(text: str) -> None:
    """Print what ``rpiocr.system.console`` has drawn, with its colours."""
    click.echo(text, nl=False)


def page_drawn(texts: Iterable[str]) -> None:
    """Show what ``rpiocr.system.console`` has drawn in the user's pager."""
    click.echo_via_pager(texts)


def warn(text: str) -> None:
    """Say one line on standard error; that nobody can see it hinders nobody."""
    warn_block(f"rpiocr: {one_line(text)}\n")


def warn_block(text: str) -> None:
    """Write text of our own that has several lines and ends with one to standard error; see ``warn``."""
    with suppress(OSError, ValueError):
        click.echo(lines(redacted(text)), nl=False, err=True)


def warn_usage(error: click.ClickException) -> None:
    """Say what is wrong with a command line, and how the command is used."""
    shown = io.StringIO()
    error.show(shown)
    warn_block(shown.getvalue())


def confirm(question: str) -> bool:
    """Ask a person on the terminal."""
    return click.confirm(one_line(question), err=True)


def progress_bar(length: int, label: str) -> AbstractContextManager[ProgressBar[int]]:
    """Show on standard error, where that is a terminal, how much of ``length`` is done."""
    hidden = not sys.stderr.isatty()
    return click.progressbar(length=length, label=one_line(label), file=sys.stderr, hidden=hidden)


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

"""Interaction at the terminal: a pager, a question, a progress bar."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

from rpiocr.sanitize.text import one_line
from rpiocr.system.output import warn

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


def page_drawn(texts: Iterable[str]) -> None:
    """Show output of ``rpiocr.system.console`` in the user's pager."""
    click.echo_via_pager(texts)


def agreed(question: str, *, yes: bool) -> bool:
    """Ask for confirmation at the terminal, unless --yes was given; without a terminal, that is a usage error."""
    if yes:
        return True
    if not sys.stdin.isatty():
        message = "cannot ask for confirmation without a terminal; give --yes"
        raise click.UsageError(message)
    if click.confirm(one_line(question), err=True):
        return True
    warn("nothing was deleted")
    return False


def progress_bar(length: int, label: str) -> AbstractContextManager[ProgressBar[int]]:
    """Show the progress over ``length`` items on standard error if that is a terminal."""
    hidden = not sys.stderr.isatty()
    return click.progressbar(length=length, label=one_line(label), file=sys.stderr, hidden=hidden)

"""Interaction at the terminal: a pager, a question, a progress bar."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

from rpiocr.sanitize.text import one_line

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


def page_drawn(texts: Iterable[str]) -> None:
    """Show output of ``rpiocr.system.console`` in the user's pager."""
    click.echo_via_pager(texts)


def confirm(question: str) -> bool:
    """Ask the user at the terminal."""
    return click.confirm(one_line(question), err=True)


def progress_bar(length: int, label: str) -> AbstractContextManager[ProgressBar[int]]:
    """Show the progress over ``length`` items on standard error if that is a terminal."""
    hidden = not sys.stderr.isatty()
    return click.progressbar(length=length, label=one_line(label), file=sys.stderr, hidden=hidden)

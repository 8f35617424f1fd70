"""What a command does with the person at the terminal: a pager, a question, a progress bar."""

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
    """Show what ``rpiocr.system.console`` has drawn in the user's pager."""
    click.echo_via_pager(texts)


def confirm(question: str) -> bool:
    """Ask a person on the terminal."""
    return click.confirm(one_line(question), err=True)


def progress_bar(length: int, label: str) -> AbstractContextManager[ProgressBar[int]]:
    """Show on standard error, where that is a terminal, how much of ``length`` is done."""
    hidden = not sys.stderr.isatty()
    return click.progressbar(length=length, label=one_line(label), file=sys.stderr, hidden=hidden)

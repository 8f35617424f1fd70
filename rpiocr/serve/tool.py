"""Runs ``rpiocr`` itself for what takes memory or long: it leaves nothing in the server, and cannot stop it.

What a page shows is so, by construction, what the command line prints.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import simplejson

from rpiocr.errors import ExitCode, InputError, RpiocrError
from rpiocr.keep.stored_file import stored_file
from rpiocr.serve.book import Book
from rpiocr.serve.errors import TooManyRequestsError
from rpiocr.serve.limits import Crowd
from rpiocr.system.child import Bounds, Ended, run

MAX_AT_ONCE = 2
"""Number of commands that run at the same time; a Pi has little memory to spare."""

MAX_WAITING = 8
"""Number of commands that run or wait for their turn."""

PATIENCE_S = 20.0

SECONDS = 300.0
MAX_PRINTED = 64 * 1024 * 1024

PREFIX = "rpiocr: "
"""Beginning of the lines in which a command says what is wrong."""

_waiting = Crowd(MAX_WAITING, "exports and explanations")
_turns = threading.BoundedSemaphore(MAX_AT_ONCE)


class CommandError(RpiocrError):
    """A command failed, and ended with this status."""

    code = "command_failed"

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        with suppress(ValueError):
            self.exit_code = ExitCode(status)
        if self.exit_code is ExitCode.USAGE:
            self.code = "bad_parameter"


@contextmanager
def _turn() -> Iterator[None]:
    with _waiting.one(), _one_of_few():
        yield


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE_S):
        message = "this machine is busy; try again in a minute"
        raise TooManyRequestsError(message, retry_after_s=60)
    try:
        yield
    finally:
        _turns.release()


def rpiocr(arguments: Sequence[str], store: str, *, statuses: Sequence[int] = (0,)) -> Ended:
    """Run a command on a store; raises CommandError with what it said unless it ends with one of ``statuses``."""
    # The URL of a store may hold a password, which other users could see among the arguments.
    environment = {**os.environ, "RPIOCR_STORE": store, "RPIOCR_LOG_FORMAT": "text"}
    with _turn():
        command = ("nice", "-n", "5", sys.executable, "-m", "rpiocr", *arguments)
        ended = run(command, Bounds(SECONDS, MAX_PRINTED), environment=environment)
    if ended.status not in statuses:
        said = [line for line in ended.err.decode("utf-8", "replace").splitlines() if line.startswith(PREFIX)]
        message = said[-1].removeprefix(PREFIX) if said else f"it ended with status {ended.status}"
        raise CommandError(message, ended.status)
    return ended


def explanation_of(book: Book, receipt_id: int) -> bytes:
    """Return the page of ``rpiocr explain --html`` for a stored receipt; raises OriginalMissingError first."""
    stored_file(book.database, receipt_id)
    return rpiocr(("explain", "--html", "-", str(receipt_id)), book.database.url).out


def doctor(book: Book) -> list[Mapping[str, Any]]:
    """Return the findings of ``rpiocr doctor``."""
    ended = rpiocr(("doctor", "--format", "json"), book.database.url, statuses=(0, 5))
    found: list[Mapping[str, Any]] = simplejson.loads(ended.out)
    return found


def checked(file: Path) -> list[Mapping[str, Any]]:
    """Return what ``rpiocr check`` says about each page of a picture; raises InputError if it cannot be read."""
    ended = rpiocr(("check", "--format", "json", "--quiet", str(file)), "", statuses=(0, 3, 4))
    found: list[Mapping[str, Any]] = simplejson.loads(ended.out)
    if found and "error" in found[0]:
        error = InputError(str(found[0]["error"]["message"]).replace(str(file), "the picture"))
        error.code = str(found[0]["error"]["code"])
        raise error
    return found


def export(book: Book, arguments: Sequence[str]) -> str:
    """Write a file by ``rpiocr export``; ``arguments`` name it. Returns what the command warned about."""
    ended = rpiocr(("export", *arguments), book.database.url, statuses=(0, 3))
    return ended.err.decode("utf-8", "replace")

"""Sets up standard input, output and error: always open, with uniform handling of write errors.

A failed write to standard output raises OutputError; a failed write to standard error is ignored.
"""

from __future__ import annotations

import errno
import io
import os
import select
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from rpiocr.errors import OutputError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

IN, OUT, ERR = 0, 1, 2

REMEDIES = {
    errno.EBADF: "it is closed; give it a file or a pipe, or > /dev/null",
    errno.ENOSPC: "the disk is full; free some space, or write to another disk",
    errno.EDQUOT: "your quota is used up; free some space, or write to another disk",
    errno.EFBIG: "the file may not become larger; raise the limit (ulimit -f), or write to several files",
}
"""Causes of failed writes to standard output, and their remedies."""


def set_up_streams() -> None:
    """Open all three standard streams, even if the process was started with some of them closed.

    No file or socket opened later can then get the number of a closed stream, to which libraries write messages.
    """
    # As the C library does for setuid programs: a closed stream stays unusable, but its number is taken.
    _occupy(IN, os.O_WRONLY)
    _occupy(OUT, os.O_RDONLY)
    _occupy(ERR, os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(IN, "rb", closefd=False)), encoding="utf-8")
    sys.stdout = _text(_Output(OUT), sys.stdout)
    sys.stderr = _text(_Lossy(ERR), sys.stderr)


def require_output() -> None:
    """Raise OutputError if standard output is closed, before work whose results would be lost."""
    if isinstance(sys.stdout.buffer, _Output):
        sys.stdout.buffer.write(b"")


def _occupy(number: int, flags: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        handle = os.open(os.devnull, flags)
        if handle == number:
            os.set_inheritable(handle, True)  # noqa: FBT003 - the system's signature
        else:
            os.dup2(handle, number)
            os.close(handle)


def _text(raw: _Output, before: io.TextIOBase | object | None) -> io.TextIOWrapper:
    """Return an unbuffered text stream in the terminal's encoding, or in UTF-8 if it is not a terminal."""
    encoding = getattr(before, "encoding", None) if raw.isatty() else None
    return io.TextIOWrapper(raw, encoding or "utf-8", errors="backslashreplace", newline="\n", write_through=True)


class _Output(io.FileIO):
    """Writes bytes to a descriptor: each write is complete, or raises OutputError."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "wb", closefd=False)

    def write(self, data: ReadableBuffer, /) -> int:
        """Write all of ``data``; raises BrokenPipeError if the reader is gone."""
        written, view = 0, memoryview(data).cast("B")
        try:
            written += super().write(view) or 0
            while written < len(view):
                select.select([], [self], [])
                written += super().write(view[written:]) or 0
        except BrokenPipeError:
            raise
        except OSError as error:
            _take_back(self.fileno(), written)
            why = REMEDIES.get(error.errno or 0, f"{error.strerror}; check its target")
            message = f"standard output cannot be written: {why}"
            raise OutputError(message) from error
        return written


class _Lossy(_Output):
    """As _Output, for messages in addition to the results: failed writes are ignored."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Write as much as possible."""
        with suppress(OSError, OutputError):
            super().write(data)
        return memoryview(data).nbytes


def _take_back(number: int, written: int) -> None:
    """Truncate a partial write at the end of a file, so that no reader gets half a line."""
    with suppress(OSError):
        facts = os.fstat(number)
        if written and stat.S_ISREG(facts.st_mode) and os.lseek(number, 0, os.SEEK_CUR) == facts.st_size:
            os.ftruncate(number, facts.st_size - written)
            os.lseek(number, -written, os.SEEK_CUR)

"""Writes a file of any size in one go: nobody sees half of it, and a failure leaves what was there."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import click

from rpiocr.explain.output import NotWrittenError

STDOUT = Path("-")


@contextmanager
def replacing(path: Path, *, binary: bool) -> Iterator[BinaryIO]:
    """Yield a stream whose bytes become the content of ``path`` at the end, unless an exception ends the block.

    ``-`` is standard output, to which ``binary`` is not written where it is a terminal. A device or a FIFO is written
    to as it is, and a link leads to what it names. Raises NotWrittenError.
    """
    if path == STDOUT:
        if binary and sys.stdout.isatty():
            message = "this is nothing for a terminal; name a file with --out"
            raise click.UsageError(message)
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    elif path.exists() and not path.is_file():
        with _naming(path), path.open("wb") as stream:
            yield stream
    else:
        yield from _replacing(path)


def _replacing(path: Path) -> Iterator[BinaryIO]:
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".rpiocr-{secrets.token_hex(6)}.part")
    with _naming(path):
        stream = beside.open("xb")
    try:
        with _naming(path):
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            stream.close()
            beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
        # A full disk fails again at this close; it was said already.
        with suppress(OSError):
            stream.close()


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}; name a file in a folder that exists and is yours"
        raise NotWrittenError(message) from error

"""Writes a file in one go: nobody sees half of it, and a failure leaves what was there."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rpiocr.errors import ExitCode, RpiocrError


class NotWrittenError(RpiocrError):
    """The file that was asked for cannot be written."""

    code = "not_written"
    exit_code = ExitCode.USAGE


@contextmanager
def replacing(path: Path) -> Iterator[io.StringIO]:
    """Collect text that becomes the content of ``path`` at the end, unless an exception ends the block.

    A device or a FIFO is written to as it is, and a link leads to what it names. Raises NotWrittenError, at once
    where the folder does not exist or is not writable.
    """
    special = path.exists() and not path.is_file()
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".rpiocr-{secrets.token_hex(6)}.part")
    with _naming(path):
        stream = (path if special else beside).open("w" if special else "x", encoding="utf-8")
    try:
        collected = io.StringIO()
        yield collected
        with _naming(path):
            stream.write(collected.getvalue())
            stream.close()
            if not special:
                beside.replace(target)
    finally:
        if not special:
            beside.unlink(missing_ok=True)
        # A full disk fails again at this close; it was said already.
        with suppress(OSError):
            stream.close()


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}; name a file in a folder that exists and is yours"
        raise NotWrittenError(message) from error

"""Files that a user asked for by name: what cannot be written is said in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rpiocr.errors import ExitCode, RpiocrError
from rpiocr.system.files import PRIVATE, output


class NotWrittenError(RpiocrError):
    """The file that was asked for cannot be written."""

    code = "not_written"
    exit_code = ExitCode.USAGE


@contextmanager
def named_output(path: Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """As ``rpiocr.system.files.output``; raises NotWrittenError, at once where the directory is missing."""
    try:
        with output(path, mode) as stream:
            yield stream
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}; name a file in a folder that exists and is yours"
        raise NotWrittenError(message) from error

"""Opens output files named by the user, with clear errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rpiocr.errors import ExitCode, RpiocrError
from rpiocr.system.files import PRIVATE, output


class NotWrittenError(RpiocrError):
    """The requested file cannot be written."""

    code = "not_written"
    exit_code = ExitCode.USAGE


@contextmanager
def named_output(path: Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """As ``rpiocr.system.files.output``; raises NotWrittenError, immediately if the directory is missing."""
    try:
        with output(path, mode) as stream:
            yield stream
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}; name a file in an existing folder of your own"
        raise NotWrittenError(message) from error

"""Reads a file or standard input into memory, up to a maximum size."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rpiocr.errors import (
    EmptyFileError,
    FileMissingError,
    InputError,
    NotAFileError,
    NotPermittedError,
    PictureTooLargeError,
)

MAX_BYTES = 256 * 1024 * 1024
"""Maximum size of a file: far more than any photo or scanned receipt has, and a Pi with 2 GB can still hold it."""

CHUNK_BYTES = 1024 * 1024

MAX_READS = 5
"""Maximum number of times that a file is read because it was modified meanwhile."""


@dataclass(frozen=True, slots=True)
class Source:
    """The content of a file: messages refer to it as ``name``; ``sha256`` is the hash of ``data`` in hexadecimal."""

    name: str
    data: bytes
    sha256: str


def read_source(file: str, stream: BinaryIO | None = None, *, follow: bool = True) -> Source:
    """Read all of ``file``, or of standard input for ``-``; ``stream``, if given, holds the bytes of either.

    A symbolic link is followed, unless ``follow`` is false: then it is rejected as not a regular file.

    Raises an ``InputError`` if the file is missing, not a regular file, not permitted, empty, larger than ``MAX_BYTES``
    or being written to all the time.
    """
    name = "standard input" if file == "-" else file
    with _errors_naming(name):
        data = _read_stream(stream, name) if file == "-" or stream else _read_file(Path(file), name, follow=follow)
    if not data:
        raise EmptyFileError(f"{name} holds no data: copy it again, or check the program that wrote it.")
    return Source(name, data, hashlib.sha256(data).hexdigest())


def _read_file(path: Path, name: str, *, follow: bool) -> bytes:
    # Checked before opening, because opening a device can have side effects.
    _require_regular(path.stat(follow_symlinks=follow), name)
    # It may have been replaced meanwhile, and opening a FIFO would wait for a writer.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    with open(os.open(path, flags), "rb", buffering=0) as stream:  # noqa: PTH123 - it is a descriptor
        return _read_steady(stream, name)


def _read_steady(stream: BinaryIO, name: str) -> bytes:
    """Read a consistent version of a file: read it again if it was modified meanwhile."""
    for _ in range(MAX_READS):
        before = os.fstat(stream.fileno())
        _require_regular(before, name)
        stream.seek(0)
        data = _read_bounded(stream, name)
        after = os.fstat(stream.fileno())
        if (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns):
            return data
    raise InputError(f"{name} is being written: wait until it is complete.")


def _require_regular(status: os.stat_result, name: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NotAFileError(f"{name} is a folder, pipe or device: give files, or - to read a pipe.")
    if status.st_size > MAX_BYTES:
        raise _too_many_bytes(name)


def _read_stream(stream: BinaryIO | None, name: str) -> bytes:
    if stream is not None:
        return _read_bounded(stream, name)
    if sys.stdin is None:  # a program that uses the library was started with its standard input closed
        return b""
    try:
        return _read_bounded(sys.stdin.buffer, name)
    except OSError as error:
        if error.errno != errno.EBADF:
            raise
        raise InputError(f"{name} is closed: redirect a file to it with < FILE or a pipe, or name a file.") from error


def _read_bounded(stream: BinaryIO, name: str) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := stream.read(CHUNK_BYTES):
        size += len(chunk)
        if size > MAX_BYTES:
            raise _too_many_bytes(name)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_many_bytes(name: str) -> PictureTooLargeError:
    return PictureTooLargeError(
        f"{name} is larger than {MAX_BYTES // 1024**2} MiB: give the receipt as a smaller image or PDF."
    )


@contextmanager
def _errors_naming(name: str) -> Iterator[None]:
    """Turn exceptions of the operating system into errors that name the file."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileMissingError(f"{name} does not exist: check the path and its spelling.") from error
    except IsADirectoryError as error:
        raise NotAFileError(f"{name} is a folder: give the files in it.") from error
    except PermissionError as error:
        raise NotPermittedError(f"{name} cannot be read by this user: change its permissions.") from error
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in (errno.ELOOP, errno.ENXIO):
            raise NotAFileError(f"{name} is a link to no file, or a socket: give the file itself.") from error
        raise InputError(f"{name} cannot be read ({error}): check the path and the disk it is on.") from error

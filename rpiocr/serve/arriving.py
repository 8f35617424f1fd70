"""Files that are arriving: written as they come into a hidden file of the inbox, and looked at when they are whole.

Nothing is kept in memory. A file that is refused or that ends early leaves nothing behind; a whole one is on the disk
before anybody is told so.
"""

from __future__ import annotations

import errno
import hashlib
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rpiocr.decode.formats import Format, recognise
from rpiocr.serve.errors import (
    DiskFullError,
    EmptyUploadError,
    FolderError,
    NotAPictureError,
    RequestError,
    TooLargeError,
)
from rpiocr.system.files import creating, folder_mode, make_own_folder
from rpiocr.watch.inbox import MAX_BYTES, is_ignored
from rpiocr.watch.naming import UNSAFE

PREFIX = ".rpiocr-upload-"
"""Start of the names of hidden files that are being received."""

RESERVE_BYTES = 100 * 1024 * 1024
"""Space that uploads leave free on the disk, for the store."""

LOOK_BYTES = 16 * 1024 * 1024
"""Number of bytes after which the space on the disk is looked at again: a client need not announce its size."""

HEAD_BYTES = 4096
"""Bytes from the start by which the format is recognized."""

ENDINGS = {
    Format.JPEG: ".jpg",
    Format.PNG: ".png",
    Format.BMP: ".bmp",
    Format.GIF: ".gif",
    Format.WEBP: ".webp",
    Format.TIFF: ".tif",
    Format.HEIF: ".heic",
    Format.PDF: ".pdf",
    Format.AVIF: ".avif",
    Format.JPEG_XL: ".jxl",
    Format.XML: ".xml",
    Format.MAIL: ".eml",
}

MAX_STEM = 80


@dataclass(frozen=True, slots=True)
class Received:
    """A complete upload: its hidden file in the inbox, the name that it should get there, and its hash."""

    place: Path
    name: str
    sha256: str
    size: int

    def discard(self) -> None:
        """Delete the file: its bytes are known already, or it was refused."""
        with suppress(FileNotFoundError):
            self.place.unlink()


class Arriving:
    """One file that is being received; ``finish`` or ``drop`` ends it."""

    def __init__(self, inbox: Path, given: str, mode: int) -> None:
        self._place = inbox / f"{PREFIX}{secrets.token_hex(16)}"
        self._given = given
        self._stack = ExitStack()
        with disk(inbox):
            make_own_folder(inbox, folder_mode(mode))
            self._stream: BinaryIO = self._stack.enter_context(creating(self._place, mode))
        self._hash = hashlib.sha256()
        self._head = b""
        self._size = 0

    def write(self, data: bytes) -> None:
        """Write a piece; raises TooLargeError, DiskFullError."""
        self._size += len(data)
        if self._size > MAX_BYTES:
            raise too_large(MAX_BYTES)
        if len(self._head) < HEAD_BYTES:
            self._head += data[: HEAD_BYTES - len(self._head)]
        self._hash.update(data)
        if self._size // LOOK_BYTES != (self._size - len(data)) // LOOK_BYTES:
            require_space(self._place.parent, 0)
        with disk(self._place.parent):
            self._stream.write(data)

    def finish(self) -> Received:
        """Complete the file on the disk; raises EmptyUploadError, NotAPictureError, DiskFullError."""
        try:
            if not self._size:
                message = "the file is empty; take the picture again, or choose another file"
                raise EmptyUploadError(message)
            kind = recognise(self._head)
            if kind is None:
                message = (
                    "this is neither a picture nor a PDF, e-invoice or mail, whatever its name says;"
                    " send a JPEG, PNG, BMP, GIF, WebP, TIFF, HEIC, AVIF, PDF, XML or EML file"
                )
                raise NotAPictureError(message)
        except RequestError as error:
            self.drop(error)
            raise
        with disk(self._place.parent):
            self._stack.close()
        return Received(self._place, named(self._given, kind), self._hash.hexdigest(), self._size)

    def drop(self, error: BaseException) -> None:
        """Delete what has arrived."""
        with suppress(BaseException):
            self._stack.__exit__(type(error), error, error.__traceback__)


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """Translate the errors of a folder that is full or cannot be used."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise disk_full(folder) from error
        message = f"the folder {folder.name} cannot be written: {error.strerror}; nothing was kept; check it"
        raise FolderError(message) from error


def too_large(limit: int) -> TooLargeError:
    """Return the error for a request of more than ``limit`` bytes."""
    return TooLargeError(f"this is larger than {limit // 1024**2} MiB; send a smaller picture, or one file at a time")


def disk_full(folder: Path) -> DiskFullError:
    """Return the error for an upload that does not fit on the disk."""
    return DiskFullError(
        f"the disk with {folder.name} is full, and nothing was kept; free some space and send it again"
    )


def require_space(folder: Path, size: int) -> None:
    """Raise DiskFullError if an upload of ``size`` bytes would leave too little space."""
    with disk(folder):
        existing = next(one for one in (folder, *folder.parents) if one.exists())
        free = shutil.disk_usage(existing).free
    if free < size + RESERVE_BYTES:
        raise disk_full(folder)


def named(given: str, kind: Format) -> str:
    """Return a name for the inbox: that of the client without its folders, with the extension of the real format."""
    last = re.split(r"[/\\]", given)[-1]
    stem = last.rpartition(".")[0] or last
    stem = " ".join(UNSAFE.sub("-", stem).split())[:MAX_STEM].strip(" .-~")
    while len(stem.encode("utf-8", "replace")) > 2 * MAX_STEM:
        stem = stem[:-1]
    stem = stem.encode("utf-8", "ignore").decode("utf-8") or "receipt"
    name = stem + ENDINGS[kind]
    return f"receipt-{name}" if is_ignored(name) else name

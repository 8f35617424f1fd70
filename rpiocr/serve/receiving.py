"""Takes the bytes of an upload as they come, into a hidden file of the inbox, and looks at what they are.

Nothing is kept in memory but a piece at a time. An upload that ends early, comes too slowly or is too large leaves
nothing behind; a complete one is on the disk before anybody is told so.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import errno
import hashlib
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import BinaryIO

import simplejson
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser
from starlette.requests import ClientDisconnect, Request

from rpiocr.decode.formats import Format, recognise
from rpiocr.serve.errors import (
    DiskFullError,
    EmptyUploadError,
    IncompleteUploadError,
    NotAPictureError,
    RequestError,
    TooLargeError,
)
from rpiocr.system.files import creating, folder_mode, make_own_folder
from rpiocr.watch.inbox import MAX_BYTES, is_ignored
from rpiocr.watch.naming import UNSAFE

PREFIX = ".rpiocr-upload-"
"""Start of the names of hidden files that are being received."""

MAX_JSON_BYTES = 64 * 1024 * 1024
"""Limit of a JSON body, which has to be held in memory: a picture of 48 MB as base64."""

MAX_PARTS = 500
"""Maximum number of files in one request."""

MAX_HEADERS_BYTES = 16 * 1024
"""Limit of the headers of one part."""

RESERVE_BYTES = 100 * 1024 * 1024
"""Space that uploads leave free on the disk, for the store."""

SILENCE_S = 30.0
"""An upload that sends nothing for this long has ended."""

MIN_RATE = 1024
"""Bytes per second below which an upload is refused, on average after ``SLOW_AFTER_S``: it would hold its place for
hours."""

SLOW_AFTER_S = 60.0

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


class _Arriving:
    """One file that is being received; ``finish`` or ``drop`` ends it."""

    def __init__(self, inbox: Path, given: str, mode: int) -> None:
        make_own_folder(inbox, folder_mode(mode))
        self._place = inbox / f"{PREFIX}{secrets.token_hex(16)}"
        self._given = given
        self._stack = ExitStack()
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
        with _disk(self._place):
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
                    "this is neither a picture nor a PDF, whatever its name says;"
                    " send a JPEG, PNG, BMP, GIF, WebP, TIFF, HEIC, AVIF or PDF file"
                )
                raise NotAPictureError(message)
        except RequestError as error:
            self.drop(error)
            raise
        with _disk(self._place):
            self._stack.close()
        return Received(self._place, named(self._given, kind), self._hash.hexdigest(), self._size)

    def drop(self, error: BaseException) -> None:
        """Delete what has arrived."""
        with suppress(BaseException):
            self._stack.__exit__(type(error), error, error.__traceback__)


@contextmanager
def _disk(place: Path) -> Iterator[None]:
    """Translate a full disk."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full(place.parent) from error
        raise


def too_large(limit: int) -> TooLargeError:
    """Return the error for a request of more than ``limit`` bytes."""
    return TooLargeError(f"this is larger than {limit // 1024**2} MiB; send a smaller picture, or one file at a time")


def disk_full(folder: Path) -> DiskFullError:
    """Return the error for an upload that does not fit on the disk."""
    return DiskFullError(f"the disk with {folder.name} is full, and nothing was kept; free some space and send it again")


def require_space(folder: Path, size: int) -> None:
    """Raise DiskFullError if an upload of ``size`` bytes would leave too little space."""
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    if shutil.disk_usage(existing).free < size + RESERVE_BYTES:
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


async def pieces(request: Request, limit: int) -> AsyncIterator[bytes]:
    """Yield the body of a request piece by piece; raises TooLargeError and IncompleteUploadError."""
    began, size = time.monotonic(), 0
    stream = request.stream()
    while True:
        try:
            piece = await asyncio.wait_for(anext(stream), SILENCE_S)
        except StopAsyncIteration:
            return
        except TimeoutError:
            message = f"nothing came for {SILENCE_S:.0f} seconds, and nothing was kept; send it again"
            raise IncompleteUploadError(message) from None
        except ClientDisconnect:
            message = "the upload ended early, and nothing was kept; send it again"
            raise IncompleteUploadError(message) from None
        size += len(piece)
        if size > limit:
            raise too_large(limit)
        elapsed_s = time.monotonic() - began
        if elapsed_s > SLOW_AFTER_S and size < MIN_RATE * elapsed_s:
            message = "the upload is slower than 1 KB per second, and nothing was kept; send it over a better connection"
            raise IncompleteUploadError(message)
        if piece:
            yield piece


def announced(request: Request, limit: int) -> int:
    """Return the size that a request announces, 0 if it announces none; raises TooLargeError, before a byte of it."""
    given = request.headers.get("content-length", "")
    size = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    if size > limit:
        raise too_large(limit)
    return size


async def receive(request: Request, inbox: Path, mode: int, name: str = "") -> AsyncIterator[Received | RequestError]:
    """Yield the files of a request as each is complete, or its error; the caller owns the files.

    A request is multipart/form-data with any number of files, JSON {"image": base64, "name": ...}, or the bytes of one
    file with the content type of a picture or a PDF. Raises RequestError for a request that ends in the middle.
    """
    kind = Message()
    kind["content-type"] = request.headers.get("content-type", "application/octet-stream")
    main = kind.get_content_type()
    if main == "multipart/form-data":
        require_space(inbox, announced(request, MAX_PARTS * MAX_BYTES))
        boundary = kind.get_param("boundary")
        async for found in _from_form(request, inbox, mode, str(boundary or "")):
            yield found
    elif main == "application/json":
        yield await _from_json(request, inbox, mode, name)
    elif main in ("application/x-www-form-urlencoded", "text/plain"):
        message = f"{main} is no way to send a picture; send it as multipart/form-data, or its bytes as image/jpeg"
        raise NotAPictureError(message)
    else:
        yield await _from_bytes(request, inbox, mode, name)


async def _from_bytes(request: Request, inbox: Path, mode: int, name: str) -> Received | RequestError:
    require_space(inbox, announced(request, MAX_BYTES))
    arriving = _Arriving(inbox, name, mode)
    try:
        async for piece in pieces(request, MAX_BYTES):
            arriving.write(piece)
    except BaseException as error:
        arriving.drop(error)
        raise
    return arriving.finish()


async def _from_json(request: Request, inbox: Path, mode: int, name: str) -> Received | RequestError:
    require_space(inbox, announced(request, MAX_JSON_BYTES))
    body = bytearray()
    async for piece in pieces(request, MAX_JSON_BYTES):
        body += piece
    wanted = 'send {"image": "...", "name": "receipt.jpg"}, where image is the file in base64'
    try:
        given = simplejson.loads(bytes(body).decode("utf-8"))
        image = given["image"]
        if not isinstance(image, str):
            raise TypeError
        # A data URL, as browsers make it, has its type in front.
        encoded = image.partition(",")[2] if image.startswith("data:") else image
        data = base64.b64decode("".join(encoded.split()), validate=True)
        name = str(given.get("name") or name)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error) as error:
        message = f"this JSON holds no picture; {wanted}"
        raise RequestError(message) from error
    arriving = _Arriving(inbox, name, mode)
    try:
        arriving.write(data)
    except BaseException as error:
        arriving.drop(error)
        raise
    return arriving.finish()


class _Form:
    """Writes the files of a form while it is parsed; fields without a file name are ignored."""

    def __init__(self, inbox: Path, mode: int, boundary: str) -> None:
        self._inbox, self._mode = inbox, mode
        self._header, self._value = bytearray(), bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._now: _Arriving | None = None
        self._skipping: RequestError | None = None
        self._files = 0
        self.ready: list[Received | RequestError] = []
        self.ended = False
        callbacks = {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._append(self._header, data[start:end]),
            "on_header_value": lambda data, start, end: self._append(self._value, data[start:end]),
            "on_header_end": self._end_of_header,
            "on_headers_finished": self._open,
            "on_part_data": lambda data, start, end: self._data(data[start:end]),
            "on_part_end": self._close,
            "on_end": self._end,
        }
        self._parser = MultipartParser(boundary.encode("latin-1", "replace"), callbacks)  # type: ignore[arg-type]

    def feed(self, data: bytes) -> Iterator[Received | RequestError]:
        """Parse a piece; yields the files that it completes."""
        self._parser.write(data)
        yield from self.ready
        self.ready.clear()

    def drop(self, error: BaseException) -> None:
        """Delete the file that is incomplete."""
        if self._now:
            self._now.drop(error)
            self._now = None

    def _begin(self) -> None:
        self._headers = {}

    def _append(self, text: bytearray, data: bytes) -> None:
        text += data
        if len(text) > MAX_HEADERS_BYTES:
            message = "the headers of this form are too long"
            raise RequestError(message)

    def _end_of_header(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _open(self) -> None:
        disposition = Message()
        disposition["content-disposition"] = self._headers.get(b"content-disposition", b"").decode("utf-8", "replace")
        name = disposition.get_filename()
        if name is None:
            return
        self._files += 1
        if self._files > MAX_PARTS:
            message = f"this form has more than {MAX_PARTS} files; send them in several requests"
            raise RequestError(message)
        self._now = _Arriving(self._inbox, name, self._mode)

    def _data(self, data: bytes) -> None:
        if not self._now:
            return
        try:
            self._now.write(data)
        except TooLargeError as error:
            # One file that is too large does not cost the others.
            self.drop(error)
            self.ready.append(error)

    def _close(self) -> None:
        if not self._now:
            return
        arriving, self._now = self._now, None
        try:
            self.ready.append(arriving.finish())
        except RequestError as error:
            self.ready.append(error)

    def _end(self) -> None:
        self.ended = True


async def _from_form(
    request: Request, inbox: Path, mode: int, boundary: str
) -> AsyncIterator[Received | RequestError]:
    wanted = "send a form as multipart/form-data with a field file, as `curl -F file=@receipt.jpg`"
    try:
        form = _Form(inbox, mode, boundary)
    except Exception as error:
        message = f"this form has no valid boundary; {wanted}"
        raise RequestError(message) from error
    try:
        async for piece in pieces(request, MAX_PARTS * MAX_BYTES):
            for found in form.feed(piece):
                yield found
    except MultipartParseError as error:
        form.drop(error)
        message = f"this form cannot be read; {wanted}"
        raise RequestError(message) from error
    except BaseException as error:
        form.drop(error)
        raise
    if not form.ended:
        error = IncompleteUploadError("the upload ended early, and its last file was not kept; send that again")
        form.drop(error)
        raise error

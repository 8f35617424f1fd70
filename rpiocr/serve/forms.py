"""Parses a form with files while it comes, so that each file is on the disk as soon as it is whole."""

from __future__ import annotations

from collections import deque
from email.message import Message
from pathlib import Path

from python_multipart.multipart import MultipartParser

from rpiocr.serve.arriving import Arriving, Received
from rpiocr.serve.errors import RequestError, TooLargeError

MAX_PARTS = 500
"""Maximum number of files in one request."""

MAX_HEADER_BYTES = 4096
"""Limit of one header of a part; the parser limits their number."""


class Form:
    """Writes the files of a form while it is parsed; fields without a file name are ignored."""

    def __init__(self, inbox: Path, mode: int, boundary: str) -> None:
        self._inbox, self._mode = inbox, mode
        self._header, self._value = bytearray(), bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._now: Arriving | None = None
        self._files = 0
        self._ready: deque[Received | RequestError] = deque()
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

    def feed(self, data: bytes) -> int:
        """Parse a piece, and return the number of files that are complete by now, see ``take``."""
        self._parser.write(data)
        return len(self._ready)

    def take(self) -> Received | RequestError:
        """Return the next complete file, or the error of one; whoever takes a file owns it."""
        return self._ready.popleft()

    def drop(self, error: BaseException) -> None:
        """Delete the file that is incomplete, and those that nobody has taken."""
        self._drop_incomplete(error)
        for one in self._ready:
            if isinstance(one, Received):
                one.discard()

    def _drop_incomplete(self, error: BaseException) -> None:
        if self._now:
            self._now.drop(error)
            self._now = None

    def _begin(self) -> None:
        self._headers = {}

    def _append(self, text: bytearray, data: bytes) -> None:
        text += data
        if len(text) > MAX_HEADER_BYTES:
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
        self._now = Arriving(self._inbox, name, self._mode)

    def _data(self, data: bytes) -> None:
        if not self._now:
            return
        try:
            self._now.write(data)
        except TooLargeError as error:
            # One file that is too large does not cost the others.
            self._drop_incomplete(error)
            self._ready.append(error)

    def _close(self) -> None:
        if not self._now:
            return
        arriving, self._now = self._now, None
        try:
            self._ready.append(arriving.finish())
        except RequestError as error:
            self._ready.append(error)

    def _end(self) -> None:
        self.ended = True

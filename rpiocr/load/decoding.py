"""One file in the process that decodes: its pages, and what it may cost."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import NoReturn

import numpy as np

from rpiocr.decode.formats import Format
from rpiocr.decode.limits import MIN_SIDE, MOST_ELONGATED
from rpiocr.decode.wire import ANSWER, EXIT_MEMORY, MOST_TEXT, REQUEST, Answer, Code, Layout, Operation
from rpiocr.errors import (
    DamagedFileError,
    DecoderKilledError,
    EncryptedFileError,
    InputError,
    PictureTooLargeError,
    PictureTooSmallError,
    TimedOutError,
    TooManyPagesError,
)
from rpiocr.load.child import Child, Ended, Usage
from rpiocr.load.pool import POOL
from rpiocr.load.tone import DTYPES, toned
from rpiocr.model import Pixels
from rpiocr.system.text import one_line

MAX_PIXELS = 120_000_000
"""Twice what the largest phone cameras in common use take (about 50 megapixels)."""

MAX_PAGES = 50
"""A stack of receipts, as many as a feeder takes."""

LEAST_MEMORY = 340 * 1024 * 1024
BYTES_PER_PIXEL = 3
"""Decoding may take this much memory, more where more pixels are allowed: a page of 70 megapixels in colour, or of 36
with all that HEIF and WebP keep beside it. With 250 MB for reading and 70 MB for a batch it is 700 MB in all."""

MORE_MEMORY = 48 * 1024 * 1024
"""What the process itself takes: the interpreter, and the largest of the libraries."""

_one_at_a_time = threading.Lock()
"""Pages are decoded one after the other, as memory is limited for each."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may have and cost: pixels of a page, pages, and seconds of computing and of waiting.

    50 megapixels of a phone take half a second of one core of a PC, 108 megapixels or a page of A4 scanned at 600 dpi one
    to two; a Pi 5 takes three times as long. Waiting is longer where others want the cores, too.
    """

    pixels: int = MAX_PIXELS
    pages: int = MAX_PAGES
    page_cpu_s: float = 15.0
    file_cpu_s: float = 30.0
    page_wait_s: float = 60.0
    file_wait_s: float = 180.0

    @property
    def memory(self) -> int:
        """Bytes that a page may take to decode."""
        return max(LEAST_MEMORY, BYTES_PER_PIXEL * self.pixels)


class TooSlow(Exception):
    """A limit on time was exceeded."""


class TooMuchMemory(Exception):
    """The process holds more than it may."""


class ProtocolError(Exception):
    """The process has said what it may not."""


@dataclass(slots=True)
class Budget:
    """What a file has cost so far."""

    child: Child
    limits: Limits
    length: int
    file_cpu_s: float = 0.0
    page_cpu_s: float = 0.0
    waited_s: float = 0.0
    since: float = 0.0
    memory: int = 0

    def begin_file(self) -> None:
        """Count from now on."""
        self.file_cpu_s = self.child.usage().cpu_s

    @contextmanager
    def page(self) -> Iterator[None]:
        """Count a page."""
        self.page_cpu_s, self.since = self.child.usage().cpu_s, time.monotonic()
        yield
        self.waited_s += time.monotonic() - self.since

    def check(self, usage: Usage) -> None:
        """Raise TooSlow or TooMuchMemory if the file costs more than it may."""
        limits, waited = self.limits, time.monotonic() - self.since
        self.memory = max(self.memory, usage.memory)
        if usage.memory > limits.memory + MORE_MEMORY + 2 * self.length:
            raise TooMuchMemory
        if usage.cpu_s - self.page_cpu_s > limits.page_cpu_s or usage.cpu_s - self.file_cpu_s > limits.file_cpu_s:
            raise TooSlow
        if waited > limits.page_wait_s or self.waited_s + waited > limits.file_wait_s:
            raise TooSlow


class State(Enum):
    """How far the process has come: it waits with a file open, or without one, or owes an answer."""

    OPEN = auto()
    AT_END = auto()
    ASKED = auto()


class Decoding:
    """A file that is being decoded, page by page; ``name`` is the file's in messages."""

    def __init__(self, child: Child, data: bytes, kind: Format, name: str, limits: Limits) -> None:
        self._child = child
        self._name = name
        self._limits = limits
        self._budget = Budget(child, limits, len(data))
        self._budget.begin_file()
        head = (kind, limits.pixels, limits.memory, limits.pages, len(data))
        self._request = [REQUEST.pack(Operation.OPEN, *head), data]
        self._state = State.AT_END

    def next_page(self) -> Pixels | None:
        """Decode the next page, read-only; None after the last. Raises an InputError; then there are no more."""
        try:
            return self._ask()
        except TooSlow:
            raise self._too_slow() from None
        except (TooMuchMemory, MemoryError):
            raise self._too_much_memory() from None
        except ProtocolError:
            raise self._damaged("its decoder went astray") from None
        except Ended as ended:
            self._explain(ended)

    def close(self) -> None:
        """Have the process forget the file; end it where it has not come to the end of an answer."""
        if self._state is State.OPEN:
            self._request = [REQUEST.pack(Operation.CLOSE, 0, 0, 0, 0, 0)]
            with suppress(TooSlow, TooMuchMemory, ProtocolError, Ended, InputError):
                self._ask()
        if self._state is not State.AT_END:
            self._child.end()

    def _ask(self) -> Pixels | None:
        self._state = State.ASKED
        with _one_at_a_time, self._budget.page():
            for part in self._request:
                self._child.write(part, self._budget.check)
            self._request = [REQUEST.pack(Operation.NEXT, 0, 0, 0, 0, 0)]
            pixels = self._answer()
        self._state = State.AT_END if pixels is None else State.OPEN
        return pixels

    def _answer(self) -> Pixels | None:
        answer, code, first, second, length = ANSWER.unpack(self._bytes(ANSWER.size))
        if answer == Answer.END:
            return None
        if answer == Answer.PAGE:
            return self._page(code, first, second)
        if answer == Answer.REFUSED and length <= MOST_TEXT:
            text = self._bytes(length)
            self._state = State.AT_END
            raise self._refused(code, first, second, text)
        raise ProtocolError

    def _bytes(self, count: int) -> bytes:
        room = bytearray(count)
        self._child.read_into(memoryview(room), self._budget.check)
        return bytes(room)

    def _page(self, code: int, width: int, height: int) -> Pixels:
        fits = MIN_SIDE <= min(width, height) and width * height <= self._limits.pixels
        if code not in set(Layout) or not fits:
            raise ProtocolError
        values = np.empty((height, width), DTYPES[Layout(code)])
        self._child.read_into(memoryview(values.reshape(-1).view(np.uint8)), self._budget.check)
        pixels = toned(values)
        pixels.setflags(write=False)
        return pixels

    def _refused(self, code: int, first: int, second: int, text: bytes) -> InputError:
        name, size = self._name, f"{first} x {second} pixels"
        if code == Code.TOO_LARGE:
            return PictureTooLargeError(
                f"{name} has {size}, the limit is {self._limits.pixels}: give a smaller picture."
            )
        if code == Code.TOO_SMALL:
            return PictureTooSmallError(f"{name} has only {size}: give the original photo, not a preview of it.")
        if code == Code.TOO_NARROW:
            return PictureTooSmallError(
                f"{name} has {size} and is more than {MOST_ELONGATED} times as long as wide, too narrow to hold text: give"
                " a picture of the receipt alone."
            )
        if code == Code.TOO_MUCH_MEMORY:
            return self._too_much_memory(f" of {size}" if first else "")
        if code == Code.TOO_MANY_PAGES:
            return self._too_many_pages(second)
        if code == Code.ENCRYPTED:
            return EncryptedFileError(
                f"{name} asks for a password: save a copy without one, such as by printing it to a PDF."
            )
        return self._damaged(one_line(text.decode("utf-8", "replace")))

    def _damaged(self, reason: str) -> DamagedFileError:
        cleaned = " ".join(reason.split()).rstrip(".")
        detail = f" ({cleaned})" if cleaned else ""
        return DamagedFileError(
            f"{self._name} is cut off, damaged or of an unusual kind{detail}: copy it again, or export it anew as JPEG."
        )

    def _too_many_pages(self, count: int) -> TooManyPagesError:
        limit = self._limits.pages
        has = f"{count} pages" if count else f"more than {limit} pages"
        return TooManyPagesError(
            f"{self._name} has {has}, of which the first {limit} are read: divide it into several files, or raise"
            " --max-pages."
        )

    def _too_slow(self) -> TimedOutError:
        return TimedOutError(
            f"{self._name} takes too long to decode: export it anew as JPEG, or give each of its pages as a picture."
        )

    def _too_much_memory(self, what: str = "") -> PictureTooLargeError:
        most = self._limits.memory // 1024**2
        return PictureTooLargeError(
            f"{self._name}{what} takes more than {most} MiB of memory to decode: give a smaller picture, or one as JPEG."
        )

    def _explain(self, ended: Ended) -> NoReturn:
        """Raise what the end of a process means for its file."""
        if ended.status == -signal.SIGKILL:
            raise DecoderKilledError(
                f"{self._name}: the process that decoded it was killed: see that there is enough memory, and try again."
            ) from None
        if ended.status == EXIT_MEMORY or self._budget.memory > self._limits.memory // 2:
            raise self._too_much_memory() from None
        raise self._damaged("its decoder crashed") from None


@contextmanager
def decoding(data: bytes, kind: Format, name: str, limits: Limits) -> Iterator[Decoding]:
    """Give the bytes of a file to a process that decodes. Raises NoDecoderError where none can be started."""
    with POOL.child() as child:
        opened = Decoding(child, data, kind, name, limits)
        del data
        try:
            yield opened
        finally:
            opened.close()

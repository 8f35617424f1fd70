"""Decodes a file page by page in the decoder process. Nothing that the process sends is trusted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpiocr.decode.formats import Format
from rpiocr.decode.limits import MIN_SIDE
from rpiocr.decode.wire import ANSWER, MAX_TEXT_BYTES, REQUEST, Answer, Layout, Operation
from rpiocr.errors import InputError
from rpiocr.load.bit_depth import DTYPES, to_8_bits
from rpiocr.load.budget import Budget, Limits, TooMuchMemoryError, TooSlowError
from rpiocr.load.child import Child, ChildEndedError
from rpiocr.load.pool import POOL
from rpiocr.load.refusals import Refusals
from rpiocr.load.side_note import MAX_NOTE_BYTES, NoteError, SideNote, parsed
from rpiocr.model import Pixels

_one_at_a_time = threading.Lock()
"""Only one page is decoded at a time, because the memory limit is per page."""


class ProtocolError(Exception):
    """The decoder process violated the protocol."""


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A page as it was sent: its pixels, read-only, and what the file says beside them."""

    pixels: Pixels
    note: SideNote


class State(Enum):
    """State of the decoder process: waiting with a file open, waiting without one, or busy with a request."""

    OPEN = auto()
    AT_END = auto()
    ASKED = auto()


class Decoding:
    """A file that is being decoded; messages refer to it as ``name``."""

    def __init__(self, child: Child, data: bytes, kind: Format, name: str, limits: Limits) -> None:
        self._child = child
        self._limits = limits
        self._refusals = Refusals(name, limits)
        self._budget = Budget(child, limits, len(data))
        self._budget.begin_file()
        head = (kind, limits.pixels, limits.memory, limits.pages, len(data))
        self._request = [REQUEST.pack(Operation.OPEN, *head), data]
        self._state = State.AT_END

    def next_page(self) -> Decoded | None:
        """Return the next page; None after the last. Raises an InputError, after which there are no more."""
        try:
            return self._ask()
        except TooSlowError:
            raise self._refusals.too_slow() from None
        except (TooMuchMemoryError, MemoryError):
            raise self._refusals.too_much_memory() from None
        except (ProtocolError, NoteError):
            raise self._refusals.damaged("its decoder sent invalid data") from None
        except ChildEndedError as ended:
            raise self._refusals.of_end(ended.status, self._budget.memory) from None

    def close(self) -> None:
        """Make the process close the file; end the process if it is still in the middle of a response."""
        if self._state is State.OPEN:
            self._request = [REQUEST.pack(Operation.CLOSE, 0, 0, 0, 0, 0)]
            with suppress(TooSlowError, TooMuchMemoryError, ProtocolError, ChildEndedError, InputError):
                self._ask()
        if self._state is not State.AT_END:
            self._child.end()

    def _ask(self) -> Decoded | None:
        self._state = State.ASKED
        with _one_at_a_time, self._budget.page():
            for part in self._request:
                self._child.write(part, self._budget.check)
            self._request = [REQUEST.pack(Operation.NEXT, 0, 0, 0, 0, 0)]
            decoded = self._answer()
        self._state = State.AT_END if decoded is None else State.OPEN
        return decoded

    def _answer(self) -> Decoded | None:
        answer, code, first, second, length = ANSWER.unpack(self._bytes(ANSWER.size))
        if answer == Answer.END:
            return None
        if answer == Answer.PAGE and length <= MAX_NOTE_BYTES:
            pixels = self._page(code, first, second)
            return Decoded(pixels, parsed(self._bytes(length), (first, second)))
        if answer == Answer.REFUSED and length <= MAX_TEXT_BYTES:
            text = self._bytes(length)
            self._state = State.AT_END
            raise self._refusals.of_code(code, first, second, text)
        raise ProtocolError

    def _bytes(self, count: int) -> bytes:
        buffer = bytearray(count)
        self._child.read_into(memoryview(buffer), self._budget.check)
        return bytes(buffer)

    def _page(self, code: int, width: int, height: int) -> Pixels:
        fits = min(width, height) >= MIN_SIDE and width * height <= self._limits.pixels
        if code not in set(Layout) or not fits:
            raise ProtocolError
        values: NDArray[Any] = np.empty((height, width), DTYPES[Layout(code)])
        self._child.read_into(values.reshape(-1).view(np.uint8).data, self._budget.check)
        pixels = to_8_bits(values)
        pixels.setflags(write=False)
        return pixels


@contextmanager
def decoding(data: bytes, kind: Format, name: str, limits: Limits) -> Iterator[Decoding]:
    """Decode a file in a decoder process. Raises NoDecoderError if none can be started."""
    with POOL.child() as child:
        opened = Decoding(child, data, kind, name, limits)
        del data
        try:
            yield opened
        finally:
            opened.close()

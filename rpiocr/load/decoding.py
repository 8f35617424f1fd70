"""One file in the process that decodes, page by page. Nothing that the process says is taken on trust."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpiocr.decode.formats import Format
from rpiocr.decode.limits import MIN_SIDE
from rpiocr.decode.wire import ANSWER, MOST_TEXT, REQUEST, Answer, Layout, Operation
from rpiocr.errors import InputError
from rpiocr.load.budget import Budget, Limits, TooMuchMemoryError, TooSlowError
from rpiocr.load.child import Child, ChildEndedError
from rpiocr.load.pool import POOL
from rpiocr.load.refusals import Refusals
from rpiocr.load.tone import DTYPES, toned
from rpiocr.model import Pixels

_one_at_a_time = threading.Lock()
"""Pages are decoded one after the other, as memory is limited for each."""


class ProtocolError(Exception):
    """The process has said what it may not."""


class State(Enum):
    """How far the process has come: it waits with a file open, or without one, or owes an answer."""

    OPEN = auto()
    AT_END = auto()
    ASKED = auto()


class Decoding:
    """A file that is being decoded; ``name`` is the file's in messages."""

    def __init__(self, child: Child, data: bytes, kind: Format, name: str, limits: Limits) -> None:
        self._child = child
        self._limits = limits
        self._refusals = Refusals(name, limits)
        self._budget = Budget(child, limits, len(data))
        self._budget.begin_file()
        head = (kind, limits.pixels, limits.memory, limits.pages, len(data))
        self._request = [REQUEST.pack(Operation.OPEN, *head), data]
        self._state = State.AT_END

    def next_page(self) -> Pixels | None:
        """Decode the next page, read-only; None after the last. Raises an InputError; then there are no more."""
        try:
            return self._ask()
        except TooSlowError:
            raise self._refusals.too_slow() from None
        except (TooMuchMemoryError, MemoryError):
            raise self._refusals.too_much_memory() from None
        except ProtocolError:
            raise self._refusals.damaged("its decoder went astray") from None
        except ChildEndedError as ended:
            raise self._refusals.of_end(ended.status, self._budget.memory) from None

    def close(self) -> None:
        """Have the process forget the file; end it where it has not come to the end of an answer."""
        if self._state is State.OPEN:
            self._request = [REQUEST.pack(Operation.CLOSE, 0, 0, 0, 0, 0)]
            with suppress(TooSlowError, TooMuchMemoryError, ProtocolError, ChildEndedError, InputError):
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
            raise self._refusals.of_code(code, first, second, text)
        raise ProtocolError

    def _bytes(self, count: int) -> bytes:
        room = bytearray(count)
        self._child.read_into(memoryview(room), self._budget.check)
        return bytes(room)

    def _page(self, code: int, width: int, height: int) -> Pixels:
        fits = min(width, height) >= MIN_SIDE and width * height <= self._limits.pixels
        if code not in set(Layout) or not fits:
            raise ProtocolError
        values: NDArray[Any] = np.empty((height, width), DTYPES[Layout(code)])
        self._child.read_into(values.reshape(-1).view(np.uint8).data, self._budget.check)
        pixels = toned(values)
        pixels.setflags(write=False)
        return pixels


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

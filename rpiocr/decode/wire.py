"""What is said between the process that decodes and the one that started it: headers of fixed size, then bytes."""

from __future__ import annotations

import struct
from enum import IntEnum


class Operation(IntEnum):
    """What is asked for. Each but CLOSE is answered with a page, the end or a refusal; CLOSE with the end."""

    OPEN = 1
    NEXT = 2
    CLOSE = 3


class Answer(IntEnum):
    """What comes back: a header, and of a page its pixels, of a refusal its text."""

    PAGE = 1
    END = 2
    REFUSED = 3


class Code(IntEnum):
    """Why there is no page. The header's two numbers are width and height in pixels, or as said here."""

    DAMAGED = 1
    ENCRYPTED = 2
    TOO_LARGE = 3
    TOO_SMALL = 4
    TOO_NARROW = 5
    TOO_MUCH_MEMORY = 6
    TOO_MANY_PAGES = 7  # the pages that are allowed, and those that there are, 0 where they were not counted


class Layout(IntEnum):
    """How pixels come, row by row from the top left."""

    GREY_8 = 1
    LITTLE_16 = 2
    BIG_16 = 3
    INT_32 = 4  # of this machine's byte order, as is the next
    FLOAT_32 = 5


PIXEL_BYTES = {Layout.GREY_8: 1, Layout.LITTLE_16: 2, Layout.BIG_16: 2, Layout.INT_32: 4, Layout.FLOAT_32: 4}

REQUEST = struct.Struct("<BBQQIQ")
"""Operation, format, most pixels, most bytes of memory, most pages, and the length of the file that follows."""

ANSWER = struct.Struct("<BBQQI")
"""Answer, layout or code, two numbers, and the length of the text that follows."""

MOST_TEXT = 300
"""Bytes of the text of a refusal."""

EXIT_MEMORY = 12
"""The status of a process that runs out of memory in the midst of a page."""


class RefusedError(Exception):
    """There is no page; ``first`` and ``second`` are the numbers that Code tells of."""

    def __init__(self, code: Code, text: str = "", first: int = 0, second: int = 0) -> None:
        super().__init__(text)
        self.code, self.text, self.first, self.second = code, text, first, second

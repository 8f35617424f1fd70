"""The protocol between the decoder process and its parent: headers of fixed size, followed by bytes."""

from __future__ import annotations

import struct
from enum import IntEnum


class Operation(IntEnum):
    """A request. OPEN and NEXT are answered with a page, the end or a refusal; CLOSE with the end."""

    OPEN = 1
    NEXT = 2
    CLOSE = 3


class Answer(IntEnum):
    """A response: a header, followed by the pixels of a page and a side note, or by the text of a refusal."""

    PAGE = 1
    END = 2
    REFUSED = 3


class Code(IntEnum):
    """Why there is no page. The two numbers in the header are width and height in pixels unless stated here."""

    DAMAGED = 1
    ENCRYPTED = 2
    TOO_LARGE = 3
    TOO_SMALL = 4
    TOO_NARROW = 5
    TOO_MUCH_MEMORY = 6
    TOO_MANY_PAGES = 7  # the limit, and the number of pages in the file (0: not counted)


class Layout(IntEnum):
    """Pixel formats; pixels are sent row by row from the top left."""

    GREY_8 = 1
    LITTLE_16 = 2
    BIG_16 = 3
    INT_32 = 4  # in this machine's byte order, as FLOAT_32
    FLOAT_32 = 5


PIXEL_BYTES = {Layout.GREY_8: 1, Layout.LITTLE_16: 2, Layout.BIG_16: 2, Layout.INT_32: 4, Layout.FLOAT_32: 4}

REQUEST = struct.Struct("<BBQQIQ")
"""Operation, format, maximum pixels, maximum memory in bytes, maximum pages, and length of the file that follows."""

ANSWER = struct.Struct("<BBQQI")
"""Answer, layout or code, two numbers, and the length of what follows: the text of a refusal, or a side note."""

MAX_TEXT_BYTES = 300
"""Maximum length in bytes of the text of a refusal."""

MAX_CHARACTERS = 20_000
"""Maximum number of characters of a page whose text is sent; a page of small print has 8000."""

MAX_ATTACHMENTS = 5
MAX_ATTACHMENT_BYTES = 5 * 1024 * 1024
"""How many attachments are sent, and their maximum size: a file has one invoice, and one of 1000 lines has 1.5 MB."""

NOTE = struct.Struct(f"<I{MAX_ATTACHMENTS}I")
"""The beginning of a side note: the lengths of a JSON object and of the attachments, which follow in this order.

The object has ``taken``, an ISO 8601 time or null, and ``lines``, null or a list of lines: lists of words, each of them
a text and the left, top, right and bottom of its box in pixels of the page.
"""

MAX_JSON_BYTES = 4 * 1024 * 1024
"""Maximum length of the JSON object: more than MAX_CHARACTERS words of one character take."""

EXIT_MEMORY = 12
"""Exit status of a process that runs out of memory while it sends a page."""


class RefusedError(Exception):
    """There is no page; ``first`` and ``second`` are the two numbers described at ``Code``."""

    def __init__(self, code: Code, text: str = "", first: int = 0, second: int = 0) -> None:
        super().__init__(text)
        self.code, self.text, self.first, self.second = code, text, first, second

"""Reads the size of a JPEG XL image from its header, because its plugin decodes a file as soon as it is opened.

The layout is that of ISO/IEC 18181-1, annex D (the codestream's size) and 18181-2 (boxes around a codestream).
"""

from __future__ import annotations

CODESTREAM = b"\xff\x0a"
CONTAINER = b"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a"

HEADER_BYTES = 16
"""Enough of a codestream for its marker and its size, which has at most 73 bits."""

MAX_BOXES = 64
"""Maximum number of boxes before the codestream; programs write three to six."""

SIZE_BITS = (9, 13, 18, 30)
"""Bits of a side that is not a multiple of 8 pixels up to 256, by its selector."""

RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
"""Width by height, by the number from 1 that stands for it in place of a width."""


def jpeg_xl_size(data: bytes) -> tuple[int, int] | None:
    """Return the width and height in pixels of a JPEG XL file as stored; ``None`` if its header is damaged."""
    head = _codestream(data)
    if len(head) < HEADER_BYTES or not head.startswith(CODESTREAM):
        return None
    bits = _Bits(int.from_bytes(head[len(CODESTREAM) :], "little"))
    in_eights = bool(bits.take(1))
    height = _side(bits, in_eights=in_eights)
    ratio = bits.take(3)
    if not ratio:
        return _side(bits, in_eights=in_eights), height
    across, down = RATIOS[ratio - 1]
    return height * across // down, height


class _Bits:
    """A number that is taken apart from its lowest bit."""

    def __init__(self, value: int) -> None:
        self._value = value

    def take(self, count: int) -> int:
        taken = self._value & ((1 << count) - 1)
        self._value >>= count
        return taken


def _side(bits: _Bits, *, in_eights: bool) -> int:
    if in_eights:
        return 8 * (bits.take(5) + 1)
    return bits.take(SIZE_BITS[bits.take(2)]) + 1


def _codestream(data: bytes) -> bytes:
    """Return the first bytes of the codestream, bare or in a container; padded, because an image may be tiny."""
    start = 0
    if data.startswith(CONTAINER):
        found = _in_container(data)
        if found is None:
            return b""
        start = found
    return data[start : start + HEADER_BYTES].ljust(HEADER_BYTES, b"\0")


def _in_container(data: bytes) -> int | None:
    """Return the offset of the codestream, or of its first part, in a container; ``None`` if it is not found."""
    place = 0
    for _ in range(MAX_BOXES):
        length, kind, header = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8], 8
        if length == 1:
            length, header = int.from_bytes(data[place + 8 : place + 16], "big"), 16
        if kind == b"jxlc":
            return place + header
        if kind == b"jxlp":
            return place + header + 4  # the number of the part
        if length < header:
            return None
        place += length
    return None

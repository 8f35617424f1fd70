"""Codes that are printed as several symbols, put together before they are read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product

from rpiocr.codes.formats import taiwan
from rpiocr.model.codes import FoundCode
from rpiocr.model.geometry import Box

TAIWAN_RIGHT = b"**"
PADDING = b" \0"
ITEM_FIELDS = 3
"""Fields of an item: name, quantity, price."""

SLOVENE_DIGITS = 60
SLOVENE_LENGTHS = (30, 20, 15, 12, 10)
"""Digits of a line, of which there are two to six, all of one length."""

SLOVENE_MARKS = (b"", b"4", b"44")
"""What tills print before the place of a line, so that its length is even."""


def join(found: Sequence[FoundCode]) -> tuple[bytes | None, ...]:
    """Return the bytes to read for each code on a receipt, ``None`` for one that is a part of another.

    The first part of a code stands for all of it. Codes in a mirror image belong to the back and are left as they are.
    """
    parts = {**_taiwan(found), **_slovenia(found)}
    return tuple(parts.get(at, code.payload) for at, code in enumerate(found))


def _taiwan(found: Sequence[FoundCode]) -> Mapping[int, bytes | None]:
    """Join each right code to the nearest left one that has none; copies of a left code are joined like it."""
    front = {at: code for at, code in enumerate(found) if not code.mirrored}
    lefts = [at for at, code in front.items() if taiwan.LEFT.match(code.payload)]
    rights = [at for at, code in front.items() if code.payload.startswith(TAIWAN_RIGHT)]
    parts: dict[int, bytes | None] = {}
    for left, right in _nearest_first(front, lefts, rights):
        if left not in parts and right not in parts:
            parts[left] = _continued(front[left].payload, front[right].payload.removeprefix(TAIWAN_RIGHT))
            parts[right] = None
    wholes = {front[left].payload: parts[left] for left in lefts if left in parts}
    copies = {left: wholes[front[left].payload] for left in lefts if front[left].payload in wholes}
    return {**parts, **copies}


def _nearest_first(
    codes: Mapping[int, FoundCode], lefts: Sequence[int], rights: Sequence[int]
) -> list[tuple[int, int]]:
    return sorted(product(lefts, rights), key=lambda pair: _distance(codes[pair[0]].box, codes[pair[1]].box))


def _distance(one: Box, other: Box) -> float:
    return math.dist(one.middle, other.middle)


def _continued(left: bytes, rest: bytes) -> bytes:
    """Return both texts, with a colon where the till left out the one between two items."""
    left, rest = left.rstrip(PADDING), rest.rstrip(PADDING)
    fields = left[taiwan.LEFT_LENGTH + 1 :].split(b":")
    is_edge = len(fields) >= taiwan.HEAD_FIELDS and (len(fields) - taiwan.HEAD_FIELDS) % ITEM_FIELDS == 0
    if left.endswith(b":"):
        return left + rest.lstrip(b":")
    return left + b":" + rest if rest and is_edge and not rest.startswith(b":") else left + rest


def _slovenia(found: Sequence[FoundCode]) -> Mapping[int, bytes | None]:
    """Join the lines of a Code 128 to the 60 digits that other symbols hold."""
    lines = {
        at: code.payload
        for at, code in enumerate(found)
        if code.symbology == "Code128" and not code.mirrored and code.payload.isdigit()
    }
    joined = (_lines(lines, mark, length) for mark in SLOVENE_MARKS for length in SLOVENE_LENGTHS) if lines else ()
    return next((parts for parts in joined if parts), {})


def _lines(lines: Mapping[int, bytes], mark: bytes, length: int) -> Mapping[int, bytes | None]:
    """Return the lines of one length and mark as one code, nothing if one is missing or the check digit is wrong."""
    starts = [mark + b"%d" % place for place in range(1, SLOVENE_DIGITS // length + 1)]
    placed = [
        [at for at, line in lines.items() if line.startswith(start) and len(line) == len(start) + length]
        for start in starts
    ]
    if not all(placed):
        return {}
    digits = b"".join(lines[ats[0]].removeprefix(start) for ats, start in zip(placed, starts, strict=True))
    if sum(map(int, digits.decode()[:-1])) % 10 != int(digits[-1:]):
        return {}
    return {**{at: None for ats in placed for at in ats}, placed[0][0]: digits}

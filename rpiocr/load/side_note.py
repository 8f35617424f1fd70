"""Checks what the decoder process says about a page beside its pixels; nothing that it sends is trusted."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rpiocr.decode.wire import MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS, MAX_CHARACTERS, MAX_JSON_BYTES, NOTE
from rpiocr.model import Box, Line, Word

MAX_NOTE_BYTES = NOTE.size + MAX_JSON_BYTES + MAX_ATTACHMENTS * MAX_ATTACHMENT_BYTES

FIRST_YEAR, LAST_YEAR = 1990, 2199
"""Years in which photos are taken: the first digital cameras were sold in 1990; a clock that was never set shows an
earlier one."""


class NoteError(Exception):
    """A side note is not as it has to be."""


@dataclass(frozen=True, slots=True)
class SideNote:
    """Text, attachments and time as in ``Page``."""

    text: tuple[Line, ...] | None = None
    attachments: tuple[bytes, ...] = ()
    taken: dt.datetime | None = None


def parsed(data: bytes, size: tuple[int, int]) -> SideNote:
    """Return the contents of a side note about a page of ``size`` (width, height). Raises NoteError."""
    if not data:
        return SideNote()
    if len(data) < NOTE.size:
        raise NoteError
    lengths = NOTE.unpack_from(data)
    if NOTE.size + sum(lengths) != len(data) or lengths[0] > MAX_JSON_BYTES or max(lengths[1:]) > MAX_ATTACHMENT_BYTES:
        raise NoteError
    parts, start = [], NOTE.size
    for length in lengths:
        parts.append(data[start : start + length])
        start += length
    said = _object(parts[0])
    return SideNote(_text(said.get("lines"), size), tuple(filter(None, parts[1:])), _time(said.get("taken")))


def _object(data: bytes) -> dict[str, Any]:
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        raise NoteError from None
    if not isinstance(said, dict):
        raise NoteError
    return said


def _time(value: object) -> dt.datetime | None:
    """Return the time of a photo; None if it is none of the calendar, as cameras without a clock write."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise NoteError
    try:
        taken = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return taken if FIRST_YEAR <= taken.year <= LAST_YEAR else None


def _text(value: object, size: tuple[int, int]) -> tuple[Line, ...] | None:
    if value is None:
        return None
    lines = tuple(Line(tuple(_word(word, size) for word in _list(line))) for line in _list(value))
    if sum(len(word.text) for line in lines for word in line.words) > MAX_CHARACTERS:
        raise NoteError
    return lines


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_CHARACTERS:
        raise NoteError
    return value


def _word(value: object, size: tuple[int, int]) -> Word:
    """Return a word whose middle is on the page, and which is no larger than it."""
    if not isinstance(value, list) or len(value) != 5:
        raise NoteError
    text, *sides = value
    box = _box(sides, 2 * max(size))
    (x, y), (width, height) = box.middle, size
    if not (0 <= x <= width and 0 <= y <= height and 0 < box.width <= width and 0 < box.height <= height):
        raise NoteError
    return Word(_printable(text), box, 1.0)


def _printable(text: object) -> str:
    if not isinstance(text, str) or not text:
        raise NoteError
    if any(character.isspace() or unicodedata.category(character)[0] == "C" for character in text):
        raise NoteError
    return text


def _box(sides: Sequence[object], largest: int) -> Box:
    """Return a box of four numbers, none of them larger than ``largest`` or none at all, as NaN."""
    numbers = [side for side in sides if isinstance(side, float | int) and -largest <= side <= largest]
    if len(numbers) != len(sides):
        raise NoteError
    return Box(*map(float, numbers))

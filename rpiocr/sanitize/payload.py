"""Turns what a machine-readable code holds into text that is safe to print, and no longer than a code can be."""

from __future__ import annotations

import re
import unicodedata

from rpiocr.sanitize.text import lines, one_line

MAX_TEXT = 7089
"""Maximum length of a text: what the largest QR code holds in digits (ISO/IEC 18004), more than any other symbology."""

MAX_VALUE = 200
"""Maximum length of a name or number in it: that of values that people enter."""

LINE_END = re.compile(r"\r\n?")
TEXT_CONTROLS = frozenset("\t\n\r")


def payload_text(payload: bytes) -> str:
    r"""Return the bytes of a code as plain characters and line feeds, cut after MAX_TEXT of them.

    Bytes that are not UTF-8 are Latin-1. Where that gives control characters they are no text: those that are not ASCII
    become escapes such as \xff then.
    """
    return _cut(lines(LINE_END.sub("\n", _decoded(payload)[: MAX_TEXT + 1])), MAX_TEXT)


def payload_value(value: str) -> str:
    """Return a name or number in a code as one line of plain characters, cut after MAX_VALUE of them."""
    return _cut(one_line(value[: MAX_VALUE + 1]), MAX_VALUE)


def _decoded(payload: bytes) -> str:
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        text = payload.decode("latin-1")
    binary = any(unicodedata.category(char) == "Cc" for char in set(text) - TEXT_CONTROLS)
    return payload.decode("ascii", "backslashreplace") if binary else text


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"

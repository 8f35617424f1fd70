"""The one way in which text of files, receipts and other programs reaches a terminal, a log or a line of output."""

from __future__ import annotations

import unicodedata

JOINERS = frozenset("\u200c\u200d")
"""Invisible characters that spell words of Persian and of Indic scripts, and move nothing."""

SHOWN_SPACES = "Zs"
"""The category of spaces other than line and paragraph separators; str.isprintable rejects all but U+0020."""


def is_plain(char: str) -> bool:
    """Whether a terminal shows a character where it stands, and does nothing else with it.

    Escape sequences begin with control characters of C0 or C1; bidirectional controls are format characters.
    """
    return char.isprintable() or char in JOINERS or unicodedata.category(char) == SHOWN_SPACES


def one_line(text: str) -> str:
    """Return ``text`` as one line that a terminal only shows; all else becomes escapes of Python's."""
    if text.isprintable():  # nearly all text is, and this is a hundred times as fast
        return text
    return "".join(char if is_plain(char) else _escape(char) for char in text)


def lines(text: str) -> str:
    """As ``one_line``, but line feeds stay: for text of our own that has several lines."""
    return "\n".join(map(one_line, text.split("\n")))


def json_safe(document: str) -> str:
    """Return a JSON document in which every character that is not plain is an escape of JSON: its values are the same.

    ``document`` was written without ASCII escapes; line feeds between its tokens stay.
    """
    if document.isprintable():
        return document
    return "".join(char if char == "\n" or is_plain(char) else _json_escape(char) for char in document)


def _escape(char: str) -> str:
    code = ord(char)
    short = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}.get(char)
    if short:
        return short
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is no UTF-8, see PEP 383
        code -= 0xDC00
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _json_escape(char: str) -> str:
    code = ord(char)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"

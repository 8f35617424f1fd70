"""Escapes text of files, receipts and other programs before it reaches a terminal, a log or a line of output."""

from __future__ import annotations

import unicodedata

JOINERS = frozenset("\u200c\u200d")
"""Invisible characters that Persian and Indic spelling requires, without effect on the cursor."""

SHOWN_SPACES = "Zs"
"""The category of spaces other than line and paragraph separators; str.isprintable rejects all but U+0020."""


def is_plain(char: str) -> bool:
    """Return whether a terminal displays a character in place, without any other effect.

    Escape sequences start with control characters of C0 or C1; bidirectional controls are format characters.
    """
    return char.isprintable() or char in JOINERS or unicodedata.category(char) == SHOWN_SPACES


def one_line(text: str) -> str:
    """Return ``text`` as one line of plain characters; all others become Python escapes."""
    if text.isprintable():  # nearly all text is, and this is a hundred times faster
        return text
    return "".join(char if is_plain(char) else _escape(char) for char in text)


def lines(text: str) -> str:
    """As ``one_line``, but line feeds stay: for multi-line text of this program."""
    return "\n".join(map(one_line, text.split("\n")))


def json_safe(document: str) -> str:
    """Return a JSON document with the same values in which all characters that are not plain are JSON escapes.

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
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8, see PEP 383
        code -= 0xDC00
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _json_escape(char: str) -> str:
    code = ord(char)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"

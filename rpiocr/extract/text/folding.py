"""Brings names and printed lines into one form in which characters that engines confuse are the same.

The table of brands is keyed by that form, so that most misread names need no search: ``LlDL``, ``L1DL`` and ``Lidl``
are one key, and so are ``WAL*MART``, ``Wal-Mart`` and ``Walmart``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rpiocr.extract.tables.confusables import Use, across_scripts, digit_for, letter_for
from rpiocr.extract.text.phrases import plain
from rpiocr.extract.text.scripts import LONE

PIECE = re.compile(rf"[{LONE}]|[^\W_{LONE}]+(?:[|!][^\W_{LONE}]+)*")
"""A word; an ideograph, kana or syllable is one by itself. A stroke within a word is a misread letter."""

ALIKE = {**letter_for(Use.LABEL), **across_scripts()}

DIGRAPHS = re.compile("rn|vv|(?<=[aou])e")
"""Letters that are read for one or spelled with two: m, w, and the e of a diaeresis."""


NUMBER = re.compile(r"[1-9][0-9oil|]+")
DIGITS = {char: digit for char, digit in digit_for(Use.AMOUNT).items() if chr(char) in "oil|"}
"""A number, some of whose digits are misread, and what those are misread for: 1OOO, and the O of A1O1."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a line as it is compared, at the characters from ``start`` to before ``end`` of that line."""

    text: str
    start: int
    end: int


def pieces(text: str) -> list[Piece]:
    """Return the words of a line from left to right, folded."""
    return [Piece(_folded(match[0]), *match.span()) for match in PIECE.finditer(plain(text))]


def folded_words(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return [_folded(word) for word in PIECE.findall(plain(text))]


def key(text: str) -> str:
    """Return a name as it is looked up: its folded words without spaces between them."""
    return "".join(folded_words(text))


def _folded(word: str) -> str:
    """Fold one plain word; numbers, and words of which half are digits, keep their digits and get those misread."""
    if not word.isalpha():
        digits = sum(map(str.isdigit, word))
        if 2 * digits >= len(word) or NUMBER.fullmatch(word):
            return word.translate(DIGITS)
    return DIGRAPHS.sub(_single, word.translate(ALIKE))


def _single(match: re.Match[str]) -> str:
    return {"rn": "m", "vv": "w"}.get(match[0], "")

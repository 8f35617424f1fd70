"""Reads text that is there as text, such as that of a mail, by the same rules as the text of a picture.

Its characters are exact, and its words have the places of a grid on which every letter is as wide. So it is one pass of
an engine that never misreads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rpiocr.load.rows import Row, words_of
from rpiocr.model import Box, EngineId, Line, Pass, Word
from rpiocr.recognise.written import TEXT

CELL, HEIGHT, PITCH = 12.0, 20.0, 30.0
"""Width and height of a letter and distance of two rows, in pixels, as of print on a receipt."""

MAX_WORD = 80
"""Maximum length of a word; addresses of links are longer, and mean nothing to a receipt."""

MAX_ROWS = 400
"""Maximum number of rows with text that are read, from the first: a receipt of 200 articles has less."""


def pass_over(rows: Sequence[Row], variant: str) -> Pass:
    """Return the pass that reads rows of text; ``variant`` is what they were written as, such as ``html``."""
    return Pass(EngineId(TEXT), variant, tuple(_lines(rows)), 0.0)


def _lines(rows: Sequence[Row]) -> Iterator[Line]:
    read = 0
    for number, row in enumerate(rows):
        top = number * PITCH
        words = tuple(
            Word(word.text, Box(word.left * CELL, top, word.right * CELL, top + HEIGHT), 1.0)
            for word in words_of(row)
            if len(word.text) <= MAX_WORD
        )
        if words and read < MAX_ROWS:
            read += 1
            yield Line(words)

"""Lends an engine that does not know the letters of a page the words that another one read beside its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rpiocr.model import Line, Pass, Reading, Word
from rpiocr.model.overlap import overlapping
from rpiocr.recognise.tesseract_models import pack_for

FRAME = 64.0
"""A box so many times as high as a word is a frame or a stain, whatever it was read as."""


def knows_letters(one: Pass, languages: Sequence[str]) -> bool:
    """Tell whether the engine of a pass knows the letters of the first of ``languages``, or none is told."""
    pack = pack_for(languages[0]) if languages else None
    return one.engine.family.knows(pack.script if pack else None)


def numbers_of(one: Pass) -> Pass:
    """Return a pass with those of its words that hold a digit: the others are letters taken for ones that it knows."""
    lines = (tuple(word for word in line.words if _has_digit(word)) for line in one.lines)
    return replace(one, lines=tuple(Line(words) for words in lines if words))


def with_words_of(numbers: Pass, reading: Reading) -> tuple[Word, ...]:
    """Return the words of a pass of numbers, and those words of ``reading`` that hold none and stand beside them."""
    own = words_of(numbers)
    lent = [word for word in words_of(reading) if not _has_digit(word)]
    boxes = [word.box for word in (*own, *lent)]
    # Of each pair the number is counted first.
    pairs = (sorted(pair) for pair in overlapping(boxes, FRAME))
    taken = {word for number, word in pairs if number < len(own) <= word and boxes[number].meets(boxes[word])}
    return (*own, *(word for index, word in enumerate(lent, len(own)) if index not in taken))


def words_of(read: Pass | Reading) -> list[Word]:
    """Return all words of a pass or a reading."""
    return [word for line in read.lines for word in line.words]


def _has_digit(word: Word) -> bool:
    return any(char.isdigit() for char in word.text)

"""What an engine hands over: on a page in a script that it does not know, its numbers, and no letters.

Letters that an engine does not know come out as ones that it does. Its numbers are still worth having, with the labels
between them that the merged reading has from the other engines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rpiocr.model import Line, Pass, Reading, Word
from rpiocr.model.overlap import overlapping
from rpiocr.recognise.tesseract_models import Script, pack_for

FRAME = 64.0
"""Boxes of which one is at least this many times as high as the other are not compared: it is a frame or a stain,
whatever it was read as."""


def script_of_page(languages: Sequence[str]) -> Script | None:
    """Return the script of a page that shows these languages, the surest first; ``None`` where it shows none."""
    pack = pack_for(languages[0]) if languages else None
    return pack.script if pack else None


def handed_over(one: Pass, script: Script | None) -> Pass:
    """Return a pass on a page in this script with the words that its engine can have read.

    An engine that does not know the script hands over only words with a digit.
    """
    if one.engine.family.knows(script):
        return one
    lines = (tuple(word for word in line.words if _has_digit(word)) for line in one.lines)
    return replace(one, lines=tuple(Line(words) for words in lines if words))


def with_labels(one: Pass, reading: Reading) -> tuple[Word, ...]:
    """Return the words of a pass that handed over numbers alone, and the labels of the merged reading between them.

    Labels are words without a digit; those where the pass has a number are left out.
    """
    own = words_of(one)
    labels = [word for word in words_of(reading) if not _has_digit(word)]
    boxes = [word.box for word in (*own, *labels)]
    # Of each pair the number is counted first.
    pairs = (sorted(pair) for pair in overlapping(boxes, FRAME))
    taken = {word for number, word in pairs if number < len(own) <= word and boxes[number].meets(boxes[word])}
    return (*own, *(word for index, word in enumerate(labels, len(own)) if index not in taken))


def words_of(read: Pass | Reading) -> list[Word]:
    """Return all words of a pass or a reading."""
    return [word for line in read.lines for word in line.words]


def _has_digit(word: Word) -> bool:
    return any(char.isdigit() for char in word.text)

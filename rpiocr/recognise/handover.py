"""Filters the words of an engine that lacks the page's script: its numbers are kept, words without a digit dropped.

Characters that an engine does not know come out as ones that it does. Its numbers are still useful, with the labels
between them that the merged reading has from the other engines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rpiocr.model import Line, Pass, Reading, Word
from rpiocr.model.overlap import overlapping
from rpiocr.recognise.tesseract_models import Script, pack_for

FRAME = 64.0
"""Ratio of heights from which two boxes are not compared: the higher one is a frame or a stain, however it was read."""


def script_of_page(languages: Sequence[str]) -> Script | None:
    """Return the script of a page in these languages, the most probable first; ``None`` if there are none."""
    pack = pack_for(languages[0]) if languages else None
    return pack.script if pack else None


def handed_over(one: Pass, script: Script | None) -> Pass:
    """Return a pass on a page in this script, with only the words that its engine can read.

    If the engine does not know the script, only words with a digit are kept.
    """
    if one.engine.knows(script):
        return one
    lines = (tuple(word for word in line.words if _has_digit(word)) for line in one.lines)
    return replace(one, lines=tuple(Line(words) for words in lines if words))


def with_labels(one: Pass, reading: Reading) -> tuple[Word, ...]:
    """Return the words of a pass that was reduced to numbers, with the labels of the merged reading between them.

    Labels are words without a digit; those located where the pass has a number are left out.
    """
    own = words_of(one)
    labels = [word for word in words_of(reading) if not _has_digit(word)]
    boxes = [word.box for word in (*own, *labels)]
    # Indices of numbers are lower than those of labels.
    pairs = (sorted(pair) for pair in overlapping(boxes, FRAME))
    taken = {word for number, word in pairs if number < len(own) <= word and boxes[number].meets(boxes[word])}
    return (*own, *(word for index, word in enumerate(labels, len(own)) if index not in taken))


def words_of(read: Pass | Reading) -> list[Word]:
    """Return all words of a pass or a reading."""
    return [word for line in read.lines for word in line.words]


def _has_digit(word: Word) -> bool:
    return any(char.isdigit() for char in word.text)

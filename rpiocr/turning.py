"""Which way up a page is: told by trying, with the few longest lines of the page, on pages that could not be read."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from rpiocr.model import Affine, Ballot, Box, Candidate, Field, Fields, Line, Page, Pass, Reading, Word, map_box
from rpiocr.preprocess import PLAIN, Preparer
from rpiocr.recognise import rapid
from rpiocr.recognise.boxes import Quad

T = TypeVar("T")

TRIED_LINES = 8
"""Longest lines that are read for each way up; upside down they hardly give a character that is sure."""

SURE_CHAR = 0.7

CLEARLY = 1.5
"""So many times as much text as the other way up has to be read before a page is turned."""


def turned(page: Page, quarters: int) -> Page:
    """Return the page turned clockwise by quarters of a full turn."""
    pixels = np.ascontiguousarray(np.rot90(page.pixels, -quarters))
    # What the cloud once read of the page as it was must not be taken for what stands on the turned one.
    return replace(page, pixels=pixels, sha256=f"{page.sha256} turned {quarters}")


def way_back(page: Page, quarters: int) -> Affine:
    """Return the map from pixels of the turned page to those of ``page``."""
    height, width = page.pixels.shape
    return {
        0: np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
        1: np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, height]]),
        2: np.array([[-1.0, 0.0, width], [0.0, -1.0, height]]),
        3: np.array([[0.0, -1.0, width], [1.0, 0.0, 0.0]]),
    }[quarters % 4]


def best_turn(page: Page, prepare: Callable[[Page], Preparer], timeout_s: float) -> int:
    """Return by how many quarters of a turn, clockwise, the page has to be turned to be upright; 0 where in doubt.

    Raises EngineError when the second engine fails, or is not done within ``timeout_s``.
    """
    end = time.monotonic() + timeout_s
    read = [_legible(prepare(turned(page, quarters)), end) for quarters in range(4)]
    best = max(range(4), key=lambda quarters: read[quarters])
    return best if read[best] > CLEARLY * read[0] else 0


def _legible(preparer: Preparer, end: float) -> float:
    """How many characters of the longest lines are read surely."""
    picture = preparer.make(PLAIN)
    longest = sorted(rapid.find_lines(picture, end - time.monotonic()), key=_length)[-TRIED_LINES:]
    lines = rapid.LineReader(tuple(longest)).read(picture, end - time.monotonic())
    words = [word for line in lines for word in line.words]
    return sum(len(word.text) * word.confidence for word in words if word.confidence > SURE_CHAR)


def _length(quad: Quad) -> float:
    return float(np.hypot(*(quad[1] - quad[0])))


def moved_fields(fields: Fields, there: Affine) -> Fields:
    """Return the fields with every box mapped by ``there``."""
    return replace(
        fields,
        amount=fields.amount and _moved_field(fields.amount, there),
        date=fields.date and _moved_field(fields.date, there),
        merchant=fields.merchant and _moved_field(fields.merchant, there),
    )


def _moved_field(field: Field[T], there: Affine) -> Field[T]:
    def move(candidate: Candidate[T]) -> Candidate[T]:
        return replace(candidate, box=map_box(candidate.box, there))

    ballots = (Ballot(b.source, move(b.candidate) if b.candidate else None) for b in field.ballots)
    return replace(field, chosen=move(field.chosen), rivals=tuple(map(move, field.rivals)), ballots=tuple(ballots))


def moved_passes(passes: Sequence[Pass], there: Affine) -> tuple[Pass, ...]:
    """Return the passes with every box mapped by ``there``."""
    return tuple(replace(one, lines=_moved_lines(one.lines, there)) for one in passes)


def moved_reading(reading: Reading, there: Affine) -> Reading:
    """Return the reading with every box mapped by ``there``."""
    return replace(reading, lines=_moved_lines(reading.lines, there))


def _moved_lines(lines: Sequence[Line], there: Affine) -> tuple[Line, ...]:
    def move(box: Box) -> Box:
        return map_box(box, there)

    return tuple(Line(tuple(Word(w.text, move(w.box), w.confidence) for w in line.words)) for line in lines)

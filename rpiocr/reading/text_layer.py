"""Reads a page by the text of its PDF, if that is all that the page shows, and what it shows.

It holds if no print is outside of the text, and the words that OCR reads by way of trial, among them those of the
answer, are those of the text. Then only their meaning is left to be judged.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.decide.interpret import Understanding
from rpiocr.model import Box, Field, Fields, Page, Pass, Prepared, Word
from rpiocr.preprocess import NOMINAL_DPI
from rpiocr.preprocess.rows import GlyphRows
from rpiocr.recognise.passes import PassRunner
from rpiocr.recognise.pdf_text import (
    AMOUNT,
    LINE_HEIGHTS,
    PAGE,
    Piece,
    PieceReader,
    agrees,
    has_words_on_top,
    text_pass,
    texts_at,
    words_to_check,
)
from rpiocr.recognise.tesseract import Tesseract

MAX_OUTSIDE = 0.2
"""Maximum share of the glyphs of a page that are outside of its text: logos and small print in pictures have fewer."""

MAX_PIECES = 8
"""Maximum number of pieces of print outside of the text that are read: more make a picture of a receipt."""

MIN_GLYPHS = 2
"""Minimum number of glyphs of such a piece."""

AROUND = 0.4
"""Margin around a word within which glyphs are its own, as a share of its height; accents stand above it."""

MAX_DIGITS = 1
"""Maximum number of digits in print outside of the text: with more it may be an amount, such as a value in a form."""

RIVALS = 2
"""How many other values of a field are checked with the chosen one."""

MAX_DOUBTED, MAX_WRONG = 3, 1
"""Maximum number of words that OCR reads otherwise at first, and, of those that are not in the answer, again."""

GUTTER = 2.0
"""Minimum width of the blank strip between two receipts, in heights of their words."""

MIN_AMOUNTS, MIN_LABELS, LABEL = 3, 8, 3
"""Minimum number of amounts, and of words of LABEL letters, on both sides of it: a column of amounts has no words."""


@dataclass(frozen=True, slots=True)
class TextReading:
    """What a page says by its text: the pass, and what it was understood as."""

    read: Pass
    understanding: Understanding


@dataclass(frozen=True, slots=True)
class Trial:
    """What the words that are checked are read with."""

    tesseract: Tesseract
    runner: PassRunner


def read_text(
    page: Page,
    rows: GlyphRows | None,
    codes: Sequence[Box],
    understand: Callable[[Sequence[Pass]], Understanding],
    trial: Trial,
) -> TextReading | None:
    """Read a page by its text; None if it has none, or its picture does not show that it holds.

    ``rows`` are the rows of glyphs of the page, whose pixels are those that the boxes of the text refer to; ``codes``
    are the boxes of machine-readable codes there, which are no print.
    """
    started = time.monotonic()
    words = [word for line in page.text or () for word in line.words]
    if not words or rows is None or has_words_on_top(words) or is_side_by_side(words):
        return None
    outside = print_outside(rows, words, codes)
    if outside is None:
        return None
    understanding = understand((text_pass(page.text or ()),))
    if not _Look(page, trial.tesseract, trial.runner).is_seen(words, _answer(understanding.fields), outside):
        return None
    return TextReading(text_pass(page.text or (), time.monotonic() - started), understanding)


def is_side_by_side(words: Sequence[Word]) -> bool:
    """Return whether a blank strip down the page has words and amounts on both sides, as two receipts have."""
    room = GUTTER * median(word.box.height for word in words)
    ordered = sorted(words, key=lambda word: word.box.left)
    furthest = 0.0
    for number, word in enumerate(ordered):
        if (
            number
            and word.box.left - furthest > room
            and all(map(_may_be_receipt, (ordered[:number], ordered[number:])))
        ):
            return True
        furthest = max(furthest, word.box.right)
    return False


def _may_be_receipt(words: Sequence[Word]) -> bool:
    amounts = sum(bool(AMOUNT.fullmatch(word.text)) for word in words)
    labels = sum(sum(map(str.isalpha, word.text)) >= LABEL for word in words)
    return amounts >= MIN_AMOUNTS and labels >= MIN_LABELS


def print_outside(rows: GlyphRows, words: Sequence[Word], codes: Sequence[Box] = ()) -> tuple[Box, ...] | None:
    """Return pieces of print outside of all words and codes, in pixels of the page; None if there is too much."""
    glyphs = np.concatenate([rows.glyphs, rows.larger])
    covered = np.zeros(rows.shape, np.uint8)
    for box in (*(word.box for word in words), *codes):
        _fill(covered, box, rows.factor)
    x, y = (glyphs[:, :2] + glyphs[:, 2:4] // 2).T
    outside = glyphs[covered[y, x] == 0]
    if len(outside) > MAX_OUTSIDE * len(glyphs):
        return None
    pieces = _joined(outside, rows)
    return pieces if len(pieces) <= MAX_PIECES else None


def _fill(mask: NDArray[np.uint8], box: Box, factor: float) -> None:
    around = AROUND * box.height
    left, top = int((box.left - around) * factor), int((box.top - around) * factor)
    right, bottom = int((box.right + around) * factor) + 1, int((box.bottom + around) * factor) + 1
    mask[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = 1


def _joined(glyphs: NDArray[np.int32], rows: GlyphRows) -> tuple[Box, ...]:
    """Return the boxes of neighbouring glyphs in a line."""
    mask = np.zeros(rows.shape, np.uint8)
    for left, top, width, height, _ in glyphs:
        mask[top : top + height, left : left + width] = 1
    joined = cv2.dilate(mask, np.ones((1, int(2.0 * rows.tall) | 1), np.uint8))
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    x, y = (glyphs[:, :2] + glyphs[:, 2:4] // 2).T
    owners = labels[y, x]
    groups = (glyphs[owners == owner] for owner in np.unique(owners))
    return tuple(_around(group, rows.factor) for group in groups if len(group) >= MIN_GLYPHS)


def _around(glyphs: NDArray[np.int32], factor: float) -> Box:
    ends = glyphs[:, :2] + glyphs[:, 2:4]
    (left, top), (right, bottom) = glyphs[:, :2].min(axis=0) / factor, ends.max(axis=0) / factor
    return Box(float(left), float(top), float(right), float(bottom))


def _answer(fields: Fields) -> tuple[Box, ...]:
    """Return where total and date were read, and what else they may be: the total may have been worked out."""
    found: tuple[Field[Any] | None, ...] = (fields.amount, fields.date)
    return tuple(one.box for field in found if field for one in (field.chosen, *field.rivals[:RIVALS]))


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at the picture of a page by OCR."""

    page: Page
    tesseract: Tesseract
    runner: PassRunner

    def is_seen(self, words: Sequence[Word], answer: Sequence[Box], outside: Sequence[Box]) -> bool:
        """Return whether OCR reads the words of the text, those of the answer without exception, and no more numbers.

        Some of all ``words`` are read. What is read otherwise is read once more, larger.
        """
        trial = words_to_check(words, answer)
        seen = self._read([Piece(word.box, len(word.text)) for word in trial] + [Piece(box) for box in outside])
        if not trial or any(sum(map(str.isdigit, text)) > MAX_DIGITS for text in seen[len(trial) :]):
            return False
        doubted = [word for word, text in zip(trial, seen, strict=False) if not agrees(word.text, text)]
        if len(doubted) > MAX_DOUBTED:
            return False
        again = self._read([Piece(word.box, len(word.text)) for word in doubted], LINE_HEIGHTS[-1])
        wrong = [word for word, text in zip(doubted, again, strict=True) if not agrees(word.text, text)]
        return len(wrong) <= MAX_WRONG and not any(word.box.meets(box) for word in wrong for box in answer)

    def _read(self, pieces: Sequence[Piece], height: int = LINE_HEIGHTS[0]) -> list[str]:
        """Return what OCR reads at each piece; nothing if it fails."""
        if not pieces:
            return []
        image = Prepared(self.page.pixels, PAGE, np.eye(2, 3), NOMINAL_DPI)
        read = self.runner.wait(self.runner.start(PieceReader(tuple(pieces), self.tesseract, height), image))
        return texts_at(pieces, read.lines)

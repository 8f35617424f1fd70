"""The text of a PDF as an engine: it has the characters, and OCR of a few words shows whether they are those printed.

Scanners lay misread text over their pictures, and fonts may lack the table that says what their characters stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from rpiocr.model import Box, EngineFamily, EngineId, Line, Pass, Pixels, Prepared, Word
from rpiocr.model.overlap import overlapping
from rpiocr.recognise.tesseract import Tesseract

PDF_TEXT = EngineId(EngineFamily("pdf-text", exact=True))

PAGE = "page"
"""The variant of its pass: it reads none that was made for OCR."""

AMOUNT = re.compile(r"[^0-9]{0,3}[0-9]{1,3}(?:[.,' ]?[0-9]{3})*[.,][0-9]{2}[^0-9]{0,3}")
PLAIN_WORD = re.compile(r"[!-~€£]{2,24}")
"""An amount with decimals, and a word that Tesseract's English model can read."""

MIN_LETTERS = 4
MIN_DIGITS = 2
"""Minimum number of letters or of digits of a word by which a text is checked; on shorter ones OCR errs more often."""

AMOUNTS, OTHERS = 3, 3
"""How many words are read besides those of the answer: amounts, and others, spread over the page."""

MIN_CHECKED = 4
"""Minimum number of words by which a text is checked: a page with fewer is read as a picture."""

LINE_HEIGHTS = (40, 56)
MARGIN, BESIDE = 0.3, 0.3
"""Heights in pixels that words are scaled to, at first and again where they were read otherwise, with a margin as a
share of their own height above and below them, and of the width of their characters beside them."""

NARROW, USUAL, WIDE = 0.5, 0.8, 1.3
"""Widths of characters, by the height of their ink, below and above which words are widened or narrowed to the usual:
print of twice the height has narrow letters, which OCR misreads."""

GAP = 16
PAPER = 255

MIN_CONTRAST = 20
"""Minimum difference of grey values that is made black and white; less is blank paper."""

MAX_WIDTH = 2000
"""Maximum width in pixels of a word as it is read."""

SAME_DIGITS = str.maketrans("OQILSBZ", "0011582")
"""Letters that OCR takes for digits in words of both."""

TOLERANCE = 0.2
"""Maximum share of the characters of a word that OCR may read otherwise: one of five."""

ON_TOP = 0.5
"""Maximum share of a word that another one covers."""

HEIGHT_RATIO = 2.5
"""Words that differ more in height are a stamp or a watermark, and what it is printed over."""


def text_pass(lines: tuple[Line, ...], elapsed_s: float = 0.0) -> Pass:
    """Return the text that a page shows as a pass."""
    return Pass(PDF_TEXT, PAGE, lines, elapsed_s)


def has_words_on_top(words: Sequence[Word]) -> bool:
    """Return whether words of the same size overlap: a program may have covered one with another."""
    boxes = [word.box for word in words]
    return any(_covers(boxes[one], boxes[other]) for one, other in overlapping(boxes, HEIGHT_RATIO))


def _covers(one: Box, other: Box) -> bool:
    across, down = one.shared(other)
    smaller = min(one.width * one.height, other.width * other.height)
    alike = max(one.height, other.height) < HEIGHT_RATIO * min(one.height, other.height)
    return alike and across > 0 and down > 0 and across * down > ON_TOP * smaller


def words_to_check(words: Sequence[Word], answer: Sequence[Box]) -> tuple[Word, ...]:
    """Choose words by which a text is checked: those at the boxes of the ``answer``, and others all over the page.

    ``words`` are in the order of reading; equal ones give the same choice. Empty if there are too few.
    """
    able = [word for word in words if _is_telling(word.text)]
    chosen = {id(word): word for word in able if any(word.box.meets(box) for box in answer)}
    rest = [word for word in able if id(word) not in chosen]
    amounts = [word for word in rest if AMOUNT.fullmatch(word.text)]
    spread = _spread(amounts, AMOUNTS)
    others = [word for word in rest if word not in spread]
    chosen |= {id(word): word for word in (*spread, *_spread(others, AMOUNTS + OTHERS - len(spread)))}
    return tuple(chosen.values()) if len(chosen) >= MIN_CHECKED else ()


def _is_telling(text: str) -> bool:
    digits, letters = sum(char.isdigit() for char in text), sum(char.isalpha() for char in text)
    is_word = bool(PLAIN_WORD.fullmatch(text)) and 2 * (digits + letters) > len(text)
    return is_word and (digits >= MIN_DIGITS or letters >= MIN_LETTERS)


def _spread(words: Sequence[Word], count: int) -> list[Word]:
    """Return ``count`` of the words, or all, the first and the last and others at equal steps."""
    if len(words) <= count:
        return list(words)
    return [words[round(step * (len(words) - 1) / max(1, count - 1))] for step in range(count)]


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a line of a page, which has so many ``characters``; 0 if that is not known."""

    box: Box
    characters: int = 0

    @property
    def stretch(self) -> float:
        """By how much its letters have to be wider to look as usual."""
        shape = self.box.width / max(1.0, self.characters * self.box.height)
        return 1.0 if not self.characters or NARROW <= shape <= WIDE else USUAL / max(shape, 0.1)

    @property
    def margins(self) -> tuple[float, float]:
        """The margins beside, and above and below, in pixels: beside there may be the next word."""
        above = MARGIN * self.box.height
        beside = BESIDE * self.box.width / self.characters if self.characters else above
        return min(beside, above), above


@dataclass(frozen=True, slots=True)
class PieceReader:
    """Reads pieces of an image on one sheet below one another, at ``height``: the text of each is a line of its own."""

    pieces: tuple[Piece, ...]
    tesseract: Tesseract
    height: int = LINE_HEIGHTS[0]

    @property
    def id(self) -> EngineId:
        """The engine that reads them."""
        return self.tesseract.id

    def read(self, image: Prepared, timeout_s: float) -> tuple[Line, ...]:
        """Read the pieces; each line of the answer has the place of its piece. See Engine."""
        cuts = [_cut(image.pixels, piece, self.height) for piece in self.pieces]
        sheet = np.full((sum(cut.shape[0] + GAP for cut in cuts) + GAP, MAX_WIDTH + 2 * GAP), PAPER, np.uint8)
        tops, top = [0], GAP
        for cut in cuts:
            sheet[top : top + cut.shape[0], GAP : GAP + cut.shape[1]] = cut
            top += cut.shape[0] + GAP
            tops.append(top - GAP // 2)
        widest = max((cut.shape[1] for cut in cuts), default=1)
        prepared = Prepared(np.ascontiguousarray(sheet[:, : widest + 2 * GAP]), image.variant, image.to_page, image.dpi)
        words = [word for line in self.tesseract.read(prepared, timeout_s) for word in line.words]
        at = ([word for word in words if above <= word.box.middle[1] < below] for above, below in pairwise(tops))
        return tuple(
            Line(
                tuple(Word(one.text, piece.box, one.confidence) for one in sorted(found, key=lambda one: one.box.left))
            )
            for piece, found in zip(self.pieces, at, strict=True)
            if found
        )


def _cut(pixels: Pixels, piece: Piece, line_height: int) -> Pixels:
    """Return a piece of an image with its margin at a height, with white paper and black ink."""
    box, (beside, above) = piece.box, piece.margins
    height, width = pixels.shape
    left, top = max(0, int(box.left - beside)), max(0, int(box.top - above))
    right, bottom = min(width, int(box.right + beside) + 1), min(height, int(box.bottom + above) + 1)
    part = pixels[top : max(top + 1, bottom), left : max(left + 1, right)]
    factor = min(line_height / part.shape[0], MAX_WIDTH / (part.shape[1] * piece.stretch))
    size = (max(1, int(part.shape[1] * factor * piece.stretch)), max(1, round(part.shape[0] * factor)))
    scaled = cv2.resize(part, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)
    lit = scaled if np.median(scaled) >= PAPER / 2 else PAPER - scaled
    dark, light = int(lit.min()), int(lit.max())
    even = PAPER - (light - lit.astype(np.float32)) * (PAPER / max(MIN_CONTRAST, light - dark))
    return even.astype(np.uint8)


def agrees(text: str, seen: str) -> bool:
    """Return whether OCR of a word has ``seen`` its ``text``, but for errors that OCR makes.

    Not one digit of a number may differ, except that the sign of a currency at its end may be taken for one.
    """
    stated, found = _folded(text), _folded(seen)
    if AMOUNT.fullmatch(text) or stated.isdigit():
        readings = {_digits(seen), _digits(found)}
        if not text[-1].isdigit():
            readings |= {read[:-1] for read in readings}
        return _digits(text) in readings
    return distance(stated, found) <= int(TOLERANCE * len(stated))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _folded(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum()).translate(SAME_DIGITS)


def distance(one: str, other: str) -> int:
    """Return the number of characters to insert, leave out or replace (Levenshtein distance)."""
    row = list(range(len(other) + 1))
    for number, char in enumerate(one, 1):
        last, row[0] = row[0], number
        for at, counterpart in enumerate(other, 1):
            last, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, last + (char != counterpart))
    return row[-1]


def texts_at(pieces: Iterable[Piece], lines: Iterable[Line]) -> list[str]:
    """Return what was read at each of the pieces, without spaces; nothing where nothing was read."""
    read = {_place(line.words[0].box): "".join(word.text for word in line.words) for line in lines}
    return [read.get(_place(piece.box), "") for piece in pieces]


def _place(box: Box) -> tuple[int, ...]:
    """Return the sides of a box in tenths of a pixel: mapping it to the page changes the last digits."""
    return tuple(round(10 * side) for side in (box.left, box.top, box.right, box.bottom))

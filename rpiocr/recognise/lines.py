"""Groups words into lines by their position, not by the order in which an engine reported them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from statistics import median

from rpiocr.model import Line, Word
from rpiocr.model.baseline import STRAIGHT, Baseline

SAME_LINE = 0.5
"""Minimum vertical overlap of two words of one line along its baseline, as a share of the smaller height."""

FRAME_HEIGHT = 4.0
"""Words at least this many times as high as the median are frames, stains or logos and join no line of text."""

MAX_AT_ONE_LEVEL = 64
"""Maximum number of lines ending at one level that a word is compared with: the latest, which end furthest right."""


def build_lines(words: Iterable[Word], baseline: Baseline = STRAIGHT) -> tuple[Line, ...]:
    """Group words into lines, top to bottom, each left to right.

    ``baseline`` is the shape of the lines. A word joins the line whose nearest word to its left continues to it along
    that shape, so that gently curled lines stay whole and a label meets its amount across a wide gap.
    """
    placed = sorted(words, key=lambda word: word.box.left)
    if not placed:
        return ()
    usual = median(word.box.height for word in placed)
    lines = _Lines(baseline)
    for word in placed:
        best = lines.best_for(word) if word.box.height < FRAME_HEIGHT * usual else None
        lines.put(word, best)
    found = sorted(lines.found, key=lambda line: _level(line[0], baseline))
    return tuple(Line(tuple(line)) for line in found)


def _level(word: Word, baseline: Baseline) -> float:
    x, y = word.box.middle
    return y - baseline.rise(x)


def _leans_on(word: Word, last: Word) -> bool:
    """Return whether a word is a single ideograph or syllable at the end of another: their boxes are imprecise."""
    return len(word.text) == 1 and not word.text.isascii() and word.box.right > last.box.right


class _Lines:
    """Lines that grow to the right, indexed by the level of their end so that a word is not compared with all of them.

    A level is the vertical position of a word without the rise of its line up to there. Ends are grouped by their
    height, in bands that are at least as high.
    """

    def __init__(self, baseline: Baseline) -> None:
        self.found: list[list[Word]] = []
        self._baseline = baseline
        self._ends: dict[int, dict[int, dict[int, None]]] = defaultdict(dict)

    def put(self, word: Word, line: int | None) -> None:
        """Append a word to the given line, or begin a new line with it."""
        if line is None:
            line = len(self.found)
            self.found.append([])
        else:
            for band in self._bands_of_end(self.found[line][-1]):
                band.pop(line, None)
        self.found[line].append(word)
        for band in self._bands_of_end(word):
            band[line] = None

    def best_for(self, word: Word) -> int | None:
        """Return the line that a word continues best, the first on a tie; None if there is none."""
        best, best_fit = None, SAME_LINE
        for line in sorted(self._reached(word)):
            fit = _fit(word, self.found[line][-1], self._baseline)
            if fit > best_fit:
                best, best_fit = line, fit
        return best

    def _reached(self, word: Word) -> set[int]:
        return {
            line
            for scale, bands in self._ends.items()
            for number in self._numbers(word, scale)
            for line in islice(reversed(bands.get(number, {})), MAX_AT_ONE_LEVEL)
        }

    def _bands_of_end(self, last: Word) -> Iterator[dict[int, None]]:
        scale = _scale(last)
        return (self._ends[scale].setdefault(number, {}) for number in self._numbers(last, scale))

    def _numbers(self, word: Word, scale: int) -> range:
        middle, half, high = _level(word, self._baseline), word.box.height / 2, 2.0**scale
        return range(math.floor((middle - half) / high), math.floor((middle + half) / high) + 1)


def _scale(word: Word) -> int:
    """Return the exponent of the power of two that bounds the height of a word."""
    return math.ceil(math.log2(max(1.0, word.box.height)))


def _fit(word: Word, last: Word, baseline: Baseline) -> float:
    """Return the vertical overlap with a word to the left along the baseline, as a share of the smaller height; else 0.

    A dash or a full stop is low, so that its own height is the smaller one.
    """
    if last.box.right - word.box.left > 0.5 * min(last.box.width, word.box.width) and not _leans_on(word, last):
        return 0.0
    drop = baseline.drop(last.box.middle[0], word.box.middle[0])
    top = max(word.box.top, last.box.top + drop)
    bottom = min(word.box.bottom, last.box.bottom + drop)
    smaller = min(word.box.height, last.box.height)
    return (bottom - top) / smaller if smaller > 0 else 0.0

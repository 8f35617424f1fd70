"""From loose words to lines, by where they stand, not by the order in which an engine reported them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median

from rpiocr.model import Line, Word

SAME_LINE = 0.5
"""Share of the smaller height by which two words must overlap, along the slope, to stand on one line."""

FRAME_HEIGHT = 4.0
"""Words this many times higher than the median are frames, stains or logos and join no line of text."""


def build_lines(words: Iterable[Word], skew_deg: float = 0.0) -> tuple[Line, ...]:
    """Group words into lines, top to bottom, each left to right.

    ``skew_deg`` is the angle by which lines fall to the right. A word joins the line whose nearest word to its
    left continues to it along that slope, so that gently curled lines stay whole and a label meets its amount
    across a wide gap.
    """
    placed = sorted(words, key=lambda word: word.box.left)
    if not placed:
        return ()
    usual = median(word.box.height for word in placed)
    slope = math.tan(math.radians(skew_deg))
    lines: list[list[Word]] = []
    for word in placed:
        best = _best_line(word, lines, slope) if word.box.height < FRAME_HEIGHT * usual else None
        if best is None:
            lines.append([word])
        else:
            best.append(word)
    lines.sort(key=lambda line: _level(line[0], slope))
    return tuple(Line(tuple(line)) for line in lines)


def _level(word: Word, slope: float) -> float:
    x, y = word.box.middle
    return y - slope * x


def _leans_on(word: Word, last: Word) -> bool:
    """Tell whether a word is a lone ideograph or syllable at the end of another: engines place their boxes roughly."""
    return len(word.text) == 1 and not word.text.isascii() and word.box.right > last.box.right


def _best_line(word: Word, lines: Sequence[list[Word]], slope: float) -> list[Word] | None:
    best, best_fit = None, SAME_LINE
    # Lines far above or below even along the slope are ruled out before anything is computed.
    slack = abs(slope) * word.box.right
    reach_top, reach_bottom = word.box.top - slack, word.box.bottom + slack
    for line in lines:
        last = line[-1]
        if last.box.bottom < reach_top or last.box.top > reach_bottom:
            continue
        if last.box.right - word.box.left > 0.5 * min(last.box.width, word.box.width) and not _leans_on(word, last):
            continue
        drop = slope * (word.box.middle[0] - last.box.middle[0])
        top = max(word.box.top, last.box.top + drop)
        bottom = min(word.box.bottom, last.box.bottom + drop)
        smaller = min(word.box.height, last.box.height)
        # A dash or a full stop is low: it counts by its middle lying inside its neighbour.
        fit = (bottom - top) / smaller if smaller > 0 else 0.0
        if fit > best_fit:
            best, best_fit = line, fit
    return best

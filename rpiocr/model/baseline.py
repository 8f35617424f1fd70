"""The shape of text on a page: how far lines fall to the right, how much they are bent, and how far columns lean."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from rpiocr.model.geometry import Box
from rpiocr.model.text import Line

MAX_GAP = 3.0
"""Maximum gap between words that are compared, in heights of their boxes: across a wider one an engine may have taken
an amount for that of the line beside it."""

MAX_HEIGHT_RATIO = 1.6
"""Maximum ratio of the heights of words that are compared: the centre of a full stop or a logo is not on the line."""

MIN_PAIRS = 12
"""Minimum number of pairs of neighbours for an estimate; on the left and on the right for one of the bend."""

TOLERATED = math.tan(math.radians(0.8))
"""Difference from the measured slope that rows tolerate: half a line's height across 35 of them, the width of a
receipt."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A line of text falls by ``slope`` pixels per pixel to the right at ``middle``, and by ``bend`` more per pixel.

    All lines of a page have the same shape. Columns go ``lean`` pixels to the left per pixel down: as far as lines fall
    on a page that is rotated, not at all on one whose sides were made upright. The page is levelled by straightening
    lines and by turning columns upright.
    """

    slope: float = 0.0
    bend: float = 0.0
    middle: float = 0.0
    lean: float = 0.0

    @staticmethod
    def at(skew_deg: float) -> Baseline:
        """Return that of straight lines which fall to the right by this angle."""
        return Baseline(math.tan(math.radians(skew_deg)))

    def rise(self, x: float) -> float:
        """Return by how many pixels a line is lower at ``x`` than in the middle."""
        right = x - self.middle
        return self.slope * right + self.bend * right * right / 2.0

    def slope_at(self, x: float) -> float:
        """Return by how many pixels a line falls per pixel to the right at ``x``."""
        return self.slope + self.bend * (x - self.middle)

    def level(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point is on the levelled page."""
        y -= self.rise(x)
        return x + self.lean * y, y

    def unlevel(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the levelled page is."""
        x -= self.lean * y
        return x, y + self.rise(x)

    def levelled(self, box: Box) -> Box:
        """Move a box to where it is on the levelled page."""
        return _centred(box, self.level(*box.middle))

    def unlevelled(self, box: Box) -> Box:
        """Move a box of the levelled page back."""
        return _centred(box, self.unlevel(*box.middle))


STRAIGHT = Baseline()


def _centred(box: Box, middle: tuple[float, float]) -> Box:
    (x, y), (old_x, old_y) = middle, box.middle
    return Box(box.left + x - old_x, box.top + y - old_y, box.right + x - old_x, box.bottom + y - old_y)


class _Step(NamedTuple):
    """From the centre of a word to that of the next one: where, how far, and how much it falls per pixel."""

    x: float
    distance: float
    slope: float


def baseline_of(lines: Iterable[Line], skew_deg: float) -> Baseline:
    """Return the baseline that the boxes of words show, if it is not that of the measured skew as far as rows tolerate.

    ``lines`` are those of an engine, of which only words next to each other count. The slope is the median one, and the
    bend that between the medians of the left and the right third of the steps from word to word.
    """
    measured = Baseline.at(skew_deg)
    steps = sorted(step for line in lines for one, other in pairwise(line.words) for step in _steps(one.box, other.box))
    if len(steps) < MIN_PAIRS:
        return measured
    middle = (steps[0].x + steps[-1].x) / 2.0
    bend = _bend(steps)
    if bend:
        straightened = [step._replace(slope=step.slope - bend * (step.x - middle)) for step in steps]
        return Baseline(_slope(straightened), bend, middle)
    slope = _slope(steps)
    return Baseline(slope) if abs(slope - measured.slope) > TOLERATED else measured


def _bend(steps: Sequence[_Step]) -> float:
    """Return by how much the slope changes per pixel to the right, from left to right; 0 if rows tolerate it."""
    third = len(steps) // 3
    left, right = steps[:third], steps[-third:]
    apart = _x(right) - _x(left)
    more = _slope(right) - _slope(left)
    return more / apart if third >= MIN_PAIRS and apart > 0 and abs(more) > 2.0 * TOLERATED else 0.0


def _steps(one: Box, other: Box) -> Iterable[_Step]:
    lower, higher = sorted((one.height, other.height))
    gap = other.left - one.right
    if lower > 0 and higher <= MAX_HEIGHT_RATIO * lower and gap <= MAX_GAP * lower:
        (x, y), (other_x, other_y) = one.middle, other.middle
        if other_x > x:
            yield _Step((x + other_x) / 2.0, other_x - x, (other_y - y) / (other_x - x))


def _x(steps: Sequence[_Step]) -> float:
    return sum(step.x for step in steps) / len(steps)


def _slope(steps: Sequence[_Step]) -> float:
    """Return the median slope; a step counts by its length."""
    left = sum(step.distance for step in steps) / 2.0
    for step in sorted(steps, key=lambda step: step.slope):
        left -= step.distance
        if left <= 0:
            return step.slope
    return 0.0

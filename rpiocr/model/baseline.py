"""The shape of text on a page: how far lines fall to the right, how much they are bent, and how far columns lean."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rpiocr.model.geometry import Box
from rpiocr.model.text import Line

MAX_GAP = 3.0
"""Maximum gap between words that are compared, in heights of their boxes: across a wider one an engine may have taken
an amount for that of the line beside it."""

MAX_HEIGHT_RATIO = 1.6
"""Maximum ratio of the heights of words that are compared: the centre of a full stop or a logo is not on the line."""

MIN_STEPS, MIN_BENT_STEPS = 16, 40
"""Minimum number of words next to one another for an estimate of the slope, and for one of the bend."""

ROUNDS = 5
"""Number of fits, each with less weight on steps to words that are not on the line."""

OFF_LINE = 0.03
"""Difference from the slope of its line beyond which a step gets less weight (Huber weights)."""

TOLERATED = math.tan(math.radians(0.8))
"""Difference from the measured slope that rows tolerate: half a line's height across 35 of them, the width of a
receipt."""

MOST_MORE = math.tan(math.radians(7.0))
"""Difference from the measured slope from which words are no text: pages that lie askew by more are rotated first."""

BENT, MOST_BENT = 3.0 * TOLERATED, 0.6
"""Minimum and maximum difference of the slopes at the left and the right end of lines that are bent."""


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

    def drop(self, x: float, other: float) -> float:
        """Return by how many pixels a line is lower at ``other`` than at ``x``."""
        return (other - x) * (self.slope + self.bend * ((x + other) / 2.0 - self.middle))

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


Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """From the centres of words to those of the next ones: where, how far, and by how much they fall per pixel."""

    x: Floats
    distance: Floats
    slope: Floats

    @staticmethod
    def of(lines: Iterable[Line]) -> _Steps:
        """Return the steps of all lines."""
        words = (pair for line in lines for pair in pairwise(line.words))
        found = [step for one, other in words for step in _step(one.box, other.box)]
        return _Steps(*np.array(found, dtype=np.float64).reshape(-1, 3).T)

    @property
    def median(self) -> float:
        """The median slope; a step counts by its length."""
        order = np.argsort(self.slope)
        reached = np.cumsum(self.distance[order])
        return float(self.slope[order][np.searchsorted(reached, reached[-1] / 2.0)])

    def bent(self) -> Baseline:
        """Return the bent lines that fit best; steps far from them count less."""
        middle = float(self.x.min() + self.x.max()) / 2.0
        terms = np.column_stack([np.ones(len(self.x)), self.x - middle])
        off = np.abs(self.slope - self.median)
        weights = np.zeros(2)
        for _ in range(ROUNDS):
            trust = self.distance / np.maximum(1.0, off / OFF_LINE)
            weights = np.linalg.lstsq(terms * np.sqrt(trust)[:, None], self.slope * np.sqrt(trust), rcond=None)[0]
            off = np.abs(self.slope - terms @ weights)
        return Baseline(float(weights[0]), float(weights[1]), middle)


def _step(one: Box, other: Box) -> Iterator[tuple[float, float, float]]:
    lower, higher = sorted((one.height, other.height))
    gap = other.left - one.right
    if lower > 0 and higher <= MAX_HEIGHT_RATIO * lower and gap <= MAX_GAP * lower:
        (x, y), (other_x, other_y) = one.middle, other.middle
        if other_x > x:
            yield (x + other_x) / 2.0, other_x - x, (other_y - y) / (other_x - x)


def baseline_of(lines: Iterable[Line], skew_deg: float) -> Baseline:
    """Return the baseline that the boxes of words show, if it is not that of the measured skew as far as rows tolerate.

    ``lines`` are those of an engine, of which only words next to each other count.
    """
    measured, steps = Baseline.at(skew_deg), _Steps.of(lines)
    if len(steps.x) < MIN_STEPS:
        return measured
    bent = steps.bent() if len(steps.x) >= MIN_BENT_STEPS else measured
    found = bent if BENT < abs(bent.bend) * np.ptp(steps.x) < MOST_BENT else Baseline(steps.median)
    more = abs(found.slope - measured.slope)
    return found if more < MOST_MORE and (found.bend or more > TOLERATED) else measured

"""Lines of print that bow or fan out on a picture, because the paper curled: how they run, and made level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Box, Pixels
from rpiocr.model.transform import Points
from rpiocr.preprocess.rows import Rows

Floats = NDArray[np.float64]

LEAST_ROWS = 6
LEAST_LETTERS = 60
"""Rows, and letters in them, that a measure needs."""

ROUNDS = 4
"""How often the fit is repeated, with less weight on letters that lie off their line: those with tails, noise."""

OFF_LINE = 0.12
"""Letter heights off its line from which on a letter counts less (Huber's weights)."""

STIFFNESS = 0.0005
"""Keeps terms that the letters say nothing about near to 0 (ridge regression), as a share of the letters."""

LEAST_BEND = 0.5
"""Letter heights that a line rises or falls beyond a common slant before it is worth while to straighten it."""

MOST_BEND = 8.0
"""Letter heights; what bends more was measured wrong."""

GRID = 24
"""Pixels between the places where the bend is worked out; those between are interpolated."""


@dataclass(frozen=True, slots=True, eq=False)
class Bend:
    """How lines run on a picture: a step from the picture with level lines to the one as it is.

    A line that passes the middle of ``box`` at the height y passes through (x, y + rise(x, y)). Beyond the box, around
    the letters that were measured, lines go on level.
    """

    box: Box
    weights: Floats

    def __call__(self, points: Points) -> Points:
        """Map points, shape (n, 2)."""
        moved = points.copy()
        moved[:, 1] += self.rise(points)
        return moved

    def rise(self, points: Points) -> Floats:
        """By how many pixels the line through each point is lower there than in the middle."""
        found: Floats = _terms(points, self.box) @ self.weights
        return found


def _terms(points: Points, box: Box) -> Floats:
    """Shape (n, 6): the terms of a polynomial that is 0 in the middle, of coordinates from -1 to 1 within the box."""
    x = np.clip(2.0 * (points[:, 0] - box.left) / box.width - 1.0, -1.0, 1.0)
    y = np.clip(2.0 * (points[:, 1] - box.top) / box.height - 1.0, -1.0, 1.0)
    return np.column_stack([x, x * y, x * y**2, x**2, x**2 * y, x**3])


def find_bend(found: Rows | None) -> Bend | None:
    """Measure how the lines of a picture run; None where they are straight and parallel, or too few to tell."""
    if found is None:
        return None
    long = [row.feet / found.factor for row in found.rows]
    letter = found.letter_height / found.factor
    if len(long) < LEAST_ROWS or sum(map(len, long)) < LEAST_LETTERS:
        return None
    feet = np.concatenate(long)
    (left, top), (right, bottom) = feet.min(axis=0), feet.max(axis=0)
    box = Box(float(left), float(top), float(right), float(bottom))
    bend = Bend(box, _fitted(long, letter, box))
    rise = bend.rise(feet)
    most = float(np.abs(rise - np.polyval(np.polyfit(feet[:, 0], rise, 1), feet[:, 0])).max()) / letter
    return bend if LEAST_BEND < most < MOST_BEND else None


def _fitted(rows: Sequence[Points], letter: float, box: Box) -> Floats:
    """Fit the terms so that the feet of each row lie on a line of its own height."""
    feet = np.concatenate(rows)
    owner = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    heights = np.array([row[:, 1].mean() for row in rows])[owner]
    trust = np.ones(len(feet))
    for _ in range(ROUNDS):
        terms = _terms(np.column_stack([feet[:, 0], heights]), box)
        about = _centred(terms, owner, trust)
        wanted = _centred(feet[:, 1:], owner, trust)[:, 0]
        ridge = STIFFNESS * trust.sum() * np.eye(about.shape[1]) / 3.0
        weights = np.linalg.solve((about * trust[:, None]).T @ about + ridge, (about * trust[:, None]).T @ wanted)
        off = np.abs(wanted - about @ weights) / (OFF_LINE * letter)
        trust = 1.0 / np.maximum(1.0, off)
        heights = _means(feet[:, 1:] - (terms @ weights)[:, None], owner, trust)[:, 0]
    return weights


def _means(values: Floats, owner: NDArray[np.int64], trust: Floats) -> Floats:
    """The weighted mean of each one's row, shape as ``values``."""
    total = np.bincount(owner, trust)
    sums = [np.bincount(owner, column * trust) / total for column in values.T]
    return np.column_stack(sums)[owner]


def _centred(values: Floats, owner: NDArray[np.int64], trust: Floats) -> Floats:
    return values - _means(values, owner, trust)


def unbent(pixels: Pixels, bend: Bend) -> Pixels:
    """Return the picture with its lines level."""
    height, width = pixels.shape
    columns, rows = np.arange(0, width + GRID, GRID), np.arange(0, height + GRID, GRID)
    x, y = (axis.astype(np.float64) for axis in np.meshgrid(columns, rows))
    rise = bend.rise(np.column_stack([x.ravel(), y.ravel()])).reshape(x.shape).astype(np.float32)
    # Resizing puts values at the middles of its cells: the grid is shifted by half a cell to have them at the corners.
    shift = np.array([[GRID, 0.0, 0.0], [0.0, GRID, 0.0]])
    lower = cv2.warpAffine(rise, shift, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    across = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width))
    down = np.arange(height, dtype=np.float32)[:, None] + lower
    made = cv2.remap(pixels, np.ascontiguousarray(across), down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return made.astype(np.uint8, copy=False)

"""Dewarping: estimates the curvature of text lines on curled paper, and straightens them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Box, Pixels
from rpiocr.model.transform import Points
from rpiocr.preprocess.rows import GlyphRows

Floats = NDArray[np.float64]

MIN_ROWS = 6
MIN_GLYPHS = 60
"""Minimum number of rows, and of glyphs in them, for an estimate."""

ROUNDS = 4
"""Number of fits, each with less weight on glyphs that are off their line: descenders and noise."""

OFF_LINE = 0.12
"""Distance from its line, in cap heights, beyond which a glyph gets less weight (Huber weights)."""

STIFFNESS = 0.0005
"""Ridge penalty, as a share of the number of glyphs: keeps terms that the glyphs do not determine near 0."""

MIN_CURVATURE = 0.5
"""Minimum deviation of a line from a straight one, in cap heights, that is worth correcting."""

MAX_CURVATURE = 8.0
"""Maximum plausible deviation in cap heights; a larger one is taken for an error of the estimate."""

GRID = 24
"""Spacing in pixels of the grid on which the curvature is evaluated; values in between are interpolated."""


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """The curvature of the text lines of an image: the step from the dewarped image to the original one.

    A line that crosses the middle of ``box`` at height y passes through (x, y + rise(x, y)). ``box`` encloses the
    measured glyphs; outside of it, lines are taken to be horizontal. ``weights`` are those of the polynomial.
    """

    box: Box
    weights: Floats

    def __call__(self, points: Points) -> Points:
        """Map points, shape (n, 2)."""
        moved = points.copy()
        moved[:, 1] += self.rise(points)
        return moved

    def rise(self, points: Points) -> Floats:
        """Return by how many pixels the line through each point is lower there than in the middle of the box."""
        found: Floats = _terms(points, self.box) @ self.weights
        return found


def _terms(points: Points, box: Box) -> Floats:
    """Return the terms, shape (n, 6), of a polynomial that is 0 in the middle of the box; its sides are at -1 and 1."""
    x = np.clip(2.0 * (points[:, 0] - box.left) / box.width - 1.0, -1.0, 1.0)
    y = np.clip(2.0 * (points[:, 1] - box.top) / box.height - 1.0, -1.0, 1.0)
    return np.column_stack([x, x * y, x * y**2, x**2, x**2 * y, x**3])


def estimate_curvature(found: GlyphRows | None) -> Curvature | None:
    """Estimate the curvature of text lines; None if they are straight and parallel, or too few."""
    if found is None:
        return None
    long = [row.feet / found.factor for row in found.rows]
    glyph = found.cap_height / found.factor
    if len(long) < MIN_ROWS or sum(map(len, long)) < MIN_GLYPHS:
        return None
    feet = np.concatenate(long)
    (left, top), (right, bottom) = feet.min(axis=0), feet.max(axis=0)
    box = Box(float(left), float(top), float(right), float(bottom))
    curvature = Curvature(box, _fitted(long, glyph, box))
    rise = curvature.rise(feet)
    most = float(np.abs(rise - np.polyval(np.polyfit(feet[:, 0], rise, 1), feet[:, 0])).max()) / glyph
    return curvature if MIN_CURVATURE < most < MAX_CURVATURE else None


def _fitted(rows: Sequence[Points], glyph: float, box: Box) -> Floats:
    """Fit the weights so that the bottoms of the glyphs of each row are on one line."""
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
        off = np.abs(wanted - about @ weights) / (OFF_LINE * glyph)
        trust = 1.0 / np.maximum(1.0, off)
        heights = _means(feet[:, 1:] - (terms @ weights)[:, None], owner, trust)[:, 0]
    return weights


def _means(values: Floats, owner: NDArray[np.int64], trust: Floats) -> Floats:
    """Return for each glyph the weighted mean over its row; shape as ``values``."""
    total = np.bincount(owner, trust)
    sums = [np.bincount(owner, column * trust) / total for column in values.T]
    return np.column_stack(sums)[owner]


def _centred(values: Floats, owner: NDArray[np.int64], trust: Floats) -> Floats:
    return values - _means(values, owner, trust)


def dewarp(pixels: Pixels, curvature: Curvature) -> Pixels:
    """Return the image with horizontal text lines."""
    height, width = pixels.shape
    columns, rows = np.arange(0, width + GRID, GRID), np.arange(0, height + GRID, GRID)
    x, y = (axis.astype(np.float64) for axis in np.meshgrid(columns, rows))
    rise = curvature.rise(np.column_stack([x.ravel(), y.ravel()])).reshape(x.shape).astype(np.float32)
    # Resizing puts values at the centres of cells; the grid is shifted by half a cell to have them at the corners.
    shift = np.array([[GRID, 0.0, 0.0], [0.0, GRID, 0.0]])
    lower = cv2.warpAffine(rise, shift, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    across = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width))
    down = np.arange(height, dtype=np.float32)[:, None] + lower
    made = cv2.remap(pixels, np.ascontiguousarray(across), down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return made.astype(np.uint8, copy=False)

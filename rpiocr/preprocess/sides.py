"""Curves on which many edges right of the print lie: Hough's transform."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rpiocr.preprocess.flanks import Flank, Floats

Curves = NDArray[np.float64]
"""Shape (n, 5): column and slope in the middle row, bend, first and last row: x = column + slope t + bend t^2 between
those rows, a parabola where t counts from the middle row, and straight beyond."""

MOST_SLOPE = 0.46
"""Columns per row: by how much a side may run askew, for perspective (25 degrees)."""

SLOPES = np.linspace(-MOST_SLOPE, MOST_SLOPE, 31)
OFFSET_PX = 2.0
VOTED = np.arange(-4, 5)
"""An edge votes for the slopes within so many steps of its own."""

LEAST_VOTES = 3.0
NEAR_PX = 3.5
SAME_SLOPE = 0.35
"""How far from a line, and at which difference of slope, an edge counts as part of it."""

BEND_PX = 7.0
BEND_PAYS = 1.12
MOST_BOW = 0.05
"""A line is bent where that catches so many more of the edges within BEND_PX; its bow is at most a share of it."""

BEYOND_PRINT = 20.0
"""Pixels by which the sheet is thought to reach beyond the letters."""

UNSEEN_PX = 8.0
"""How far outside of the picture a side is placed that was cut off."""

LEVEL_PX = 1.2
"""Residual in pixels at which an edge counts a quarter in a fit."""

FIT_TURNS = 5


def columns_at(curves: Curves, rows: Floats) -> Floats:
    """Return the columns of n curves at rows: shape (m,) or (n, m) gives (n, m)."""
    middle = (curves[:, 3] + curves[:, 4])[:, None] / 2
    t = np.clip(rows, curves[:, 3:4], curves[:, 4:5]) - middle
    along: Floats = curves[:, :1] + curves[:, 1:2] * (rows - middle) + curves[:, 2:3] * t * (2 * (rows - middle) - t)
    return along


def slopes_at(curves: Curves, rows: Floats) -> Floats:
    """Return the slopes of n curves at rows: shape (m,) or (n, m) gives (n, m)."""
    middle = (curves[:, 3] + curves[:, 4])[:, None] / 2
    slopes: Floats = curves[:, 1:2] + 2 * curves[:, 2:3] * (np.clip(rows, curves[:, 3:4], curves[:, 4:5]) - middle)
    return slopes


@dataclass(slots=True)
class _Edges:
    """The edges of a flank: where they are, how much they weigh, their slopes, and for what they vote."""

    x: Floats
    y: Floats
    weight: Floats
    slope: Floats
    cells: NDArray[np.int64]
    votes: Floats
    size: int
    free: NDArray[np.bool_]


def find_curves(flank: Flank, most: int) -> Curves:
    """Return the curves on which most edges lie, at most ``most``, and last one that stands for "cut off" by the rim.

    An edge counts less the more edges are between it and the print.
    """
    low, high = flank.span
    low, high = low - BEYOND_PRINT, high + BEYOND_PRINT
    middle = (low + high) / 2
    edges = _edges_of(flank, middle)
    votes = np.bincount(edges.cells.ravel(), edges.votes.ravel(), len(SLOPES) * edges.size)
    curves = []
    for _ in range(most):
        paired = votes[:-1] + votes[1:]
        best = int(paired.argmax())
        if paired[best] < LEAST_VOTES:
            break
        line = ((best % edges.size - _PAD + 1) * OFFSET_PX, float(SLOPES[best // edges.size]))
        column, slope, bend = _bent(edges, _fitted(edges, line, middle), middle, high - low)
        t = edges.y - middle
        mine = edges.free & (np.abs(edges.x - column - slope * t - bend * t * t) < NEAR_PX)
        mine &= np.abs(edges.slope - slope - 2 * bend * t) < SAME_SLOPE
        if not mine.any():
            votes[best : best + 2] = 0
            continue
        edges.free &= ~mine
        votes -= np.bincount(edges.cells[mine].ravel(), edges.votes[mine].ravel(), len(votes))
        if abs(slope) <= MOST_SLOPE + SLOPES[1] - SLOPES[0]:
            curves.append((column, slope, bend, low, high))
    rows = flank.seen[max(0, int(low)) : max(1, int(high))]
    last = float(np.nonzero(rows.any(axis=0))[0].max()) if rows.any() else float(flank.seen.shape[1])
    return np.array([*curves, (last + UNSEEN_PX, 0.0, 0.0, low, high)])


_PAD = 150
"""Cells for lines whose middle lies outside of the picture."""


def _edges_of(flank: Flank, middle: float) -> _Edges:
    steep = np.abs(flank.across)
    y, x = np.nonzero((flank.edges > 0) & (np.abs(flank.down) < steep))
    before = flank.crossed[y, np.maximum(x - 3, 0)]
    weight = flank.edges[y, x] * (0.3 + 0.7 * np.minimum(1, steep[y, x] / 4)) / (1 + before)
    slope = -flank.down[y, x] / flank.across[y, x]
    size = flank.across.shape[1] // 2 + 2 * _PAD
    step = SLOPES[1] - SLOPES[0]
    bins = np.round((slope + MOST_SLOPE) / step).astype(int)[:, None] + VOTED
    clipped = np.clip(bins, 0, len(SLOPES) - 1)
    offsets = ((x[:, None] - SLOPES[clipped] * (y[:, None] - middle)) / OFFSET_PX + _PAD).astype(int)
    valid = (bins == clipped) & (offsets >= 0) & (offsets < size - 1)
    return _Edges(
        x.astype(np.float64),
        y.astype(np.float64),
        weight.astype(np.float64),
        slope.astype(np.float64),
        np.where(valid, clipped * size + offsets, 0).astype(np.int64),
        np.where(valid, weight[:, None], 0.0),
        size,
        np.ones(len(x), np.bool_),
    )


def _fitted(edges: _Edges, line: tuple[float, float], middle: float) -> tuple[float, float]:
    """Fit a line to the edges near to it, twice."""
    column, slope = line
    for _ in range(2):
        near = np.abs(edges.x - column - slope * (edges.y - middle)) < NEAR_PX
        near &= np.abs(edges.slope - slope) < SAME_SLOPE
        weight = edges.weight * near
        total = float(weight.sum())
        if total <= 0:
            break
        y, x = float(weight @ edges.y) / total, float(weight @ edges.x) / total
        spread = float(weight @ (edges.y - y) ** 2) / total
        if spread > LEAST_SPREAD:
            found = float(weight @ ((edges.y - y) * (edges.x - x))) / total / spread
            slope = found if abs(found - slope) < 2 * (SLOPES[1] - SLOPES[0]) else slope
        column = x - slope * (y - middle)
    return column, slope


LEAST_SPREAD = 30.0
"""Variance of the rows of edges that a slope can be fitted to."""


def _bent(edges: _Edges, line: tuple[float, float], middle: float, length: float) -> tuple[float, float, float]:
    """Bend a line to the edges near to it where that pays."""
    column, slope = line
    t = edges.y - middle
    off = edges.x - column - slope * t
    near = (np.abs(off) < BEND_PX) & (np.abs(t) < length / 2) & (np.abs(edges.slope - slope) < SAME_SLOPE)
    if near.sum() < 20 or np.ptp(t[near]) < 0.6 * length:
        return column, slope, 0.0
    places, off, weight = t[near] / length, off[near], edges.weight[near]
    found, left = parabola(places, off, weight)
    gained = weight @ (np.abs(left) < 1.5) > BEND_PAYS * (weight @ (np.abs(off) < 1.5))
    if not gained or abs(found[2]) / 4 > MOST_BOW * length or abs(found[1]) > 0.1 * length:
        return column, slope, 0.0
    return column + float(found[0]), slope + float(found[1]) / length, float(found[2]) / length**2


def parabola(places: Floats, depths: Floats, weight: Floats, *, bends: bool = True) -> tuple[Floats, Floats]:
    """Fit depths = a + b places + c places^2, or c = 0; return (a, b, c) and the residuals.

    Least squares, weighted anew by the last residuals (Geman and McClure), so that a finger does not count.
    """
    powers = np.stack([np.ones_like(places), places, places * places * bends], axis=1)
    damping = np.diag([1e-6, 1e-3, 1e-3]) * max(1e-9, float(weight.sum()))
    weighted = weight
    for _ in range(FIT_TURNS):
        found = np.linalg.solve(powers.T @ (powers * weighted[:, None]) + damping, powers.T @ (weighted * depths))
        left = depths - powers @ found
        weighted = weight / (1 + (left / LEVEL_PX) ** 2) ** 2
    return np.asarray(found, np.float64), np.asarray(left, np.float64)

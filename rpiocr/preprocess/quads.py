"""Four-sided outlines of paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rpiocr.model.transform import Points

Quad = NDArray[np.float64]
"""Shape (4, 2): corners in clockwise order."""


def side_lengths(quad: Quad) -> NDArray[np.float64]:
    """Return the lengths of the four sides; the first is that from the first corner to the second."""
    steps = np.roll(quad, -1, axis=-2) - quad
    return np.hypot(steps[..., 0], steps[..., 1])


def inside(points: Points, quad: Quad) -> NDArray[np.bool_]:
    """Tell which of the points, shape (n, 2), lie within a convex outline."""
    steps = np.roll(quad, -1, axis=0) - quad
    away = points[:, None] - quad
    turns = steps[:, 0] * away[..., 1] - steps[:, 1] * away[..., 0]
    return np.asarray((turns >= 0).all(axis=1) | (turns <= 0).all(axis=1))


def share_inside(points: Points, quad: Quad) -> float:
    """Return which share of the points, 0 to 1, lies within a convex outline."""
    return float(inside(points, quad).mean())

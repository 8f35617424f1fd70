"""Geometry of quadrilaterals, the outlines of documents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rpiocr.model.transform import Points

Quad = NDArray[np.float64]
"""Shape (4, 2): corners in clockwise order."""


def side_lengths(quad: Quad) -> NDArray[np.float64]:
    """Return the lengths of the four sides; the first one is from the first corner to the second."""
    steps = np.roll(quad, -1, axis=-2) - quad
    return np.hypot(steps[..., 0], steps[..., 1])


def inside(points: Points, quad: Quad) -> NDArray[np.bool_]:
    """Return a mask of the points, shape (n, 2), that are inside of a convex quadrilateral."""
    steps = np.roll(quad, -1, axis=0) - quad
    away = points[:, None] - quad
    turns = steps[:, 0] * away[..., 1] - steps[:, 1] * away[..., 0]
    return np.asarray((turns >= 0).all(axis=1) | (turns <= 0).all(axis=1))


def share_inside(points: Points, quad: Quad) -> float:
    """Return the share of the points, 0 to 1, that is inside of a convex quadrilateral."""
    return float(inside(points, quad).mean())

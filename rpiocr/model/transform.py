"""Maps points of an image to the image that it was made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Affine, Homography

Points = NDArray[np.float64]
"""Shape (..., 2): x and y in pixels."""

Step = Callable[[Points], Points]


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """A projective step: straight lines stay straight."""

    matrix: Homography

    def __call__(self, points: Points) -> Points:
        """Map points, shape (n, 2)."""
        there = np.column_stack([points, np.ones(len(points))]) @ self.matrix.T
        mapped: Points = there[:, :2] / there[:, 2:]
        return mapped


@dataclass(frozen=True, slots=True)
class Enlargement:
    """A scaling step; ``across`` and ``down`` are the factors."""

    across: float
    down: float

    def __call__(self, points: Points) -> Points:
        """Map points, shape (n, 2)."""
        larger: Points = points * np.array([self.across, self.down])
        return larger


@dataclass(frozen=True, slots=True, eq=False)
class PointTransform:
    """Maps pixels of one image to those of another by ``steps``, applied in this order."""

    steps: tuple[Step, ...] = ()

    def __call__(self, points: Points) -> Points:
        """Map points, shape (n, 2)."""
        for step in self.steps:
            points = step(points)
        return points

    def after(self, step: Step) -> PointTransform:
        """Return this transform preceded by ``step``, which maps another image to this one."""
        return PointTransform((step, *self.steps))

    def affine_at(self, x: float, y: float) -> Affine:
        """Return the local affine approximation around a point, from where it and its neighbours are mapped."""
        here = np.array([x, y])
        left, right, above, below = self(here + np.array([[-0.5, 0.0], [0.5, 0.0], [0.0, -0.5], [0.0, 0.5]]))
        slopes = np.column_stack([right - left, below - above])
        middle = self(here[None])[0]
        return np.column_stack([slopes, middle - slopes @ here])

"""Where the points of one picture lie on another that it was made from."""

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
    """A step that keeps straight lines straight."""

    matrix: Homography

    def __call__(self, points: Points) -> Points:
        """Map points, shape (n, 2)."""
        there = np.column_stack([points, np.ones(len(points))]) @ self.matrix.T
        mapped: Points = there[:, :2] / there[:, 2:]
        return mapped


@dataclass(frozen=True, slots=True)
class Enlargement:
    """A step to a picture that has so many times as many pixels across and down."""

    across: float
    down: float

    def __call__(self, points: Points) -> Points:
        """Map points, shape (n, 2)."""
        larger: Points = points * np.array([self.across, self.down])
        return larger


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """From pixels of a picture to those of another: the steps, in the order in which points take them."""

    steps: tuple[Step, ...] = ()

    def __call__(self, points: Points) -> Points:
        """Map points, shape (n, 2)."""
        for step in self.steps:
            points = step(points)
        return points

    def after(self, step: Step) -> Mapping:
        """Return the mapping of a picture that ``step`` leads from to this one's."""
        return Mapping((step, *self.steps))

    def affine_at(self, x: float, y: float) -> Affine:
        """Return the affine map that is nearest around a point, from what becomes of it and its neighbours."""
        here = np.array([x, y])
        left, right, above, below = self(here + np.array([[-0.5, 0.0], [0.5, 0.0], [0.0, -0.5], [0.0, 0.5]]))
        slopes = np.column_stack([right - left, below - above])
        middle = self(here[None])[0]
        return np.column_stack([slopes, middle - slopes @ here])

"""A pinhole camera above a table.

The table is the plane z = 0, in mm; x points to the right and y down, as in the image of a camera that looks straight
down, and z points to the camera.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.scene import Floats

Points = NDArray[np.float64]
"""Shape (n, 2) or (n, 3)."""

CELL = 16
"""Spacing in pixels of points that are projected exactly; in between, the error is below 0.1 px."""


@dataclass(frozen=True, slots=True)
class Camera:
    """``tilt`` off the vertical and its direction ``azimuth``, both in radians; lengths in mm.

    It looks at ``target`` on the table from ``distance``. ``focal`` is the focal length in pixels of an
    image of ``width`` x ``height``; that of a phone's main camera is 0.72 to 0.78 of the longer side.
    """

    width: int
    height: int
    focal: float
    distance: float
    tilt: float
    azimuth: float
    target: tuple[float, float]

    @property
    def middle(self) -> Points:
        """The centre of the image in pixels."""
        return np.array([self.width / 2, self.height / 2])

    def _axes(self) -> tuple[Points, Points]:
        """Return the position, and the unit vectors right, down and forward as rows."""
        lean = np.sin(self.tilt)
        back = np.array([lean * np.cos(self.azimuth), lean * np.sin(self.azimuth), np.cos(self.tilt)])
        forward = -back
        right = np.array([1.0, 0.0, 0.0]) - forward[0] * forward
        right /= np.linalg.norm(right)
        down = np.array([0.0, 1.0, 0.0]) - forward[1] * forward
        down -= (down @ right) * right
        down /= np.linalg.norm(down)
        place = np.array([*self.target, 0.0]) + self.distance * back
        return place, np.stack([right, down, forward])

    def project(self, points: Points) -> Points:
        """Project points (n, 3) to pixels (n, 2); the centre of a pixel is at 0.5."""
        place, axes = self._axes()
        seen = (points - place) @ axes.T
        flat = seen[:, :2] / seen[:, 2:] * self.focal
        return np.asarray(flat + self.middle, np.float64)

    def hits(self, pixels: Points, height: Floats | float = 0.0) -> Points:
        """Return x and y (n, 2) of the points at which the rays of pixels are ``height`` above the table."""
        place, axes = self._axes()
        rays = np.concatenate([pixels - self.middle, np.full((len(pixels), 1), self.focal)], axis=1) @ axes
        reach = (np.asarray(height, np.float64) - place[2]) / rays[:, 2]
        return np.asarray(place[:2] + rays[:, :2] * reach[:, None], np.float64)


@dataclass(frozen=True, slots=True)
class Pose:
    """The position of a sheet: its centre in mm, and its clockwise rotation by ``angle`` radians."""

    x: float
    y: float
    angle: float

    def to_table(self, points: Points) -> Points:
        """Map points (n, 2), in mm from the centre of the sheet, to points of the table."""
        return np.asarray(points @ self._rotation().T + (self.x, self.y), np.float64)

    def to_sheet(self, points: Points) -> Points:
        """Map points of the table back to the sheet; the inverse of ``to_table``."""
        return np.asarray((points - (self.x, self.y)) @ self._rotation(), np.float64)

    def _rotation(self) -> Points:
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        return np.array([[cos, -sin], [sin, cos]])


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels; ``right`` and ``bottom`` are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Slices that index an image."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


def dense_map(box: Box, find: Callable[[Points], Points]) -> tuple[Floats, Floats]:
    """Evaluate ``find``, pixels (n, 2) to values (n, 2), for each pixel of a box, interpolating between every 16th."""
    columns, rows = -(-(box.right - box.left) // CELL) + 2, -(-(box.bottom - box.top) // CELL) + 2
    x = box.left + (np.arange(columns) - 0.5) * CELL
    y = box.top + (np.arange(rows) - 0.5) * CELL
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    coarse = find(grid).astype(np.float32).reshape(rows, columns, 2)
    # One more cell on each side, because a resized image is constant along its border.
    full = cv2.resize(coarse, (columns * CELL, rows * CELL), interpolation=cv2.INTER_LINEAR)
    inner = full[CELL : CELL + box.bottom - box.top, CELL : CELL + box.right - box.left]
    return np.ascontiguousarray(inner[..., 0], np.float32), np.ascontiguousarray(inner[..., 1], np.float32)

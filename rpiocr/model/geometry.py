"""Boxes and maps between images.

Coordinates are pixels of the *upright page*: the image as the user gave it, rotated by its EXIF orientation,
origin at the top left, x to the right and y down.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Affine: TypeAlias = "NDArray[np.float64]"
"""Shape (2, 3): maps (x, y, 1) of one image to (x, y) of another."""


Homography: TypeAlias = "NDArray[np.float64]"
"""Shape (3, 3): maps (x, y, 1) of one image to a multiple of (x, y, 1) of another."""


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned rectangle; ``right`` and ``bottom`` are exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        """Centre (x, y)."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def shared(self, other: Box) -> tuple[float, float]:
        """Return the width and height of the overlap of two boxes in pixels; negative: the gap between them."""
        return (
            min(self.right, other.right) - max(self.left, other.left),
            min(self.bottom, other.bottom) - max(self.top, other.top),
        )

    def meets(self, other: Box) -> bool:
        """Whether two boxes overlap."""
        return min(self.shared(other)) > 0

    @staticmethod
    def around(boxes: Sequence[Box]) -> Box:
        """Return the smallest box that contains all of ``boxes``, at least one."""
        return Box(
            min(b.left for b in boxes),
            min(b.top for b in boxes),
            max(b.right for b in boxes),
            max(b.bottom for b in boxes),
        )


NOWHERE = Box(0.0, 0.0, 0.0, 0.0)
"""The box of what is on no picture, such as the fields of an XML file."""


def map_box(box: Box, affine: Affine) -> Box:
    """Map a box by its centre and keep its shape, so that boxes of skewed text do not grow."""
    (a, b, right), (c, d, down) = affine
    scale = math.sqrt(abs(a * d - b * c))
    middle_x, middle_y = box.middle
    x, y = a * middle_x + b * middle_y + right, c * middle_x + d * middle_y + down
    width, height = box.width * scale, box.height * scale
    if abs(b) > abs(a):
        width, height = height, width
    return Box(float(x - width / 2), float(y - height / 2), float(x + width / 2), float(y + height / 2))

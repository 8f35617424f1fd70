"""Pictures made smaller or larger, however long and narrow they are."""

from __future__ import annotations

from typing import Any

import cv2
from numpy.typing import NDArray


def scaled(pixels: NDArray[Any], factor: float, how: int) -> NDArray[Any]:
    """Return a picture with its sides multiplied by ``factor``, at least one pixel each; ``how`` is OpenCV's."""
    height, width = pixels.shape
    size = max(1, round(width * factor)), max(1, round(height * factor))
    if min(width, height) * factor > 0.5:
        # OpenCV takes the factor itself for the distance between pixels where it is not given a size.
        return cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=how)
    return cv2.resize(pixels, size, interpolation=how)

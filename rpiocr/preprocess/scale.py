"""Scales images of any aspect ratio."""

from __future__ import annotations

from typing import Any

import cv2
from numpy.typing import NDArray


def scaled(pixels: NDArray[Any], factor: float, how: int) -> NDArray[Any]:
    """Return an image scaled by ``factor``, with sides of at least one pixel; ``how`` is an interpolation of OpenCV."""
    height, width = pixels.shape
    size = max(1, round(width * factor)), max(1, round(height * factor))
    if min(width, height) * factor > 0.5:
        # OpenCV uses the exact factor for the sampling positions only if it is not given a size.
        return cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=how)
    return cv2.resize(pixels, size, interpolation=how)

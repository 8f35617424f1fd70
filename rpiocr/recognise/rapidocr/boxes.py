"""Converts a detector's probability map of text to rotated boxes around lines.

The steps are those of Differentiable Binarization (Liao et al. 2020, "Real-time Scene Text Detection with
Differentiable Binarization"), with the thresholds that RapidOCR uses for the same models.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Box

Quad = NDArray[np.float32]
"""Shape (4, 2): the corners of a line as (x, y), clockwise from its top left."""

INK = 0.3
"""Minimum probability of text at which a pixel counts."""

MIN_MEAN = 0.5
"""Minimum mean probability of text in a box."""

UNCLIP = 1.6
"""The model marks the core of a line; boxes are expanded by this multiple of their area divided by their perimeter."""

MIN_SIDE = 3.0
MAX_BOXES = 1000
"""Maximum number of boxes: no receipt has more lines, only noise has."""


def quad_of(box: Box) -> Quad:
    """Return the corners of an upright box."""
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)


def find_boxes(probabilities: NDArray[np.float32]) -> tuple[Quad, ...]:
    """Return a box in pixels of the map for every region of text; ``probabilities`` has the shape (height, width)."""
    ink = cv2.dilate((probabilities > INK).astype(np.uint8), np.ones((2, 2), np.uint8))
    patches, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = (_box(patch, probabilities) for patch in patches[:MAX_BOXES])
    return tuple(box for box in boxes if box is not None)


def _box(patch: NDArray[Any], probabilities: NDArray[np.float32]) -> Quad | None:
    middle, (width, height), angle = cv2.minAreaRect(patch)
    if min(width, height) < MIN_SIDE:
        return None
    corners = cv2.boxPoints((middle, (width, height), angle))
    if _mean_inside(corners, probabilities) < MIN_MEAN:
        return None
    grow = 2 * UNCLIP * width * height / (2 * (width + height))
    return _clockwise(cv2.boxPoints((middle, (width + grow, height + grow), angle)))


def _mean_inside(corners: NDArray[Any], probabilities: NDArray[np.float32]) -> float:
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 1
    part = probabilities[top:bottom, left:right]
    if not part.size:
        return 0.0
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [(corners - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _clockwise(corners: NDArray[Any]) -> Quad:
    """Sort corners so that the first is the top left of a line that runs to the right."""
    by_x = corners[np.argsort(corners[:, 0])]
    left, right = (pair[np.argsort(pair[:, 1])] for pair in (by_x[:2], by_x[2:]))
    return np.array([left[0], right[0], right[1], left[1]], dtype=np.float32)

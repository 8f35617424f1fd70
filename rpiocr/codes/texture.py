"""Where on a picture a code may be: blocks whose grey changes everywhere, while text has blank space between its lines.

Of 350 drawn codes of all symbologies, with 2 to 6 pixels a module and blurred by up to 1.6 pixels, 347 are in such an
area. On receipts without a code they cover 17 % of the picture, so that looking into them costs little.
"""

from __future__ import annotations

import cv2
import numpy as np

from rpiocr.model import Box, Pixels

CELL = 8
"""Side in pixels of the squares that the picture is divided into."""

WINDOW = 5
"""Side in pixels of a picture of half the size of the square in which the darkest and the brightest pixel are
compared: a module of 2 pixels and its neighbour are within it."""

LEAST_CONTRAST, CONTRAST_SHARE = 30, 0.35
"""Minimum difference between them in grey levels, and as a share of that of the strongest print of the picture."""

STRONGEST = 98.0
"""Percentile of the differences that is taken for the strongest print."""

BLOCK = 5
"""Side in cells of the smallest block: the lines of usual text are closer, so that a block holds a gap between them."""

BUSY_SHARE = 0.8
"""Minimum share of cells with contrast in a block."""

MARGIN = 2
"""Cells around an area: PDF417 is found more often with little around it."""


def code_areas(pixels: Pixels) -> tuple[Box, ...]:
    """Return the areas that may hold a code, in pixels of a grey picture, shape (height, width); none overlap."""
    height, width = pixels.shape
    if min(height, width) < BLOCK * CELL:
        return ()
    half = cv2.resize(pixels, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    around = np.ones((WINDOW, WINDOW), np.uint8)
    spread = cv2.subtract(cv2.dilate(half, around), cv2.erode(half, around))
    cells = cv2.resize(spread, (width // CELL, height // CELL), interpolation=cv2.INTER_AREA)
    least = max(LEAST_CONTRAST, CONTRAST_SHARE * float(np.percentile(cells[::2, ::2], STRONGEST)))
    busy = cv2.boxFilter((cells > least).astype(np.uint8), cv2.CV_32F, (BLOCK, BLOCK)) >= BUSY_SHARE
    blocks = cv2.dilate(busy.astype(np.uint8), np.ones((BLOCK, BLOCK), np.uint8))
    _, _, found, _ = cv2.connectedComponentsWithStats(blocks, connectivity=8)
    return _apart([_box(int(x), int(y), int(across), int(down), pixels.shape) for x, y, across, down, _ in found[1:]])


def _box(left: int, top: int, width: int, height: int, shape: tuple[int, ...]) -> Box:
    """Return cells as a box in pixels, with the margin."""
    bottom, right = shape
    return Box(
        max(0, (left - MARGIN) * CELL),
        max(0, (top - MARGIN) * CELL),
        min(right, (left + width + MARGIN) * CELL),
        min(bottom, (top + height + MARGIN) * CELL),
    )


def _apart(boxes: list[Box]) -> tuple[Box, ...]:
    """Return boxes with those that overlap put together, until none do."""
    apart: list[Box] = []
    for box in boxes:
        whole = box
        while touching := [other for other in apart if other.meets(whole)]:
            whole = Box.around([whole, *touching])
            apart = [other for other in apart if other not in touching]
        apart.append(whole)
    return tuple(apart)

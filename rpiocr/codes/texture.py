"""Where on a picture a code may be: blocks whose grey changes everywhere, while text has blank space between its lines.

Figures are of drawn codes of all symbologies, with 2 to 6 pixels a module and blurred by up to 1.6 pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

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
"""Minimum share of cells with contrast in a block. Of 350 codes 347 are in such blocks."""

MARGIN = 2
"""Cells around an area: PDF417 is found more often with little around it."""

SQUARE, STRIPE = 24, 3
"""Side of the square in pixels of an area of half the size, and height of the stripes that it is divided into."""

LEAST_DARK, MOST_DARK = 0.42, 0.75
"""Minimum share of dark pixels in every stripe of a square of a code, and maximum in the whole: text has blank stripes
between its lines. Of 192 areas with codes 99 % pass, of the surface of all others a fifth."""

DARKEST, BRIGHTEST = 3, 97
DARK_BELOW = 0.55
"""Percentiles of the grey values of an area, and the share of the way between them below which a pixel is dark: one
that is half module and half paper is."""

LARGE_BLOCK, LARGE_SHARE = 10, 0.7
"""The same as BLOCK and BUSY_SHARE for a stacked code on a picture of half the size, which is large and solid."""


@dataclass(frozen=True, slots=True)
class TurnedBlock:
    """A solid block that may be turned: its centre, width and height in pixels, and its clockwise angle in degrees."""

    x: float
    y: float
    width: float
    height: float
    angle_deg: float


def code_areas(pixels: Pixels) -> tuple[Box, ...]:
    """Return the areas that may hold a code, in pixels of a grey picture, shape (height, width); none overlap."""
    if min(pixels.shape) < BLOCK * CELL:
        return ()
    busy = _filled(_contrasts(pixels), BLOCK, BUSY_SHARE)
    _, _, found, _ = cv2.connectedComponentsWithStats(busy, connectivity=8)
    areas = [_box(int(x), int(y), int(across), int(down), pixels.shape) for x, y, across, down, _ in found[1:]]
    return tuple(area for area in _apart(areas) if _is_dense(pixels, area))


def turned_blocks(pixels: Pixels) -> tuple[TurnedBlock, ...]:
    """Return solid blocks as large as a stacked code on a picture of half the size, however they are turned."""
    if min(pixels.shape) < LARGE_BLOCK * CELL:
        return ()
    cells = _contrasts(pixels)
    solid = cv2.min(_filled(cells, LARGE_BLOCK, LARGE_SHARE), cv2.dilate(cells, np.ones((3, 3), np.uint8)))
    outlines, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    frames = (cv2.minAreaRect(outline) for outline in outlines)
    return tuple(
        TurnedBlock((x + 0.5) * CELL, (y + 0.5) * CELL, (width + 1) * CELL, (height + 1) * CELL, angle)
        for (x, y), (width, height), angle in frames
        if min(width, height) >= LARGE_BLOCK - 1
    )


def upright(pixels: Pixels, block: TurnedBlock, margin: int) -> Pixels:
    """Return a block turned upright, with ``margin`` pixels around it."""
    width, height, angle = block.width + 2 * margin, block.height + 2 * margin, block.angle_deg
    if angle > 45:
        width, height, angle = height, width, angle - 90
    there = cv2.getRotationMatrix2D((block.x, block.y), angle, 1.0)
    there[0, 2] += width / 2 - block.x
    there[1, 2] += height / 2 - block.y
    size = (int(width), int(height))
    turned = cv2.warpAffine(pixels, there, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return turned.astype(np.uint8, copy=False)


def _contrasts(pixels: Pixels) -> NDArray[np.uint8]:
    """Return for each cell whether its grey changes, 0 or 1."""
    height, width = pixels.shape
    half = halved(pixels)
    around = np.ones((WINDOW, WINDOW), np.uint8)
    spread = cv2.subtract(cv2.dilate(half, around), cv2.erode(half, around))
    cells = cv2.resize(spread, (width // CELL, height // CELL), interpolation=cv2.INTER_AREA)
    least = max(LEAST_CONTRAST, CONTRAST_SHARE * float(np.percentile(cells[::2, ::2], STRONGEST)))
    return (cells > least).astype(np.uint8)


def halved(pixels: Pixels) -> Pixels:
    """Return a picture of half the size, at least one pixel."""
    height, width = pixels.shape
    half = cv2.resize(pixels, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    return half.astype(np.uint8, copy=False)


def _filled(cells: NDArray[np.uint8], block: int, share: float) -> NDArray[np.uint8]:
    """Return the cells of blocks of which at least a share has contrast, 0 or 1."""
    busy = cv2.boxFilter(cells, cv2.CV_32F, (block, block)) >= share
    return cv2.dilate(busy.astype(np.uint8), np.ones((block, block), np.uint8)).astype(np.uint8, copy=False)


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


def _is_dense(pixels: Pixels, area: Box) -> bool:
    """Return whether an area has a square with enough ink in each of its stripes, and paper as well."""
    half = halved(pixels[int(area.top) : int(area.bottom), int(area.left) : int(area.right)])
    darkest, brightest = np.percentile(half[::2, ::2], (DARKEST, BRIGHTEST))
    dark = (half < darkest + DARK_BELOW * (brightest - darkest)).astype(np.float32)
    whole = cv2.boxFilter(dark, -1, (SQUARE, SQUARE))
    stripes = cv2.boxFilter(dark, -1, (SQUARE, STRIPE))
    palest = cv2.erode(stripes, np.ones((SQUARE, 1), np.uint8))
    return bool(((palest >= LEAST_DARK) & (whole < MOST_DARK)).any())

"""Training examples: randomly rotated, scaled, cropped and lit images with the expected maps."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.preprocess.network import DEVIATION_OFFSET
from rpiocr.preprocess.outlines import RIM
from training.album import Corners, LabelledImage

SIDE = 384
"""Side in pixels of the network's input in training; it accepts other sizes as well."""

REDUCTION = 2
"""Factor by which the network's maps are smaller than its input."""

SHIFT = 4

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """``shown``: shape (2, SIDE, SIDE), the normalised image and its mask; ``maps``: shape (3, half, half).

    The maps are documents, rims and corners.
    """

    shown: Floats
    maps: Floats


def example(shown: LabelledImage, rng: np.random.Generator) -> Example:
    """Make a random example of an image."""
    matrix, scale = _placed(shown, rng)
    pixels = shown.pixels
    if scale < 0.8:
        pixels = cv2.GaussianBlur(pixels, (0, 0), 0.35 / scale).astype(np.uint8)
    moved = cv2.warpAffine(pixels, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR).astype(np.float32)
    there = cv2.warpAffine(np.full_like(pixels, 255), matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR) > 127
    sheets = [sheet @ matrix[:, :2].T + matrix[:, 2] for sheet in shown.sheets]
    seen = [sheet for sheet in sheets if (sheet.max(axis=0) > 0).all() and (sheet.min(axis=0) < SIDE).all()]
    return Example(_normalised(_lit(moved, rng), there), _maps(seen))


def _placed(shown: LabelledImage, rng: np.random.Generator) -> tuple[NDArray[np.float64], float]:
    """Draw a random position, as an affine map with its scale: mostly of the whole image, sometimes of a part."""
    height, width = shown.pixels.shape
    whole = SIDE / max(height, width)
    part = rng.random() < 0.2
    scale = whole * (rng.uniform(1.05, 2.0) if part else rng.uniform(0.7, 1.0))
    angle = rng.uniform(0, 360) if rng.random() < 0.1 else rng.choice([0, 90, 180, 270]) + rng.normal(0, 4)
    cos, sin = math.cos(math.radians(angle)) * scale, math.sin(math.radians(angle)) * scale
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    aspect = rng.uniform(0.93, 1.07)
    turn = np.array([[cos, -sin], [sin, cos]]) @ np.diag([mirror * aspect, 1 / aspect])
    if part and shown.sheets:
        sheet = shown.sheets[rng.integers(len(shown.sheets))]
        middle = sheet.mean(axis=0) + rng.normal(0, 0.15 * max(height, width), 2)
    else:
        middle = np.array([width, height]) / 2
    offset: Corners = np.array([SIDE / 2, SIDE / 2]) - turn @ middle
    if not part:
        offset += rng.uniform(-1, 1, 2) * (1 - scale / whole) * SIDE / 2
    return np.column_stack([turn, offset]), scale


def _lit(pixels: Floats, rng: np.random.Generator) -> Floats:
    lit = np.asarray(255 * (pixels / 255) ** rng.uniform(0.6, 1.6), np.float64)
    if rng.random() < 0.3:
        y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE - 0.5
        way = rng.uniform(0, 2 * math.pi)
        lit *= 1 + rng.uniform(0, 0.5) * (x * math.cos(way) + y * math.sin(way))
    if rng.random() < 0.3:
        lit = np.asarray(cv2.GaussianBlur(lit, (0, 0), rng.uniform(0.4, 1.3)), np.float64)
    if rng.random() < 0.5:
        lit += rng.normal(0, rng.uniform(1, 8), lit.shape)
    return lit.astype(np.float32)


def _normalised(pixels: Floats, there: NDArray[np.bool_]) -> Floats:
    """Normalise an image as ``rpiocr.preprocess.network`` does."""
    values = pixels[there]
    mean, spread = (float(values.mean()), float(values.std())) if values.size else (0.0, 0.0)
    return np.stack([np.where(there, (pixels - mean) / (spread + DEVIATION_OFFSET), 0), there]).astype(np.float32)


def _maps(sheets: list[Corners]) -> Floats:
    side = SIDE // REDUCTION
    sheet, rim = np.zeros((side, side), np.uint8), np.zeros((side, side), np.float32)
    corner = np.zeros((side, side), np.float32)
    y, x = np.mgrid[0:side, 0:side]
    for corners in sheets:
        points = corners / REDUCTION - 0.5
        outline = [np.round(points * 2**SHIFT).astype(np.int32)]
        cv2.fillPoly(sheet, outline, (1,), shift=SHIFT)
        cv2.polylines(rim, outline, isClosed=True, color=(1.0,), thickness=RIM, shift=SHIFT)
        for at_x, at_y in points:
            spot = np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / (2 * 2.0**2))
            corner = np.maximum(corner, spot).astype(np.float32)
    return np.stack([sheet.astype(np.float32), rim, corner])

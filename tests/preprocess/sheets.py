"""Images of receipts on a background, with known corners."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from rpiocr.model import Pixels
from tests.preprocess.drawing import INK, LINES, PAPER

Corners = NDArray[np.float64]

SHAPE = (1600, 1200)
"""Height and width of the images."""

UPRIGHT = np.array([[320.0, 180.0], [860.0, 190.0], [880.0, 1330.0], [300.0, 1320.0]])
ASKEW = np.array([[420.0, 150.0], [960.0, 290.0], [780.0, 1440.0], [190.0, 1290.0]])


@cache
def receipt(blocks: int = 3) -> Pixels:
    """A printed sheet, upright: ``blocks`` blocks of twelve lines with a margin around them."""
    font = ImageFont.load_default(26)
    pitch, margin, width = 42, 50, 640
    image = Image.new("L", (width, blocks * (len(LINES) + 1) * pitch + 2 * margin), PAPER)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate((*LINES, "") * blocks):
        label, amount = line[:19].rstrip(), line[19:].strip()
        y = margin + number * pitch
        draw.text((margin, y), label if amount else line, fill=INK, font=font)
        draw.text((width - margin, y), amount, fill=INK, font=font, anchor="ra")
    return np.asarray(image, dtype=np.uint8)


def table(level: int = 90, grain: float = 4.0, seed: int = 0) -> Pixels:
    """Something grey with a little grain."""
    noise = np.random.default_rng(seed).normal(0.0, grain, SHAPE)
    return np.clip(cv2.GaussianBlur(level + noise, (0, 0), 1.5), 0, 255).astype(np.uint8)


def chequered(side: int = 90, dark: int = 40, light: int = 215) -> Pixels:
    """A cloth with light and dark squares."""
    y, x = np.indices(SHAPE)
    return np.where((x // side + y // side) % 2, dark, light).astype(np.uint8)


def lay(ground: Pixels, corners: Corners, sheet: Pixels | None = None) -> Pixels:
    """Put a sheet on a ground so that its corners, clockwise from its upper left, lie at ``corners``."""
    sheet = receipt() if sheet is None else sheet
    height, width = sheet.shape
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    to_ground = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
    size = (ground.shape[1], ground.shape[0])
    laid = cv2.warpPerspective(sheet, to_ground, size, flags=cv2.INTER_AREA)
    there = cv2.warpPerspective(np.full_like(sheet, 255), to_ground, size)
    mixed = np.where(there > 127, laid, ground).astype(np.float32)
    return np.clip(cv2.GaussianBlur(mixed, (0, 0), 0.8), 0, 255).astype(np.uint8)


def off_by(found: Corners, truth: Corners, shape: Sequence[int] = SHAPE) -> float:
    """Return the largest error of a corner, as a share of the image diagonal, whichever corner is the first."""
    away = [float(np.hypot(*(np.roll(found, steps, axis=0) - truth).T).max()) for steps in range(4)]
    return min(away) / math.hypot(*shape[:2])

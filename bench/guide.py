"""The recipe that the tool started from, as it was written: 15 Tesseract calls, one after the other.

``python -m bench.guide FILE`` reads a picture in five variants and three page segmentation modes.
Contrast and brightness are those of Jimp, the JavaScript library of that recipe; variants go to Tesseract as
JPEG files.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytesseract
from PIL import Image, ImageOps

from rpiocr.model import Pixels

MIN_WIDTH = 1200
MODES = (6, 4, 3)
KERNEL = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], dtype=np.float32)


def normalise(pixels: Pixels) -> Pixels:
    """Stretch the grey values from the darkest to the lightest pixel over the whole range."""
    low, high = int(pixels.min()), int(pixels.max())
    return pixels if low == high else _mapped(pixels, lambda grey: (grey - low) * 255 / (high - low))


def contrast(pixels: Pixels, value: float) -> Pixels:
    """Multiply the distance from 127 by (1 + value) / (1 - value): 4 for 0.6, 19 for 0.9."""
    gain = (1 + value) / (1 - value)
    return _mapped(pixels, lambda grey: np.floor(gain * (grey - 127) + 127))


def brighten(pixels: Pixels, value: float) -> Pixels:
    """Move every grey value by the share ``value`` of its distance to white."""
    return _mapped(pixels, lambda grey: grey + (255 - grey) * value)


def threshold(pixels: Pixels, share: float) -> Pixels:
    """Black where a pixel is darker than ``share`` of the mean brightness, white elsewhere."""
    return np.where(pixels < pixels.mean() * share, 0, 255).astype(np.uint8)


def _mapped(pixels: Pixels, function: Callable[[np.ndarray], np.ndarray]) -> Pixels:
    ramp = np.clip(function(np.arange(256, dtype=np.float64)), 0, 255).astype(np.uint8)
    return cv2.LUT(pixels, ramp).astype(np.uint8, copy=False)


RECIPES: dict[str, Callable[[Pixels], Pixels]] = {
    "default": lambda grey: contrast(normalise(grey), 0.6),
    "high_contrast": lambda grey: brighten(contrast(normalise(grey), 0.9), 0.05),
    "threshold": lambda grey: threshold(normalise(grey), 0.65),
    "sharpen": lambda grey: cv2.filter2D(contrast(normalise(grey), 0.7), -1, KERNEL).astype(np.uint8),
    "denoise": lambda grey: contrast(cv2.GaussianBlur(normalise(grey), (3, 3), 0).astype(np.uint8), 0.8),
}


def load(file: Path) -> Pixels:
    """Read a picture upright and grey, enlarged by a whole number to at least MIN_WIDTH pixels."""
    with Image.open(file) as picture:
        grey = ImageOps.exif_transpose(picture).convert("L")
    factor = math.ceil(MIN_WIDTH / grey.width)
    if factor > 1:
        grey = grey.resize((grey.width * factor, grey.height * factor), Image.Resampling.BICUBIC)
    return np.asarray(grey)


def read(file: Path) -> Iterator[str]:
    """Read a picture 15 times and return Tesseract's tables."""
    with tempfile.TemporaryDirectory() as folder:
        for variant, recipe in RECIPES.items():
            # The recipe loads the picture again for every variant, and writes JPEG of full quality.
            path = Path(folder) / f"processed_{variant}.jpg"
            Image.fromarray(recipe(load(file))).save(path, quality=100)
            for mode in MODES:
                yield pytesseract.image_to_data(str(path), lang="eng", config=f"--oem 3 --psm {mode}")


if __name__ == "__main__":
    for answer in read(Path(sys.argv[1])):
        print(answer)

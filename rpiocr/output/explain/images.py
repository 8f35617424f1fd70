"""Parts of a page as images that can be embedded in HTML."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass

from PIL import Image

from rpiocr.model import Box, Pixels

LONGEST_SIDE = 1400
"""Longest side of the image of a page in pixels: enough to read its small print, at most a fifth of a megabyte."""

CROP_HEIGHT = 110
CROP_LONGEST = 1200
MAX_ENLARGEMENT = 3.0
"""A crop is scaled to about this height in pixels, within these limits of its width and of the scale."""

MARGIN = 0.9
"""Margin above and below a box, in units of its height; three times as much to its left and right."""

QUALITY = 75


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG as a data URI of ``width`` x ``height`` pixels that shows ``region`` of the page, in page pixels."""

    uri: str
    width: int
    height: int
    region: Box


def picture_of_page(pixels: Pixels) -> Picture:
    """Return the whole page, scaled down if it is large."""
    height, width = pixels.shape
    return _picture(pixels, (0, 0, width, height), min(1.0, LONGEST_SIDE / max(width, height)))


def picture_around(pixels: Pixels, box: Box) -> Picture | None:
    """Return the part of the page around a box; None if the box is outside the page."""
    height, width = pixels.shape
    if not all(map(math.isfinite, (box.left, box.top, box.right, box.bottom))):
        return None
    margin = MARGIN * box.height
    left, right = max(0, math.floor(box.left - 3 * margin)), min(width, math.ceil(box.right + 3 * margin))
    top, bottom = max(0, math.floor(box.top - margin)), min(height, math.ceil(box.bottom + margin))
    if left >= right or top >= bottom:
        return None
    factor = min(MAX_ENLARGEMENT, CROP_HEIGHT / (bottom - top), CROP_LONGEST / (right - left))
    return _picture(pixels, (left, top, right, bottom), factor)


def _picture(pixels: Pixels, region: tuple[int, int, int, int], factor: float) -> Picture:
    left, top, right, bottom = region
    cut = Image.fromarray(pixels[top:bottom, left:right])
    size = (max(1, round(cut.width * factor)), max(1, round(cut.height * factor)))
    stream = io.BytesIO()
    cut.resize(size, Image.Resampling.LANCZOS).save(stream, "JPEG", quality=QUALITY)
    uri = "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
    return Picture(uri, *size, Box(left, top, right, bottom))

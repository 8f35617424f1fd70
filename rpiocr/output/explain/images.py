"""Pieces of a page as pictures that can stand inside a file of text."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass

from PIL import Image

from rpiocr.model import Box, Pixels

LONGEST_SIDE = 1400
"""Pixels of a whole page: enough to read its small print, and a fifth of a megabyte at most."""

CROP_HEIGHT = 110
CROP_LONGEST = 1200
MOST_ENLARGED = 3.0
"""A crop is brought to about this height, within these limits."""

MARGIN = 0.9
"""What is shown around a box above and below, in units of its height; three times as much beside it."""

QUALITY = 75


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG as a data URI of ``width`` x ``height`` pixels that shows ``region`` of the page, in page pixels."""

    uri: str
    width: int
    height: int
    region: Box


def picture_of_page(pixels: Pixels) -> Picture:
    """Return the whole page, made smaller where it is large."""
    height, width = pixels.shape
    return _picture(pixels, (0, 0, width, height), min(1.0, LONGEST_SIDE / max(width, height)))


def picture_around(pixels: Pixels, box: Box) -> Picture | None:
    """Return the part of the page around a box; None where the box has no place on the page."""
    height, width = pixels.shape
    if not all(map(math.isfinite, (box.left, box.top, box.right, box.bottom))):
        return None
    margin = MARGIN * box.height
    left, right = max(0, math.floor(box.left - 3 * margin)), min(width, math.ceil(box.right + 3 * margin))
    top, bottom = max(0, math.floor(box.top - margin)), min(height, math.ceil(box.bottom + margin))
    if left >= right or top >= bottom:
        return None
    factor = min(MOST_ENLARGED, CROP_HEIGHT / (bottom - top), CROP_LONGEST / (right - left))
    return _picture(pixels, (left, top, right, bottom), factor)


def _picture(pixels: Pixels, region: tuple[int, int, int, int], factor: float) -> Picture:
    left, top, right, bottom = region
    cut = Image.fromarray(pixels[top:bottom, left:right])
    size = (max(1, round(cut.width * factor)), max(1, round(cut.height * factor)))
    stream = io.BytesIO()
    cut.resize(size, Image.Resampling.LANCZOS).save(stream, "JPEG", quality=QUALITY)
    uri = "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
    return Picture(uri, *size, Box(left, top, right, bottom))

"""The picture that is sent: grey JPEG, small enough for Vision."""

from __future__ import annotations

from dataclasses import dataclass

import cv2

from rpiocr.errors import CloudRefusedError
from rpiocr.model import Pixels

LONGEST_SIDE = 4000
"""Pixels; a receipt photo holds no finer detail, and the upload stays around 1 MB."""

MOST_BYTES = 9_500_000
"""Vision refuses requests over 10 MB; the rest of the request needs a little."""

JPEG_QUALITY = 92
"""Percent; print stays free of visible ringing at a quarter of the size of PNG."""

SHRINK = 0.7
"""Side ratio of one step where the file is still too large: half of the pixels."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture and its size in pixels."""

    data: bytes
    width: int
    height: int


def encode(pixels: Pixels) -> Picture:
    """Write the page as a JPEG file of at most ``LONGEST_SIDE`` pixels and ``MOST_BYTES`` bytes.

    Raises CloudRefusedError when the pixels cannot be encoded, so that there is nothing to ask.
    """
    picture = _encode_within(pixels, LONGEST_SIDE)
    while len(picture.data) > MOST_BYTES:
        picture = _encode_within(pixels, max(picture.width, picture.height) * SHRINK)
    return picture


def _encode_within(pixels: Pixels, longest_side: float) -> Picture:
    height, width = pixels.shape
    ratio = min(1.0, longest_side / max(height, width))
    sent_width, sent_height = max(1, round(width * ratio)), max(1, round(height * ratio))
    small = pixels if ratio == 1.0 else cv2.resize(pixels, (sent_width, sent_height), interpolation=cv2.INTER_AREA)
    encoded, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not encoded:
        raise CloudRefusedError("The page could not be written as a JPEG for the cloud engine.")
    return Picture(data.tobytes(), sent_width, sent_height)

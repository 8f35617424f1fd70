"""Encodes a page as the image that is sent: a grey JPEG that is small enough for Vision."""

from __future__ import annotations

from dataclasses import dataclass

import cv2

from rpiocr.errors import CloudRefusedError
from rpiocr.model import Pixels

MAX_SIDE = 4000
"""Maximum longer side in pixels; a receipt photo has no finer detail, and the upload stays around 1 MB."""

MAX_BYTES = 9_500_000
"""Maximum size of the file; Vision refuses requests over 10 MB, and the rest of the request takes a little."""

JPEG_QUALITY = 92
"""In percent; print shows no visible ringing at a quarter of the size of PNG."""

SHRINK = 0.7
"""Factor for both sides if the file is still too large: half of the pixels."""


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """An encoded image and its size in pixels."""

    data: bytes
    width: int
    height: int


def encode(pixels: Pixels) -> EncodedImage:
    """Encode a page as a JPEG of at most ``MAX_SIDE`` pixels and ``MAX_BYTES`` bytes.

    Raises CloudRefusedError if the pixels cannot be encoded, so that no call is made.
    """
    image = _encode_within(pixels, MAX_SIDE)
    while len(image.data) > MAX_BYTES:
        image = _encode_within(pixels, max(image.width, image.height) * SHRINK)
    return image


def _encode_within(pixels: Pixels, longest_side: float) -> EncodedImage:
    height, width = pixels.shape
    ratio = min(1.0, longest_side / max(height, width))
    sent_width, sent_height = max(1, round(width * ratio)), max(1, round(height * ratio))
    small = pixels if ratio == 1.0 else cv2.resize(pixels, (sent_width, sent_height), interpolation=cv2.INTER_AREA)
    encoded, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not encoded:
        raise CloudRefusedError("The page could not be encoded as JPEG for the cloud engine.")
    return EncodedImage(data.tobytes(), sent_width, sent_height)

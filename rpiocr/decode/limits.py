"""Checks before decoding: image sides, number of pixels, and the memory needed."""

from __future__ import annotations

from typing import NamedTuple

from rpiocr.decode.wire import Code, RefusedError

MIN_SIDE = 32
"""Minimum shorter side in pixels of an image with room for one line of legible text and its margins."""

MAX_ELONGATION = 100
"""Maximum aspect ratio of an image: 5 m of an 80 mm roll have 63. Text is detected on a copy whose longer side is 2000
pixels, on which a narrower strip would be no wider than the height of a character."""


class Limits(NamedTuple):
    """Maximum pixels of an image, maximum bytes of memory to decode it, and maximum pages of a file."""

    pixels: int
    memory: int
    pages: int


def check_size(size: tuple[int, int], limits: Limits) -> None:
    """Raise RefusedError for too many or too few pixels, or an extreme aspect ratio; ``size`` is (width, height)."""
    width, height = size
    if width * height > limits.pixels:
        raise RefusedError(Code.TOO_LARGE, "", width, height)
    if min(width, height) < MIN_SIDE:
        raise RefusedError(Code.TOO_SMALL, "", width, height)
    if max(width, height) > MAX_ELONGATION * min(width, height):
        raise RefusedError(Code.TOO_NARROW, "", width, height)


def check_memory(size: tuple[int, int], bytes_per_pixel: float, limits: Limits) -> None:
    """Raise RefusedError for images that take more than the memory limit to decode.

    Checked in advance, because libraries report a failed allocation as damage, or end the process.
    """
    width, height = size
    if width * height * bytes_per_pixel > limits.memory:
        raise RefusedError(Code.TOO_MUCH_MEMORY, "", width, height)

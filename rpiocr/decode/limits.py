"""What is checked before anything is decoded: sides, pixels, and the memory that decoding takes."""

from __future__ import annotations

from typing import NamedTuple

from rpiocr.decode.wire import Code, RefusedError

MIN_SIDE = 32
"""Pixels; the shorter side of a picture that could hold one line of legible text and its margins."""

MOST_ELONGATED = 100
"""How many times as long as wide a picture may be: 5 m of an 80 mm roll are 63 times. Text is looked for on a copy of
2000 pixels, where a narrower strip is no wider than a letter is high."""


class Limits(NamedTuple):
    """Most pixels of one picture, most bytes of memory that decoding may take, and most pages of a file."""

    pixels: int
    memory: int
    pages: int


def check_size(size: tuple[int, int], limits: Limits) -> None:
    """Refuse pictures with too many pixels or too few, and strips too narrow for their length; ``size`` in pixels."""
    width, height = size
    if width * height > limits.pixels:
        raise RefusedError(Code.TOO_LARGE, "", width, height)
    if min(width, height) < MIN_SIDE:
        raise RefusedError(Code.TOO_SMALL, "", width, height)
    if max(width, height) > MOST_ELONGATED * min(width, height):
        raise RefusedError(Code.TOO_NARROW, "", width, height)


def check_memory(size: tuple[int, int], bytes_per_pixel: float, limits: Limits) -> None:
    """Refuse pictures that take more than the limit to decode.

    Libraries report memory that they do not get as damage, or end the process.
    """
    width, height = size
    if width * height * bytes_per_pixel > limits.memory:
        raise RefusedError(Code.TOO_MUCH_MEMORY, "", width, height)

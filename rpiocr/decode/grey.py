"""From any of Pillow's modes to grey, upright, a strip at a time: no second copy of a large picture is made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from PIL import Image

from rpiocr.decode.wire import Layout

STRIP_PIXELS = 1 << 20


class Sheet(NamedTuple):
    """An upright page; ``strips`` are the bytes of its rows from the top, in order."""

    width: int
    height: int
    layout: Layout
    strips: Iterator[bytes]


Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""

Cut = Callable[[Box], Image.Image]
"""Returns a part of a decoded picture."""

Turn = Image.Transpose

SIDEWAYS = frozenset({Turn.TRANSPOSE, Turn.TRANSVERSE, Turn.ROTATE_90, Turn.ROTATE_270})

FROM_THE_END = frozenset({Turn.ROTATE_180, Turn.FLIP_TOP_BOTTOM, Turn.ROTATE_90, Turn.TRANSVERSE})
"""Turns after which the first row is what was the last row or column."""


def sheet_of(
    cut: Cut, size: tuple[int, int], mode: str, turn: Turn | None = None, strip_pixels: int = STRIP_PIXELS
) -> Sheet:
    """Return a picture of ``size`` pixels as a page, turned; ``strip_pixels`` are handled at once."""
    width, height = size[::-1] if turn in SIDEWAYS else size
    rows = max(1, strip_pixels // width)
    boxes = (_source(size, turn, top, min(height, top + rows)) for top in range(0, height, rows))
    return Sheet(width, height, layout_of(mode), (_strip(cut(box), turn) for box in boxes))


def layout_of(mode: str) -> Layout:
    """Tell how pixels of a mode are handed over: 16 and 32 bits as they are, all else as grey."""
    if mode.startswith("I;16"):
        big = mode == "I;16B" or (mode == "I;16N" and sys.byteorder == "big")
        return Layout.BIG_16 if big else Layout.LITTLE_16
    return {"I": Layout.INT_32, "F": Layout.FLOAT_32}.get(mode, Layout.GREY_8)


def _source(size: tuple[int, int], turn: Turn | None, top: int, bottom: int) -> Box:
    """The part of a picture that becomes the rows from ``top`` to ``bottom`` when it is turned."""
    width, height = size
    if turn in FROM_THE_END:
        whole = width if turn in SIDEWAYS else height
        top, bottom = whole - bottom, whole - top
    return (top, 0, bottom, height) if turn in SIDEWAYS else (0, top, width, bottom)


def _strip(part: Image.Image, turn: Turn | None) -> bytes:
    grey = part if layout_of(part.mode) is not Layout.GREY_8 else to_grey(part)
    return (grey if turn is None else grey.transpose(turn)).tobytes()


def to_grey(image: Image.Image) -> Image.Image:
    """Convert a picture of 8 bits to mode L, transparent parts on white; CMYK has 0 for no ink, as Pillow has it."""
    if image.mode == "L" and not image.has_transparency_data:
        return image
    if image.mode == "LAB":
        return image.getchannel("L")
    if image.mode == "CMYK":
        return image.convert("RGB").convert("L")
    if image.has_transparency_data:
        return _on_white(image)
    return image.convert("L")


def _on_white(image: Image.Image) -> Image.Image:
    # Grey first and blended then: the same result as blending the colours, at a quarter of the memory.
    rgba = image if image.mode in {"RGBA", "LA"} else image.convert("RGBA")
    paper = Image.new("L", image.size, 255)
    paper.paste(rgba.convert("L"), mask=rgba.getchannel("A"))
    return paper

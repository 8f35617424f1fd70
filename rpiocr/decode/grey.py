"""Converts images of any Pillow mode to upright grey pages, strip by strip, without a second copy of the image."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from PIL import Image

from rpiocr.decode.side_note import SideNote
from rpiocr.decode.wire import Layout

STRIP_PIXELS = 1 << 20

WHITE, BLACK = 255, 0

OPAQUE = 128
"""Minimum alpha, 0 to 255, of a pixel that is more opaque than transparent."""


class DecodedPage(NamedTuple):
    """An upright page; ``strips`` yields the bytes of its rows from top to bottom, ``note`` is what the file says."""

    width: int
    height: int
    layout: Layout
    strips: Iterator[bytes]
    note: SideNote = SideNote()


Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""

Cut = Callable[[Box], Image.Image]
"""Returns the part of a decoded image within a box."""

Turn = Image.Transpose

SIDEWAYS = frozenset({Turn.TRANSPOSE, Turn.TRANSVERSE, Turn.ROTATE_90, Turn.ROTATE_270})

FROM_THE_END = frozenset({Turn.ROTATE_180, Turn.FLIP_TOP_BOTTOM, Turn.ROTATE_90, Turn.TRANSVERSE})
"""Transpositions after which the first row is the former last row or column."""


def decoded_page(
    cut: Cut, size: tuple[int, int], mode: str, turn: Turn | None = None, strip_pixels: int = STRIP_PIXELS
) -> DecodedPage:
    """Return an image of ``size`` (width, height) as a page, transposed by ``turn``, in strips of ``strip_pixels``."""
    width, height = size[::-1] if turn in SIDEWAYS else size
    rows = max(1, strip_pixels // width)
    boxes = [_source(size, turn, top, min(height, top + rows)) for top in range(0, height, rows)]
    return DecodedPage(width, height, layout_of(mode), _strips(cut, boxes, turn))


def layout_of(mode: str) -> Layout:
    """Return how pixels of a Pillow mode are sent: those of 16 and 32 bits unchanged, all others as 8-bit grey."""
    if mode.startswith("I;16"):
        big = mode == "I;16B" or (mode == "I;16N" and sys.byteorder == "big")
        return Layout.BIG_16 if big else Layout.LITTLE_16
    return {"I": Layout.INT_32, "F": Layout.FLOAT_32}.get(mode, Layout.GREY_8)


def _source(size: tuple[int, int], turn: Turn | None, top: int, bottom: int) -> Box:
    """Return the box of an image that becomes the rows from ``top`` to ``bottom`` after ``turn``."""
    width, height = size
    if turn in FROM_THE_END:
        whole = width if turn in SIDEWAYS else height
        top, bottom = whole - bottom, whole - top
    return (top, 0, bottom, height) if turn in SIDEWAYS else (0, top, width, bottom)


def _strips(cut: Cut, boxes: Sequence[Box], turn: Turn | None) -> Iterator[bytes]:
    ground = ground_of(map(cut, boxes))
    for box in boxes:
        part = cut(box)
        grey = part if layout_of(part.mode) is not Layout.GREY_8 else to_grey(part, ground)
        yield (grey if turn is None else grey.transpose(turn)).tobytes()


def ground_of(parts: Iterable[Image.Image]) -> int:
    """Return the grey, WHITE or BLACK, on which what is opaque in an image of these parts has the stronger contrast.

    It is white if more than half of the image is opaque: then that is paper with print on it, or the print is dark.
    """
    dark = opaque = pixels = 0
    for part in parts:
        if not part.has_transparency_data or layout_of(part.mode) is not Layout.GREY_8:
            return WHITE
        grey, alpha = _grey_and_alpha(part)
        shown = grey.histogram(alpha.point(lambda value: 255 * (value >= OPAQUE)))
        opaque += sum(shown)
        dark += sum(count * (WHITE - value) for value, count in enumerate(shown))
        pixels += part.width * part.height
    light = WHITE * opaque - dark
    return BLACK if 2 * opaque < pixels and light > dark else WHITE


def to_grey(image: Image.Image, ground: int = WHITE) -> Image.Image:
    """Convert an 8-bit image to mode L, with transparency on ``ground``; in CMYK, 0 is no ink, as in Pillow."""
    if image.mode == "L" and not image.has_transparency_data:
        return image
    if image.mode == "LAB":
        return image.getchannel("L")
    if image.mode == "CMYK":
        return image.convert("RGB").convert("L")
    if image.has_transparency_data:
        grey, alpha = _grey_and_alpha(image)
        page = Image.new("L", image.size, ground)
        page.paste(grey, mask=alpha)
        return page
    return image.convert("L")


def _grey_and_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image]:
    # Converted to grey before blending: the same result as blending colours, with a quarter of the memory.
    rgba = image if image.mode in {"RGBA", "LA"} else image.convert("RGBA")
    return rgba.convert("L"), rgba.getchannel("A")

"""Finds machine-readable codes on a grey picture by zxing-cpp; nothing in a code is opened or followed.

Symbologies with finder patterns are looked for on the whole picture, all others where something looks like a code: on
the picture itself for small modules, on one of half the size for large, faint or streaked ones. Figures are of some
hundred drawn codes, and of the processor time of a plain pass of Tesseract on the same pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import zxingcpp

from rpiocr.codes.mirrored import is_transposed
from rpiocr.codes.texture import code_areas, halved, turned_blocks, upright
from rpiocr.model import Box, FoundCode, Pixels

Formats = tuple[zxingcpp.BarcodeFormat, ...]

ALWAYS: Formats = (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.MicroQRCode, zxingcpp.BarcodeFormat.Aztec)
"""Symbologies with finder patterns, which are looked for on the whole picture: 0.5 % of a pass."""

STACKED: Formats = (zxingcpp.BarcodeFormat.PDF417,)
BLOCKS: Formats = (zxingcpp.BarcodeFormat.DataMatrix, *STACKED)
"""Symbologies that are looked for only where something looks like a code: 20 ms per megapixel."""

BARS: Formats = (
    zxingcpp.BarcodeFormat.Code128,
    zxingcpp.BarcodeFormat.Code39,
    zxingcpp.BarcodeFormat.EAN13,
    zxingcpp.BarcodeFormat.EAN8,
    zxingcpp.BarcodeFormat.UPCA,
)
"""Symbologies of bars, which are looked for on the whole picture, as they need white to their left and right."""

ENLARGED: Formats = (*ALWAYS, zxingcpp.BarcodeFormat.DataMatrix)
"""Symbologies that are looked for on a sharpened copy of twice the size: of 45 codes with modules of 2 or 3 pixels, or
blurred by more than one, that are missed otherwise, 21 are found."""

SHARPENED, SIGMA = 2.5, 1.2
"""Weight of the picture from which its blurred copy is subtracted, and the blur of that in pixels. Only where a code
was not found: it loses one in twenty of those that are easily read."""

STREAKS = 2.0
"""Blur in pixels that closes the white streaks of dead dots in large modules, which split a code for the decoder."""

NEAR = 30
"""Distance in pixels around a code that belongs to it: an area has a margin, and begins and ends with whole cells."""

MOST_COVERED = 0.5
"""Share of an area that known codes cover from which no other is looked for in it."""

PAPER = 90.0
"""Percentile of the grey values of an area that is its paper, by which known codes are covered."""

UPRIGHT_MARGIN = 8, 24
"""Margin in pixels around a stacked code that is turned upright: on the picture of half the size, and on the whole one.
The decoder reads PDF417 only nearly upright and with little around it."""


def find_codes(pixels: Pixels) -> tuple[FoundCode, ...]:
    """Return the codes on a grey picture, shape (height, width), top to bottom; boxes are in its pixels."""
    found = list(_read(pixels, ALWAYS))
    half = halved(pixels)
    fine = _with_room(code_areas(pixels), found)
    coarse = _with_room((_scaled(area, 2.0) for area in code_areas(half)), found)
    if fine or coarse:
        found += _read(pixels, BARS)
    for area in _with_room(fine, found):
        found += _new(_read_fine(pixels, area, found), found)
    for area in _with_room(coarse, found):
        found += _new(_read_coarse(pixels, half, area), found)
    return tuple(sorted(found, key=lambda one: (one.box.top, one.box.left)))


def _with_room(areas: Iterable[Box], found: Sequence[FoundCode]) -> list[Box]:
    """Return the areas that may hold another code than those that were found."""
    return [area for area in areas if sum(_covered(area, code.box) for code in found) < MOST_COVERED]


def _new(read: Iterable[FoundCode], found: Sequence[FoundCode]) -> list[FoundCode]:
    """Return the codes that were not found before at the same place."""
    return [one for one in read if not any(one.payload == old.payload and one.box.meets(old.box) for old in found)]


def _covered(area: Box, code: Box) -> float:
    """Return the share of an area that a code covers, with what the area has around it."""
    around = Box(code.left - NEAR, code.top - NEAR, code.right + NEAR, code.bottom + NEAR)
    width, height = area.shared(around)
    return max(0.0, width) * max(0.0, height) / (area.width * area.height)


def _read_fine(pixels: Pixels, area: Box, known: Sequence[FoundCode]) -> list[FoundCode]:
    """Read an area as it is, then blurred, then sharpened and enlarged; codes that are known are covered by paper."""
    left, top = int(area.left), int(area.top)
    part = pixels[top : int(area.bottom), left : int(area.right)].copy()
    paper = int(np.percentile(part, PAPER))
    for code in known:
        box = _placed(code.box, -left, -top)
        part[max(0, int(box.top)) : max(0, int(box.bottom)), max(0, int(box.left)) : max(0, int(box.right))] = paper
    found = list(_read(part, BLOCKS)) or list(_read(_soft(part, STREAKS), ALWAYS))
    if not found:
        sharp = cv2.addWeighted(part, SHARPENED, _soft(part, SIGMA), 1.0 - SHARPENED, 0)
        larger = cv2.resize(sharp, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        found = [_resized(one, 0.5) for one in _read(larger.astype(np.uint8, copy=False), ENLARGED)]
    return [replace(one, box=_placed(one.box, left, top)) for one in found]


def _read_coarse(pixels: Pixels, half: Pixels, area: Box) -> list[FoundCode]:
    """Read an area of the whole picture on that of half the size; a stacked code there also turned upright."""
    small = _scaled(area, 0.5)
    left, top = int(small.left), int(small.top)
    part = np.ascontiguousarray(half[top : int(small.bottom), left : int(small.right)])
    found = [replace(one, box=_placed(one.box, left, top)) for one in _read(part, (*ALWAYS, *BLOCKS))]
    return [_resized(one, 2.0) for one in found] or _read_turned(pixels, part, left, top)


def _read_turned(pixels: Pixels, part: Pixels, left: int, top: int) -> list[FoundCode]:
    """Read stacked codes of a part of the picture of half the size; they get the box of their block."""
    found = []
    for block in turned_blocks(part):
        whole = replace(
            block,
            x=2 * (block.x + left),
            y=2 * (block.y + top),
            width=2 * block.width,
            height=2 * block.height,
        )
        small, large = UPRIGHT_MARGIN
        read = list(_read(upright(part, block, small), STACKED)) or list(_read(upright(pixels, whole, large), STACKED))
        reach = max(whole.width, whole.height) / 2
        box = Box(whole.x - reach, whole.y - reach, whole.x + reach, whole.y + reach)
        found += [replace(one, box=box) for one in read]
    return found


def _soft(pixels: Pixels, sigma: float) -> Pixels:
    return cv2.GaussianBlur(pixels, (0, 0), sigma).astype(np.uint8, copy=False)


def _placed(box: Box, left: float, top: float) -> Box:
    return Box(left + box.left, top + box.top, left + box.right, top + box.bottom)


def _scaled(box: Box, factor: float) -> Box:
    return Box(box.left * factor, box.top * factor, box.right * factor, box.bottom * factor)


def _resized(code: FoundCode, factor: float) -> FoundCode:
    return replace(code, box=_scaled(code.box, factor))


def _read(pixels: Pixels, formats: Formats) -> Iterator[FoundCode]:
    wanted = zxingcpp.BarcodeFormats(list(formats))
    # Smaller copies and inverted ones cost as much again, and of codes on receipts find none more.
    for one in zxingcpp.read_barcodes(pixels, formats=wanted, try_downscale=False, try_invert=False):
        corners = one.position
        places = (corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left)
        across, down = [place.x for place in places], [place.y for place in places]
        box = Box(float(min(across)), float(min(down)), float(max(across)), float(max(down)))
        yield FoundCode(str(one.format).replace(" ", ""), bytes(one.bytes), box, _is_mirrored(one))


def _is_mirrored(code: zxingcpp.Barcode) -> bool:
    if code.format is not zxingcpp.BarcodeFormat.QRCode:
        return False
    extra: Any = code.extra
    level, mask = extra.get("ECLevel"), extra.get("DataMask")
    if level is None or mask is None:
        return False
    symbol = np.asarray(code.to_image(scale=1, add_quiet_zones=False))
    return is_transposed(symbol < 128, level, int(mask))

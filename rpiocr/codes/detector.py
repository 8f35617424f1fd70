"""Finds machine-readable codes on a grey picture by zxing-cpp; nothing in a code is opened or followed.

Figures are of 500 drawn codes, and of the processor time of a plain pass of Tesseract on the same pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import zxingcpp

from rpiocr.codes.mirrored import is_transposed
from rpiocr.codes.texture import code_areas
from rpiocr.model import Box, FoundCode, Pixels

Formats = tuple[zxingcpp.BarcodeFormat, ...]

ALWAYS: Formats = (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.MicroQRCode, zxingcpp.BarcodeFormat.Aztec)
"""Symbologies with finder patterns, which are looked for on the whole picture: 0.5 % of a pass."""

BLOCKS: Formats = (zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.PDF417)
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


def find_codes(pixels: Pixels) -> tuple[FoundCode, ...]:
    """Return the codes on a grey picture, shape (height, width), top to bottom; boxes are in its pixels."""
    found = list(_read(pixels, ALWAYS))
    open_areas = _with_room(code_areas(pixels), found)
    if open_areas:
        found += _read(pixels, BARS)
    for area in _with_room(open_areas, found):
        found += _read_area(pixels, area, found)
    return tuple(sorted(found, key=lambda one: (one.box.top, one.box.left)))


def _with_room(areas: Iterable[Box], found: Sequence[FoundCode]) -> list[Box]:
    """Return the areas that may hold another code than those that were found."""
    return [area for area in areas if sum(_covered(area, code.box) for code in found) < MOST_COVERED]


def _covered(area: Box, code: Box) -> float:
    """Return the share of an area that a code covers, with what the area has around it."""
    around = Box(code.left - NEAR, code.top - NEAR, code.right + NEAR, code.bottom + NEAR)
    width, height = area.shared(around)
    return max(0.0, width) * max(0.0, height) / (area.width * area.height)


def _read_area(pixels: Pixels, area: Box, known: Sequence[FoundCode]) -> list[FoundCode]:
    left, top = int(area.left), int(area.top)
    part = pixels[top : int(area.bottom), left : int(area.right)].copy()
    paper = int(np.percentile(part, PAPER))
    for code in known:
        box = _placed(code.box, -left, -top, 1.0)
        part[max(0, int(box.top)) : max(0, int(box.bottom)), max(0, int(box.left)) : max(0, int(box.right))] = paper
    found = list(_read(part, BLOCKS)) or list(_read(_soft(part, STREAKS), ALWAYS))
    scale = 1.0
    if not found:
        sharp = cv2.addWeighted(part, SHARPENED, _soft(part, SIGMA), 1.0 - SHARPENED, 0)
        larger = cv2.resize(sharp, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        found, scale = list(_read(larger.astype(np.uint8, copy=False), ENLARGED)), 2.0
    return [replace(one, box=_placed(one.box, left, top, scale)) for one in found]


def _soft(pixels: Pixels, sigma: float) -> Pixels:
    return cv2.GaussianBlur(pixels, (0, 0), sigma).astype(np.uint8, copy=False)


def _placed(box: Box, left: int, top: int, scale: float) -> Box:
    return Box(left + box.left / scale, top + box.top / scale, left + box.right / scale, top + box.bottom / scale)


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

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

NEAR = 30
"""Distance in pixels from an area within which a code that was found is the one that it may hold."""


def find_codes(pixels: Pixels) -> tuple[FoundCode, ...]:
    """Return the codes on a grey picture, shape (height, width), top to bottom; boxes are in its pixels."""
    found = list(_read(pixels, ALWAYS))
    open_areas = _without(code_areas(pixels), found)
    if open_areas:
        found += _read(pixels, BARS)
    for area in _without(open_areas, found):
        found += _read_area(pixels, area)
    return tuple(sorted(found, key=lambda one: (one.box.top, one.box.left)))


def _without(areas: Iterable[Box], found: Sequence[FoundCode]) -> list[Box]:
    """Return the areas in which no code was found."""
    return [area for area in areas if not any(_is_near(area, *code.box.middle) for code in found)]


def _is_near(area: Box, x: float, y: float) -> bool:
    return area.left - NEAR <= x <= area.right + NEAR and area.top - NEAR <= y <= area.bottom + NEAR


def _read_area(pixels: Pixels, area: Box) -> list[FoundCode]:
    left, top = int(area.left), int(area.top)
    part = np.ascontiguousarray(pixels[top : int(area.bottom), left : int(area.right)])
    found = list(_read(part, BLOCKS))
    scale = 1.0
    if not found:
        soft = cv2.GaussianBlur(part, (0, 0), SIGMA)
        sharp = cv2.addWeighted(part, SHARPENED, soft, 1.0 - SHARPENED, 0)
        larger = cv2.resize(sharp, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        found, scale = list(_read(larger.astype(np.uint8, copy=False), ENLARGED)), 2.0
    return [replace(one, box=_placed(one.box, left, top, scale)) for one in found]


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

"""The resolution that a PDF page is worth rendering at.

PDFium renders at any scale and recommends none: the resolution of a scan is that of the image objects on its page.
"""

from __future__ import annotations

import ctypes
import math

import pypdfium2 as pdfium
from pypdfium2 import raw

from rpiocr.decode.limits import Limits, check_size

POINTS_PER_INCH = 72.0

MIN_DPI, MAX_DPI = 300.0, 600.0
GOOD_WIDTH = 1600.0
"""Pixels across the shorter side of a small page: an 80 mm roll gets 508 dpi, A4 and larger ``MIN_DPI``."""

RENDER_PIXELS = 24_000_000
"""Larger pages are rendered more coarsely; A3 at 300 dpi has 17 million, 1 m of roll at 508 dpi 32."""

ROUNDING = 1 - 1e-5
"""Keeps a scan of 1000 pixels from being rendered 1001 wide, for sizes are inexact and then rounded up."""

INVISIBLE_TEXT = raw.FPDF_TEXTRENDERMODE_INVISIBLE


def page_scale(page: pdfium.PdfPage, limits: Limits) -> float:
    """Pixels per point for a page: that of the scan it consists of, or one that suits its size in print.

    Raises RefusedError if a picture on the page has too many pixels, for rendering would decode it. The page itself is
    rendered within the limit.
    """
    _check_pictures(page, limits)
    size: tuple[float, float] = page.get_size()
    width, height = size
    scale = _scan_scale(page) or _print_scale(min(width, height))
    limit = math.sqrt(min(RENDER_PIXELS, limits.pixels) / max(width * height, 1.0))
    if scale > limit:
        # A pixel less across, for the renderer rounds both sides up.
        return limit - 1.0 / max(min(width, height), 1.0)
    return scale * ROUNDING


def _check_pictures(page: pdfium.PdfPage, limits: Limits) -> None:
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        width, height = _pixel_size(picture)
        if width * height > limits.pixels:
            check_size((width, height), limits)


def _print_scale(short_side: float) -> float:
    """``short_side`` in points."""
    dpi = GOOD_WIDTH * POINTS_PER_INCH / max(short_side, 1.0)
    return min(max(dpi, MIN_DPI), MAX_DPI) / POINTS_PER_INCH


def _scan_scale(page: pdfium.PdfPage) -> float | None:
    """Pixels per point of the largest picture of a page that shows nothing else, or ``None``.

    Scanners put one picture or several strips on a page, and recognised text invisibly over it.
    """
    sizes: list[tuple[int, float]] = []
    for item in page.get_objects(max_depth=1):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            width, height = _pixel_size(item)
            matrix = item.get_matrix()
            across, along = math.hypot(matrix.a, matrix.b), math.hypot(matrix.c, matrix.d)
            if across and along:
                sizes.append((width * height, max(width / across, height / along)))
        elif item.type != raw.FPDF_PAGEOBJ_TEXT or raw.FPDFTextObj_GetTextRenderMode(item) != INVISIBLE_TEXT:
            return None
    return max(sizes)[1] if sizes else None


def _pixel_size(picture: pdfium.PdfObject) -> tuple[int, int]:
    width, height = ctypes.c_uint(), ctypes.c_uint()
    if not raw.FPDFImageObj_GetImagePixelSize(picture, width, height):
        return 0, 0
    return width.value, height.value

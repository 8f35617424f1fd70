"""Chooses the resolution at which a PDF page is rendered.

PDFium renders at any scale and recommends none; the resolution of a scan is that of the image objects on its page.
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
"""Target length in pixels of the shorter side of a page: 508 dpi for an 80 mm roll, ``MIN_DPI`` for A4 and larger."""

RENDER_PIXELS = 24_000_000
"""Maximum size of a rendered page; larger ones get a lower resolution. A3 at 300 dpi has 17 million pixels, 1 m of an
80 mm roll at 508 dpi 32 million."""

ROUNDING = 1 - 1e-5
"""Keeps a scan 1000 pixels wide from being rendered 1001 pixels wide: sizes are inexact, then rounded up."""

INVISIBLE_TEXT = raw.FPDF_TEXTRENDERMODE_INVISIBLE


def page_scale(page: pdfium.PdfPage, limits: Limits) -> float:
    """Return pixels per point for a page: those of the scan that it consists of, or a value that suits its print size.

    Raises RefusedError if an image on the page has too many pixels, because rendering would decode it. The scale keeps
    the page itself within the limit.
    """
    _check_images(page, limits)
    size: tuple[float, float] = page.get_size()
    width, height = size
    scale = _scan_scale(page) or _print_scale(min(width, height))
    limit = math.sqrt(min(RENDER_PIXELS, limits.pixels) / max(width * height, 1.0))
    if scale > limit:
        # One pixel less, because the renderer rounds both sides up.
        return limit - 1.0 / max(min(width, height), 1.0)
    return scale * ROUNDING


def _check_images(page: pdfium.PdfPage, limits: Limits) -> None:
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        width, height = _pixel_size(image)
        if width * height > limits.pixels:
            check_size((width, height), limits)


def _print_scale(short_side: float) -> float:
    """Return pixels per point for a page with a shorter side of ``short_side`` points."""
    dpi = GOOD_WIDTH * POINTS_PER_INCH / max(short_side, 1.0)
    return min(max(dpi, MIN_DPI), MAX_DPI) / POINTS_PER_INCH


def _scan_scale(page: pdfium.PdfPage) -> float | None:
    """Return pixels per point of the largest image on a page with nothing but images; otherwise ``None``.

    Scanners put one image or several strips on a page, with recognised text as an invisible layer over it.
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


def _pixel_size(image: pdfium.PdfObject) -> tuple[int, int]:
    width, height = ctypes.c_uint(), ctypes.c_uint()
    if not raw.FPDFImageObj_GetImagePixelSize(image, width, height):
        return 0, 0
    return width.value, height.value

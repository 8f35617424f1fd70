"""Renders PDF pages in grey with PDFium, at a resolution that suits their content."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pypdfium2 as pdfium
from pypdfium2 import raw

from rpiocr.decode.grey import STRIP_PIXELS, DecodedPage
from rpiocr.decode.limits import Limits, check_size
from rpiocr.decode.resolution import page_scale
from rpiocr.decode.wire import Code, Layout, RefusedError

END_SEARCH_BYTES = 4096
"""Length of the end of a file in which ``%%EOF`` is searched for; mail programs and servers append a little."""

ENCRYPTION_CODES = frozenset({raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY})


def pdf_pages(data: bytes, limits: Limits) -> Iterator[DecodedPage]:
    """Render each page of a PDF file in turn. Raises RefusedError, or any exception of pypdfium2."""
    if data.rfind(b"%%EOF", -END_SEARCH_BYTES) < 0:
        # PDFium would repair a truncated file and render pages with parts missing.
        raise RefusedError(Code.DAMAGED, "its end is missing")
    with _opened(data) as document:
        count = len(document)
        if not count:
            raise RefusedError(Code.DAMAGED, "it has no pages")
        if count > limits.pages:
            raise RefusedError(Code.TOO_MANY_PAGES, "", limits.pages, count)
        for index in range(count):
            with closing(document[index]) as page:
                bitmap = _rendered(page, limits)
            yield DecodedPage(bitmap.width, bitmap.height, Layout.GREY_8, _strips(bitmap))


@contextmanager
def _opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    """Open a document; ``data`` must stay referenced as long as it is open, because PDFium reads it in place."""
    # PdfDocument itself would report the error of an earlier file for a file without pages.
    handle = raw.FPDF_LoadMemDocument64(data, len(data), None)
    if not handle:
        raise _refusal(raw.FPDF_GetLastError())
    with closing(pdfium.PdfDocument(handle)) as document:
        yield document


def _refusal(code: int) -> RefusedError:
    """Return the refusal for PDFium's last error ``code`` after a file could not be opened."""
    return RefusedError(Code.ENCRYPTED) if code in ENCRYPTION_CODES else RefusedError(Code.DAMAGED, "not a valid PDF")


def _rendered(page: pdfium.PdfPage, limits: Limits) -> pdfium.PdfBitmap:
    scale = page_scale(page, limits)
    width, height = page.get_size()
    check_size((math.ceil(width * scale), math.ceil(height * scale)), limits)
    return page.render(scale=scale, grayscale=True)


def _strips(bitmap: pdfium.PdfBitmap) -> Iterator[bytes]:
    """Yield the rows of a bitmap without their padding; the bitmap is closed after the last one."""
    width, height, stride = bitmap.width, bitmap.height, bitmap.stride
    rows = max(1, STRIP_PIXELS // width)
    with closing(bitmap), memoryview(bitmap.buffer).cast("B") as whole:
        for top in range(0, height, rows):
            starts = range(top * stride, min(height, top + rows) * stride, stride)
            yield b"".join(whole[start : start + width] for start in starts)

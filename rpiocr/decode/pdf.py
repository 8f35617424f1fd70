"""PDF pages, rendered grey by PDFium at the resolution that their content deserves."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pypdfium2 as pdfium
from pypdfium2 import raw

from rpiocr.decode.grey import STRIP_PIXELS, Sheet
from rpiocr.decode.limits import Limits, check_size
from rpiocr.decode.resolution import page_scale
from rpiocr.decode.wire import Code, Layout, RefusedError

END_SEARCH_BYTES = 4096
"""Where the ``%%EOF`` of a complete file is looked for; mail programs and servers append a little."""

ENCRYPTION_CODES = frozenset({raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY})


def pdf_sheets(data: bytes, limits: Limits) -> Iterator[Sheet]:
    """Render each page of a PDF file in turn. Raises RefusedError, or whatever PDFium's wrapper does."""
    if data.rfind(b"%%EOF", -END_SEARCH_BYTES) < 0:
        # PDFium would repair what is left of the file and show pages with parts missing.
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
            yield Sheet(bitmap.width, bitmap.height, Layout.GREY_8, _strips(bitmap))


@contextmanager
def _opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    """Open ``data``, which must stay alive as long as the document: PDFium reads it in place."""
    # Not left to PdfDocument: for a file without pages it reports the error of some earlier file.
    handle = raw.FPDF_LoadMemDocument64(data, len(data), None)
    if not handle:
        raise _refusal(raw.FPDF_GetLastError())
    with closing(pdfium.PdfDocument(handle)) as document:
        yield document


def _refusal(code: int) -> RefusedError:
    """Name the reason why PDFium did not open a file; ``code`` is its last error."""
    return RefusedError(Code.ENCRYPTED) if code in ENCRYPTION_CODES else RefusedError(Code.DAMAGED, "not a valid PDF")


def _rendered(page: pdfium.PdfPage, limits: Limits) -> pdfium.PdfBitmap:
    scale = page_scale(page, limits)
    width, height = page.get_size()
    check_size((math.ceil(width * scale), math.ceil(height * scale)), limits)
    return page.render(scale=scale, grayscale=True)


def _strips(bitmap: pdfium.PdfBitmap) -> Iterator[bytes]:
    """The rows of a bitmap without what pads them; the bitmap is closed after the last."""
    width, height, stride = bitmap.width, bitmap.height, bitmap.stride
    rows = max(1, STRIP_PIXELS // width)
    with closing(bitmap), memoryview(bitmap.buffer).cast("B") as whole:
        for top in range(0, height, rows):
            starts = range(top * stride, min(height, top + rows) * stride, stride)
            yield b"".join(whole[start : start + width] for start in starts)

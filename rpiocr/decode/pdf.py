"""Renders PDF pages in grey with PDFium, at a resolution that suits their content, and takes the text they show."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pypdfium2 as pdfium
from pypdfium2 import raw

from rpiocr.decode.attachments import xml_attachments
from rpiocr.decode.grey import STRIP_PIXELS, DecodedPage
from rpiocr.decode.limits import Limits, check_size
from rpiocr.decode.pdf_text import shown_lines
from rpiocr.decode.resolution import page_scale
from rpiocr.decode.side_note import Lines, SideNote
from rpiocr.decode.wire import Code, Layout, RefusedError

END = b"%%EOF"

PARTS = re.compile(rb"\bstartxref\b|\bendstream\b|\bendobj\b|\b\d+\s+\d+\s+obj\b")
"""What a PDF consists of. Behind the last END it shows that the file went on: with an update, with all but the first
page of a file arranged for the web, or with the rest of a file that another one is attached to."""

ENCRYPTION_CODES = frozenset({raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY})

MAX_RENDERING_S = 2.0
"""Processor time in seconds beyond which a page is not rendered a second time, as its text would need: a page of print
takes 0.02, one of scanned images 0.2, and the limit for a page is 10 s."""


def pdf_pages(data: bytes, limits: Limits) -> Iterator[DecodedPage]:
    """Render each page of a PDF file in turn. Raises RefusedError, or any exception of pypdfium2."""
    with _opened(data, _length(data)) as document:
        # Else the values of its forms would not be drawn.
        document.init_forms()
        count = len(document)
        if not count:
            raise RefusedError(Code.DAMAGED, "it has no pages")
        if count > limits.pages:
            raise RefusedError(Code.TOO_MANY_PAGES, "", limits.pages, count)
        for index in range(count):
            attachments = () if index else xml_attachments(document)
            with closing(document[index]) as page:
                bitmap, lines = _rendered(page, limits)
            note = SideNote(lines, attachments)
            yield DecodedPage(bitmap.width, bitmap.height, Layout.GREY_8, _strips(bitmap), note)


def _length(data: bytes) -> int:
    """Return the length of a PDF without the bytes that mail programs, servers or scanners appended to it.

    Raises RefusedError for a truncated file, which PDFium would repair and render with parts missing. It looks for the
    end in the last bytes only.
    """
    end = data.rfind(END)
    if end < 0 or PARTS.search(data, end):
        raise RefusedError(Code.DAMAGED, "its end is missing")
    return end + len(END)


@contextmanager
def _opened(data: bytes, length: int) -> Iterator[pdfium.PdfDocument]:
    """Open the document in the first ``length`` bytes of ``data``.

    ``data`` must stay referenced as long as it is open, because PDFium reads it in place.
    """
    # PdfDocument itself would report the error of an earlier file for a file without pages.
    handle = raw.FPDF_LoadMemDocument64(data, length, None)
    if not handle:
        raise _refusal(raw.FPDF_GetLastError())
    with closing(pdfium.PdfDocument(handle)) as document:
        yield document


def _refusal(code: int) -> RefusedError:
    """Return the refusal for PDFium's last error ``code`` after a file could not be opened."""
    return RefusedError(Code.ENCRYPTED) if code in ENCRYPTION_CODES else RefusedError(Code.DAMAGED, "not a valid PDF")


def _rendered(page: pdfium.PdfPage, limits: Limits) -> tuple[pdfium.PdfBitmap, Lines | None]:
    """Return the image of a page, and the text that can be seen on it; None if there is none."""
    scale = page_scale(page, limits)
    width, height = page.get_size()
    check_size((math.ceil(width * scale), math.ceil(height * scale)), limits)

    def render() -> pdfium.PdfBitmap:
        return page.render(scale=scale, grayscale=True)

    started = time.process_time()
    bitmap = render()
    if time.process_time() - started > MAX_RENDERING_S:
        return bitmap, None
    return bitmap, shown_lines(page, bitmap, render)


def _strips(bitmap: pdfium.PdfBitmap) -> Iterator[bytes]:
    """Yield the rows of a bitmap without their padding; the bitmap is closed after the last one."""
    width, height, stride = bitmap.width, bitmap.height, bitmap.stride
    rows = max(1, STRIP_PIXELS // width)
    with closing(bitmap), memoryview(bitmap.buffer).cast("B") as whole:
        for top in range(0, height, rows):
            starts = range(top * stride, min(height, top + rows) * stride, stride)
            yield b"".join(whole[start : start + width] for start in starts)

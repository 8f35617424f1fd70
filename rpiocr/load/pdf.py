"""PDF pages, rendered grey by PDFium at the resolution that their content deserves."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from functools import partial

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from rpiocr.errors import EncryptedFileError, InputError
from rpiocr.load.guard import check_size, damaged, decoding
from rpiocr.load.resolution import page_scale
from rpiocr.model import Pixels

END_SEARCH_BYTES = 4096
"""Where the ``%%EOF`` of a complete file is looked for; mail programs and servers append a little."""

ENCRYPTION_CODES = frozenset({raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY})


def pdf_pages(data: bytes, name: str, max_pixels: int) -> Generator[Callable[[], Pixels], None, None]:
    """One rendering function per page of a PDF file.

    Raises, or the functions raise, ``InputError``; ``name`` is the file's in its messages.
    """
    if data.rfind(b"%%EOF", -END_SEARCH_BYTES) < 0:
        # PDFium would repair what is left of the file and show pages with parts missing.
        raise damaged(name, "its end is missing")
    with _opened(data, name) as document:
        count = len(document)
        if not count:
            raise damaged(name, "it has no pages")
        for index in range(count):
            yield partial(_render, document, index, name, max_pixels)


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[pdfium.PdfDocument]:
    """Open ``data``, which must stay alive as long as the document: PDFium reads it in place."""
    with decoding(name):
        # Not left to PdfDocument: for a file without pages it reports the error of some earlier file.
        handle = raw.FPDF_LoadMemDocument64(data, len(data), None)
        if not handle:
            raise _refusal(name, raw.FPDF_GetLastError())
        document = pdfium.PdfDocument(handle)
    try:
        yield document
    finally:
        with decoding(name):
            document.close()


def _refusal(name: str, code: int) -> InputError:
    """Name the reason why PDFium did not open a file; ``code`` is its last error."""
    if code in ENCRYPTION_CODES:
        return EncryptedFileError(
            f"{name} asks for a password: save a copy without one, such as by printing it to a PDF."
        )
    return damaged(name, "not a valid PDF")


def _render(document: pdfium.PdfDocument, index: int, name: str, max_pixels: int) -> Pixels:
    with decoding(name), closing(document[index]) as page:
        scale = page_scale(page, name, max_pixels)
        width, height = page.get_size()
        check_size(name, (math.ceil(width * scale), math.ceil(height * scale)), max_pixels)
        with closing(page.render(scale=scale, grayscale=True)) as bitmap:
            # Older versions of pypdfium2 have a third dimension of length 1.
            pixels: Pixels = np.array(bitmap.to_numpy(), dtype=np.uint8, order="C").reshape(bitmap.height, -1)
    pixels.setflags(write=False)
    return pixels

"""Images made on the fly: four quarters of known grey, so that every rotation and flip can be distinguished."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pillow_heif
from PIL import Image

from rpiocr.load import load_pages
from rpiocr.load.budget import MAX_PIXELS
from rpiocr.model import Page, Pixels

WIDTH, HEIGHT = 160, 120
GREYS = (0, 90, 170, 255)
"""Top left, top right, bottom left, bottom right."""

HAS_JPEG_XL = find_spec("pillow_jxl") is not None

RASTER_FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF", "HEIF", "AVIF", *(["JXL"] if HAS_JPEG_XL else []))
QUALITY: dict[str, dict[str, object]] = {
    "AVIF": {"quality": 95, "speed": 9},
    "JPEG": {"quality": 95},
    "JXL": {"lossless": True, "effort": 1},
    "WEBP": {"lossless": True},
    "PDF": {"quality": 95},
}

ALL_FORMATS = (*RASTER_FORMATS, "PDF")


def quarters(size: tuple[int, int] = (WIDTH, HEIGHT), greys: Sequence[int] = GREYS) -> Image.Image:
    """Draw an image in mode L with one grey in each quarter."""
    width, height = size
    image = Image.new("L", size)
    for place, grey in zip(((0, 0), (1, 0), (0, 1), (1, 1)), greys, strict=True):
        left, top = place[0] * width // 2, place[1] * height // 2
        image.paste(grey, (left, top, left + (width + 1) // 2, top + (height + 1) // 2))
    return image


def greys_of(pixels: Pixels) -> tuple[int, ...]:
    """Measure the median grey in the middle of each quarter, in the order of ``GREYS``."""
    height, width = pixels.shape
    spots = ((1, 1), (1, 3), (3, 1), (3, 3))
    return tuple(
        int(np.median(pixels[y * height // 4 - 3 : y * height // 4 + 3, x * width // 4 - 3 : x * width // 4 + 3]))
        for y, x in spots
    )


def close_to(found: Sequence[int], expected: Sequence[int] = GREYS, tolerance: int = 4) -> bool:
    """Whether all greys agree to within what lossy formats may change."""
    return len(found) == len(expected) and all(abs(a - b) <= tolerance for a, b in zip(found, expected, strict=True))


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """Write the image as a file of the format that Pillow calls ``kind``, in high quality."""
    out = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(out, quality=95, **options)
    else:
        if kind == "JXL":
            import_module("pillow_jxl")
        image.save(out, kind, **{**QUALITY.get(kind, {}), **options})
    return out.getvalue()


def pages_of(data: bytes, *, max_pixels: int = MAX_PIXELS) -> list[Page]:
    """Load all pages of a file's bytes."""
    return list(load_pages("-", stream=io.BytesIO(data), max_pixels=max_pixels))


def only_page(data: bytes, *, max_pixels: int = MAX_PIXELS) -> Page:
    """Load a file that has exactly one page."""
    (page,) = pages_of(data, max_pixels=max_pixels)
    return page


def png_chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk of a PNG file, with its checksum."""
    return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)


def pdf_file(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """Write a PDF of the given objects, numbered from 1; object 1 is the catalogue."""
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        table,
    )
    return bytes(out)


def pdf_stream(content: bytes, entries: bytes = b"") -> bytes:
    """Write a stream object for ``pdf_file``."""
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), entries, content)


def drawn_pdf(size: tuple[float, float], content: bytes, trailer: bytes = b"", page: bytes = b"") -> bytes:
    """Write a PDF of one page of ``size`` points that ``content`` draws; font F1 is Helvetica."""
    return pdf_file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %f %f] /Contents 4 0 R %b"
            b" /Resources << /Font << /F1 5 0 R >> /XObject << /Im1 6 0 R >> >> >>" % (*size, page),
            pdf_stream(content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            pdf_stream(
                quarters().tobytes(),
                b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8"
                b" /ColorSpace /DeviceGray" % (WIDTH, HEIGHT),
            ),
        ],
        trailer,
    )

"""Detects a file's format by its content; its name is ignored."""

from __future__ import annotations

from enum import IntEnum, auto

from rpiocr.decode.jpeg_xl import CODESTREAM, CONTAINER
from rpiocr.decode.written import is_mail, is_xml


class Format(IntEnum):
    """The supported formats; their numbers are sent to the decoder process."""

    JPEG = auto()
    PNG = auto()
    BMP = auto()
    GIF = auto()
    WEBP = auto()
    TIFF = auto()
    HEIF = auto()
    PDF = auto()
    AVIF = auto()
    JPEG_XL = auto()
    XML = auto()
    MAIL = auto()


WRITTEN = frozenset({Format.XML, Format.MAIL})
"""Formats without a picture; the decoder process does not get them."""


SIGNATURES: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", Format.JPEG),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"GIF87a", Format.GIF),
    (b"GIF89a", Format.GIF),
    (b"II*\x00", Format.TIFF),
    (b"MM\x00*", Format.TIFF),
    (b"II+\x00", Format.TIFF),
    (b"MM\x00+", Format.TIFF),
    (CODESTREAM, Format.JPEG_XL),
    (CONTAINER, Format.JPEG_XL),
)

HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
"""Brands of ISO/IEC 23008-12 files with HEVC images."""

AVIF_BRANDS = frozenset({b"avif", b"avis"})
"""Brands of the same files with AV1 images."""

ANY_CODEC_BRANDS = frozenset({b"mif1", b"mif2", b"msf1", b"miaf"})
"""Brands of such files that do not say how their images are encoded: one of the compatible brands does."""

MAX_BRANDS_BYTES = 256
"""Length of the first box in which compatible brands are looked for; files name fewer than ten, of four bytes each."""

BMP_HEADER_SIZES = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
"""Valid sizes of the second header; they distinguish BMP files from text that begins with "BM"."""

PDF_SEARCH_BYTES = 1024
"""Maximum offset of ``%PDF-`` that readers accept (ISO 32000, implementation notes)."""


def recognise(data: bytes) -> Format | None:
    """Return the format of a file's content; ``None`` if it is not supported."""
    for signature, kind in SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Format.WEBP
    if data[4:8] == b"ftyp" and (named := _by_brands(data)):
        return named
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in BMP_HEADER_SIZES:
        return Format.BMP
    return _by_text(data)


def _by_text(data: bytes) -> Format | None:
    """Return the format of a file that begins with text."""
    if is_xml(data):
        return Format.XML
    if b"%PDF-" in data[:PDF_SEARCH_BYTES]:
        return Format.PDF
    return Format.MAIL if is_mail(data) else None


def _by_brands(data: bytes) -> Format | None:
    """Return the format that the brands of a file of boxes name: its major one, or else the compatible ones."""
    length = min(int.from_bytes(data[:4], "big"), MAX_BRANDS_BYTES)
    major = data[8:12]
    compatible = {data[place : place + 4] for place in range(16, length, 4)} if major in ANY_CODEC_BRANDS else set()
    if major in AVIF_BRANDS or (compatible & AVIF_BRANDS and not compatible & HEIF_BRANDS):
        return Format.AVIF
    return Format.HEIF if major in HEIF_BRANDS | ANY_CODEC_BRANDS else None


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Return the width and height in pixels from the header of a WebP file; ``None`` if the header is damaged.

    libwebp allocates the whole canvas as soon as it is given the file, so the limit on pixels has to be checked before
    that. The layout of the three kinds of first chunk is that of the WebP container specification.
    """
    head = data[:30]
    if len(head) < 30:
        return None
    chunk = head[12:16]
    if chunk == b"VP8 ":
        return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF
    if chunk == b"VP8L":
        bits = _little(head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8X":
        return _little(head[24:27]) + 1, _little(head[27:30]) + 1
    return None


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import pytest
from PIL import Image

from rpiocr.decode.jpeg_xl import CONTAINER, jpeg_xl_size
from rpiocr.errors import PictureTooLargeError, PictureTooSmallError
from rpiocr.load import load_pages

from .samples import (
    HAS_JPEG_XL,
    HEIGHT,
    RASTER_FORMATS,
    WIDTH,
    encoded,
    pages_of,
    png_chunk,
    quarters,
)

FORGED_WIDTH, FORGED_HEIGHT = 25000, 20000
"""500 megapixels; nothing that follows such a header here could be decoded."""


def forged_png() -> bytes:
    header = struct.pack(">IIBBBBB", FORGED_WIDTH, FORGED_HEIGHT, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND", b"")


def forged_jpeg() -> bytes:
    data = bytearray(encoded(quarters(), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", FORGED_HEIGHT, FORGED_WIDTH)
    return bytes(data)


def forged_bmp() -> bytes:
    data = bytearray(encoded(quarters(), "BMP"))
    data[18:26] = struct.pack("<ii", FORGED_WIDTH, FORGED_HEIGHT)
    return bytes(data)


def forged_gif() -> bytes:
    data = bytearray(encoded(quarters(), "GIF"))
    data[6:10] = struct.pack("<HH", FORGED_WIDTH, FORGED_HEIGHT)
    return bytes(data)


def forged_webp() -> bytes:
    canvas = struct.pack("<I", FORGED_WIDTH - 1)[:3] + struct.pack("<I", FORGED_HEIGHT - 1)[:3]
    extended = b"VP8X" + struct.pack("<I", 10) + bytes(4) + canvas
    picture = encoded(quarters(), "WEBP")[12:]
    return b"RIFF" + struct.pack("<I", 4 + len(extended) + len(picture)) + b"WEBP" + extended + picture


def forged_tiff() -> bytes:
    tags = [(256, FORGED_WIDTH), (257, FORGED_HEIGHT), (258, 8), (259, 1), (262, 1), (273, 8), (279, 1)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + entries + bytes(4)


def forged_heif() -> bytes:
    data = bytearray(encoded(quarters(), "HEIF"))
    extents = data.index(b"ispe")
    data[extents + 8 : extents + 16] = struct.pack(">II", FORGED_WIDTH, FORGED_HEIGHT)
    return bytes(data)


def jpeg_xl_head(*fields: tuple[int, int]) -> bytes:
    """The first bytes of a codestream: values, each with its number of bits."""
    number = place = 0
    for value, bits in fields:
        number |= value << place
        place += bits
    return b"\xff\x0a" + number.to_bytes(30, "little")


def forged_jpeg_xl() -> bytes:
    return jpeg_xl_head((0, 1), (2, 2), (FORGED_HEIGHT - 1, 18), (0, 3), (2, 2), (FORGED_WIDTH - 1, 18))


FORGED: dict[str, Callable[[], bytes]] = {
    "PNG": forged_png,
    "JPEG": forged_jpeg,
    "BMP": forged_bmp,
    "GIF": forged_gif,
    "WEBP": forged_webp,
    "TIFF": forged_tiff,
    "HEIF": forged_heif,
    **({"JXL": forged_jpeg_xl} if HAS_JPEG_XL else {}),
}


@pytest.mark.parametrize("kind", FORGED)
def test_half_a_gigapixel_in_the_header_is_refused_before_decoding(kind: str) -> None:
    with pytest.raises(PictureTooLargeError, match=r"25000 x 20000 pixels.*smaller image"):
        pages_of(FORGED[kind]())


def test_an_avif_image_is_refused_by_the_size_in_its_header() -> None:
    data = bytearray(encoded(quarters(), "AVIF"))
    extents = data.index(b"ispe")
    data[extents + 8 : extents + 16] = struct.pack(">II", 15_000, 12_000)
    with pytest.raises(PictureTooLargeError, match=r"15000 x 12000 pixels.*smaller image"):
        pages_of(bytes(data))


@pytest.mark.parametrize("kind", RASTER_FORMATS)
def test_the_limit_itself_is_allowed_and_one_pixel_less_is_not(kind: str) -> None:
    data = encoded(quarters(), kind)
    assert len(pages_of(data, max_pixels=WIDTH * HEIGHT)) == 1
    with pytest.raises(PictureTooLargeError):
        pages_of(data, max_pixels=WIDTH * HEIGHT - 1)


@pytest.mark.parametrize("options", [{}, {"lossless": False}, {"lossless": False, "exif": Image.Exif()}])
@pytest.mark.parametrize("size", [(33, 250), (250, 33)])
def test_the_size_of_every_kind_of_webp_is_known_in_advance(size: tuple[int, int], options: dict[str, object]) -> None:
    data = encoded(quarters(size).convert("RGB"), "WEBP", **options)
    with pytest.raises(PictureTooLargeError, match=f"{size[0]} x {size[1]} pixels"):
        pages_of(data, max_pixels=8000)


SIDES = (32, 8 * 20, 8 * 32, 257, 511, 513, 1000, 8193, 70_000, 300_001)


@pytest.mark.parametrize("width", SIDES)
@pytest.mark.parametrize("height", SIDES)
def test_the_size_of_a_jpeg_xl_image_is_read_from_its_header_alone(width: int, height: int) -> None:
    def side(length: int) -> tuple[tuple[int, int], ...]:
        selector, bits = next((n, bits) for n, bits in enumerate((9, 13, 18, 30)) if length <= 1 << bits)
        return (selector, 2), (length - 1, bits)

    assert jpeg_xl_size(jpeg_xl_head((0, 1), *side(height), (0, 3), *side(width))) == (width, height)


def test_a_jpeg_xl_image_may_give_its_width_as_a_ratio_and_its_size_in_eights() -> None:
    assert jpeg_xl_size(jpeg_xl_head((1, 1), (14, 5), (5, 3))) == (213, 120)
    assert jpeg_xl_size(jpeg_xl_head((1, 1), (14, 5), (0, 3), (19, 5))) == (160, 120)


def test_the_size_of_a_jpeg_xl_image_in_boxes_is_that_of_its_codestream() -> None:
    head = jpeg_xl_head((1, 1), (14, 5), (0, 3), (19, 5))
    kind = CONTAINER + b"\0\0\0\x14ftypjxl \0\0\0\0jxl "
    whole = (8 + len(head)).to_bytes(4) + b"jxlc" + head
    part = (12 + len(head)).to_bytes(4) + b"jxlp" + bytes(4) + head
    large = (1).to_bytes(4) + b"jxlc" + (16 + len(head)).to_bytes(8) + head
    for boxes in (whole, part, large, b"\0\0\0\x0cExif\0\0\0\0" + whole):
        assert jpeg_xl_size(kind + boxes) == (160, 120)
    assert jpeg_xl_size(kind + bytes(2000)) is None
    assert jpeg_xl_size(kind + (b"\0\0\0\x08free" * 1000) + whole) is None


def test_every_page_of_a_tiff_is_held_to_the_limit() -> None:
    data = encoded(quarters(), "TIFF", save_all=True, append_images=[quarters((200, 200))])
    pages = load_pages("-", stream=io.BytesIO(data), max_pixels=30_000)
    assert next(pages).number == 1
    with pytest.raises(PictureTooLargeError, match="200 x 200"):
        next(pages)


@pytest.mark.parametrize("size", [(1, 1), (31, 400), (400, 31)])
@pytest.mark.parametrize("kind", RASTER_FORMATS)
def test_images_too_small_for_text_are_refused(kind: str, size: tuple[int, int]) -> None:
    with pytest.raises(PictureTooSmallError, match="original photo"):
        pages_of(encoded(Image.new("L", size), kind))


@pytest.mark.parametrize("kind", RASTER_FORMATS)
def test_a_narrow_strip_with_one_line_of_text_is_accepted(kind: str) -> None:
    (page,) = pages_of(encoded(quarters((400, 32)), kind))
    assert page.pixels.shape == (32, 400)

"""Pictures, decoded by Pillow (HEIF by its plugin): one page each, TIFF as many as it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from io import BytesIO
from itertools import count

from PIL import Image, ImageChops
from PIL.ImageFile import ImageFile

from rpiocr.decode.formats import Format, webp_size
from rpiocr.decode.grey import Box, Sheet, Turn, layout_of, sheet_of
from rpiocr.decode.limits import Limits, check_memory, check_size
from rpiocr.decode.wire import PIXEL_BYTES, Code, Layout, RefusedError

# The plugins are called directly: no other plugin gets to see the file, and the second view in a phone's
# multi-picture JPEG is not looked at.
READERS = {
    Format.BMP: "PIL.BmpImagePlugin.BmpImageFile",
    Format.GIF: "PIL.GifImagePlugin.GifImageFile",
    Format.JPEG: "PIL.JpegImagePlugin.JpegImageFile",
    Format.PNG: "PIL.PngImagePlugin.PngImageFile",
    Format.TIFF: "PIL.TiffImagePlugin.TiffImageFile",
    Format.WEBP: "PIL.WebPImagePlugin.WebPImageFile",
}

ORIENTATION_TAG = 0x0112

UPRIGHT_BY = {
    2: Turn.FLIP_LEFT_RIGHT,
    3: Turn.ROTATE_180,
    4: Turn.FLIP_TOP_BOTTOM,
    5: Turn.TRANSPOSE,
    6: Turn.ROTATE_270,
    7: Turn.TRANSVERSE,
    8: Turn.ROTATE_90,
}
"""What undoes each EXIF orientation; 1 is upright."""

SUBFILE_TAG = 0x00FE
REDUCED_OR_MASK = 0b101
"""Bits of TIFF's NewSubfileType: a smaller copy of another page, or a transparency mask."""

DIRECTORIES_PER_PAGE = 20
"""Most that a TIFF may have for each page that is allowed: smaller copies halve it, a dozen times at most."""

WEBP_BYTES = 16.5
HEIF_BYTES = {"RGB": 5.6, "RGBA": 8.7}
HEIF_MOST_BYTES = 9.0
"""Bytes per pixel that decoding was seen to take: two canvases and two copies of a WebP; planes and colours of HEIF."""


def picture_sheets(data: bytes, kind: Format, limits: Limits) -> Iterator[Sheet]:
    """Decode each page of a picture file in turn, after its size was checked.

    Raises RefusedError, or whatever Pillow does.
    """
    # Its place is taken by what is checked here.
    Image.MAX_IMAGE_PIXELS = None
    if kind is Format.HEIF:
        yield _heif_sheet(data, limits)
    elif kind is Format.TIFF:
        yield from tiff_sheets(BytesIO(data), limits)
    else:
        if kind is Format.WEBP:
            _check_webp(data, limits)
        yield _sheet(_reader(kind)(BytesIO(data)), kind, limits)


def tiff_sheets(stream: BytesIO, limits: Limits) -> Iterator[Sheet]:
    """Decode each page of a TIFF in turn; one reader goes through its directories once."""
    if _has_more_pages(stream, limits.pages):
        raise RefusedError(Code.TOO_MANY_PAGES, "", limits.pages)
    stream.seek(0)
    with _reader(Format.TIFF)(stream) as image:
        for frame in count():
            if frame and not _moved_to(image, frame):
                return
            if frame and _is_no_page(image):
                continue
            yield _sheet(image, Format.TIFF, limits)
            image.info.clear()  # what one page says of itself is not true of the next


def _has_more_pages(stream: BytesIO, most: int) -> bool:
    """Whether a TIFF has more than so many pages; where a directory is damaged, those before it are counted."""
    pages = 1
    with suppress(Exception), _reader(Format.TIFF)(stream) as image:
        for frame in count(1):
            if frame > DIRECTORIES_PER_PAGE * most:
                return True
            if pages > most or not _moved_to(image, frame):
                break
            pages += not _is_no_page(image)
    return pages > most


def _reader(kind: Format) -> Callable[[BytesIO], ImageFile]:
    module, _, name = READERS[kind].rpartition(".")
    reader: Callable[[BytesIO], ImageFile] = getattr(import_module(module), name)
    return reader


def _moved_to(image: ImageFile, frame: int) -> bool:
    try:
        image.seek(frame)
    except EOFError:
        return False
    return True


def _is_no_page(image: ImageFile) -> bool:
    return bool(int(image.tag_v2.get(SUBFILE_TAG, 0)) & REDUCED_OR_MASK)  # type: ignore[attr-defined]


def _check_webp(data: bytes, limits: Limits) -> None:
    size = webp_size(data)
    if size is None:
        raise RefusedError(Code.DAMAGED, "its header is incomplete")
    check_size(size, limits)
    check_memory(size, WEBP_BYTES + 1, limits)


def _sheet(image: ImageFile, kind: Format, limits: Limits) -> Sheet:
    check_size(image.size, limits)
    if kind is Format.JPEG:
        image.draft("L", image.size)  # colour JPEG is decoded to grey only: a third of the memory
    check_memory(image.size, _bytes_per_pixel(image), limits)
    image.load()
    # Asked after loading: by then Pillow has turned TIFF itself and says so, and has seen PNG's late chunks.
    turn = UPRIGHT_BY.get(_orientation(image))
    # Pillow inverts every CMYK JPEG, but only Adobe's are stored with 255 for no ink.
    inverted = kind is Format.JPEG and image.mode == "CMYK" and "adobe" not in image.info

    def cut(box: Box) -> Image.Image:
        part = image.crop(box)
        return ImageChops.invert(part) if inverted else part

    sheet = sheet_of(cut, image.size, image.mode, turn)
    return sheet._replace(strips=_until_sent(sheet.strips, image))


def _until_sent(strips: Iterator[bytes], image: ImageFile) -> Iterator[bytes]:
    """Drop what was decoded after the last strip: the page may be looked at for long before the next is asked for."""
    yield from strips
    # Pillow's own readers do so between frames.
    image.im = None  # type: ignore[assignment]


def _bytes_per_pixel(image: ImageFile) -> float:
    """What decoding takes, and the page that is made of it."""
    layout = layout_of(image.mode)
    stored = 1 if image.mode in {"1", "L", "P"} else max(PIXEL_BYTES[layout], 2 if layout is not Layout.GREY_8 else 4)
    # Pixels of 32 bits are toned when all of them are known.
    page = 1 + (4 if layout in {Layout.INT_32, Layout.FLOAT_32} else 0)
    return stored + page + _coefficient_bytes(image)


def _coefficient_bytes(image: ImageFile) -> float:
    """A progressive JPEG is held as coefficients of two bytes until its last scan, each channel by its sampling."""
    if not image.info.get("progressive"):
        return 0.0
    samplings: list[tuple[int, int]] = [(across, down) for _, across, down, _ in getattr(image, "layer", ())]
    most = max((across for across, _ in samplings), default=1) * max((down for _, down in samplings), default=1)
    return 2.0 * sum(across * down for across, down in samplings) / max(1, most)


def _orientation(image: ImageFile) -> int:
    """EXIF orientation 1 to 8; 1 where EXIF is missing or damaged, for the picture may be sound."""
    try:
        return int(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # noqa: BLE001 - whatever the library raises, it is about the tags alone
        return 1


def _heif_sheet(data: bytes, limits: Limits) -> Sheet:
    """Decode the main picture of a HEIF file; its decoder turns it by the container's own property, EXIF's is void."""
    import pillow_heif

    container = pillow_heif.open_heif(BytesIO(data), convert_hdr_to_8bit=True, hdr_to_16bit=True, remove_stride=False)
    image = container[container.primary_index]
    check_size(image.size, limits)
    check_memory(image.size, HEIF_BYTES.get(image.mode, HEIF_MOST_BYTES) + 1, limits)
    pixels, stride, mode = image.data, image.stride, image.mode
    check_size(image.size, limits)  # it may turn out to be another one
    width, _ = image.size

    def cut(box: Box) -> Image.Image:
        _, top, _, bottom = box
        return Image.frombytes(mode, (width, bottom - top), pixels[top * stride : bottom * stride], "raw", mode, stride)

    return sheet_of(cut, image.size, mode)

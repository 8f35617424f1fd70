"""Decodes images with Pillow (HEIF and JPEG XL with plugins): one page per file, or as many as a TIFF file has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from io import BytesIO
from itertools import count

from PIL import Image, ImageChops
from PIL.ImageFile import ImageFile

from rpiocr.decode.exif import taken, taken_by_bytes
from rpiocr.decode.formats import Format, webp_size
from rpiocr.decode.grey import Box, DecodedPage, Turn, decoded_page, layout_of
from rpiocr.decode.jpeg_xl import jpeg_xl_size
from rpiocr.decode.limits import Limits, check_memory, check_size
from rpiocr.decode.side_note import SideNote
from rpiocr.decode.wire import PIXEL_BYTES, Code, Layout, RefusedError

# The plugins are called directly, so that no other plugin gets the file, and the second image in a phone's
# multi-picture JPEG is ignored.
READERS = {
    Format.AVIF: "PIL.AvifImagePlugin.AvifImageFile",
    Format.BMP: "PIL.BmpImagePlugin.BmpImageFile",
    Format.GIF: "PIL.GifImagePlugin.GifImageFile",
    Format.JPEG: "PIL.JpegImagePlugin.JpegImageFile",
    Format.JPEG_XL: "pillow_jxl.JpegXLImagePlugin.JXLImageFile",
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
"""The transposition that makes an image of each EXIF orientation upright; 1 is upright."""

SUBFILE_TAG = 0x00FE
REDUCED_OR_MASK = 0b101
"""Bits of TIFF's NewSubfileType: a reduced copy of another page, or a transparency mask."""

DIRECTORIES_PER_PAGE = 20
"""Maximum number of TIFF directories per allowed page: reduced copies halve the size, so there are at most a dozen."""

WEBP_BYTES = 16.5
HEIF_BYTES = {"RGB": 5.6, "RGBA": 8.7}
HEIF_MAX_BYTES = 9.0
AVIF_BYTES = {"L": 5.0}
AVIF_MAX_BYTES = 14.0
JPEG_XL_BYTES = 11.0
"""Bytes per pixel that decoding was measured to take: two canvases and two copies for WebP; planes and colours for
HEIF; for AVIF planes (two bytes each beyond 8 bits), colours and a copy; for JPEG XL what a JPEG in it takes."""

SINGLE_THREADED = {
    Format.AVIF: ("PIL.AvifImagePlugin", "DEFAULT_MAX_THREADS", 1),
    Format.JPEG_XL: ("pillow_jxl.JpegXLImagePlugin", "DECODE_THREADS", 0),
}
"""Modules, names and values that make decoders use one thread, as those of other formats: each thread takes memory."""


def image_pages(data: bytes, kind: Format, limits: Limits) -> Iterator[DecodedPage]:
    """Decode each page of an image file in turn, after its size has been checked.

    Raises RefusedError, or any exception of Pillow.
    """
    # Replaced by the checks of this module.
    Image.MAX_IMAGE_PIXELS = None
    if kind is Format.HEIF:
        yield _decode_heif(data, limits)
    elif kind is Format.TIFF:
        yield from tiff_pages(BytesIO(data), limits)
    else:
        if kind in HEADERS:
            _check_header(data, kind, limits)
        yield _decode(_reader(kind)(BytesIO(data)), kind, limits)


def tiff_pages(stream: BytesIO, limits: Limits) -> Iterator[DecodedPage]:
    """Decode each page of a TIFF in turn; its directories are read only once."""
    if _has_more_pages(stream, limits.pages):
        raise RefusedError(Code.TOO_MANY_PAGES, "", limits.pages)
    stream.seek(0)
    with _reader(Format.TIFF)(stream) as image:
        for frame in count():
            if frame and not _moved_to(image, frame):
                return
            if frame and _is_no_page(image):
                continue
            yield _decode(image, Format.TIFF, limits)
            image.info.clear()  # the metadata of one page does not apply to the next


def _has_more_pages(stream: BytesIO, limit: int) -> bool:
    """Return whether a TIFF has more than ``limit`` pages; after a damaged directory, no more are counted."""
    pages = 1
    with suppress(Exception), _reader(Format.TIFF)(stream) as image:
        for frame in count(1):
            if frame > DIRECTORIES_PER_PAGE * limit:
                return True
            if pages > limit or not _moved_to(image, frame):
                break
            pages += not _is_no_page(image)
    return pages > limit


def _reader(kind: Format) -> Callable[[BytesIO], ImageFile]:
    module, _, name = READERS[kind].rpartition(".")
    if kind in SINGLE_THREADED:
        settings, threads, count = SINGLE_THREADED[kind]
        setattr(import_module(settings), threads, count)
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


HEADERS: Mapping[Format, tuple[Callable[[bytes], tuple[int, int] | None], float]] = {
    Format.WEBP: (webp_size, WEBP_BYTES + 1),
    Format.JPEG_XL: (jpeg_xl_size, JPEG_XL_BYTES + 1),
}
"""How the size in the header is read, and bytes per pixel, of formats whose readers decode or allocate a canvas before
they tell it."""


def _check_header(data: bytes, kind: Format, limits: Limits) -> None:
    size_of, bytes_per_pixel = HEADERS[kind]
    size = size_of(data)
    if size is None:
        raise RefusedError(Code.DAMAGED, "its header is incomplete")
    check_size(size, limits)
    check_memory(size, bytes_per_pixel, limits)


def _decode(image: ImageFile, kind: Format, limits: Limits) -> DecodedPage:
    check_size(image.size, limits)
    if kind is Format.JPEG:
        image.draft("L", image.size)  # colour JPEG is decoded to grey only: a third of the memory
    check_memory(image.size, _bytes_per_pixel(image, kind), limits)
    image.load()
    # Asked after loading: only then has Pillow applied and reset the orientation of a TIFF, and read late PNG chunks.
    turn = None if _is_upright(image, kind) else UPRIGHT_BY.get(_orientation(image))
    # Pillow inverts every CMYK JPEG, but only Adobe's store 255 for no ink.
    inverted = kind is Format.JPEG and image.mode == "CMYK" and "adobe" not in image.info

    def cut(box: Box) -> Image.Image:
        part = image.crop(box)
        return ImageChops.invert(part) if inverted else part

    page = decoded_page(cut, image.size, image.mode, turn)
    return page._replace(strips=_until_sent(page.strips, image), note=SideNote(taken=taken(image)))


def _until_sent(strips: Iterator[bytes], image: ImageFile) -> Iterator[bytes]:
    """Free the decoded image after the last strip: it may be long until the next page is requested."""
    yield from strips
    # Pillow's own readers do the same between frames.
    image.im = None  # type: ignore[assignment]


def _is_upright(image: ImageFile, kind: Format) -> bool:
    """Whether the decoder has turned the image already: that of JPEG XL does, unless the file holds a whole JPEG."""
    return kind is Format.JPEG_XL and not image.jpeg  # type: ignore[attr-defined]


def _bytes_per_pixel(image: ImageFile, kind: Format) -> float:
    """Return the bytes per pixel for decoding and for the page that is made of the image."""
    if kind is Format.AVIF:
        return AVIF_BYTES.get(image.mode, AVIF_MAX_BYTES) + 1
    layout = layout_of(image.mode)
    stored = 1 if image.mode in {"1", "L", "P"} else max(PIXEL_BYTES[layout], 2 if layout is not Layout.GREY_8 else 4)
    # Pixels of 32 bits can be scaled only when all of them are known.
    page = 1 + (4 if layout in {Layout.INT_32, Layout.FLOAT_32} else 0)
    return stored + page + _coefficient_bytes(image)


def _coefficient_bytes(image: ImageFile) -> float:
    """Return the bytes per pixel of the 2-byte coefficients in which a progressive JPEG is held until its last scan."""
    if not image.info.get("progressive"):
        return 0.0
    samplings: list[tuple[int, int]] = [(across, down) for _, across, down, _ in getattr(image, "layer", ())]
    most = max((across for across, _ in samplings), default=1) * max((down for _, down in samplings), default=1)
    return 2.0 * sum(across * down for across, down in samplings) / max(1, most)


def _orientation(image: ImageFile) -> int:
    """Return the EXIF orientation, 1 to 8; 1 if EXIF data are missing or damaged, as the image may be intact."""
    try:
        return int(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # noqa: BLE001 - any exception here concerns only the tags
        return 1


def _decode_heif(data: bytes, limits: Limits) -> DecodedPage:
    """Decode the primary image of a HEIF file; its decoder applies the container's rotation, so EXIF's is ignored."""
    import pillow_heif

    container = pillow_heif.open_heif(BytesIO(data), convert_hdr_to_8bit=True, hdr_to_16bit=True, remove_stride=False)
    image = container[container.primary_index]
    check_size(image.size, limits)
    check_memory(image.size, HEIF_BYTES.get(image.mode, HEIF_MAX_BYTES) + 1, limits)
    pixels, stride, mode = image.data, image.stride, image.mode
    check_size(image.size, limits)  # the decoded size can differ from the announced one
    width, _ = image.size

    def cut(box: Box) -> Image.Image:
        _, top, _, bottom = box
        return Image.frombytes(mode, (width, bottom - top), pixels[top * stride : bottom * stride], "raw", mode, stride)

    note = SideNote(taken=taken_by_bytes(image.info.get("exif")))
    return decoded_page(cut, image.size, mode)._replace(note=note)

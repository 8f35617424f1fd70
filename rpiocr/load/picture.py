"""Pictures, decoded by Pillow (HEIF by its plugin): one page each, TIFF as many as it has."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from io import BytesIO

import numpy as np
from PIL import Image, ImageChops
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from rpiocr.load.formats import Format, webp_size
from rpiocr.load.grey import to_grey
from rpiocr.load.guard import DECODER_FAULTS, check_size, damaged, decoding
from rpiocr.model import Pixels

# The plugins are called directly: nothing is registered in Pillow for the rest of the process, no other
# plugin gets to see the file, and the second view in a phone's multi-picture JPEG is not looked at.
READERS: dict[Format, Callable[[BytesIO], ImageFile]] = {
    Format.BMP: BmpImageFile,
    Format.GIF: GifImageFile,
    Format.HEIF: HeifImageFile,
    Format.JPEG: JpegImageFile,
    Format.PNG: PngImageFile,
    Format.TIFF: TiffImageFile,
    Format.WEBP: WebPImageFile,
}

ORIENTATION_TAG = 0x0112

UPRIGHT_BY: dict[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation; 1 is upright."""

SUBFILE_TAG = 0x00FE
REDUCED_OR_MASK = 0b101
"""Bits of TIFF's NewSubfileType: a smaller copy of another page, or a transparency mask."""


def picture_pages(data: bytes, name: str, kind: Format, max_pixels: int) -> Generator[Callable[[], Pixels], None, None]:
    """One decoding function per page of a picture file; each checks the page's size, then decodes it.

    Raises, or the functions raise, ``InputError``; ``name`` is the file's in its messages.
    """
    yield partial(_decode, data, name, kind, max_pixels)
    if kind is not Format.TIFF:
        return
    frame = 1
    while (counts := _is_tiff_page(data, name, frame)) is not None:
        if counts:
            yield partial(_decode, data, name, kind, max_pixels, frame=frame)
        frame += 1


def _is_tiff_page(data: bytes, name: str, frame: int) -> bool | None:
    """Whether a frame is a page of its own and not a thumbnail or mask; ``None`` past the last frame."""
    with decoding(name), TiffImageFile(BytesIO(data)) as image:
        try:
            image.seek(frame)
        except EOFError:
            return None
        return not int(image.tag_v2.get(SUBFILE_TAG, 0)) & REDUCED_OR_MASK


def _decode(data: bytes, name: str, kind: Format, max_pixels: int, *, frame: int = 0) -> Pixels:
    if kind is Format.WEBP:
        size = webp_size(data)
        if size is None:
            raise damaged(name, "its header is incomplete")
        check_size(name, size, max_pixels)
    # Each page has a reader of its own, for a reader keeps its last frame, decoded and in colour.
    with decoding(name), READERS[kind](BytesIO(data)) as image:
        if frame:
            image.seek(frame)
        check_size(name, image.size, max_pixels)
        return _read_only(_upright_grey(image, kind))


def _upright_grey(image: ImageFile, kind: Format) -> Image.Image:
    if kind is Format.JPEG:
        image.draft("L", image.size)  # colour JPEG is decoded to grey only: a third of the memory
    image.load()
    # Asked after loading: by then Pillow has turned TIFF itself and says so, and has seen PNG's late chunks.
    # HEIF's decoder turns the picture by the container's own property, which makes EXIF's void.
    turn = None if kind is Format.HEIF else UPRIGHT_BY.get(_orientation(image))
    if kind is Format.JPEG and image.mode == "CMYK" and "adobe" not in image.info:
        # Pillow inverts every CMYK JPEG, but only Adobe's are stored with 255 for no ink.
        grey = to_grey(ImageChops.invert(image))
    else:
        grey = to_grey(image)
    return grey if turn is None else grey.transpose(turn)


def _orientation(image: ImageFile) -> int:
    """EXIF orientation 1 to 8; 1 where EXIF is missing or damaged, for the picture may be sound."""
    try:
        return int(image.getexif().get(ORIENTATION_TAG, 1))
    except DECODER_FAULTS:
        return 1


def _read_only(grey: Image.Image) -> Pixels:
    pixels: Pixels = np.array(grey, dtype=np.uint8)
    pixels.setflags(write=False)
    return pixels

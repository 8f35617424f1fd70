"""What every decoder runs inside of: one lock, no warnings, one vocabulary of errors, limits on size."""

from __future__ import annotations

import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageFile

from rpiocr.errors import DamagedFileError, PictureTooLargeError, PictureTooSmallError

MIN_SIDE = 32
"""Pixels; the shorter side of a picture that could hold one line of legible text and its margins."""

DECODER_FAULTS = (
    ArithmeticError,
    AttributeError,
    EOFError,
    Image.DecompressionBombError,
    LookupError,
    OSError,
    RuntimeError,  # pypdfium2's and pillow-heif's own errors are of this kind
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What the libraries have been seen to raise on damaged files."""

_lock = threading.RLock()


@contextmanager
def decoding(name: str) -> Iterator[None]:
    """Run a decoder's code; ``name`` is the file's, for the messages.

    One thread at a time is inside: PDFium is not thread-safe, and Pillow's settings and Python's warning
    filters belong to the whole process; they are as before on leaving. Pillow's own limit on pixels is off,
    ``check_size`` takes its place, and pictures that end too early are never filled up with grey.

    Raises ``DamagedFileError`` for whatever a library says about the file's content, and
    ``PictureTooLargeError`` when there is not enough memory.
    """
    with _lock, warnings.catch_warnings(), _own_pillow_settings():
        warnings.simplefilter("ignore")
        try:
            yield
        except MemoryError as error:
            raise PictureTooLargeError(f"{name} needs more memory than there is: give a smaller picture.") from error
        except DECODER_FAULTS as error:
            raise damaged(name, str(error)) from error


@contextmanager
def _own_pillow_settings() -> Iterator[None]:
    limit, fill = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = None, False
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = limit, fill


def damaged(name: str, reason: str) -> DamagedFileError:
    """Make the error for a file of known format that cannot be decoded."""
    cleaned = " ".join(reason.split()).rstrip(".")
    detail = f" ({cleaned})" if cleaned else ""
    return DamagedFileError(
        f"{name} is cut off, damaged or of an unusual kind{detail}: copy it again, or export it anew as JPEG."
    )


def check_size(name: str, size: tuple[int, int], max_pixels: int) -> None:
    """Refuse pictures of more than ``max_pixels``, or with a side under ``MIN_SIDE``; ``size`` in pixels."""
    width, height = size
    if width * height > max_pixels:
        raise PictureTooLargeError(
            f"{name} has {width} x {height} pixels, the limit is {max_pixels}: give a smaller picture."
        )
    if min(width, height) < MIN_SIDE:
        raise PictureTooSmallError(
            f"{name} has only {width} x {height} pixels: give the original photo, not a preview of it."
        )

"""The order of the load stage: bytes, format, decoder, pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import BinaryIO

from rpiocr.decode.formats import recognise
from rpiocr.errors import UnknownFormatError
from rpiocr.load.budget import MAX_PAGES, MAX_PIXELS, Limits
from rpiocr.load.decoding import decoding
from rpiocr.load.source import read_source
from rpiocr.model import Page


def load_pages(
    file: str,
    *,
    max_pixels: int = MAX_PIXELS,
    max_pages: int = MAX_PAGES,
    stream: BinaryIO | None = None,
    limits: Limits | None = None,
) -> Iterator[Page]:
    """Decode a file page by page; no page is decoded before it is asked for, and none is kept.

    ``file`` is a path, or ``-`` for standard input. ``stream``, if given, holds the bytes of either.
    No page or frame of more than ``max_pixels`` pixels is decoded, and no more than ``max_pages`` pages; ``limits``, if
    given, says both, and what else decoding may cost. Single pictures, and the first picture of formats that hold
    several views of one scene, give one page; TIFF and PDF give one for each of theirs.

    Raises an ``InputError`` when the file, or the page whose turn it is, cannot be read, and ``NoDecoderError``.
    Threads may load at the same time.
    """
    source = read_source(file, stream)
    kind = recognise(source.data)
    if kind is None:
        raise UnknownFormatError(
            f"{source.name} is neither a picture nor a PDF, whatever it is called: "
            "give a JPEG, PNG, BMP, GIF, WebP, TIFF, HEIC or PDF file."
        )
    limits = limits or Limits(max_pixels, max_pages)
    with decoding(source.data, kind, source.name, limits) as opened:
        numbers = count(1)

        def page() -> Page | None:
            pixels = opened.next_page()
            return None if pixels is None else Page(pixels, file, next(numbers), source.sha256)

        # Not a loop over pages: its variable would keep each of them while the next is decoded.
        yield from iter(page, None)

"""The order of the load stage: bytes, format, decoder, pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import BinaryIO

from rpiocr.errors import UnknownFormatError
from rpiocr.load.formats import Format, recognise
from rpiocr.load.picture import picture_pages
from rpiocr.load.source import read_source
from rpiocr.model import Page

MAX_PIXELS = 120_000_000
"""Twice what the largest phone cameras in common use take (about 50 megapixels)."""


def load_pages(file: str, *, max_pixels: int = MAX_PIXELS, stdin: BinaryIO | None = None) -> Iterator[Page]:
    """Decode a file page by page; no page is decoded before it is asked for, and none is kept.

    ``file`` is a path, or ``-`` for standard input. ``stdin``, if given, holds the bytes of either.
    No page or frame of more than ``max_pixels`` pixels is decoded. Single pictures, and the first picture of
    formats that hold several views of one scene, give one page; TIFF and PDF give one for each of theirs.

    Raises an ``InputError`` when the file, or the page whose turn it is, cannot be read.
    """
    source = read_source(file, stdin)
    kind = recognise(source.data)
    if kind is None:
        raise UnknownFormatError(
            f"{source.name} is neither a picture nor a PDF, whatever it is called: "
            "give a JPEG, PNG, BMP, GIF, WebP, TIFF, HEIC or PDF file."
        )
    if kind is Format.PDF:
        # PDFium takes as long to load as a picture takes to decode; most runs have no use for it.
        from rpiocr.load.pdf import pdf_pages

        decoders = pdf_pages(source.data, source.name, max_pixels)
    else:
        decoders = picture_pages(source.data, source.name, kind, max_pixels)
    with closing(decoders):
        for number, decode in enumerate(decoders, start=1):
            yield Page(pixels=decode(), file=file, number=number, sha256=source.sha256)

"""The steps of loading: read the bytes, detect the format, decode the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from itertools import count
from typing import BinaryIO

from rpiocr.decode.formats import Format, recognise
from rpiocr.errors import UnknownFormatError
from rpiocr.load.budget import MAX_PAGES, MAX_PIXELS, Limits
from rpiocr.load.decoding import decoding
from rpiocr.load.source import read_source
from rpiocr.model import Page
from rpiocr.system.packages import install_command, install_extra

LIBRARIES: Mapping[Format, tuple[str, str, Callable[[], str]]] = {
    Format.AVIF: ("AVIF", "PIL._avif", lambda: install_command("--only-binary=:all:", "--force-reinstall", "pillow")),
    Format.JPEG_XL: ("JPEG XL", "pillow_jxl", lambda: install_extra("jpeg-xl")),
}
"""Formats that an installation may be unable to read: name, module and the command that installs it."""


def load_pages(
    file: str,
    *,
    max_pixels: int = MAX_PIXELS,
    max_pages: int = MAX_PAGES,
    stream: BinaryIO | None = None,
    limits: Limits | None = None,
) -> Iterator[Page]:
    """Decode a file page by page; each page is decoded when it is requested, and none is kept.

    ``file`` is a path, or ``-`` for standard input. ``stream``, if given, holds the bytes of either.
    No page of more than ``max_pixels`` pixels is decoded, and no file of more than ``max_pages`` pages; ``limits``, if
    given, replaces both and limits the decoding cost as well. A TIFF or PDF yields all of its pages; any other format
    yields one page, the primary image.

    Raises an ``InputError`` if the file or the next page cannot be read, and ``NoDecoderError``. Can be called from
    several threads at the same time.
    """
    source = read_source(file, stream)
    kind = recognise(source.data)
    if kind is None:
        raise UnknownFormatError(
            f"{source.name} is neither an image nor a PDF, whatever its name: "
            "give a JPEG, PNG, BMP, GIF, WebP, TIFF, HEIC, AVIF or PDF file."
        )
    _require_library(kind, source.name)
    limits = limits or Limits(max_pixels, max_pages)
    with decoding(source.data, kind, source.name, limits) as opened:
        numbers = count(1)

        def page() -> Page | None:
            decoded = opened.next_page()
            if decoded is None:
                return None
            note = decoded.note
            return Page(
                decoded.pixels,
                file,
                next(numbers),
                source.sha256,
                text=note.text,
                attachments=note.attachments,
                taken=note.taken,
            )

        # Not a loop over pages, because its variable would keep each page in memory while the next one is decoded.
        yield from iter(page, None)


def _require_library(kind: Format, name: str) -> None:
    """Raise UnknownFormatError if the library that decodes a format is not installed."""
    if kind not in LIBRARIES:
        return
    title, module, command = LIBRARIES[kind]
    if find_spec(module) is None:
        raise UnknownFormatError(
            f"{name} is in the format {title}, which cannot be read here: save it as JPEG, or run {command()}."
        )

"""The steps of loading: read the bytes, detect the format, decode the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from itertools import count, islice
from typing import TYPE_CHECKING, BinaryIO

from rpiocr.decode.formats import WRITTEN, Format, recognise
from rpiocr.errors import InputError, NoPictureError, UnknownFormatError
from rpiocr.load.budget import MAX_PAGES, MAX_PIXELS, Limits
from rpiocr.load.decoding import decoding
from rpiocr.load.source import Source, read_source
from rpiocr.model import Page
from rpiocr.system.packages import install_command, install_extra

if TYPE_CHECKING:
    from rpiocr.load.mail import Part

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
    given, replaces both and limits the decoding cost as well. A TIFF or PDF yields all of its pages, a mail those of
    the pictures and PDFs in it; any other format yields one page, the primary image.

    Raises an ``InputError`` if the file or the next page cannot be read, and ``NoDecoderError``. Can be called from
    several threads at the same time.
    """
    yield from pages_of(read_source(file, stream), file, limits or Limits(max_pixels, max_pages))


def pages_of(source: Source, file: str, limits: Limits, first: int = 1) -> Iterator[Page]:
    """Decode the content of a file as ``load_pages`` does; ``first`` is the number of its first page."""
    kind = recognise(source.data)
    if kind is None:
        raise UnknownFormatError(
            f"{source.name} is neither an image nor a PDF, e-invoice or mail, whatever its name: "
            "give a JPEG, PNG, BMP, GIF, WebP, TIFF, HEIC, AVIF, PDF, XML or EML file."
        )
    if kind is Format.XML:
        raise NoPictureError(f"{source.name} is XML, which has no picture: rpiocr scan reads it if it is an e-invoice.")
    if kind is Format.MAIL:
        yield from _pages_of_mail(source, file, limits)
        return
    _require_library(kind, source.name)
    with decoding(source.data, kind, source.name, limits) as opened:
        numbers = count(first)

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


class NumberedPages:
    """The pages of one part of a mail; ``next_number`` is that of the page behind those that were decoded.

    A part takes a number at least, whether it can be decoded or not.
    """

    def __init__(self, part: Part, mail: Source, file: str, limits: Limits, first: int) -> None:
        source = Source(part_name(mail.name, part.name), part.data, mail.sha256)
        self._pages = pages_of(source, file, limits, first)
        self._first = first
        self._count = 0

    @property
    def next_number(self) -> int:
        """The number of the page behind these."""
        return self._first + max(1, self._count)

    def __iter__(self) -> Iterator[Page]:
        """Return itself."""
        return self

    def __next__(self) -> Page:
        """Decode the next page."""
        page = next(self._pages)
        self._count += 1
        return page


def part_name(mail: str, part: str | None) -> str:
    """Return what messages call a part of a mail."""
    return f"{mail}: {part}" if part else f"{mail}: a picture in it"


def _pages_of_mail(source: Source, file: str, limits: Limits) -> Iterator[Page]:
    """Yield the pages of a mail with the numbers under which its receipts are read; a damaged part has none."""
    from rpiocr.load.mail import read_mail

    mail = read_mail(source.data, source.name)
    number, found = 1, False
    for part in mail.files:
        if part.format in WRITTEN:
            number += 1
            continue
        pages = NumberedPages(part, source, file, limits, number)
        with suppress(InputError):
            yield from pages
            found = True
        number = pages.next_number
    for number, part in enumerate(mail.ornaments, number + len(mail.bodies)):  # noqa: B020 - it goes on from there
        with suppress(InputError):
            yield from islice(NumberedPages(part, source, file, limits, number), 1)
            found = True
    if not found:
        raise NoPictureError(f"{source.name} is a mail without pictures: rpiocr scan reads its text.")


def _require_library(kind: Format, name: str) -> None:
    """Raise UnknownFormatError if the library that decodes a format is not installed."""
    if kind not in LIBRARIES:
        return
    title, module, command = LIBRARIES[kind]
    if find_spec(module) is None:
        raise UnknownFormatError(
            f"{name} is in the format {title}, which cannot be read here: save it as JPEG, or run {command()}."
        )

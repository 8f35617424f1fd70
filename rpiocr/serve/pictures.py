"""Pictures for browsers: pages of originals, decoded apart from this process and encoded anew, kept on the disk.

A browser never gets the bytes that somebody sent. What it gets is grey, upright, and in the pixels of all boxes.
"""

from __future__ import annotations

import io
import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rpiocr.errors import InputError
from rpiocr.keep.stored_file import StoredFile, stored_file
from rpiocr.serve.book import Book
from rpiocr.serve.errors import NotFoundError
from rpiocr.settings import Settings
from rpiocr.system.files import make_own_folder, read_regular, write_whole
from rpiocr.watch.inbox import MAX_BYTES

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

QUALITY = 80

SMALL = "-small"
SMALL_SIDE = 240
"""Longer side of a small picture, in pixels: lists show it a third as large, on screens of up to three dots a pixel."""


def on_page(stored: StoredFile, page: int | None) -> StoredFile:
    """Return the source of a receipt with another one of its pages, None for the first; raises NotFoundError."""
    if page is None or page in stored.pages:
        return replace(stored, page=page or stored.page)
    message = f"the receipt has no page {page}; its pages in the file are {', '.join(map(str, stored.pages))}"
    raise NotFoundError(message)


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of pages, in a folder of the cache, by the hash of the original; ``one_at_a_time`` limits memory."""

    folder: Path
    settings: Settings
    one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def page(self, stored: StoredFile) -> Path:
        """Return the file with the JPEG of a receipt's page; raises InputError if the original cannot be decoded."""
        place = self._place(stored.sha256, stored.page)
        if place.exists():
            self._touch(place)
            return place
        with self.one_at_a_time:
            if not place.exists():
                self._write_pages(stored)
        if not place.exists():
            message = f"the file has no page {stored.page}"
            raise InputError(message)
        return place

    def small(self, stored: StoredFile) -> Path:
        """Return the file with a small JPEG of a receipt's page, for lists; raises as ``page``."""
        place = self._place(stored.sha256, stored.page, SMALL)
        if place.exists():
            self._touch(place)
            return place
        page = self.page(stored)
        with self.one_at_a_time:
            from PIL import Image

            with Image.open(page) as picture:
                picture.draft("L", (SMALL_SIDE, SMALL_SIDE))
                picture.thumbnail((SMALL_SIDE, SMALL_SIDE))
                self._write(picture, place)
        return place

    def annotated(self, book: Book, receipt_id: int, page: int | None = None) -> bytes:
        """Return a JPEG of a receipt's page, the first or another one, with a box around each value on it.

        Raises as ``page`` and ``on_page``.
        """
        from rpiocr.export.pictures import annotated, sheets_of
        from rpiocr.store.queries import corrected_fields

        first = stored_file(book.database, receipt_id)
        stored = on_page(first, page)
        with book.database.snapshot() as connection:
            corrected = corrected_fields(connection, [receipt_id]).get(receipt_id, ())
            sheets = sheets_of(connection, receipt_id, first.pages, corrected)
            sheet = next(one for one in sheets if one.page == stored.page)
        with self.one_at_a_time:
            data = read_regular(stored.path, MAX_BYTES)
            for _, image in annotated(stored.path.name, data, [sheet], self.settings.max_pixels):
                return image
        message = f"the file has no page {stored.page}"
        raise InputError(message)

    def _write_pages(self, stored: StoredFile) -> None:
        from PIL import Image

        from rpiocr.load import load_pages

        pages = load_pages(str(stored.path), max_pixels=self.settings.max_pixels, max_pages=self.settings.max_pages)
        for page in pages:
            place = self._place(stored.sha256, page.number)
            if not place.exists():
                self._write(Image.fromarray(page.pixels), place)
            if page.number >= stored.page:
                return

    @staticmethod
    def _write(picture: Picture, place: Path) -> None:
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=QUALITY)
        make_own_folder(place.parent)
        write_whole(place, stream.getvalue())

    def _place(self, sha256: str, number: int, kind: str = "") -> Path:
        return self.folder / sha256[:2] / f"{sha256}-{number}{kind}.jpg"

    @staticmethod
    def _touch(place: Path) -> None:
        """Remember that a picture was used, so that it is cleaned later."""
        with suppress(OSError):
            os.utime(place)

"""Pictures for browsers: pages of originals, decoded apart from this process and encoded anew, kept on the disk.

A browser never gets the bytes that somebody sent. What it gets is grey, upright, and in the pixels of all boxes.
"""

from __future__ import annotations

import io
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rpiocr.errors import InputError
from rpiocr.settings import Settings
from rpiocr.system.files import make_own_folder, write_whole

QUALITY = 80


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of pages, in a folder of the cache, by the hash of the original; ``one_at_a_time`` limits memory."""

    folder: Path
    settings: Settings
    one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def page(self, sha256: str, number: int, original: Path) -> Path:
        """Return the file with the JPEG of a page; raises InputError if the original cannot be decoded."""
        place = self._place(sha256, f"{number}.jpg")
        if place.exists():
            self._touch(place)
            return place
        with self.one_at_a_time:
            if not place.exists():
                self._write_pages(sha256, number, original)
        if not place.exists():
            message = f"the file has no page {number}"
            raise InputError(message)
        return place

    def _write_pages(self, sha256: str, last: int, original: Path) -> None:
        from PIL import Image

        from rpiocr.load import load_pages

        make_own_folder(self._place(sha256, "").parent)
        pages = load_pages(
            str(original), max_pixels=self.settings.max_pixels, max_pages=self.settings.max_pages
        )
        for page in pages:
            place = self._place(sha256, f"{page.number}.jpg")
            if not place.exists():
                stream = io.BytesIO()
                Image.fromarray(page.pixels).save(stream, "JPEG", quality=QUALITY)
                write_whole(place, stream.getvalue())
            if page.number >= last:
                return

    def _place(self, sha256: str, name: str) -> Path:
        return self.folder / sha256[:2] / sha256 / (name or ".")

    @staticmethod
    def _touch(place: Path) -> None:
        """Remember that a picture was used, so that it is cleaned later."""
        with suppress(OSError):
            place.touch()

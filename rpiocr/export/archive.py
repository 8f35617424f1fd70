"""Writes a ZIP file with the export and with pictures: the original files, images that show what was read, or both."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import PurePath
from typing import IO, Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import Connection, func, select

from rpiocr.errors import InputError
from rpiocr.export.pictures import Sheet, annotated, sheets_of
from rpiocr.export.record import AT_ONCE, Naming, Original
from rpiocr.load.source import MAX_BYTES
from rpiocr.store.database import Database
from rpiocr.store.queries import corrected_fields
from rpiocr.store.rows import sound_rows
from rpiocr.store.selection import Selection
from rpiocr.store.tables import FILES, RECEIPTS
from rpiocr.system.files import PRIVATE

MAX_STEM_LENGTH = 60

GONE = "the file is no longer where it was"


class Pictures(StrEnum):
    """Which pictures an archive holds."""

    ORIGINALS = "originals"
    ANNOTATED = "annotated"
    ALL = "all"

    @property
    def naming(self) -> Naming:
        """How the export in the archive names the file of a receipt: by a picture that the archive holds."""
        if self is Pictures.ANNOTATED:
            return lambda receipt_id, _: _annotated_name(receipt_id)
        return lambda _, original: name_in_zip(original)


def name_in_zip(original: Original) -> str:
    """Return the name of a file in the archive: unique, and safe to unpack on any system."""
    path = PurePath(original.moved_to or original.path)
    stem = re.sub(r"[^\w.-]+", "_", path.stem.encode("utf-8", "replace").decode("utf-8")).strip("._")[:MAX_STEM_LENGTH]
    suffix = path.suffix.lower() if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", path.suffix) else ""
    return f"originals/{original.file_id:06d}{'_' if stem else ''}{stem}{suffix}"


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive being written.

    ``advance`` is called after each original. ``connection`` reads from the snapshot of the export.
    """

    zip: ZipFile
    database: Database
    connection: Connection
    pictures: Pictures
    max_pixels: int
    advance: Callable[[], None]

    def add_pictures(self, selection: Selection) -> tuple[str, ...]:
        """Add the pictures of the selected receipts; returns what is missing, with reasons."""
        missing: list[str] = []
        for original, sheets in _originals(self.connection, selection):
            missing += self._add(original, sheets)
            self.advance()
        if missing:
            self.zip.writestr("MISSING.txt", "\n".join(missing) + "\n", ZIP_DEFLATED)
        return tuple(missing)

    def _add(self, original: Original, sheets: Sequence[Sheet]) -> Iterator[str]:
        name, data = name_in_zip(original), self._bytes_of(original)
        if data is None:
            gone = map(_image_name, sheets) if self.pictures is Pictures.ANNOTATED else (name,)
            yield from (f"{picture}: {GONE}" for picture in gone)
            return
        if self.pictures is not Pictures.ANNOTATED:
            self.zip.writestr(name, data, ZIP_STORED)
        if self.pictures is not Pictures.ORIGINALS:
            yield from self._add_images(name, data, sheets)

    def _add_images(self, name: str, data: bytes, sheets: Sequence[Sheet]) -> Iterator[str]:
        drawn = set()
        reason = "its page does not exist"
        try:
            for sheet, image in annotated(name, data, sheets, self.max_pixels):
                self.zip.writestr(_image_name(sheet), image, ZIP_STORED)
                drawn.add(sheet)
        except InputError as error:
            reason = str(error)
        return (f"{_image_name(sheet)}: {reason}" for sheet in sheets if sheet not in drawn)

    def _bytes_of(self, original: Original) -> bytes | None:
        """Read a file from its path, or from where it was moved since the snapshot."""
        data = _read_one_of((original.moved_to, original.path), original.sha256)
        if data is not None:
            return data
        with self.database.snapshot() as now:
            moved_to = now.execute(select(FILES.c.moved_to).where(FILES.c.id == original.file_id)).scalar()
        return _read_one_of((moved_to,), original.sha256)


def count_originals(connection: Connection, selection: Selection) -> int:
    """Return the number of files of the selected receipts."""
    conditions = selection.conditions(sqlite=connection.dialect.name == "sqlite")
    return connection.execute(select(func.count(RECEIPTS.c.file_id.distinct())).where(*conditions)).scalar_one()


def _image_name(sheet: Sheet) -> str:
    return _annotated_name(sheet.receipt_id, "" if sheet.is_first else f"-p{sheet.page}")


def _annotated_name(receipt_id: int, page: str = "") -> str:
    return f"annotated/{receipt_id:06d}{page}.jpg"


def _originals(connection: Connection, selection: Selection) -> Iterator[tuple[Original, tuple[Sheet, ...]]]:
    for _, group in groupby(_rows(connection, selection), key=lambda row: row.file_id):
        rows = tuple(group)
        corrected = corrected_fields(connection, [row.id for row in rows])
        sheets = tuple(
            sheet
            for row in rows
            for sheet in sheets_of(connection, row.id, (row.page, *(row.more_pages or ())), corrected.get(row.id, ()))
        )
        first = rows[0]
        yield Original(first.file_id, first.path, first.moved_to, first.sha256), sheets


def _rows(connection: Connection, selection: Selection) -> Iterator[Any]:
    """Yield the selected receipts, ordered by file."""
    place = (RECEIPTS.c.file_id, RECEIPTS.c.page, RECEIPTS.c.part)
    columns = (RECEIPTS.c.id, *place, RECEIPTS.c.more_pages, FILES.c.path, FILES.c.moved_to, FILES.c.sha256)
    conditions = selection.conditions(sqlite=connection.dialect.name == "sqlite")
    query = select(*columns).join_from(RECEIPTS, FILES).where(*conditions).order_by(*place)
    yield from sound_rows(connection, query.execution_options(yield_per=AT_ONCE), "receipt")


def _read_one_of(places: Sequence[str | None], sha256: str) -> bytes | None:
    """Read the first path whose content still has this hash."""
    for place in places:
        data = _read(place) if place else None
        if data is not None and hashlib.sha256(data).hexdigest() == sha256:
            return data
    return None


def _read(place: str) -> bytes | None:
    try:
        # The file may have been replaced by a FIFO, on which reading would block forever.
        number = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(number, "rb") as stream:
            facts = os.fstat(stream.fileno())
            return stream.read() if stat.S_ISREG(facts.st_mode) and facts.st_size <= MAX_BYTES else None
    except (OSError, ValueError):
        return None


def open_zip(stream: BinaryIO) -> ZipFile:
    """Start an archive."""
    return ZipFile(stream, "w", ZIP_DEFLATED)


def begin_member(archive: ZipFile, name: str) -> IO[bytes]:
    """Start a member of any size in an archive."""
    member = ZipInfo(name, time.localtime()[:6])
    member.compress_type = ZIP_DEFLATED
    member.external_attr = PRIVATE << 16
    return archive.open(member, "w", force_zip64=True)

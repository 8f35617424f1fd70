"""Locates the unchanged file that a stored receipt was read from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from rpiocr.errors import ExitCode, RpiocrError
from rpiocr.store.database import Database
from rpiocr.store.queries import no_such_receipt
from rpiocr.store.tables import FILES, RECEIPTS
from rpiocr.watch.aside import left_aside
from rpiocr.watch.inbox import fingerprint


class OriginalMissingError(RpiocrError):
    """The file of a stored receipt is gone or has changed."""

    code = "original_missing"
    exit_code = ExitCode.UNREADABLE_INPUT


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The source of a receipt: its file with its hash, the page, and the position among the receipts of that page.

    ``more_pages`` are the pages of the file that continue the receipt.
    """

    path: Path
    page: int
    part: int
    sha256: str
    more_pages: tuple[int, ...] = ()

    @property
    def pages(self) -> tuple[int, ...]:
        """All pages of the receipt, the first one first."""
        return (self.page, *self.more_pages)


def stored_file(database: Database, receipt_id: int) -> StoredFile:
    """Return the unchanged file of a stored receipt, from where it was moved or where it was read.

    Raises NoSuchReceiptError, and OriginalMissingError, which names the paths that were tried.
    """
    columns = (FILES.c.path, FILES.c.moved_to, FILES.c.sha256, RECEIPTS.c.page, RECEIPTS.c.part, RECEIPTS.c.more_pages)
    query = select(*columns).join_from(RECEIPTS, FILES).where(RECEIPTS.c.id == receipt_id)
    with database.snapshot() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise no_such_receipt(receipt_id)
    changed = []
    for place in _places(row.moved_to, row.path):
        found = fingerprint(place)
        if found == row.sha256:
            return StoredFile(place, row.page, row.part, row.sha256, row.more_pages or ())
        if found is not None:
            changed.append(place)
    raise _missing(receipt_id, Path(row.moved_to or row.path), changed)


def _places(moved_to: str | None, path: str) -> Iterator[Path]:
    """Yield where a file may be: where it was moved, where it was read, or aside, on its way from there."""
    yield from dict.fromkeys(Path(place) for place in (moved_to, path) if place)
    with suppress(OSError):
        yield from (aside.place for aside in left_aside(Path(path).parent) if aside.own == Path(path))


def _missing(receipt_id: int, place: Path, changed: list[Path]) -> OriginalMissingError:
    what = f"{changed[0]} has changed since it was read" if changed else f"its file is no longer at {place}"
    return OriginalMissingError(
        f"receipt {receipt_id} cannot be read again: {what}; `rpiocr show {receipt_id}` shows what the store has on"
        " it, and `rpiocr explain FILE` explains the file at its present path"
    )

"""The file that a stored receipt was read from, as long as it is there and unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from rpiocr.errors import ExitCode, RpiocrError
from rpiocr.store.database import Database
from rpiocr.store.queries import no_such_receipt
from rpiocr.store.tables import FILES, RECEIPTS
from rpiocr.watch.inbox import fingerprint


class OriginalMissingError(RpiocrError):
    """The file of a stored receipt is not there any more, or not what was read."""

    code = "original_missing"
    exit_code = ExitCode.UNREADABLE_INPUT


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Where a receipt can be read again: its file, the page of it, and which of the receipts on that page it is."""

    path: Path
    page: int
    part: int


def stored_file(database: Database, receipt_id: int) -> StoredFile:
    """Return the unchanged file of a stored receipt, where it was moved to or where it was read.

    Raises NoSuchReceiptError, and OriginalMissingError that names the places that were looked at.
    """
    columns = (FILES.c.path, FILES.c.moved_to, FILES.c.sha256, RECEIPTS.c.page, RECEIPTS.c.part)
    query = select(*columns).join_from(RECEIPTS, FILES).where(RECEIPTS.c.id == receipt_id)
    with database.snapshot() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise no_such_receipt(receipt_id)
    changed = []
    for place in dict.fromkeys(Path(place) for place in (row.moved_to, row.path) if place):
        found = fingerprint(place)
        if found == row.sha256:
            return StoredFile(place, row.page, row.part)
        if found is not None:
            changed.append(place)
    raise _missing(receipt_id, Path(row.moved_to or row.path), changed)


def _missing(receipt_id: int, place: Path, changed: list[Path]) -> OriginalMissingError:
    what = f"{changed[0]} is not what was read any more" if changed else f"its file is not at {place} any more"
    return OriginalMissingError(
        f"receipt {receipt_id} cannot be read again: {what}; `rpiocr show {receipt_id}` shows what the store knows of"
        " it, and `rpiocr explain FILE` explains the file where it is now"
    )

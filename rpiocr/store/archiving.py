"""Archives receipts: lists and reviews leave them out; sums, exports and the search for duplicates do not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from rpiocr.store.database import Database
from rpiocr.store.queries import no_such_receipt
from rpiocr.store.tables import RECEIPTS


def archive(database: Database, receipt_ids: Sequence[int]) -> tuple[int, ...]:
    """Archive receipts, all or none, and return those that were not archived before; raises NoSuchReceiptError."""
    with database.transaction() as connection:
        archived = _archived(connection, receipt_ids)
        return _set(connection, set(receipt_ids) - archived, dt.datetime.now(dt.UTC))


def unarchive(database: Database, receipt_ids: Sequence[int]) -> tuple[int, ...]:
    """Return archived receipts to the lists, all or none, and return their ids; raises NoSuchReceiptError."""
    with database.transaction() as connection:
        return _set(connection, _archived(connection, receipt_ids), None)


def _archived(connection: Connection, receipt_ids: Sequence[int]) -> set[int]:
    """Return those of the receipts that are archived; raises NoSuchReceiptError if one does not exist."""
    wanted = set(receipt_ids)
    columns = select(RECEIPTS.c.id, RECEIPTS.c.archived_at.is_not(None).label("is_archived"))
    rows = connection.execute(columns.where(RECEIPTS.c.id.in_(wanted)).with_for_update()).all()
    missing = wanted.difference(row.id for row in rows)
    if missing:
        raise no_such_receipt(*sorted(missing))
    return {row.id for row in rows if row.is_archived}


def _set(connection: Connection, receipt_ids: set[int], when: dt.datetime | None) -> tuple[int, ...]:
    connection.execute(update(RECEIPTS).where(RECEIPTS.c.id.in_(receipt_ids)).values(archived_at=when))
    return tuple(sorted(receipt_ids))

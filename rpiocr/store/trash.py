"""Deleted receipts, which can be restored with everything that was known of them until they are cleaned away.

A deleted receipt leaves all tables, so that no list, sum or export has to know of it, and is kept here as one text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import simplejson
from sqlalchemy import Connection, Table, delete, exists, insert, select
from sqlalchemy.types import TypeEngine

from rpiocr.store.damage import Damaged, tolerating
from rpiocr.store.database import Database
from rpiocr.store.queries import no_such_receipt
from rpiocr.store.removal import remove_receipts
from rpiocr.store.tables import (
    CLOUD_CALLS,
    CODES,
    CORRECTIONS,
    FIELD_CHECKS,
    FIELDS,
    FILES,
    ITEMS,
    MERCHANTS,
    RECEIPTS,
    TAX_IDS,
    TRASH,
    WARNINGS,
    WORD_BOXES,
)
from rpiocr.store.types import Day, Moment, Money, Real
from rpiocr.system.json_text import dumps

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

OF_RECEIPT = (ITEMS, TAX_IDS, CODES, WARNINGS, CORRECTIONS, MERCHANTS, CLOUD_CALLS, WORD_BOXES)
"""Tables whose rows belong to a receipt, beside FIELDS, whose rows have FIELD_CHECKS."""


@dataclass(frozen=True)
class Deleted:
    """A receipt that can be restored; ``merchant`` and ``date`` (ISO 8601) as they were, None if unknown."""

    receipt_id: int
    deleted_at: dt.datetime
    merchant: str | None
    date: str | None


def put(database: Database, receipt_id: int) -> None:
    """Delete a receipt so that it can be restored; raises NoSuchReceiptError.

    Its file stays where it is, and so does its entry in the journal.
    """
    with database.transaction() as connection:
        rows = _rows_of(connection, receipt_id)
        remove_receipts(connection, [receipt_id])
        connection.execute(delete(TRASH).where(TRASH.c.receipt_id == receipt_id))
        kept = {"receipt_id": receipt_id, "file_id": rows["receipts"][0]["file_id"], "rows": dumps(rows)}
        connection.execute(insert(TRASH).values(deleted_at=dt.datetime.now(dt.UTC), **kept))


def take_back(database: Database, receipt_id: int) -> int:
    """Restore a deleted receipt, and return its number: its own, or a new one if another receipt has that by now.

    Raises NoSuchReceiptError if it is not among the deleted ones.
    """
    with database.transaction() as connection:
        kept = connection.execute(select(TRASH.c.rows).where(TRASH.c.receipt_id == receipt_id)).scalar()
        if kept is None:
            raise no_such_receipt(receipt_id)
        connection.execute(delete(TRASH).where(TRASH.c.receipt_id == receipt_id))
        return _put_back(connection, simplejson.loads(kept, use_decimal=True))


def deleted(database: Database, limit: int) -> list[Deleted]:
    """Return the receipts that can be restored, at most ``limit``, the one deleted last first."""
    query = select(TRASH).order_by(TRASH.c.deleted_at.desc(), TRASH.c.receipt_id.desc()).limit(limit)
    with database.snapshot() as connection:
        rows = connection.execute(query).all()
    return [_deleted(row.receipt_id, row.deleted_at, simplejson.loads(row.rows)) for row in rows]


def empty(database: Database, before: dt.datetime) -> int:
    """Forget the receipts deleted before a time, and files that have no other receipt; returns how many receipts."""
    with database.transaction() as connection:
        here = TRASH.c.deleted_at < before
        files = list(connection.execute(select(TRASH.c.file_id).where(here).distinct()).scalars())
        count = connection.execute(delete(TRASH).where(here)).rowcount
        used = exists().where(RECEIPTS.c.file_id == FILES.c.id) | exists().where(TRASH.c.file_id == FILES.c.id)
        for file_id in files:
            connection.execute(delete(FILES).where(FILES.c.id == file_id, ~used))
        return count


def _deleted(receipt_id: int, deleted_at: dt.datetime, rows: Rows) -> Deleted:
    receipt = rows[RECEIPTS.name][0]
    return Deleted(receipt_id, deleted_at, receipt["merchant"], receipt["date"])


def _rows_of(connection: Connection, receipt_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of a receipt by table, as JSON can hold them."""
    with tolerating():
        found = {RECEIPTS.name: _written(connection, RECEIPTS, RECEIPTS.c.id == receipt_id)}
        if not found[RECEIPTS.name]:
            raise no_such_receipt(receipt_id)
        for table in (*OF_RECEIPT, FIELDS):
            found[table.name] = _written(connection, table, table.c.receipt_id == receipt_id)
        fields = [row["id"] for row in found[FIELDS.name]]
        found[FIELD_CHECKS.name] = _written(connection, FIELD_CHECKS, FIELD_CHECKS.c.field_id.in_(fields))
    return found


def _written(connection: Connection, table: Table, here: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a condition
    rows = connection.execute(select(table).where(here).order_by(*table.primary_key)).mappings()
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: object) -> object:
    if isinstance(value, Damaged):
        return None
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value


def _put_back(connection: Connection, rows: Rows) -> int:
    receipt = _restored(RECEIPTS, rows["receipts"][0])
    if _is_taken(connection, receipt["id"]):
        del receipt["id"]
    if receipt["duplicate_of"] and not _is_taken(connection, receipt["duplicate_of"]):
        receipt |= {"duplicate_of": None, "duplicate_why": None}
    receipt_id = _key(connection, RECEIPTS, receipt)
    for table in OF_RECEIPT:
        for row in rows.get(table.name, ()):
            values = _restored(table, row) | {"receipt_id": receipt_id}
            values.pop("id", None)
            connection.execute(insert(table).values(**values))
    for row in rows.get(FIELDS.name, ()):
        values = _restored(FIELDS, row) | {"receipt_id": receipt_id}
        field_id = _key(connection, FIELDS, {name: value for name, value in values.items() if name != "id"})
        for check in rows.get(FIELD_CHECKS.name, ()):
            if check["field_id"] == row["id"]:
                connection.execute(insert(FIELD_CHECKS).values(field_id=field_id, name=check["name"]))
    return receipt_id


def _is_taken(connection: Connection, receipt_id: int) -> bool:
    return connection.execute(select(RECEIPTS.c.id).where(RECEIPTS.c.id == receipt_id)).first() is not None


def _key(connection: Connection, table: Table, values: Mapping[str, Any]) -> int:
    inserted = connection.execute(insert(table).values(**values)).inserted_primary_key
    if inserted is None:
        message = f"the database assigned no number in {table.name}"
        raise RuntimeError(message)
    return int(inserted[0])


def _restored(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(table.c[name].type, value) for name, value in row.items() if name in table.c}


def _value(kind: TypeEngine[Any], value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if value is None:
        return None
    if isinstance(kind, Money | Day | Moment):
        return kind.read(value)
    return float(value) if isinstance(kind, Real) else value

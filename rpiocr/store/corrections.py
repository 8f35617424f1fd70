"""User corrections override OCR values, and user confirmations mark them as certain; previous values are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from rpiocr.store.damage import REMEDY, Damaged, tolerating
from rpiocr.store.database import Database
from rpiocr.store.errors import BadCorrectionError, DamagedRowError
from rpiocr.store.queries import no_such_receipt
from rpiocr.store.receipts import day_of
from rpiocr.store.tables import CORRECTIONS, RECEIPTS
from rpiocr.store.values import EXAMPLES, KINDS, MONEY, fitted, parse, restored, written

BY_HAND = "said so"
"""The reason of a duplicate that a person has marked."""


CONFIRMABLE = tuple(field for field in KINDS if field != "duplicate_of")


@dataclass(frozen=True, slots=True)
class Change:
    """A changed value of a field, old and new as text; or a value that is now, or no longer, ``confirmed``.

    ``confirmed`` is None for a correction; otherwise ``was`` and ``value`` are equal.
    """

    field: str
    was: str | None
    value: str | None
    confirmed: bool | None = None


def correct(
    database: Database, receipt_id: int, given: Mapping[str, str], confirm: Sequence[str] | None = None
) -> tuple[Change, ...]:
    """Set new values of fields of a receipt, where an empty one removes the value; all of them, or none.

    ``confirm`` names fields with correct values; empty means all that have a value, None means none. A field that is
    set to its present value is confirmed, too. Returns the changes. Raises BadCorrectionError and
    NoSuchReceiptError.
    """
    parsed = {field: parse(field, value) for field, value in given.items()}
    with database.transaction() as connection:
        row = _row(connection, receipt_id)
        values = _in_decimals(row, parsed)
        _require_original(connection, receipt_id, parsed.get("duplicate_of"))
        changes = _changes(row, {field: values[field] for field in parsed})
        changed = {change.field for change in changes}
        same = [field for field in parsed if field not in changed and parsed[field] is not None]
        named = _to_confirm(row, confirm, without=given) if confirm is not None else []
        changes += _confirmations(connection, row, [*same, *named])
        _write(connection, row, values)
        now = dt.datetime.now(dt.UTC)
        for change in changes:
            kept = {"field": change.field, "was": change.was, "value": change.value}
            connection.execute(insert(CORRECTIONS).values(receipt_id=receipt_id, corrected_at=now, **kept))
    return changes


def _to_confirm(row: SimpleNamespace, named: Sequence[str], without: Collection[str]) -> list[str]:
    """Return the fields to confirm: the named ones, otherwise all that have a value and get no new one."""
    for field in named:
        if field not in CONFIRMABLE:
            message = f"there is no field {field!r} to confirm; there are {', '.join(CONFIRMABLE)}"
            raise BadCorrectionError(message)
        if getattr(row, field) is None:
            message = f"receipt {row.id} has no {field} to confirm; give one, as {field}={EXAMPLES.get(field, '...')}"
            raise BadCorrectionError(message)
    return [field for field in named or CONFIRMABLE if field not in without and getattr(row, field) is not None]


def _confirmations(connection: Connection, row: SimpleNamespace, fields: Sequence[str]) -> tuple[Change, ...]:
    """Return a change for each field that was not corrected or confirmed before."""
    known = set(
        connection.execute(select(CORRECTIONS.c.field).where(CORRECTIONS.c.receipt_id == row.id).distinct()).scalars()
    )
    texts = {field: written(field, getattr(row, field)) for field in fields if field not in known}
    return tuple(Change(field, text, text, confirmed=True) for field, text in texts.items())


def take_back(database: Database, receipt_id: int, fields: Sequence[str]) -> tuple[Change, ...]:
    """Undo the last correction or confirmation of each field; all, or none. Returns the changes."""
    with database.transaction() as connection:
        row = _row(connection, receipt_id)
        parsed: dict[str, Any] = {}
        withdrawn: list[Change] = []
        for field in dict.fromkeys(fields):
            last = _last(connection, receipt_id, field)
            if last.was == last.value:
                withdrawn.append(Change(field, last.was, last.value, confirmed=False))
            else:
                parsed[field] = restored(field, last.was)
            connection.execute(delete(CORRECTIONS).where(CORRECTIONS.c.id == last.id))
        values = _in_decimals(row, parsed)
        _require_original(connection, receipt_id, parsed.get("duplicate_of"))
        changes = _changes(row, {field: values[field] for field in parsed})
        _write(connection, row, values)
    return (*changes, *withdrawn)


def _row(connection: Connection, receipt_id: int) -> SimpleNamespace:
    """Return a receipt; damaged values are None, so that a correction can replace them."""
    with tolerating():
        row = connection.execute(select(RECEIPTS).where(RECEIPTS.c.id == receipt_id).with_for_update()).first()
    if row is None:
        raise no_such_receipt(receipt_id)
    sound = {name: None if isinstance(value, Damaged) else value for name, value in row._mapping.items()}
    return SimpleNamespace(**sound)


def _last(connection: Connection, receipt_id: int, field: str) -> Row[Any]:
    """Return the newest correction of a field."""
    if field not in KINDS:
        message = f"there is no field {field!r} to correct; there are {', '.join(KINDS)}"
        raise BadCorrectionError(message)
    here = (CORRECTIONS.c.receipt_id == receipt_id) & (CORRECTIONS.c.field == field)
    last = connection.execute(select(CORRECTIONS).where(here).order_by(CORRECTIONS.c.id.desc()).limit(1)).first()
    if last is None:
        message = f"{field} of receipt {receipt_id} was neither corrected nor confirmed; there is nothing to undo"
        raise BadCorrectionError(message)
    return last


def _in_decimals(row: SimpleNamespace, parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Convert money to the decimals of the currency; if that changes, unchanged values as well."""
    currency = parsed.get("currency", row.currency)
    values = dict(parsed)
    for field in MONEY:
        value: Decimal | None = values.get(field, getattr(row, field))
        if value is not None and (field in parsed or "currency" in parsed):
            values[field] = fitted(field, value, currency)
    return values


def _require_original(connection: Connection, receipt_id: int, original: int | None) -> None:
    """Refuse that a receipt duplicates itself, a missing one, or one that duplicates it."""
    known = original
    while known is not None:
        if known == receipt_id:
            message = f"receipt {original} is the same as {receipt_id}, or duplicates it; name another one"
            raise BadCorrectionError(message)
        row = connection.execute(select(RECEIPTS.c.duplicate_of).where(RECEIPTS.c.id == known)).first()
        if row is None:
            raise no_such_receipt(known)
        known = row.duplicate_of


def _changes(row: SimpleNamespace, values: Mapping[str, Any]) -> tuple[Change, ...]:
    texts = ((field, written(field, getattr(row, field)), written(field, value)) for field, value in values.items())
    return tuple(Change(field, was, value) for field, was, value in texts if was != value)


def _day_read(row: SimpleNamespace) -> dt.date:
    if row.read_at is None:
        message = f"the reading time of receipt {row.id} is damaged, so it needs a date; {REMEDY}"
        raise DamagedRowError(message)
    return day_of(None, row.read_at)


def _write(connection: Connection, row: SimpleNamespace, values: Mapping[str, Any]) -> None:
    settled = dict(values)
    if "date" in values:
        settled["day"] = values["date"] or _day_read(row)
    if "duplicate_of" in values:
        settled["duplicate_why"] = BY_HAND if values["duplicate_of"] else None
    if settled:
        connection.execute(update(RECEIPTS).where(RECEIPTS.c.id == row.id).values(**settled))

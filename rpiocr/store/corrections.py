"""User corrections override OCR values, and user confirmations mark them as certain; previous values are kept."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from rpiocr.store.damage import REMEDY, Damaged, tolerating
from rpiocr.store.database import Database
from rpiocr.store.errors import BadCorrectionError, DamagedRowError
from rpiocr.store.item_corrections import (
    Known,
    forget_parts,
    items_in_decimals,
    known_parts,
    positions_in,
    require_item,
    with_signs,
    write_items,
)
from rpiocr.store.item_fields import ADD, ItemField, item_field
from rpiocr.store.merchants import learn
from rpiocr.store.queries import no_such_receipt
from rpiocr.store.receipts import day_of
from rpiocr.store.tables import CORRECTIONS, ITEMS, RECEIPTS
from rpiocr.store.values import EXAMPLES, KINDS, MONEY, fitted, parse, require_field, restored, written

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
    database: Database, receipt_id: int, given: Iterable[tuple[str, str]], confirm: Sequence[str] | None = None
) -> tuple[Change, ...]:
    """Set new values of fields of a receipt, where an empty one removes the value; all of them, or none.

    ``given`` has each field once, except ``items.add``, which adds one item each time. ``confirm`` names fields with
    correct values; empty means all that have a value, None means none. A field that is set to its present value is
    confirmed, too. Returns the changes. Raises BadCorrectionError and NoSuchReceiptError.
    """
    typed = [(field, parse(field, value)) for field, value in given]
    with database.transaction() as connection:
        row = _row(connection, receipt_id)
        parsed = with_signs(row, _by_position(connection, row, typed))
        values = _in_decimals(row, parsed)
        _require_original(connection, receipt_id, parsed.get("duplicate_of"))
        changes = _changes(row, {field: values[field] for field in parsed})
        changed = {change.field for change in changes}
        same = [field for field in parsed if field not in changed and parsed[field] is not None]
        named = _to_confirm(row, confirm, without=parsed) if confirm is not None else []
        changes += _confirmations(connection, row, [*same, *named])
        _write(connection, row, values)
        now = dt.datetime.now(dt.UTC)
        for change in changes:
            kept = {"field": change.field, "was": change.was, "value": change.value}
            connection.execute(insert(CORRECTIONS).values(receipt_id=receipt_id, corrected_at=now, **kept))
        learn(connection, receipt_id, {*parsed, *named})
    return changes


def _by_position(connection: Connection, row: Known, typed: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return corrections under the names that they are kept by: an added item gets a number, which no other had."""
    named: dict[str, Any] = {}
    new_positions = itertools.count(_next_position(connection, row))
    for name, value in typed:
        field = item_field(name)
        if name == ADD:
            field = ItemField(next(new_positions))
        elif field:
            require_item(field, row["id"], positions_in(row))
        named[field.name if field else name] = value
    for field in filter(None, map(item_field, named)):
        if field.part and field.whole in named:
            message = f"{field.name} contradicts another correction of the same item; give one of them"
            raise BadCorrectionError(message)
    return named


def _next_position(connection: Connection, row: Known) -> int:
    """Return the number of the next item that is added: numbers of deleted items are not used again."""
    here = (CORRECTIONS.c.receipt_id == row["id"]) & CORRECTIONS.c.field.startswith("items.")
    corrected = connection.execute(select(CORRECTIONS.c.field).where(here)).scalars()
    had = (field.position for name in corrected if (field := item_field(name)))
    return max((*positions_in(row), *had), default=0) + 1


def _to_confirm(row: Known, named: Sequence[str], without: Collection[str]) -> list[str]:
    """Return the fields to confirm: the named ones, otherwise all that have a value and get no new one."""
    for field in named:
        if field not in CONFIRMABLE:
            message = f"there is no field {field!r} to confirm; there are {', '.join(CONFIRMABLE)}"
            raise BadCorrectionError(message)
        if row[field] is None:
            message = (
                f"receipt {row['id']} has no {field} to confirm; give one, as {field}={EXAMPLES.get(field, '...')}"
            )
            raise BadCorrectionError(message)
    return [field for field in named or CONFIRMABLE if field not in without and row[field] is not None]


def _confirmations(connection: Connection, row: Known, fields: Sequence[str]) -> tuple[Change, ...]:
    """Return a change for each field that was not corrected or confirmed before."""
    here = CORRECTIONS.c.receipt_id == row["id"]
    known = set(connection.execute(select(CORRECTIONS.c.field).where(here).distinct()).scalars())
    texts = {field: written(field, row[field]) for field in fields if field not in known}
    return tuple(Change(field, text, text, confirmed=True) for field, text in texts.items())


def take_back(database: Database, receipt_id: int, fields: Sequence[str]) -> tuple[Change, ...]:
    """Undo the last correction or confirmation of each field; all, or none. Returns the changes."""
    with database.transaction() as connection:
        row = _row(connection, receipt_id)
        parsed: dict[str, Any] = {}
        withdrawn: list[Change] = []
        for field in dict.fromkeys(map(_kept_name, fields)):
            last = _last(connection, receipt_id, field)
            if last.was == last.value:
                withdrawn.append(Change(field, last.was, last.value, confirmed=False))
            else:
                parsed[field] = restored(field, last.was)
            connection.execute(delete(CORRECTIONS).where(CORRECTIONS.c.id == last.id))
        _require_items(row, parsed)
        values = _in_decimals(row, parsed)
        _require_original(connection, receipt_id, parsed.get("duplicate_of"))
        changes = _changes(row, {field: values[field] for field in parsed})
        _write(connection, row, values)
        forget_parts(connection, receipt_id, values)
        learn(connection, receipt_id, {*parsed, *(change.field for change in withdrawn)})
    return (*changes, *withdrawn)


def take_back_last(database: Database, receipt_id: int) -> tuple[Change, ...]:
    """Undo the last correction or confirmation of a receipt, whatever its field; see ``take_back``."""
    query = select(CORRECTIONS.c.field).where(CORRECTIONS.c.receipt_id == receipt_id)
    with database.snapshot() as connection:
        field = connection.execute(query.order_by(CORRECTIONS.c.id.desc()).limit(1)).scalar()
    if field is None:
        message = f"nothing of receipt {receipt_id} was corrected or confirmed"
        raise BadCorrectionError(message)
    return take_back(database, receipt_id, [field])


def _kept_name(field: str) -> str:
    """Return the name under which a correction is kept."""
    of_item = item_field(field)
    return of_item.name if of_item else field


def _require_items(row: Known, parsed: Mapping[str, Any]) -> None:
    """Refuse to restore a part of an item that is not there."""
    for of_item in filter(None, map(item_field, parsed)):
        if of_item.part and parsed.get(of_item.whole) is None:
            require_item(of_item, row["id"], positions_in(row))


def _row(connection: Connection, receipt_id: int) -> Known:
    """Return a receipt and its items by the names of corrections.

    Damaged values are None, so that a correction can replace them.
    """
    with tolerating():
        row = connection.execute(select(RECEIPTS).where(RECEIPTS.c.id == receipt_id).with_for_update()).first()
        items = connection.execute(select(ITEMS).where(ITEMS.c.receipt_id == receipt_id).order_by(ITEMS.c.id)).all()
    if row is None:
        raise no_such_receipt(receipt_id)
    return _sound(row) | known_parts((item.position, _sound(item)) for item in items)


def _sound(row: Row[Any]) -> dict[str, Any]:
    return {name: None if isinstance(value, Damaged) else value for name, value in row._mapping.items()}


def _last(connection: Connection, receipt_id: int, field: str) -> Row[Any]:
    """Return the newest correction of a field."""
    require_field(field)
    here = (CORRECTIONS.c.receipt_id == receipt_id) & (CORRECTIONS.c.field == field)
    last = connection.execute(select(CORRECTIONS).where(here).order_by(CORRECTIONS.c.id.desc()).limit(1)).first()
    if last is None:
        message = f"{field} of receipt {receipt_id} was neither corrected nor confirmed; there is nothing to undo"
        raise BadCorrectionError(message)
    return last


def _in_decimals(row: Known, parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Convert money to the decimals of the currency; if that changes, unchanged values as well."""
    currency = parsed.get("currency", row["currency"])
    values = dict(parsed) | items_in_decimals(row, parsed, currency)
    for field in MONEY:
        value: Decimal | None = values.get(field, row[field])
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


def _changes(row: Known, values: Mapping[str, Any]) -> tuple[Change, ...]:
    texts = ((field, written(field, row.get(field)), written(field, value)) for field, value in values.items())
    return tuple(Change(field, was, value) for field, was, value in texts if was != value)


def _day_read(row: Known) -> dt.date:
    if row["read_at"] is None:
        message = f"the reading time of receipt {row['id']} is damaged, so it needs a date; {REMEDY}"
        raise DamagedRowError(message)
    return day_of(None, row["read_at"])


def _write(connection: Connection, row: Known, values: Mapping[str, Any]) -> None:
    settled = {field: value for field, value in values.items() if not item_field(field)}
    if "date" in values:
        settled["day"] = values["date"] or _day_read(row)
    if "duplicate_of" in values:
        settled["duplicate_why"] = BY_HAND if values["duplicate_of"] else None
    if settled:
        connection.execute(update(RECEIPTS).where(RECEIPTS.c.id == row["id"]).values(**settled))
    write_items(connection, row["id"], values)

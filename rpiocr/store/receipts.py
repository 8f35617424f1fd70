"""Writes receipts as rows, with all their evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, insert, select

from rpiocr.model.fields import SPECS, FieldSpec, ValueKind
from rpiocr.model.image_hash import bits_apart
from rpiocr.model.records import ReadFile, ReadReceipt
from rpiocr.store.codes import code_rows, code_words
from rpiocr.store.items import BOX_COLUMNS
from rpiocr.store.rows import sound_rows
from rpiocr.store.tables import (
    CLOUD_CALLS,
    CODES,
    FIELD_CHECKS,
    FIELDS,
    FILES,
    ITEMS,
    PAYMENT_COLUMNS,
    RECEIPTS,
    TAX_IDS,
    TRASH,
    WARNINGS,
)
from rpiocr.store.word_boxes import add_words

MAX_HASH_DISTANCE = 12
"""Maximum number of differing bits, of 64, between the perceptual hashes of two images of one receipt."""

SAME_BYTES = "same bytes"
SAME_RECEIPT = "same receipt"


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored receipt with its number, and the earlier one that it duplicates, if any."""

    receipt_id: int
    answer: Mapping[str, Any]
    duplicate_of: int | None
    duplicate_why: str | None


def add_receipts(connection: Connection, file_id: int, read: ReadFile, now: dt.datetime) -> tuple[Stored, ...]:
    """Write every receipt of a file."""
    return tuple(_add(connection, file_id, receipt, now) for receipt in read.receipts)


def day_of(date: dt.date | None, read_at: dt.datetime) -> dt.date:
    """Return the day of a receipt for lists and sums: its date, otherwise the local day on which it was read."""
    return date or read_at.astimezone().date()


def _add(connection: Connection, file_id: int, receipt: ReadReceipt, now: dt.datetime) -> Stored:
    answer = receipt.answer
    original, why = _original(connection, receipt)
    values = _values(answer)
    codes = answer.get("codes", ())
    key = insert(RECEIPTS).values(
        **_number(connection),
        file_id=file_id,
        page=answer["page"],
        more_pages=answer.get("pages", ())[1:],
        part=answer["part"],
        attachment=answer.get("attachment"),
        read_at=now,
        day=day_of(values["date"], now),
        **values,
        **_items_check(answer),
        verdict=answer["verdict"],
        quality=answer["quality"],
        source=answer["source"],
        passes=answer["passes"],
        elapsed_s=answer["elapsed_s"],
        picture_hash=receipt.picture_hash,
        duplicate_of=original,
        duplicate_why=why,
        text=receipt.text,
        code_words=code_words(codes),
    )
    inserted = connection.execute(key).inserted_primary_key
    if inserted is None:
        message = "the database assigned no number to a receipt"
        raise RuntimeError(message)
    receipt_id = int(inserted[0])
    for spec in SPECS:
        if not spec.is_many:
            _add_field(connection, receipt_id, spec, answer)
    _add_all(connection, ITEMS, _items(receipt_id, answer))
    _add_all(connection, TAX_IDS, ({"receipt_id": receipt_id, **one} for one in answer["tax_ids"] or ()))
    _add_all(connection, CODES, code_rows(receipt_id, codes))
    _add_all(
        connection,
        WARNINGS,
        ({"receipt_id": receipt_id, "code": one.code, "message": one.message} for one in receipt.warnings),
    )
    add_words(connection, receipt_id, receipt.words)
    if outcome := _cloud_outcome(receipt):
        connection.execute(insert(CLOUD_CALLS).values(receipt_id=receipt_id, called_at=now, outcome=outcome))
    return Stored(receipt_id, answer, original, why)


def _number(connection: Connection) -> dict[str, int]:
    """Return the number of the next receipt where the database would use that of one that can still be restored."""
    if connection.dialect.name != "sqlite":
        return {}
    highest = [connection.execute(select(func.max(one))).scalar() or 0 for one in (RECEIPTS.c.id, TRASH.c.receipt_id)]
    return {"id": 1 + max(highest)}


def _values(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of all fields by column."""
    values: dict[str, Any] = {}
    for spec in SPECS:
        found = answer.get(spec.name)
        if spec.kind is ValueKind.PAYMENT:
            values |= {column: found[part] if found else None for part, column in PAYMENT_COLUMNS.items()}
        elif spec.kind is ValueKind.DATE:
            values[spec.name] = dt.date.fromisoformat(found) if found else None
        elif not spec.is_many:
            values[spec.name] = found
    return values


def _add_all(connection: Connection, table: Any, rows: Iterator[dict[str, Any]]) -> None:  # noqa: ANN401 - a Table
    values = list(rows)
    if values:
        connection.execute(insert(table), values)


def _add_field(connection: Connection, receipt_id: int, spec: FieldSpec, answer: Mapping[str, Any]) -> None:
    """Write the chosen value of a field, its evidence, and the alternatives."""
    name = spec.name
    evidence = answer["evidence"].get(name)
    if not evidence:
        return
    page = evidence.get("page")
    chosen = connection.execute(
        insert(FIELDS).values(
            receipt_id=receipt_id,
            name=name,
            value=evidence["raw"] if spec.kind is ValueKind.PAYMENT else str(answer[name]),
            raw=evidence["raw"],
            confidence=answer["confidence"].get(name),
            verdict=answer["verdicts"].get(name),
            votes=evidence["votes"],
            passes=evidence["passes"],
            chosen=True,
            page=page,
            **_box_columns(evidence),
        )
    ).inserted_primary_key
    field_id = chosen[0] if chosen else None
    _add_all(connection, FIELD_CHECKS, ({"field_id": field_id, "name": check} for check in evidence["checks"]))
    not_chosen = {"receipt_id": receipt_id, "name": name, "chosen": False, "page": page}
    rivals = (
        {"value": str(one["value"]), "raw": one["raw"], **_box_columns(one), **not_chosen} for one in _rivals(evidence)
    )
    _add_all(connection, FIELDS, rivals)


def _rivals(evidence: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the alternatives, best first: that of a date whose day may be its month is another reading of its text."""
    other = evidence.get("other_reading")
    if other and all(one["value"] != other for one in evidence["rivals"]):
        yield {"value": other, "raw": evidence["raw"], "box": evidence["box"]}
    yield from evidence["rivals"]


def _box_columns(evidence: Mapping[str, Any]) -> dict[str, int | None]:
    return dict(zip(BOX_COLUMNS, evidence.get("box") or [None] * len(BOX_COLUMNS), strict=True))


def _items(receipt_id: int, answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for position, item in enumerate(answer["items"] or (), start=1):
        values = {name: value for name, value in item.items() if name != "box"}
        yield {"receipt_id": receipt_id, "position": position, "page": None, **values, **_box_columns(item)}


def _items_check(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of the check of the items; none if they were not looked for."""
    check = answer["items_check"]
    if check is None:
        return {}
    return {
        "items_agree_with": check["agrees_with"],
        "items_count_printed": check["count_printed"],
        "items_complete": check["complete"],
        "items_confidence": answer["confidence"]["items"],
        "items_verdict": answer["verdicts"]["items"],
    }


def _cloud_outcome(receipt: ReadReceipt) -> str | None:
    """Return the outcome of the cloud call, None if there was none."""
    if receipt.answer["source"] in ("cloud", "hybrid"):
        return "answered"
    codes = [one.code for one in receipt.warnings if one.code.startswith("cloud_")]
    return codes[0] if codes else None


def _original(connection: Connection, receipt: ReadReceipt) -> tuple[int | None, str | None]:
    """Find the earlier receipt that this one duplicates: with the same bytes, or another photo of the same receipt."""
    answer = receipt.answer
    same = (
        select(RECEIPTS.c.id)
        .join(FILES)
        .where(FILES.c.sha256 == answer["sha256"], RECEIPTS.c.page == answer["page"], RECEIPTS.c.part == answer["part"])
        .order_by(RECEIPTS.c.id)
        .limit(1)
    )
    found = connection.execute(same).scalar()
    if found is not None:
        return int(found), SAME_BYTES
    if answer["amount"] is None or answer["date"] is None:
        return None, None
    alike = select(
        RECEIPTS.c.id, RECEIPTS.c.amount, RECEIPTS.c.merchant, RECEIPTS.c.time, RECEIPTS.c.picture_hash
    ).where(
        RECEIPTS.c.date == dt.date.fromisoformat(answer["date"]),
        RECEIPTS.c.amount == Decimal(answer["amount"]),
        RECEIPTS.c.duplicate_of.is_(None),
    )
    for row in sound_rows(connection, alike.order_by(RECEIPTS.c.id), "receipt"):
        if _is_alike(row, receipt):
            return int(row.id), SAME_RECEIPT
    return None, None


def _is_alike(row: Any, receipt: ReadReceipt) -> bool:  # noqa: ANN401 - a row
    """Return whether two receipts of one day and amount are the same: equal merchant or minute, or similar images."""
    answer = receipt.answer
    if row.time and answer["time"]:
        return bool(row.time[:5] == answer["time"][:5])
    if (
        row.picture_hash
        and receipt.picture_hash
        and bits_apart(row.picture_hash, receipt.picture_hash) <= MAX_HASH_DISTANCE
    ):
        return True
    return _plain(row.merchant) == _plain(answer["merchant"]) != ""


def _plain(name: str | None) -> str:
    return "".join(char for char in (name or "").casefold() if char.isalnum())

"""Returns everything that the store has on one receipt."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from rpiocr.model.fields import SPECS, FieldSpec, ValueKind
from rpiocr.store.codes import codes_in, codes_query
from rpiocr.store.confirmations import IS_CONFIRMATION, confirmed_receipts
from rpiocr.store.damage import REMEDY
from rpiocr.store.errors import DamagedRowError
from rpiocr.store.items import KnownItems, items_in, items_query, known_items
from rpiocr.store.queries import no_such_receipt
from rpiocr.store.tables import (
    CORRECTIONS,
    FIELD_CHECKS,
    FIELDS,
    FILES,
    PAYMENT_COLUMNS,
    RECEIPTS,
    TAX_IDS,
    WARNINGS,
)
from rpiocr.store.values import shown

History = Mapping[str, Any]
"""A correction or a confirmation, as JSON."""


def details(connection: Connection, receipt_id: int) -> dict[str, Any]:
    """Return everything stored for a receipt, as a JSON object; raises NoSuchReceiptError, DamagedRowError."""
    try:
        return _details(connection, receipt_id)
    except DamagedRowError as error:
        message = f"receipt {receipt_id} cannot be shown: {error}"
        raise DamagedRowError(message) from error


def _details(connection: Connection, receipt_id: int) -> dict[str, Any]:
    row = connection.execute(select(RECEIPTS).where(RECEIPTS.c.id == receipt_id)).first()
    if row is None:
        raise no_such_receipt(receipt_id)
    file = connection.execute(select(FILES).where(FILES.c.id == row.file_id)).first()
    if file is None or row.read_at is None:
        message = f"the store lacks its file or its reading time; {REMEDY}"
        raise DamagedRowError(message)
    corrections, confirmations = _corrections(connection, row.id), _confirmations(connection, row.id)
    return {
        "id": row.id,
        "file": file.path,
        "now_at": place_of(file.path, file.moved_to),
        "sha256": file.sha256,
        "size_bytes": file.size_bytes,
        "state": file.state,
        "page": row.page,
        "pages": [row.page, *(row.more_pages or ())],
        "part": row.part,
        "attachment": row.attachment,
        "read_at": row.read_at.isoformat(),
        "archived_at": row.archived_at and row.archived_at.isoformat(),
        "verdict": row.verdict,
        "quality": row.quality,
        "source": row.source,
        "passes": row.passes,
        "elapsed_s": row.elapsed_s,
        **{spec.name: _value(row, spec) for spec in SPECS if not spec.is_many},
        **_items(connection, row, corrections, confirmations).as_mapping(),
        "tax_ids": _children(connection, TAX_IDS, row.id, ("kind", "country", "number", "valid")),
        "codes": list(codes_in(connection.execute(codes_query([row.id]))).get(row.id, ())),
        "duplicate_of": row.duplicate_of,
        "duplicate_why": row.duplicate_why,
        "duplicates": list(
            connection.execute(
                select(RECEIPTS.c.id).where(RECEIPTS.c.duplicate_of == row.id).order_by(RECEIPTS.c.id)
            ).scalars()
        ),
        "corrections": corrections,
        "confirmations": confirmations,
        "sure": row.verdict == "ACCEPT" or row.id in confirmed_receipts(connection, [row.id]),
        "evidence": _evidence(connection, row.id),
        "warnings": _children(connection, WARNINGS, row.id, ("code", "message")),
        "text": row.text,
    }


def place_of(path: str, moved_to: str | None) -> str | None:
    """Return the present path of a file: where it was moved, otherwise where it was read; None if neither exists."""
    return next((place for place in (moved_to, path) if place and os.path.lexists(place)), None)


def _value(row: Row[Any], spec: FieldSpec) -> Any:  # noqa: ANN401 - a value of the field's kind
    if spec.kind is ValueKind.PAYMENT:
        parts = {part: getattr(row, column) for part, column in PAYMENT_COLUMNS.items()}
        return None if parts["method"] is None else parts
    value = getattr(row, spec.name)
    return value.isoformat() if value and spec.kind is ValueKind.DATE else value


def _items(
    connection: Connection, row: Row[Any], corrections: Sequence[History], confirmations: Sequence[History]
) -> KnownItems:
    found = items_in(connection.execute(items_query([row.id])))
    corrected, confirmed = ({one["field"] for one in history} for history in (corrections, confirmations))
    return known_items(row, found.get(row.id, ()), corrected, confirmed)


def _children(connection: Connection, table: Any, receipt_id: int, names: tuple[str, ...]) -> list[dict[str, Any]]:  # noqa: ANN401
    query = select(*(table.c[name] for name in names)).where(table.c.receipt_id == receipt_id).order_by(table.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def _corrections(connection: Connection, receipt_id: int) -> list[dict[str, Any]]:
    here = (CORRECTIONS.c.receipt_id == receipt_id) & ~IS_CONFIRMATION
    query = select(CORRECTIONS).where(here).order_by(CORRECTIONS.c.id)
    return [
        {
            "field": row.field,
            "was": shown(row.field, row.was),
            "value": shown(row.field, row.value),
            "corrected_at": row.corrected_at and row.corrected_at.isoformat(),
        }
        for row in connection.execute(query)
    ]


def _confirmations(connection: Connection, receipt_id: int) -> list[dict[str, Any]]:
    here = (CORRECTIONS.c.receipt_id == receipt_id) & IS_CONFIRMATION
    query = select(CORRECTIONS).where(here).order_by(CORRECTIONS.c.id)
    return [
        {
            "field": row.field,
            "value": shown(row.field, row.value),
            "confirmed_at": row.corrected_at and row.corrected_at.isoformat(),
        }
        for row in connection.execute(query)
    ]


def _evidence(connection: Connection, receipt_id: int) -> dict[str, Any]:
    """Return for every field the value read, the evidence, and the alternatives."""
    rows = connection.execute(select(FIELDS).where(FIELDS.c.receipt_id == receipt_id).order_by(FIELDS.c.id)).all()
    evidence: dict[str, Any] = {}
    for row in rows:
        if not row.chosen:
            continue
        checks = select(FIELD_CHECKS.c.name).where(FIELD_CHECKS.c.field_id == row.id)
        where = {} if row.page is None else {"page": row.page}
        evidence[row.name] = {
            "value": row.value,
            "raw": row.raw,
            "confidence": row.confidence,
            "verdict": row.verdict,
            "box": [row.box_x, row.box_y, row.box_width, row.box_height],
            **where,
            "votes": row.votes,
            "passes": row.passes,
            "checks": list(connection.execute(checks).scalars()),
            "rivals": [
                {"value": rival.value, "raw": rival.raw}
                for rival in rows
                if rival.name == row.name and not rival.chosen
            ],
        }
    return evidence

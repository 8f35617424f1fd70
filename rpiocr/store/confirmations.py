"""User confirmations of fields, and which receipts need no further review.

A correction confirms its field. A correctly read value is confirmed by a correction to the same value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, not_, or_, select, true

from rpiocr.store.rows import sound_rows
from rpiocr.store.tables import CORRECTIONS, FIELDS, IS_IN_DOUBT, RECEIPTS

JUDGED = ("amount", "currency", "date")
"""Fields that determine the verdict on a receipt; others, such as the merchant, do not affect it."""

IS_CONFIRMATION = CORRECTIONS.c.was.is_not_distinct_from(CORRECTIONS.c.value)


@dataclass(frozen=True, slots=True)
class Standing:
    """The review status of a receipt: its uncertain fields, and the receipt that it duplicates."""

    doubtful: tuple[str, ...]
    duplicate_of: int | None


def standing_of(connection: Connection, receipt_id: int) -> Standing | None:
    """Return the review status of a receipt; None if it does not exist."""
    columns = (RECEIPTS.c.verdict, *(RECEIPTS.c[name] for name in JUDGED), RECEIPTS.c.duplicate_of)
    row = connection.execute(select(*columns).where(RECEIPTS.c.id == receipt_id)).first()
    if row is None:
        return None
    if row.verdict == "ACCEPT":
        return Standing((), row.duplicate_of)
    missing = tuple(name for name in JUDGED if getattr(row, name) is None)
    here = _within([receipt_id])
    by_hand = _fields(connection, _confirmed_by_hand(here), "a correction of receipt").get(receipt_id, frozenset())
    as_read = _fields(connection, _read_surely(here), "a field of receipt").get(receipt_id, frozenset())
    open_fields = tuple(name for name in JUDGED if name in missing or name not in by_hand | as_read)
    # Values that are each probable enough may not be so jointly, until one of them is confirmed.
    return Standing(open_fields or (() if by_hand else JUDGED), row.duplicate_of)


def confirmed_receipts(connection: Connection, receipt_ids: Sequence[int] | None = None) -> frozenset[int]:
    """Return the receipts, among these or all, that are certain because a person confirmed their uncertain fields."""
    of_these = RECEIPTS.c.id.in_(select(CORRECTIONS.c.receipt_id).where(CORRECTIONS.c.field.in_(JUDGED)))
    query = select(RECEIPTS.c.id).where(_within(receipt_ids), of_these, *map(_is_sure, JUDGED))
    return frozenset(connection.execute(query).scalars())


def is_waiting() -> ColumnElement[bool]:
    """Build the condition that a receipt needs review: neither accepted nor confirmed, a duplicate or archived.

    It is for queries of RECEIPTS alone; the index of receipts in doubt serves them in the order of their ids.
    """
    return and_(IS_IN_DOUBT, not_(_is_confirmed()))


def is_sure() -> ColumnElement[bool]:
    """Build the condition that a receipt is accepted or confirmed, for queries of RECEIPTS."""
    return or_(RECEIPTS.c.verdict == "ACCEPT", _is_confirmed())


def _is_confirmed() -> ColumnElement[bool]:
    is_touched = select(CORRECTIONS.c.id).where(
        CORRECTIONS.c.receipt_id == RECEIPTS.c.id, CORRECTIONS.c.field.in_(JUDGED)
    )
    return and_(is_touched.exists(), *map(_is_sure, JUDGED))


def _is_sure(name: str) -> ColumnElement[bool]:
    """Build the condition that a field has a value that a person gave or confirmed, or that was accepted as read."""
    by_hand = select(CORRECTIONS.c.id).where(CORRECTIONS.c.receipt_id == RECEIPTS.c.id, CORRECTIONS.c.field == name)
    as_read = select(FIELDS.c.id).where(
        FIELDS.c.receipt_id == RECEIPTS.c.id, FIELDS.c.name == name, FIELDS.c.chosen, FIELDS.c.verdict == "ACCEPT"
    )
    return and_(RECEIPTS.c[name].is_not(None), or_(by_hand.exists(), as_read.exists()))


def confirmed_fields(connection: Connection, receipt_ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    """Return the fields confirmed as read, for those of the receipts that have any."""
    columns = select(CORRECTIONS.c.receipt_id, CORRECTIONS.c.field).distinct()
    query = columns.where(CORRECTIONS.c.receipt_id.in_(receipt_ids), IS_CONFIRMATION)
    found = _fields(connection, query, "a correction of receipt")
    return {receipt_id: tuple(sorted(fields)) for receipt_id, fields in found.items()}


def _within(receipt_ids: Sequence[int] | None) -> ColumnElement[bool]:
    return true() if receipt_ids is None else RECEIPTS.c.id.in_(receipt_ids)


def _confirmed_by_hand(here: ColumnElement[bool]) -> Select[tuple[int, str]]:
    query = select(CORRECTIONS.c.receipt_id, CORRECTIONS.c.field).join_from(CORRECTIONS, RECEIPTS)
    return query.where(here, CORRECTIONS.c.field.in_(JUDGED)).distinct()


def _read_surely(here: ColumnElement[bool]) -> Select[tuple[int, str]]:
    query = select(FIELDS.c.receipt_id, FIELDS.c.name.label("field")).join_from(FIELDS, RECEIPTS)
    return query.where(here, FIELDS.c.name.in_(JUDGED), FIELDS.c.chosen, FIELDS.c.verdict == "ACCEPT")


def _fields(connection: Connection, query: Select[tuple[int, str]], named: str) -> Mapping[int, frozenset[str]]:
    """Group the result of a query of receipt ids and field names by receipt."""
    found: dict[int, frozenset[str]] = {}
    for row in sound_rows(connection, query, named, "receipt_id"):
        found[row.receipt_id] = found.get(row.receipt_id, frozenset()) | {row.field}
    return found

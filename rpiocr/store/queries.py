"""Lists of receipts, newest first, page by page, from an index however many there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Date, Integer, Row, Select, literal, select, tuple_

from rpiocr.store.database import Database
from rpiocr.store.errors import NoSuchReceiptError
from rpiocr.store.selection import Selection
from rpiocr.store.tables import CORRECTIONS, FILES, RECEIPTS
from rpiocr.store.words import WORDS, holding, in_sqlite

PAGE = 200
"""Receipts that are fetched at once."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the list: that of a receipt."""

    day: dt.date
    receipt_id: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list shows of a receipt; ``corrected`` are the fields that a person put right."""

    id: int
    date: dt.date | None
    time: str | None
    merchant: str | None
    amount: Decimal | None
    currency: str | None
    verdict: str
    quality: int
    duplicate_of: int | None
    corrected: tuple[str, ...]
    file: str
    position: Position

    def as_mapping(self) -> dict[str, Any]:
        """Return it as JSON knows it; money is Decimal."""
        return {
            "id": self.id,
            "date": self.date.isoformat() if self.date else None,
            "time": self.time,
            "merchant": self.merchant,
            "amount": self.amount,
            "currency": self.currency,
            "verdict": self.verdict,
            "quality": self.quality,
            "duplicate_of": self.duplicate_of,
            "corrected": list(self.corrected),
            "file": self.file,
        }


SUMMARY_KEYS = (
    "id", "date", "time", "merchant", "amount", "currency", "verdict", "quality", "duplicate_of", "corrected", "file",
)  # fmt: skip

SUMMARY = (
    RECEIPTS.c.id, RECEIPTS.c.day, RECEIPTS.c.date, RECEIPTS.c.time, RECEIPTS.c.merchant, RECEIPTS.c.amount,
    RECEIPTS.c.currency, RECEIPTS.c.verdict, RECEIPTS.c.quality, RECEIPTS.c.duplicate_of, FILES.c.path,
    FILES.c.moved_to,
)  # fmt: skip


def listed(
    database: Database, selection: Selection, before: int | None = None, limit: int | None = None, size: int = PAGE
) -> Iterator[list[Summary]]:
    """Yield pages of receipts, newest day first, those of one day as they were stored, last first.

    ``before`` is the receipt after which the list goes on. Each page is of its own moment, so that the store is not
    held up by whoever reads slowly.
    """
    place = None
    if before is not None:
        with database.snapshot() as connection:
            place = position_of(connection, before)

    def page(place: Position | None, count: int) -> Select[Any]:
        return newest(selection, place, count, sqlite=database.is_sqlite)

    yield from _pages(database, page, place, limit, size)


def found(
    database: Database, words: str, before: int | None = None, limit: int | None = None, size: int = PAGE
) -> Iterator[list[Summary]]:
    """Yield pages of the receipts that hold all these words, last stored first; raises NothingToFindError."""

    def page(place: Position | None, count: int) -> Select[Any]:
        return holders(words, place.receipt_id if place else before, count, sqlite=database.is_sqlite)

    yield from _pages(database, page, None, limit, size)


def _pages(
    database: Database,
    page: Callable[[Position | None, int], Select[Any]],
    place: Position | None,
    limit: int | None,
    size: int,
) -> Iterator[list[Summary]]:
    left = limit
    while left is None or left > 0:
        count = size if left is None else min(size, left)
        with database.snapshot() as connection:
            rows = summaries(connection, page(place, count))
        if rows:
            yield rows
        if len(rows) < count:
            return
        place = rows[-1].position
        left = None if left is None else left - len(rows)


def newest(selection: Selection, before: Position | None, count: int, *, sqlite: bool) -> Select[Any]:
    """Make the query of one page of the list."""
    query = select(*SUMMARY).join_from(RECEIPTS, FILES).where(*selection.conditions(sqlite=sqlite))
    if before:
        here = tuple_(literal(before.day, Date), literal(before.receipt_id, Integer))
        query = query.where(tuple_(RECEIPTS.c.day, RECEIPTS.c.id) < here)
    return query.order_by(RECEIPTS.c.day.desc(), RECEIPTS.c.id.desc()).limit(count)


def holders(words: str, before: int | None, count: int, *, sqlite: bool) -> Select[Any]:
    """Make the query of one page of a search."""
    if sqlite:
        key = WORDS.c.rowid
        joined = WORDS.join(RECEIPTS, RECEIPTS.c.id == key).join(FILES)
        query = select(*SUMMARY).select_from(joined).where(in_sqlite(words))
    else:
        key = RECEIPTS.c.id
        query = select(*SUMMARY).join_from(RECEIPTS, FILES).where(holding(words, sqlite=False))
    if before is not None:
        query = query.where(key < before)
    return query.order_by(key.desc()).limit(count)


def summaries(connection: Connection, query: Select[Any]) -> list[Summary]:
    """Run a query of SUMMARY."""
    rows = connection.execute(query).all()
    corrected = corrected_fields(connection, [row.id for row in rows])
    return [_summary(row, corrected.get(row.id, ())) for row in rows]


def corrected_fields(connection: Connection, receipt_ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    """Return the fields that a person put right, of those of some receipts that have any."""
    columns = select(CORRECTIONS.c.receipt_id, CORRECTIONS.c.field).distinct()
    rows = connection.execute(
        columns.where(CORRECTIONS.c.receipt_id.in_(receipt_ids)).order_by(CORRECTIONS.c.receipt_id, CORRECTIONS.c.field)
    )
    fields: dict[int, tuple[str, ...]] = {}
    for receipt_id, field in rows:
        fields[receipt_id] = (*fields.get(receipt_id, ()), field)
    return fields


def position_of(connection: Connection, receipt_id: int) -> Position:
    """Return where a receipt stands in the list; raises NoSuchReceiptError."""
    day = connection.execute(select(RECEIPTS.c.day).where(RECEIPTS.c.id == receipt_id)).scalar()
    if day is None:
        raise no_such_receipt(receipt_id)
    return Position(day, receipt_id)


def no_such_receipt(*receipt_ids: int) -> NoSuchReceiptError:
    """Make the error of numbers that no receipt has."""
    which = ", ".join(map(str, receipt_ids))
    return NoSuchReceiptError(f"there is no receipt {which} in the store; rpiocr list shows their numbers")


def _summary(row: Row[Any], corrected: tuple[str, ...]) -> Summary:
    return Summary(
        id=row.id,
        date=row.date,
        time=row.time,
        merchant=row.merchant,
        amount=row.amount,
        currency=row.currency,
        verdict=row.verdict,
        quality=row.quality,
        duplicate_of=row.duplicate_of,
        corrected=corrected,
        file=row.moved_to or row.path,
        position=Position(row.day, row.id),
    )

"""Lists receipts, newest first, in pages that an index serves in constant time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Date, Integer, Row, Select, literal, select, tuple_

from rpiocr.store.confirmations import IS_CONFIRMATION, confirmed_fields, confirmed_receipts
from rpiocr.store.damage import REMEDY, Damaged
from rpiocr.store.database import Database
from rpiocr.store.errors import DamagedRowError, NoSuchReceiptError
from rpiocr.store.rows import fetched, is_sound, required_in, sound_rows
from rpiocr.store.selection import ALL, Selection
from rpiocr.store.tables import CORRECTIONS, FILES, RECEIPTS
from rpiocr.store.words import WORDS, Sought, holding, holding_item, in_sqlite, sought

PAGE = 200
"""Number of receipts fetched at a time."""

SPARE = 20
"""Number of receipts fetched in addition, as some may be damaged and a page needs at least one valid one."""


@dataclass(frozen=True, slots=True)
class Position:
    """The position of a receipt in the list."""

    day: dt.date
    receipt_id: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of undamaged receipts; the list continues after ``last``, which is None at its end."""

    receipts: list[Summary]
    last: Position | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A receipt in a list; ``corrected`` are the fields that a person corrected.

    ``confirmed`` are the fields that a person confirmed as read. ``sure``: it was accepted, or a person confirmed its
    uncertain fields. ``part`` numbers the receipts of one image from 1. ``archived_at`` is None for those in the list.
    """

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
    confirmed: tuple[str, ...]
    sure: bool
    file: str
    page: int
    part: int
    archived_at: dt.datetime | None
    position: Position

    def as_mapping(self) -> dict[str, Any]:
        """Return a JSON object; money is Decimal."""
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
            "page": self.page,
            "part": self.part,
            "confirmed": list(self.confirmed),
            "sure": self.sure,
            "archived_at": self.archived_at.isoformat() if self.archived_at else None,
        }


SUMMARY_KEYS = (
    "id", "date", "time", "merchant", "amount", "currency", "verdict", "quality", "duplicate_of", "corrected", "file",
    "page", "part", "confirmed", "sure", "archived_at",
)  # fmt: skip

SUMMARY = (
    RECEIPTS.c.id, RECEIPTS.c.day, RECEIPTS.c.date, RECEIPTS.c.time, RECEIPTS.c.merchant, RECEIPTS.c.amount,
    RECEIPTS.c.currency, RECEIPTS.c.verdict, RECEIPTS.c.quality, RECEIPTS.c.duplicate_of, RECEIPTS.c.page,
    RECEIPTS.c.part, RECEIPTS.c.archived_at, FILES.c.path, FILES.c.moved_to,
)  # fmt: skip


def listed(
    database: Database, selection: Selection, before: int | None = None, limit: int | None = None, size: int = PAGE
) -> Iterator[list[Summary]]:
    """Yield pages of receipts, newest day first, and within a day last stored first.

    ``before`` is the receipt after which the list continues. Each page is read from a separate snapshot, so that a
    slow reader does not block the store.
    """
    place = None
    if before is not None:
        with database.snapshot() as connection:
            place = position_of(connection, before)

    def page(place: Position | None, count: int) -> Select[Any]:
        return newest(selection, place, count, sqlite=database.is_sqlite)

    yield from _pages(database, page, place, limit, size)


def found(
    database: Database,
    words: str,
    selection: Selection = ALL,
    before: int | None = None,
    limit: int | None = None,
    size: int = PAGE,
) -> Iterator[list[Summary]]:
    """Yield pages of the selected receipts that contain all words, last stored first; raises NothingToFindError.

    item:milk and item:"oat milk" are words of the description of an item.
    """
    search = sought(words)

    def page(place: Position | None, count: int) -> Select[Any]:
        return holders(search, selection, place.receipt_id if place else before, count, sqlite=database.is_sqlite)

    yield from _pages(database, page, None, limit, size)


def page_of(database: Database, selection: Selection, after: Position | None, count: int) -> Page:
    """Return one page of receipts, newest day first, from a place in the list on, or from its beginning."""
    with database.snapshot() as connection:
        return summaries(connection, newest(selection, after, count, sqlite=database.is_sqlite), count)


def _pages(
    database: Database,
    page: Callable[[Position | None, int], Select[Any]],
    place: Position | None,
    limit: int | None,
    size: int,
) -> Iterator[list[Summary]]:
    left = limit
    while left is None or left > 0:
        count = size if left is None else min(size, left + SPARE)
        with database.snapshot() as connection:
            found = summaries(connection, page(place, count), count)
        rows = found.receipts[:left]
        if rows:
            yield rows
        if found.last is None:
            return
        place = found.last
        left = None if left is None else left - len(rows)


def newest(selection: Selection, before: Position | None, count: int, *, sqlite: bool) -> Select[Any]:
    """Build the query of one page of the list."""
    query = select(*SUMMARY).join_from(RECEIPTS, FILES, isouter=True).where(*selection.conditions(sqlite=sqlite))
    if before:
        here = tuple_(literal(before.day, Date), literal(before.receipt_id, Integer))
        query = query.where(tuple_(RECEIPTS.c.day, RECEIPTS.c.id) < here)
    return query.order_by(RECEIPTS.c.day.desc(), RECEIPTS.c.id.desc()).limit(count)


def holders(search: Sought, selection: Selection, before: int | None, count: int, *, sqlite: bool) -> Select[Any]:
    """Build the query of one page of a search."""
    has_words = bool(search.words) or not search.items
    if sqlite and has_words:
        key = WORDS.c.rowid
        joined = WORDS.join(RECEIPTS, RECEIPTS.c.id == key).join(FILES, isouter=True)
        query = select(*SUMMARY).select_from(joined).where(in_sqlite(search.words))
    else:
        key = RECEIPTS.c.id
        query = select(*SUMMARY).join_from(RECEIPTS, FILES, isouter=True)
        query = query.where(holding(search.words, sqlite=False)) if has_words else query
    query = query.where(*(holding_item(one, sqlite=sqlite) for one in search.items))
    query = query.where(*selection.conditions(sqlite=sqlite))
    if before is not None:
        query = query.where(key < before)
    return query.order_by(key.desc()).limit(count)


def summaries(connection: Connection, query: Select[Any], count: int) -> Page:
    """Run a query of SUMMARY for ``count`` receipts; damaged ones are recorded and omitted."""
    required = required_in(query)
    rows = [row for some in fetched(connection, query) for row in some]
    sound = [row for row in rows if is_sound(connection, row, required, f"receipt {row.id}")]
    last = None if len(rows) < count else last_place(rows)
    return Page(_summaries(connection, sound), last)


def summaries_of(connection: Connection, receipt_ids: Sequence[int]) -> list[Summary]:
    """Return receipts by their ids, lowest first; damaged ones are recorded and omitted."""
    query = select(*SUMMARY).join_from(RECEIPTS, FILES, isouter=True).where(RECEIPTS.c.id.in_(receipt_ids))
    return _summaries(connection, list(sound_rows(connection, query.order_by(RECEIPTS.c.id), "receipt")))


def _summaries(connection: Connection, rows: Sequence[Row[Any]]) -> list[Summary]:
    ids = [row.id for row in rows]
    by_hand = ByHand(
        corrected_fields(connection, ids), confirmed_fields(connection, ids), confirmed_receipts(connection, ids)
    )
    return [_summary(row, by_hand) for row in rows]


@dataclass(frozen=True, slots=True)
class ByHand:
    """User input on some receipts: corrected and confirmed fields, and receipts that are certain now."""

    corrected: Mapping[int, tuple[str, ...]]
    confirmed: Mapping[int, tuple[str, ...]]
    sure: frozenset[int]


def last_place(rows: Sequence[Row[Any]]) -> Position:
    """Return the last valid position: from there the list continues, and skips damaged receipts again."""
    for row in reversed(rows):
        if row.day is not None and not isinstance(row.day, Damaged):
            return Position(row.day, row.id)
    message = f"the days of {len(rows)} receipts in a row are damaged, and nothing after them can be listed; {REMEDY}"
    raise DamagedRowError(message)


def corrected_fields(connection: Connection, receipt_ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    """Return the fields that a person corrected, for those of the receipts that have any."""
    columns = select(CORRECTIONS.c.receipt_id, CORRECTIONS.c.field).distinct()
    here = columns.where(CORRECTIONS.c.receipt_id.in_(receipt_ids), ~IS_CONFIRMATION)
    query = here.order_by(CORRECTIONS.c.receipt_id, CORRECTIONS.c.field)
    fields: dict[int, tuple[str, ...]] = {}
    for row in sound_rows(connection, query, "a correction of receipt", "receipt_id"):
        fields[row.receipt_id] = (*fields.get(row.receipt_id, ()), row.field)
    return fields


def position_of(connection: Connection, receipt_id: int) -> Position:
    """Return the position of a receipt in the list; raises NoSuchReceiptError."""
    day = connection.execute(select(RECEIPTS.c.day).where(RECEIPTS.c.id == receipt_id)).scalar()
    if day is None:
        raise no_such_receipt(receipt_id)
    return Position(day, receipt_id)


def no_such_receipt(*receipt_ids: int) -> NoSuchReceiptError:
    """Return the error for unknown receipt numbers."""
    which = ", ".join(map(str, receipt_ids))
    return NoSuchReceiptError(f"there is no receipt {which} in the store; rpiocr list shows the numbers")


def _summary(row: Row[Any], by_hand: ByHand) -> Summary:
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
        corrected=by_hand.corrected.get(row.id, ()),
        confirmed=by_hand.confirmed.get(row.id, ()),
        sure=row.verdict == "ACCEPT" or row.id in by_hand.sure,
        file=row.moved_to or row.path,
        page=row.page,
        part=row.part,
        archived_at=row.archived_at,
        position=Position(row.day, row.id),
    )

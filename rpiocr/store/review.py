"""What a person has to look at: the receipts that wait for review, and for each the fields with their alternatives.

Each field is confirmed by itself, and the word of a person counts more than what was read: see ``corrections.correct``,
which confirms a value by setting it again, and ``corrections.take_back_last``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, func, select

from rpiocr.model.provenance import Notice
from rpiocr.store.confirmations import IS_CONFIRMATION, is_waiting, standing_of
from rpiocr.store.damage import Damaged, tolerating
from rpiocr.store.database import Database
from rpiocr.store.details import place_of
from rpiocr.store.items import BOX_COLUMNS
from rpiocr.store.queries import Summary, no_such_receipt, summaries_of
from rpiocr.store.tables import CORRECTIONS, FIELDS, FILES, RECEIPTS, WARNINGS
from rpiocr.store.values import restored, written

REQUIRED = ("amount", "date", "currency")
OPTIONAL = ("merchant",)
"""The fields to look at, in this order; a receipt needs no further review once the required ones are sure."""

MAX_RIVALS = 3

Place = tuple[int, int, int, int]
"""x, y, width and height in pixels of the upright page."""


class FieldState(StrEnum):
    """Where a field stands: ``OPEN`` was neither accepted as read nor corrected or confirmed by a person."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    SURE = "sure"


@dataclass(frozen=True, slots=True)
class Rival:
    """Another value that a field may have, as text that ``correct`` takes, and how and where it is printed."""

    value: str
    raw: str
    box: Place | None


@dataclass(frozen=True, slots=True)
class ReviewField:
    """A field to look at.

    ``value`` is the present one as text that ``correct`` takes, None if there is none. ``raw`` and ``box`` are how and
    where it is printed, None if it was not read there; ``verdict`` and ``probability`` are None unless it is the value
    that was chosen when the receipt was read. ``rivals`` are at most MAX_RIVALS other values, that one first. ``page``
    is the page of the file that all boxes are on.
    """

    name: str
    value: str | None
    raw: str | None
    box: Place | None
    verdict: str | None
    probability: float | None
    rivals: tuple[Rival, ...]
    state: FieldState
    page: int

    @property
    def is_required(self) -> bool:
        """Whether the receipt needs review as long as the field is open."""
        return self.name in REQUIRED


@dataclass(frozen=True, slots=True)
class Review:
    """A receipt as a person looks at it.

    ``file`` is the present path of its file, None if that no longer exists; ``duplicates`` are the receipts that repeat
    this one. ``position`` counts the waiting receipts from 1 up to this one, None if it does not wait.
    """

    receipt_id: int
    file_id: int
    file: str | None
    page: int
    pages: tuple[int, ...]
    part: int
    fields: tuple[ReviewField, ...]
    duplicate_of: int | None
    duplicates: tuple[int, ...]
    warnings: tuple[Notice, ...]
    position: int | None

    @property
    def open_fields(self) -> tuple[ReviewField, ...]:
        """The fields without which the receipt is not certain."""
        return tuple(field for field in self.fields if field.is_required and field.state is FieldState.OPEN)


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Receipts that wait for review; they continue after the id ``after``, None at the end."""

    receipts: tuple[Summary, ...]
    after: int | None


def waiting(database: Database, after: int | None = None, limit: int = 100) -> WaitingPage:
    """Return the first receipts after an id that wait for review, lowest id first; damaged ones are omitted."""
    with database.snapshot() as connection:
        ids = connection.execute(waiting_ids(after).limit(limit)).scalars().all()
        receipts = tuple(summaries_of(connection, ids))
    return WaitingPage(receipts, ids[-1] if len(ids) == limit else None)


def count_waiting(database: Database, after: int | None = None) -> int:
    """Return how many receipts wait for review, all or those after an id."""
    with database.snapshot() as connection:
        return _count(connection, waiting_ids(after))


def waiting_ids(after: int | None = None) -> Select[Any]:
    """Build the query of the receipts that wait for review, lowest id first."""
    query = select(RECEIPTS.c.id).where(is_waiting()).order_by(RECEIPTS.c.id)
    return query if after is None else query.where(RECEIPTS.c.id > after)


def _count(connection: Connection, ids: Select[Any]) -> int:
    return int(connection.execute(select(func.count()).select_from(ids.order_by(None).subquery())).scalar_one())


def review_of(connection: Connection, receipt_id: int) -> Review:
    """Return what to look at on a receipt, whether it waits or not; damaged values are None, damaged rivals left out.

    Raises NoSuchReceiptError.
    """
    with tolerating():
        row = connection.execute(select(RECEIPTS).where(RECEIPTS.c.id == receipt_id)).first()
        if row is None:
            raise no_such_receipt(receipt_id)
        file = connection.execute(select(FILES).where(FILES.c.id == row.file_id)).first()
        warnings = _children(connection, WARNINGS, receipt_id)
        return Review(
            receipt_id=receipt_id,
            file_id=row.file_id,
            file=_place_of(file),
            page=row.page,
            pages=(row.page, *(_sound(row.more_pages) or ())),
            part=row.part,
            fields=tuple(_fields(connection, row)),
            duplicate_of=_sound(row.duplicate_of),
            duplicates=tuple(
                connection.execute(
                    select(RECEIPTS.c.id).where(RECEIPTS.c.duplicate_of == receipt_id).order_by(RECEIPTS.c.id)
                ).scalars()
            ),
            warnings=tuple(Notice(str(one.code), str(one.message)) for one in warnings),
            position=_position(connection, receipt_id),
        )


def _place_of(file: Row[Any] | None) -> str | None:
    path, moved_to = (_sound(file.path), _sound(file.moved_to)) if file else (None, None)
    return place_of(path, moved_to) if path else moved_to


def _children(connection: Connection, table: Table, receipt_id: int) -> Sequence[Row[Any]]:
    return connection.execute(select(table).where(table.c.receipt_id == receipt_id).order_by(table.c.id)).all()


def _position(connection: Connection, receipt_id: int) -> int | None:
    here = select(RECEIPTS.c.id).where(is_waiting(), RECEIPTS.c.id == receipt_id)
    if connection.execute(here).first() is None:
        return None
    return _count(connection, waiting_ids().where(RECEIPTS.c.id <= receipt_id))


def _fields(connection: Connection, receipt: Row[Any]) -> Iterator[ReviewField]:
    read = _children(connection, FIELDS, receipt.id)
    states = _states(connection, receipt)
    for name in (*REQUIRED, *OPTIONAL):
        value = _sound(getattr(receipt, name))
        rows = sorted((row for row in read if row.name == name), key=lambda row: row.chosen is not True)
        printed = next((row for row in rows if value is not None and _value(name, row) == value), None)
        verdict = _sound(printed.verdict) if printed else None
        yield ReviewField(
            name=name,
            value=written(name, value),
            raw=_sound(printed.raw) if printed else None,
            box=_box(printed) if printed else None,
            verdict=verdict,
            probability=_sound(printed.confidence) if printed else None,
            rivals=tuple(_rivals(name, value, rows)),
            state=states.get(name, FieldState.SURE if verdict == "ACCEPT" else FieldState.OPEN),
            page=next((page for row in rows if (page := _sound(row.page))), receipt.page),
        )


def _states(connection: Connection, receipt: Row[Any]) -> dict[str, FieldState]:
    """Return the states of the fields that people have changed, and of those that decide whether to look at it."""
    standing = standing_of(connection, receipt.id)
    doubtful = standing.doubtful if standing else ()
    states = {name: FieldState.OPEN if name in doubtful else FieldState.SURE for name in REQUIRED}
    columns = select(CORRECTIONS.c.field, IS_CONFIRMATION.label("confirmed"))
    by_hand = connection.execute(columns.where(CORRECTIONS.c.receipt_id == receipt.id).order_by(CORRECTIONS.c.id))
    for row in by_hand:
        if states.get(row.field) is not FieldState.OPEN:
            states[row.field] = FieldState.CONFIRMED if row.confirmed else FieldState.CORRECTED
    return states


def _rivals(name: str, value: object, rows: Iterable[Row[Any]]) -> Iterator[Rival]:
    """Yield the values that were read, the chosen one first, each once and without the present one."""
    seen = [value]
    for row in rows:
        other = _value(name, row)
        if other is None or other in seen or len(seen) > MAX_RIVALS:
            continue
        seen.append(other)
        yield Rival(str(written(name, other)), _sound(row.raw) or "", _box(row))


def _value(name: str, row: Row[Any]) -> Any:  # noqa: ANN401 - a value of the field's kind
    """Return the value of a row of FIELDS, None if it is damaged."""
    text = _sound(row.value)
    return _sound(restored(name, text)) if text else None


def _box(row: Row[Any]) -> Place | None:
    x, y, width, height = (_sound(getattr(row, name)) for name in BOX_COLUMNS)
    return None if None in (x, y, width, height) else (x, y, width, height)


def _sound(value: Any) -> Any:  # noqa: ANN401 - a value of any column
    return None if isinstance(value, Damaged) else value

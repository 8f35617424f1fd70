"""Reads the selected receipts from the store as records for exports, oldest first."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Date, Integer, Table, literal, select, tuple_

from rpiocr.decide.remembered import agreed
from rpiocr.model.fields import SPECS, TaxId
from rpiocr.model.memory import keys_of
from rpiocr.store.codes import Code, codes_in, codes_query
from rpiocr.store.confirmations import confirmed_fields, confirmed_receipts
from rpiocr.store.items import CHECK_COLUMNS, OF_ITEM, KnownItems, items_in, items_query, known_items
from rpiocr.store.merchants import recall
from rpiocr.store.queries import corrected_fields, last_place
from rpiocr.store.rows import fetched, is_sound, required_in, sound_rows
from rpiocr.store.selection import Selection
from rpiocr.store.tables import FILES, RECEIPTS, TAX_IDS, columns_of

AT_ONCE = 500

Cell = str | int | Decimal | dt.date | dt.datetime | None

FIRST = ("date", "time", "merchant", "amount", "currency")
"""Fields that people look at first."""

OF_RECEIPT = (
    "id",
    *FIRST,
    *(column for spec in SPECS if spec.name not in FIRST for column in columns_of(spec)),
    *("verdict", "quality", "source", "duplicate_of", "page", "part", "read_at"),
)

OF_TAX_ID = ("kind", "country", "number", "valid")


@dataclass(frozen=True, slots=True)
class Original:
    """The file that a receipt was read from: its possible paths, and its hash."""

    file_id: int
    path: str
    moved_to: str | None
    sha256: str


Naming = Callable[[int, Original], str]
"""Returns the name of a receipt's file in an export, from the receipt's number and its file."""


def present_path(_receipt_id: int, original: Original) -> str:
    """Return the present path of a file."""
    return original.moved_to or original.path


@dataclass(frozen=True, slots=True)
class Record:
    """A receipt with corrections applied. ``file`` is the name of its file in the export.

    ``other`` has the columns of fields that no export handles by name. ``account`` is that for its purchase, if a
    person has set one for its merchant.
    ``sure``: it was accepted when it was read, or a person confirmed its uncertain fields.
    """

    id: int
    date: dt.date | None
    time: str | None
    merchant: str | None
    amount: Decimal | None
    currency: str | None
    receipt_number: str | None
    payment_method: str | None
    card_brand: str | None
    card_last4: str | None
    verdict: str
    quality: int
    source: str
    duplicate_of: int | None
    page: int
    part: int
    read_at: dt.datetime
    corrected: tuple[str, ...]
    file: str
    items: KnownItems
    tax_ids: tuple[Mapping[str, Any], ...]
    sure: bool
    codes: tuple[Code, ...] = ()
    other: Mapping[str, Cell] = dataclasses.field(default_factory=dict)
    account: str | None = None

    def cell(self, name: str) -> Cell:
        """Return the value of one of OF_RECEIPT."""
        value: Cell = getattr(self, name) if name in OWN else self.other.get(name)
        return value


OWN = frozenset(field.name for field in dataclasses.fields(Record))

COLUMNS = (*OF_RECEIPT, "corrected", "file")
"""The columns of a table of receipts."""


def cells(record: Record) -> tuple[Cell, ...]:
    """Return a receipt as the row of a table, under COLUMNS."""
    return (*map(record.cell, OF_RECEIPT), ", ".join(record.corrected), record.file)


IN_ITEM_ROW = tuple(name for name in OF_ITEM if name not in ("box", "page", "confidence"))

ITEM_COLUMNS = ("receipt", "date", "merchant", "currency", *IN_ITEM_ROW)
"""The columns of a table of items."""


def item_rows(record: Record) -> Iterator[tuple[Cell, ...]]:
    """Yield the items of a receipt as the rows of a table, under ITEM_COLUMNS."""
    for item in record.items.items or ():
        of_item = (getattr(item, name) for name in IN_ITEM_ROW)
        yield (record.id, record.date, record.merchant, record.currency, *of_item)


def records(connection: Connection, selection: Selection, naming: Naming = present_path) -> Iterator[Record]:
    """Yield the selected receipts, oldest day first, with a few hundred in memory at a time."""
    needed = dict.fromkeys((*OF_RECEIPT, *CHECK_COLUMNS, "day"))
    columns = tuple(RECEIPTS.c[name] for name in needed)
    of_file = (FILES.c.id.label("file_id"), FILES.c.path, FILES.c.moved_to, FILES.c.sha256)
    conditions = selection.conditions(sqlite=connection.dialect.name == "sqlite")
    query = select(*columns, *of_file).join_from(RECEIPTS, FILES, isouter=True).where(*conditions)
    query = query.order_by(RECEIPTS.c.day, RECEIPTS.c.id).limit(AT_ONCE)
    required, here = required_in(query), query
    while True:
        rows = [row for some in fetched(connection, here) for row in some]
        sound = [row for row in rows if is_sound(connection, row, required, f"receipt {row.id}")]
        yield from _records(connection, sound, naming)
        if len(rows) < AT_ONCE:
            return
        last = last_place(rows)
        after = tuple_(literal(last.day, Date), literal(last.receipt_id, Integer))
        here = query.where(tuple_(RECEIPTS.c.day, RECEIPTS.c.id) > after)


def _records(connection: Connection, rows: Sequence[Any], naming: Naming) -> Iterator[Record]:
    ids = [row.id for row in rows]
    corrected = corrected_fields(connection, ids)
    confirmed, sure = confirmed_fields(connection, ids), confirmed_receipts(connection, ids)
    items = items_in(sound_rows(connection, items_query(ids), "one of the items of receipt", "receipt_id"))
    tax_ids = _children(connection, TAX_IDS, OF_TAX_ID, ids)
    codes = codes_in(sound_rows(connection, codes_query(ids), "one of the codes of receipt", "receipt_id"))
    accounts = _accounts(connection, rows, tax_ids)
    for row in rows:
        yield Record(
            **{name: getattr(row, name) for name in OF_RECEIPT if name in OWN},
            other={name: getattr(row, name) for name in OF_RECEIPT if name not in OWN},
            corrected=corrected.get(row.id, ()),
            sure=row.verdict == "ACCEPT" or row.id in sure,
            file=naming(row.id, Original(row.file_id, row.path, row.moved_to, row.sha256)),
            items=known_items(row, items.get(row.id, ()), corrected.get(row.id, ()), confirmed.get(row.id, ())),
            tax_ids=tax_ids.get(row.id, ()),
            codes=codes.get(row.id, ()),
            account=accounts.get(row.id),
        )


def _accounts(
    connection: Connection, rows: Sequence[Any], tax_ids: Mapping[int, tuple[Mapping[str, Any], ...]]
) -> Mapping[int, str]:
    """Return the accounts that people have set for the merchants of receipts, by receipt."""
    keys = {row.id: keys_of((TaxId(**one) for one in tax_ids.get(row.id, ())), row.phone, row.website) for row in rows}
    known = recall(connection, {key for some in keys.values() for key in some})
    said = [one for one in known if one.field == "account"]
    found = ((receipt_id, agreed("account", some, said)) for receipt_id, some in keys.items()) if said else ()
    return {receipt_id: account.value for receipt_id, account in found if account}


def _children(
    connection: Connection, table: Table, names: tuple[str, ...], ids: Sequence[int]
) -> Mapping[int, tuple[Mapping[str, Any], ...]]:
    query = select(table.c.receipt_id, *(table.c[name] for name in names))
    here = query.where(table.c.receipt_id.in_(ids)).order_by(table.c.id)
    found: dict[int, tuple[Mapping[str, Any], ...]] = {}
    for row in sound_rows(connection, here, f"one of the {table.name} of receipt", "receipt_id"):
        found[row.receipt_id] = (*found.get(row.receipt_id, ()), dict(zip(names, row[1:], strict=True)))
    return found

"""The tables of the store. Their names are also meant for people, who may use sqlite3 or Datasette."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, UniqueConstraint, text
from sqlalchemy.types import TypeEngine

from rpiocr.model.codes import CodeStatus
from rpiocr.model.fields import SPECS, FieldSpec, ValueKind
from rpiocr.model.items import Agreement, ItemKind
from rpiocr.model.memory import KINDS, REMEMBERED
from rpiocr.store.types import (
    AnyText,
    Checked,
    Day,
    Flag,
    Moment,
    Money,
    PageNumbers,
    PathText,
    Real,
    Size,
    Whole,
    Word,
)

META = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


VERDICTS = "ACCEPT|RETRY|ESCALATE", "verdict"
KINDS_OF_ITEMS = "|".join(ItemKind), "kind of an item"
AGREEMENTS = "|".join(Agreement), "total or subtotal"
STATUSES = "|".join(CodeStatus), "status of a code"
KINDS_OF_KEYS = "|".join(KINDS), "kind of what identifies a merchant"
OF_MERCHANTS = "|".join(REMEMBERED), "what is known of a merchant"
STATES = "started|answered|filed|failed", "state of a file"


def _belongs_to(table: str, *, nullable: bool = False, ondelete: str = "CASCADE") -> Column[int]:
    key = ForeignKey(f"{table}.id", ondelete=ondelete)
    return Column(f"{table.removesuffix('s')}_id", Whole, key, nullable=nullable, index=True)


COLUMN_TYPES: Mapping[ValueKind, type[TypeEngine[Any]] | TypeEngine[Any]] = {
    ValueKind.MONEY: Money,
    ValueKind.CURRENCY: Word(3),
    ValueKind.DATE: Day,
    ValueKind.TIME: Word(8),
    ValueKind.TEXT: AnyText,
}

PAYMENT_COLUMNS = {"method": "payment_method", "brand": "card_brand", "card_last4": "card_last4"}
"""The columns of the parts of a payment."""


def _columns_of(spec: FieldSpec) -> Iterator[Column[Any]]:
    """Yield the columns of a field; a field with several values has its own table."""
    if spec.kind is ValueKind.PAYMENT:
        yield Column(PAYMENT_COLUMNS["method"], AnyText)
        yield Column(PAYMENT_COLUMNS["brand"], AnyText)
        yield Column(PAYMENT_COLUMNS["card_last4"], Word(4))
    elif not spec.is_many:
        yield Column(spec.name, COLUMN_TYPES[spec.kind])


def columns_of(spec: FieldSpec) -> tuple[str, ...]:
    """Return the names of the columns of a field in the table of receipts."""
    return tuple(column.name for column in _columns_of(spec))


# Also the journal: the progress of each file, and the process that reads it.
FILES = Table(
    "files",
    META,
    Column("id", Integer, primary_key=True),
    Column("path", PathText, nullable=False),
    Column("sha256", Word(64), nullable=False, index=True),
    Column("size_bytes", Size, nullable=False),
    Column("state", Word(12, *STATES), nullable=False, index=True),
    Column("attempts", Whole, nullable=False, default=0),
    Column("abandoned", Whole, nullable=False, default=0),
    Column("owner", AnyText),
    Column("moved_to", PathText),
    Column("error_code", AnyText),
    Column("error", AnyText),
    Column("seen_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("answered_at", Moment),
    Column("filed_at", Moment),
    # The same name with the same content may arrive again after it was moved away.
    Column("arrival", Whole, nullable=False, default=1),
    UniqueConstraint("path", "sha256", "arrival"),
)

# Few receipts are duplicates: an index of these is small, and is never used to find the others.
IS_DUPLICATE = text("duplicate_of IS NOT NULL")

IS_ARCHIVED = text("archived_at IS NOT NULL")

# Queries of what waits for review contain this condition literally: otherwise its index would not be used.
IS_IN_DOUBT = text("verdict <> 'ACCEPT' AND duplicate_of IS NULL AND archived_at IS NULL")

# ``day`` is the day for lists and sums: the date of the receipt, otherwise the day on which it was read.
RECEIPTS = Table(
    "receipts",
    META,
    Column("id", Integer, primary_key=True),
    _belongs_to("files"),
    Column("page", Whole, nullable=False),
    Column("part", Whole, nullable=False),
    Column("read_at", Moment, nullable=False, index=True),
    Column("day", Day, nullable=False),
    *(column for spec in SPECS for column in _columns_of(spec)),
    # The check of the items as it was when they were read; items_complete is NULL if they were not looked for.
    Column("items_agree_with", Word(8, *AGREEMENTS)),
    Column("items_count_printed", Whole),
    Column("items_complete", Flag),
    Column("items_confidence", Real),
    Column("items_verdict", Word(8, *VERDICTS)),
    Column("verdict", Word(8, *VERDICTS), nullable=False),
    Column("quality", Whole, nullable=False),
    Column("source", Word(24), nullable=False),
    Column("passes", Whole, nullable=False),
    Column("elapsed_s", Real, nullable=False),
    Column("picture_hash", Word(16, "[0-9a-f]{1,16}", "hash of an image")),
    Column("duplicate_of", Whole, ForeignKey("receipts.id", ondelete="SET NULL")),
    Column("duplicate_why", AnyText),
    Column("text", AnyText, nullable=False, default=""),
    Column("archived_at", Moment),
    # The pages of the file that continue it; NULL if there are none.
    Column("more_pages", PageNumbers),
    # The attachment of a mail that it is from.
    Column("attachment", AnyText),
    # What a search finds of its codes, see codes.py; NULL if it was stored before there were codes.
    Column("code_words", AnyText),
    UniqueConstraint("file_id", "page", "part"),
    Index("ix_receipts_likeness", "date", "amount"),
    Index(None, "day", "id"),
    Index(None, "verdict", "day", "id"),
    Index(None, "currency", "day", "id"),
    Index(None, "duplicate_of", sqlite_where=IS_DUPLICATE, postgresql_where=IS_DUPLICATE),
    Index(None, "archived_at", sqlite_where=IS_ARCHIVED, postgresql_where=IS_ARCHIVED),
    Index("ix_receipts_in_doubt", "id", sqlite_where=IS_IN_DOUBT, postgresql_where=IS_IN_DOUBT),
)

FIELDS = Table(
    "fields",
    META,
    Column("id", Integer, primary_key=True),
    _belongs_to("receipts"),
    Column("name", Word(16), nullable=False),
    Column("value", AnyText, nullable=False),
    Column("raw", AnyText, nullable=False),
    Column("confidence", Real),
    Column("verdict", Word(8)),
    Column("votes", Whole),
    Column("passes", Whole),
    Column("box_x", Whole),
    Column("box_y", Whole),
    Column("box_width", Whole),
    Column("box_height", Whole),
    Column("chosen", Flag, nullable=False),
    # Of the file, and NULL if it is the page of the receipt; as for items.
    Column("page", Whole),
)

FIELD_CHECKS = Table(
    "field_checks",
    META,
    _belongs_to("fields"),
    Column("name", AnyText, nullable=False),
)

# ``position`` counts from 1 in printed order; the others keep theirs when a person deletes an item.
ITEMS = Table(
    "items",
    META,
    Column("id", Integer, primary_key=True),
    _belongs_to("receipts"),
    Column("position", Whole, nullable=False),
    Column("description", AnyText),
    Column("description_read", AnyText),
    Column("quantity", Money),
    Column("unit", AnyText),
    Column("unit_price", Money),
    Column("amount", Money),
    Column("kind", Word(8, *KINDS_OF_ITEMS)),
    Column("code", AnyText),
    Column("tax_code", AnyText),
    Column("applies_to", Whole),
    Column("box_x", Whole),
    Column("box_y", Whole),
    Column("box_width", Whole),
    Column("box_height", Whole),
    Column("confidence", Real),
    Column("page", Whole),
)

TAX_IDS = Table(
    "tax_ids",
    META,
    Column("id", Integer, primary_key=True),
    _belongs_to("receipts"),
    Column("kind", AnyText),
    Column("country", Word(2)),
    Column("number", AnyText, nullable=False),
    Column("valid", Flag),
)

# Machine-readable codes, in the order of results; ``total`` and ``tax`` are in the currency of the code.
CODES = Table(
    "codes",
    META,
    Column("id", Integer, primary_key=True),
    _belongs_to("receipts"),
    Column("symbology", AnyText, nullable=False),
    Column("text", AnyText, nullable=False),
    Column("kind", AnyText),
    Column("country", Word(2)),
    Column("total", Money),
    Column("currency", Word(3)),
    Column("date", Day),
    Column("time", Word(8)),
    Column("tax", Money),
    Column("seller", AnyText),
    Column("receipt_number", AnyText),
    Column("status", Word(8, *STATUSES), nullable=False),
    Column("box_x", Whole),
    Column("box_y", Whole),
    Column("box_width", Whole),
    Column("box_height", Whole),
)

WARNINGS = Table(
    "warnings",
    META,
    Column("id", Integer, primary_key=True),
    _belongs_to("receipts"),
    Column("code", AnyText, nullable=False),
    Column("message", AnyText, nullable=False),
)

# The words of a receipt as word_boxes.py writes them; receipts stored by earlier versions have none.
WORD_BOXES = Table(
    "word_boxes",
    META,
    Column("receipt_id", Whole, ForeignKey("receipts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("words", AnyText, nullable=False),
)

# User corrections: ``receipts`` and ``items`` have the new value, ``was`` the previous one.
CORRECTIONS = Table(
    "corrections",
    META,
    Column("id", Integer, primary_key=True),
    _belongs_to("receipts"),
    Column("field", Word(40), nullable=False),
    Column("was", AnyText),
    Column("value", AnyText),
    Column("corrected_at", Moment, nullable=False),
)

CLOUD_CALLS = Table(
    "cloud_calls",
    META,
    Column("id", Integer, primary_key=True),
    _belongs_to("receipts"),
    Column("called_at", Moment, nullable=False, index=True),
    Column("outcome", AnyText, nullable=False),
)

# One row per watched folder: the process that watches it, and its last heartbeat.
WATCHERS = Table(
    "watchers",
    META,
    Column("inbox", PathText, primary_key=True),
    Column("owner", AnyText, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("alive_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("waiting", Whole, nullable=False, default=0),
    Column("last_receipt_at", Moment),
    Column("errors", Whole, nullable=False, default=0),
    Column("last_error", AnyText),
)

# Moves of filed files in progress, see moves.py; the row is deleted at the end.
MOVES = Table(
    "moves",
    META,
    Column("file_id", Whole, ForeignKey("files.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("place", PathText, nullable=False),
    Column("owner", AnyText, nullable=False),
    Column("begun_at", Moment, nullable=False),
)

# A second copy of the ledger of cloud calls: their number on each day (UTC).
CLOUD_COUNTS = Table(
    "cloud_counts",
    META,
    Column("day", Word(10), primary_key=True),
    Column("calls", Whole, nullable=False),
)

# Files that clients of the web server sent; ``request_key`` tells a request that is repeated from a new one.
UPLOADS = Table(
    "uploads",
    META,
    Column("id", Word(32, "[0-9a-f]{32}", "number of an upload"), primary_key=True),
    Column("request_key", Word(255), unique=True),
    Column("name", AnyText, nullable=False),
    Column("sha256", Word(64), nullable=False, index=True),
    Column("size_bytes", Size, nullable=False),
    Column("received_at", Moment, nullable=False, index=True),
    Column("deadline_s", Real),
    Column("content_type", AnyText),
)

# What people said about the merchant with a key, see merchants.py; ``receipt_id`` is NULL if they said it of the key.
MERCHANTS = Table(
    "merchants",
    META,
    Column("id", Integer, primary_key=True),
    _belongs_to("receipts", nullable=True),
    Column("key_kind", Word(8, *KINDS_OF_KEYS), nullable=False),
    Column("key_value", AnyText, nullable=False),
    Column("field", Word(8, *OF_MERCHANTS), nullable=False),
    Column("value", AnyText, nullable=False),
    Column("printed", AnyText),
    Column("said_at", Moment, nullable=False),
    Index(None, "key_kind", "key_value"),
)

# Deleted receipts as trash.py writes them.
TRASH = Table(
    "trash",
    META,
    Column("receipt_id", Whole, primary_key=True, autoincrement=False),
    Column("file_id", Whole, ForeignKey("files.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("deleted_at", Moment, nullable=False, index=True),
    Column("rows", AnyText, nullable=False),
)

LATER_TABLES = (WORD_BOXES, UPLOADS, TRASH, CODES, MERCHANTS)
"""Tables that a store of an earlier schema may lack, and that are read without upgrading it."""

for _column in (column for table in META.tables.values() for column in table.c):
    if isinstance(_column.type, Checked):
        _column.type.column = _column.name

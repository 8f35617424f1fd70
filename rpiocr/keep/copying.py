"""Copies a whole store: a snapshot into an SQLite file, or all rows into another database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, inspect, select, text, update

from rpiocr.store.damage import REMEDY
from rpiocr.store.database import Database
from rpiocr.store.errors import StoreError
from rpiocr.store.tables import META, RECEIPTS

AT_ONCE = 500


def copy_of(database: Database, place: Path) -> None:
    """Write a snapshot of a store into a new SQLite file with the same schema version.

    Other processes may write to the store meanwhile. Raises StoreError.
    """
    if database.version is None:
        message = f"{database.masked_url} does not contain a store; name another one with --store"
        raise StoreError(message)
    if database.is_sqlite:
        _copy_file(database, place)
        return
    made = closing(Database(f"sqlite:///{place}", step=database.version))
    with made as copy, database.snapshot() as source, copy.transaction() as target:
        copy_rows(source, target)
    _settle(place)


def _copy_file(database: Database, place: Path) -> None:
    try:
        with database.engine.connect() as connection, closing(sqlite3.connect(place)) as target:
            source = connection.connection.driver_connection
            if not isinstance(source, sqlite3.Connection):
                raise TypeError
            # In a single step: SQLite keeps its snapshot for that long, and writers continue.
            source.backup(target)
    except sqlite3.Error as error:
        message = f"the store {database.masked_url} cannot be copied: {error}; {REMEDY}"
        raise StoreError(message) from error
    _settle(place)


def _settle(place: Path) -> None:
    """Convert a copy to a single file without a write-ahead log."""
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def copy_rows(source: Connection, target: Connection) -> None:
    """Write all rows, ids included, into a database with empty tables; raises DamagedRowError, StoreError."""
    for table in META.sorted_tables:
        columns = _columns(source, table) & _columns(target, table)
        if columns:
            _copy_table(source, target, table, columns)
    if target.dialect.name == "postgresql":
        _continue_numbers(target)


def _columns(connection: Connection, table: Table) -> set[str]:
    look = inspect(connection)
    if not look.has_table(table.name):
        return set()
    return {column["name"] for column in look.get_columns(table.name)} & set(table.c.keys())


def _copy_table(source: Connection, target: Connection, table: Table, columns: set[str]) -> None:
    query = select(*(column for column in table.c if column.name in columns)).order_by(*table.primary_key)
    repeats: list[tuple[int, int]] = []
    for rows in source.execute(query.execution_options(yield_per=AT_ONCE)).mappings().partitions():
        values = [dict(row) for row in rows]
        if table is RECEIPTS:
            repeats += _taken_out(values)
        target.execute(insert(table), values)
    for receipt_id, original in repeats:
        target.execute(update(RECEIPTS).where(RECEIPTS.c.id == receipt_id).values(duplicate_of=original))


def _taken_out(values: list[dict[str, Any]]) -> Iterator[tuple[int, int]]:
    """Remove and yield references to duplicated receipts, as those may be inserted later."""
    for value in values:
        original = value["duplicate_of"]
        if original is not None:
            value["duplicate_of"] = None
            yield value["id"], original


def _continue_numbers(target: Connection) -> None:
    """Make the id sequences of PostgreSQL continue after the copied rows."""
    for table in META.sorted_tables:
        if table.autoincrement_column is not None:
            last = target.execute(select(func.max(table.c.id))).scalar()
            if last is not None:
                place = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
                target.execute(place, {"name": table.name, "last": last})


def count_of(connection: Connection, table: Table) -> int:
    """Return the number of rows of a table."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())

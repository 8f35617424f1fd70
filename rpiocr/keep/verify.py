"""Verifies that the store and the files are consistent, on a copy of the store; nothing is changed."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect

from rpiocr.keep.copying import copy_of, count_of
from rpiocr.keep.files import FileCheck, left_by_restore
from rpiocr.keep.findings import Finding
from rpiocr.keep.rights import rights_of
from rpiocr.store.database import HEAD, Database
from rpiocr.store.errors import StoreError, StoreMissingError
from rpiocr.store.rows import sound_rows
from rpiocr.store.tables import META, RECEIPTS
from rpiocr.watch.spool import Spool

RESTORE = "restore a backup: rpiocr restore FILE --force, which keeps the damaged store under another name"

MAX_LINES = 20
"""Maximum number of lines shown from SQLite's own report."""


def examine(url: str, advance: Callable[[int, int], None], *, quick: bool) -> Iterator[Finding]:
    """Yield the findings; with ``quick`` the files are not read."""
    try:
        database = Database(url, as_it_is=True)
    except StoreMissingError as error:
        yield Finding("broken", "no_store", str(error))
        return
    except StoreError as error:
        yield Finding("broken", "store_unusable", str(error), RESTORE)
        return
    with closing(database), tempfile.TemporaryDirectory(prefix="rpiocr-verify-") as folder:
        place = Path(folder) / "receipts.sqlite"
        try:
            yield from _version(database)
            copy_of(database, place)
        except StoreError as error:
            yield Finding("broken", "store_unusable", str(error), RESTORE)
            return
        yield from _look(database, place, advance, quick=quick)


def _version(database: Database) -> Iterator[Finding]:
    shown = database.masked_url
    if database.version == HEAD:
        yield Finding("good", "store", f"store: {shown}, step {HEAD}")
    else:
        message = f"store: {shown} is at step {database.version}; the next use upgrades it to {HEAD}"
        yield Finding("note", "old_step", message, "rpiocr backup FILE, before that")
    if database.read_only:
        yield Finding("note", "read_only", f"the store is read-only: {database.read_only}")


def _look(database: Database, place: Path, advance: Callable[[int, int], None], *, quick: bool) -> Iterator[Finding]:
    broken = list(_integrity(place))
    yield from broken
    try:
        with closing(Database(f"sqlite:///{place}", as_it_is=True)) as copy:
            yield from _rows(copy)
            yield from FileCheck(copy, Spool(database.url), advance, quick=quick).findings()
    except StoreError as error:
        yield Finding("broken", "store_unusable", str(error), RESTORE)
    yield from rights_of(database)
    if database.path:
        yield from left_by_restore(database.path)


def _integrity(place: Path) -> Iterator[Finding]:
    """Check pages, indexes, foreign keys and the index of words with SQLite."""
    try:
        with closing(sqlite3.connect(place)) as connection:
            connection.text_factory = lambda data: data.decode("utf-8", "backslashreplace")
            lines = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({MAX_LINES})")]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
            words = tuple(_words_faults(connection))
    except sqlite3.Error as error:
        yield Finding("broken", "integrity", f"the store's file is damaged: {error}", RESTORE)
        return
    if lines != ["ok"]:
        yield Finding("broken", "integrity", f"the store's file is damaged: {'; '.join(lines)}", RESTORE)
    else:
        yield Finding("good", "integrity", "the store's pages and indexes are intact")
    for table, rowid, parent, _ in orphans[:MAX_LINES]:
        what = f"row {rowid} of the table {table} refers to a missing row of {parent}"
        remedy = f"rpiocr delete {rowid}" if table == "receipts" else RESTORE
        yield Finding("look", "orphan", what, remedy)
    for index, fault in words:
        rebuild = f"INSERT INTO {index}({index}) VALUES ('rebuild')"  # noqa: S608 - a name of ours
        yield Finding("look", "words", f"the index of words: {fault}", f'sqlite3 STORE "{rebuild}"')


def _words_faults(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield the indexes of words that are damaged, each with what is wrong; a store of an earlier step lacks one."""
    present = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    for index in ("receipt_words", "item_words"):
        if index == "receipt_words" or index in present:
            fault = _words_fault(connection, index)
            if fault:
                yield index, fault


def _words_fault(connection: sqlite3.Connection, index: str) -> str:
    try:
        connection.execute(f"INSERT INTO {index}({index}, rank) VALUES ('integrity-check', 1)")  # noqa: S608 - ours
    except sqlite3.Error as error:
        return str(error)
    finally:
        connection.rollback()
    return ""


def _rows(copy: Database) -> Iterator[Finding]:
    """Check every value of every row."""
    with copy.snapshot() as connection:
        present = set(inspect(connection).get_table_names())
        for table in META.sorted_tables:
            if table.name in present:
                key = next(iter(table.c)).name
                for _ in sound_rows(connection, table.select(), _named(table.name), key):
                    pass
        count = count_of(connection, RECEIPTS)
    for row, words in copy.damage.found.items():
        number = row.removeprefix("receipt ")
        remedy = RESTORE
        if number.isdecimal():
            remedy = f"rpiocr fix {number} FIELD=VALUE; or rpiocr delete {number} --again, and read it again"
        yield Finding("look", "damaged_row", words, remedy)
    if not copy.damage.found:
        yield Finding("good", "rows", f"all values of {count} receipts are valid")


def _named(table: str) -> str:
    return {"receipts": "receipt", "files": "the journal's entry"}.get(table, f"row of the table {table},")

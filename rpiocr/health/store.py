"""Checks the store and the age of its last backup."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Iterator
from contextlib import closing

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rpiocr.errors import RpiocrError
from rpiocr.keep.copying import count_of
from rpiocr.keep.last import last_backup
from rpiocr.store.database import HEAD, Database
from rpiocr.store.errors import StoreError, StoreMissingError
from rpiocr.store.tables import RECEIPTS
from rpiocr.system.finding import Finding

OLD = dt.timedelta(days=30)
"""Age from which on a backup causes a tip if receipts were added since."""

BACK_UP = "rpiocr backup FILE"
RESTORE = "rpiocr restore FILE --force"
VERIFY = "rpiocr verify"


def store_findings(url: str) -> Iterator[Finding]:
    """Examine the store without creating or changing it."""
    try:
        database = Database(url, as_it_is=True)
    except StoreMissingError as error:
        yield Finding(f"store: {str(error).partition(';')[0]}; the first stored receipt creates it", good=True)
        return
    except RpiocrError as error:
        yield Finding(f"store: {error}", good=False, remedy=VERIFY)
        return
    with closing(database):
        yield from _look_at(database)


def _look_at(database: Database) -> Iterator[Finding]:
    where = f"store: {database.masked_url}"
    try:
        count = _count(database)
        fault = _fault(database)
    except StoreError as error:
        yield Finding(f"store: {error}", good=False, remedy=VERIFY)
        return
    if fault:
        yield Finding(f"{where} is damaged: {fault}", good=False, remedy=RESTORE)
    elif database.read_only:
        remedy = f"chmod u+w {shlex.quote(str(database.path))}"
        yield Finding(f"{where} is read-only: {database.read_only}", good=False, remedy=remedy)
    else:
        step = database.version if database.version == HEAD else f"{database.version}, upgraded to {HEAD} on next use"
        yield Finding(f"{where}, step {step}, {count} receipts", good=True)
    yield _last_backup(database.url, count)


def _count(database: Database) -> int:
    if database.version is None:
        return 0
    with database.snapshot() as connection:
        return count_of(connection, RECEIPTS)


def _fault(database: Database) -> str:
    """Let SQLite check its pages, which reads the whole file."""
    if not database.is_sqlite:
        return ""
    with database.snapshot() as connection:
        try:
            found = str(connection.execute(text("PRAGMA quick_check(1)")).scalar())
        except DBAPIError as error:
            return str(error.orig)
    return "" if found == "ok" else found


def _last_backup(url: str, count: int) -> Finding:
    last = last_backup(url)
    if last is None:
        remedy = BACK_UP if count else ""
        return Finding("backup: no backup of this store is recorded", good=True, remedy=remedy, tip=count > 0)
    what = f"backup: {last.made_at.astimezone():%Y-%m-%d %H:%M}, {last.receipts} receipts, {last.file}"
    old = dt.datetime.now(dt.UTC) - last.made_at > OLD and count > last.receipts
    return Finding(what, good=True, remedy=BACK_UP if old else "", tip=old)

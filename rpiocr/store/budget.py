"""The store's copy of the daily counts of cloud calls, in case their ledger is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing

from sqlalchemy import Connection, inspect, select

from rpiocr.store.database import Database, Turn, insert_into, one_at_a_time
from rpiocr.store.errors import StoreMissingError
from rpiocr.store.tables import CLOUD_COUNTS

Calls = Mapping[str, int]
"""Number of calls by day (UTC), such as 2024-03-05."""


def known_calls(url: str, since: str) -> Calls:
    """Return the calls from a day on, without creating a missing store; raises StoreError."""
    try:
        database = Database(url, as_it_is=True)
    except StoreMissingError:
        return {}
    with closing(database), database.snapshot() as connection:
        return _calls(connection, since) if inspect(connection).has_table(CLOUD_COUNTS.name) else {}


def update_calls(url: str, since: str, change: Callable[[Calls], Calls]) -> None:
    """Apply ``change`` to the calls from a day on, in one transaction; a missing store is created.

    If ``change`` raises, nothing is changed. Raises StoreError.
    """
    with closing(Database(url)) as database, database.transaction() as connection:
        one_at_a_time(connection, Turn.COUNT)
        before = _calls(connection, since)
        for day, calls in change(before).items():
            if before.get(day) != calls:
                _set(connection, day, calls)


def _calls(connection: Connection, since: str) -> Calls:
    rows = connection.execute(select(CLOUD_COUNTS).where(CLOUD_COUNTS.c.day >= since))
    return {row.day: row.calls for row in rows}


def _set(connection: Connection, day: str, calls: int) -> None:
    statement = insert_into(connection, CLOUD_COUNTS).values(day=day, calls=calls)
    connection.execute(statement.on_conflict_do_update(index_elements=["day"], set_={"calls": calls}))

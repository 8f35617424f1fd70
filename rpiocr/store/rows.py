"""Reads rows that may be damaged: valid ones are returned, damaged ones are recorded and omitted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select

from rpiocr.store.damage import DAMAGE_LOG, Damaged, tolerating

AT_ONCE = 500


def fetched(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Row[Any]]]:
    """Yield the rows of a query, a few hundred at a time, with Damaged for invalid values."""
    result = connection.execute(query)
    while True:
        with tolerating():
            rows = result.fetchmany(AT_ONCE)
        if not rows:
            return
        yield rows


def sound_rows(connection: Connection, query: Select[Any], named: str, key: str = "id") -> Iterator[Row[Any]]:
    """Yield the valid rows of a query; the others are recorded as ``named`` and the value of the column ``key``."""
    required = required_in(query)
    for rows in fetched(connection, query):
        yield from (row for row in rows if is_sound(connection, row, required, f"{named} {getattr(row, key)}"))


def is_sound(connection: Connection, row: Row[Any], required: Sequence[bool], name: str) -> bool:
    """Return whether a row has no damaged or missing value; records its faults under ``name``."""
    wrong = faults(row, required)
    if wrong and (log := connection.get_execution_options().get(DAMAGE_LOG)):
        log.note(name, wrong)
    return not wrong


def faults(row: Row[Any], required: Sequence[bool]) -> tuple[str, ...]:
    """Return the faults in the values of a row; empty if it is valid."""
    names = row._fields
    damaged = [str(value) for value in row if isinstance(value, Damaged)]
    missing = [
        f"{name} is missing"
        for name, value, needed in zip(names, row, required, strict=True)
        if needed and value is None
    ]
    return (*damaged, *missing)


def required_in(query: Select[Any]) -> tuple[bool, ...]:
    """Return for each column of a query whether it is NOT NULL."""
    columns = (getattr(column, "element", column) for column in query.selected_columns)
    return tuple(not getattr(column, "nullable", True) for column in columns)

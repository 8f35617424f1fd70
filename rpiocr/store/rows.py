"""Reads rows that may be damaged: those that are sound go on, the others are noted by their numbers and left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select

from rpiocr.store.damage import DAMAGE_LOG, Damaged, tolerating

AT_ONCE = 500


def fetched(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Row[Any]]]:
    """Yield the rows of a query, a few hundred at a time, with Damaged where a value is."""
    result = connection.execute(query)
    while True:
        with tolerating():
            rows = result.fetchmany(AT_ONCE)
        if not rows:
            return
        yield rows


def sound_rows(connection: Connection, query: Select[Any], named: str, key: str = "id") -> Iterator[Row[Any]]:
    """Yield the sound rows of a query; the others are noted as ``named`` and what stands in the column ``key``."""
    required = required_in(query)
    for rows in fetched(connection, query):
        yield from (row for row in rows if is_sound(connection, row, required, f"{named} {getattr(row, key)}"))


def is_sound(connection: Connection, row: Row[Any], required: Sequence[bool], name: str) -> bool:
    """Tell whether a row has nothing damaged and lacks nothing; notes what is wrong with it as that of ``name``."""
    wrong = faults(row, required)
    if wrong and (log := connection.get_execution_options().get(DAMAGE_LOG)):
        log.note(name, wrong)
    return not wrong


def faults(row: Row[Any], required: Sequence[bool]) -> tuple[str, ...]:
    """Say what is wrong with the values of a row; nothing where it is sound."""
    names = row._fields
    damaged = [str(value) for value in row if isinstance(value, Damaged)]
    missing = [
        f"{name} is missing"
        for name, value, needed in zip(names, row, required, strict=True)
        if needed and value is None
    ]
    return (*damaged, *missing)


def required_in(query: Select[Any]) -> tuple[bool, ...]:
    """Tell for each column of a query whether it may not be NULL."""
    columns = (getattr(column, "element", column) for column in query.selected_columns)
    return tuple(not getattr(column, "nullable", True) for column in columns)

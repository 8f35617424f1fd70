"""Exports CSV that spreadsheets interpret correctly: numbers as numbers, text as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from rpiocr.export.record import COLUMNS, ITEM_COLUMNS, Record, cells, item_rows
from rpiocr.export.writer import TextWriter
from rpiocr.system.csv_rows import Rows

MARK = "\ufeff"
"""The byte order mark, by which spreadsheets detect UTF-8."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The dialect of CSV that a spreadsheet expects; with ``bom`` it starts with MARK."""

    decimal: str = "."
    delimiter: str = ","
    bom: bool = True


class CsvWriter(TextWriter):
    """Writes one row per receipt, or with ``items`` one per item, below a header."""

    def __init__(self, stream: BinaryIO, dialect: Dialect, *, items: bool = False) -> None:
        super().__init__(stream)
        self._items = items
        if dialect.bom:
            self._text.write(MARK)
        self._rows = Rows(self._text, delimiter=dialect.delimiter, decimal=dialect.decimal, ending="\r\n")
        self._rows.write(ITEM_COLUMNS if items else COLUMNS)

    def write(self, record: Record) -> None:
        """Write one row, or those of the items."""
        for row in item_rows(record) if self._items else (cells(record),):
            self._rows.write(row)

"""Exports CSV that spreadsheets interpret correctly: numbers as numbers, text as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from rpiocr.export.record import COLUMNS, Record, cells
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
    """Writes one row per receipt, below a header."""

    def __init__(self, stream: BinaryIO, dialect: Dialect) -> None:
        super().__init__(stream)
        if dialect.bom:
            self._text.write(MARK)
        self._rows = Rows(self._text, delimiter=dialect.delimiter, decimal=dialect.decimal, ending="\r\n")
        self._rows.write(COLUMNS)

    def write(self, record: Record) -> None:
        """Write one row."""
        self._rows.write(cells(record))

"""Comma-separated values that spreadsheets open as they are meant: numbers as numbers, text as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from rpiocr.export.record import COLUMNS, Record, cells
from rpiocr.export.writer import TextWriter
from rpiocr.system.csv_rows import Rows

MARK = "\ufeff"
"""Tells spreadsheets that what follows is UTF-8."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a spreadsheet wants its CSV; with ``bom`` it begins with MARK."""

    decimal: str = "."
    delimiter: str = ","
    bom: bool = True


class CsvWriter(TextWriter):
    """One row for each receipt, below a heading."""

    def __init__(self, stream: BinaryIO, dialect: Dialect) -> None:
        super().__init__(stream)
        if dialect.bom:
            self._text.write(MARK)
        self._rows = Rows(self._text, delimiter=dialect.delimiter, decimal=dialect.decimal, ending="\r\n")
        self._rows.write(COLUMNS)

    def write(self, record: Record) -> None:
        """Write one row."""
        self._rows.write(cells(record))

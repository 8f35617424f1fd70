"""Comma-separated values that spreadsheets open as they are meant: numbers as numbers, text as text."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from rpiocr.export.record import COLUMNS, Cell, Record, cells
from rpiocr.export.writer import TextWriter
from rpiocr.harmless import harmless

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
        self._decimal = dialect.decimal
        self._csv = csv.writer(self._text, delimiter=dialect.delimiter)
        self._csv.writerow(COLUMNS)

    def write(self, record: Record) -> None:
        """Write one row."""
        self._csv.writerow([self._shown(cell) for cell in cells(record)])

    def _shown(self, cell: Cell) -> str:
        if isinstance(cell, str):
            return harmless(cell)
        if isinstance(cell, Decimal):
            return f"{cell:f}".replace(".", self._decimal)
        if isinstance(cell, dt.datetime):
            return cell.isoformat(timespec="seconds")
        return "" if cell is None else str(cell)

"""Writes CSV: one line per record, and no text that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from rpiocr.sanitize.formulas import escape_formula
from rpiocr.sanitize.text import one_line


class Sink(Protocol):
    """A target for text."""

    def write(self, text: str, /) -> object:
        """Take a line."""


class Rows:
    """Writes rows to ``sink``, one call each; ``decimal`` is the decimal separator, ``ending`` the line ending."""

    def __init__(self, sink: Sink, *, delimiter: str = ",", decimal: str = ".", ending: str = "\n") -> None:
        self._decimal = decimal
        self._csv = csv.writer(sink, delimiter=delimiter, lineterminator=ending)

    def write(self, cells: Iterable[object]) -> None:
        r"""Write one row.

        In text, line breaks and control characters become escapes such as ``\r``: programs disagree on which
        characters end a line, even inside quotes. None is an empty cell.
        """
        self._csv.writerow([self._shown(cell) for cell in cells])

    def _shown(self, cell: object) -> object:
        if isinstance(cell, str):
            return escape_formula(one_line(cell))
        if isinstance(cell, Decimal):
            return f"{cell:f}".replace(".", self._decimal)
        if isinstance(cell, dt.datetime):
            return cell.isoformat(timespec="seconds")
        return cell

"""Comma-separated values: every record is one line, every cell one cell, and no text is a formula to a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from rpiocr.sanitize.formulas import harmless
from rpiocr.sanitize.text import one_line


class Sink(Protocol):
    """Whatever takes text."""

    def write(self, text: str, /) -> object:
        """Take a line."""


class Rows:
    """Writes rows to ``sink``, each with one call; ``decimal`` is the sign within amounts, ``ending`` ends a line."""

    def __init__(self, sink: Sink, *, delimiter: str = ",", decimal: str = ".", ending: str = "\n") -> None:
        self._decimal = decimal
        self._csv = csv.writer(sink, delimiter=delimiter, lineterminator=ending)

    def write(self, cells: Iterable[object]) -> None:
        r"""Write one row.

        In text, whatever breaks lines or steers a terminal becomes an escape, as ``\r``: programs disagree on which
        characters end a line, even between quotes. None is an empty cell.
        """
        self._csv.writerow([self._shown(cell) for cell in cells])

    def _shown(self, cell: object) -> object:
        if isinstance(cell, str):
            return harmless(one_line(cell))
        if isinstance(cell, Decimal):
            return f"{cell:f}".replace(".", self._decimal)
        if isinstance(cell, dt.datetime):
            return cell.isoformat(timespec="seconds")
        return cell

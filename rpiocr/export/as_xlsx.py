"""Exports an Excel workbook: dates as dates, money as numbers in the format of its currency, no formulas."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from rpiocr.errors import MissingDependencyError
from rpiocr.export.record import COLUMNS, ITEM_COLUMNS, Cell, Record, cells, item_rows
from rpiocr.export.writer import Writer
from rpiocr.model.currency import decimals_of
from rpiocr.model.fields import ValueKind, named
from rpiocr.sanitize.formulas import is_formula
from rpiocr.sanitize.text import one_line
from rpiocr.system.packages import install_extra

MAX_ROWS = 1_048_576
MAX_CELL_LENGTH = 32_767
"""Maximum UTF-16 code units in a cell."""

MAX_DIGITS = 15
"""Maximum digits of a number: a longer one would be rounded, so it is written as text."""

FIRST_DAY = dt.date(1900, 3, 1)
"""The first day that Excel counts correctly."""

MONEY = (*named(ValueKind.MONEY), "unit_price")
WIDTHS = {"merchant": 32, "file": 60, "description": 40, "read_at": 20, "source": 20, "corrected": 20}


class XlsxWriter(Writer):
    """Writes a sheet of receipts and a sheet of their items, each continued on another one when full.

    With ``items`` there are no receipts.
    """

    def __init__(self, stream: BinaryIO, *, items: bool = False) -> None:
        super().__init__()
        try:
            from openpyxl import Workbook
        except ImportError as error:
            message = f"Excel workbooks need openpyxl: {install_extra('xlsx')}; or use --format csv"
            raise MissingDependencyError(message) from error
        self._stream = stream
        self._book = Workbook(write_only=True)
        self._receipts = None if items else _Sheet(self._book, "Receipts", COLUMNS)
        self._items = _Sheet(self._book, "Items", ITEM_COLUMNS)

    def write(self, record: Record) -> None:
        """Write one receipt and its items."""
        if self._receipts:
            self._receipts.add(cells(record), record.currency)
        for row in item_rows(record):
            self._items.add(row, record.currency)

    def close(self) -> None:
        """Write the workbook."""
        # Built completely before writing: openpyxl does not handle failing writes to a stream.
        made = io.BytesIO()
        self._book.save(made)
        self._stream.write(made.getbuffer())


class _Sheet:
    """A table that continues on another sheet when one is full."""

    def __init__(self, book: Any, title: str, columns: Sequence[str]) -> None:  # noqa: ANN401 - openpyxl has no types
        self._book = book
        self._title = title
        self._columns = columns
        self._sheets = 0
        self._begin()

    def add(self, values: Sequence[Cell], currency: str | None) -> None:
        """Add one row."""
        if self._rows == MAX_ROWS:
            self._begin()
        self._rows += 1
        named = zip(self._columns, values, strict=True)
        self._sheet.append([_cell(self._sheet, name, value, currency) for name, value in named])

    def _begin(self) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter

        self._sheets += 1
        title = self._title if self._sheets == 1 else f"{self._title} {self._sheets}"
        self._sheet = self._book.create_sheet(title)
        self._sheet.freeze_panes = "A2"
        heading = []
        for number, name in enumerate(self._columns, start=1):
            self._sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(name, 12)
            cell = WriteOnlyCell(self._sheet, value=name)
            cell.font = Font(bold=True)
            heading.append(cell)
        self._sheet.append(heading)
        self._rows = 1


def _cell(sheet: Any, name: str, value: Cell, currency: str | None) -> Any:  # noqa: ANN401
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, Decimal):
        return _number_cell(sheet, value, _money_format(currency) if name in MONEY else "General")
    if isinstance(value, dt.date):
        return _date_cell(sheet, value)
    if name == "time" and isinstance(value, str):
        return _formatted(sheet, dt.time.fromisoformat(value), "hh:mm")
    return _text_cell(sheet, value) if isinstance(value, str) else WriteOnlyCell(sheet, value=value)


def _number_cell(sheet: Any, value: Decimal, number_format: str) -> Any:  # noqa: ANN401
    if len(value.as_tuple().digits) > MAX_DIGITS:
        return _text_cell(sheet, f"{value:f}")
    return _formatted(sheet, value, number_format)


def _date_cell(sheet: Any, value: dt.date) -> Any:  # noqa: ANN401
    if isinstance(value, dt.datetime):
        return _formatted(sheet, value.astimezone().replace(tzinfo=None, microsecond=0), "yyyy-mm-dd hh:mm:ss")
    return _formatted(sheet, value, "yyyy-mm-dd") if value >= FIRST_DAY else _text_cell(sheet, value.isoformat())


def _text_cell(sheet: Any, text: str) -> Any:  # noqa: ANN401
    from openpyxl.cell import WriteOnlyCell

    plain = one_line(text).encode("utf-16-le")[: 2 * MAX_CELL_LENGTH].decode("utf-16-le", "ignore")
    cell = WriteOnlyCell(sheet, value=plain)
    cell.data_type = "s"
    if is_formula(plain):
        # It stays text even after a user has edited the cell.
        cell.quotePrefix = True
    return cell


def _formatted(sheet: Any, value: dt.date | dt.time | Decimal, number_format: str) -> Any:  # noqa: ANN401
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = number_format
    return cell


def _money_format(currency: str | None) -> str:
    decimals = decimals_of(currency)
    number = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f'{number} "{currency}"' if currency else number

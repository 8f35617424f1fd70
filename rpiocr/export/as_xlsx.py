"""A workbook of Excel: dates are dates, money is numbers in the format of its currency, text is never a formula."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from rpiocr.errors import MissingDependencyError
from rpiocr.export.record import COLUMNS, OF_ITEM, Cell, Record, cells
from rpiocr.export.writer import Writer
from rpiocr.model.currency import decimals_of
from rpiocr.model.fields import ValueKind, named
from rpiocr.sanitize.formulas import is_formula
from rpiocr.sanitize.text import one_line
from rpiocr.system.packages import install_extra

MOST_ROWS = 1_048_576
LONGEST = 32_767
"""Units of UTF-16 in a cell."""

MOST_DIGITS = 15
"""A number with more digits would be rounded: it is written as text."""

FIRST_DAY = dt.date(1900, 3, 1)
"""Excel miscounts the days before."""

MONEY = (*named(ValueKind.MONEY), "unit_price")
WIDTHS = {"merchant": 32, "file": 60, "description": 40, "read_at": 20, "source": 20, "corrected": 20}
ITEM_COLUMNS = ("receipt", "position", *OF_ITEM, "currency")


class XlsxWriter(Writer):
    """A sheet of receipts and a sheet of their items, each followed by another one when it is full."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        try:
            from openpyxl import Workbook
        except ImportError as error:
            message = f"workbooks of Excel need openpyxl: {install_extra('xlsx')}; or take --format csv"
            raise MissingDependencyError(message) from error
        self._stream = stream
        self._book = Workbook(write_only=True)
        self._receipts = _Sheet(self._book, "Receipts", COLUMNS)
        self._items = _Sheet(self._book, "Items", ITEM_COLUMNS)

    def write(self, record: Record) -> None:
        """Write one receipt and its items."""
        self._receipts.add(cells(record), record.currency)
        for position, item in enumerate(record.items, start=1):
            values = (record.id, position, *(item[name] for name in OF_ITEM), record.currency)
            self._items.add(values, record.currency)

    def close(self) -> None:
        """Write the workbook."""
        # It is made before anything is written: openpyxl does not bear a stream that takes no more.
        made = io.BytesIO()
        self._book.save(made)
        self._stream.write(made.getbuffer())


class _Sheet:
    """A table that goes on in another sheet where one is full."""

    def __init__(self, book: Any, title: str, columns: Sequence[str]) -> None:  # noqa: ANN401 - openpyxl has no types
        self._book = book
        self._title = title
        self._columns = columns
        self._sheets = 0
        self._begin()

    def add(self, values: Sequence[Cell], currency: str | None) -> None:
        """Add one row."""
        if self._rows == MOST_ROWS:
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
    if len(value.as_tuple().digits) > MOST_DIGITS:
        return _text_cell(sheet, f"{value:f}")
    return _formatted(sheet, value, number_format)


def _date_cell(sheet: Any, value: dt.date) -> Any:  # noqa: ANN401
    if isinstance(value, dt.datetime):
        return _formatted(sheet, value.astimezone().replace(tzinfo=None, microsecond=0), "yyyy-mm-dd hh:mm:ss")
    return _formatted(sheet, value, "yyyy-mm-dd") if value >= FIRST_DAY else _text_cell(sheet, value.isoformat())


def _text_cell(sheet: Any, text: str) -> Any:  # noqa: ANN401
    from openpyxl.cell import WriteOnlyCell

    plain = one_line(text).encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", "ignore")
    cell = WriteOnlyCell(sheet, value=plain)
    cell.data_type = "s"
    if is_formula(plain):
        # It stays text even after somebody has edited the cell.
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

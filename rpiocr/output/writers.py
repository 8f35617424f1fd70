"""Writes results in the output formats of the command line, each as soon as it is available."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, TextIO

from rpiocr.model.fields import JUDGED, SPECS
from rpiocr.output.codes_in_words import code_in_brief
from rpiocr.output.page_numbers import short_pages
from rpiocr.output.result import SCHEMA_VERSION, Answer, warning_of
from rpiocr.system.csv_rows import Rows
from rpiocr.system.json_text import Array, dumps

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from rpiocr.model import Page
    from rpiocr.preprocess.capture_advice import Advice

CSV_COLUMNS = (
    *("file", "page", "part", "source", "verdict", "quality"),
    *(spec.name for spec in SPECS if spec.in_scan_csv),
    *(f"confidence_{spec.name}" for spec in JUDGED),
    *("warnings", "error", "pages"),
)

DOUBTFUL = 0.9
"""Values of a lower probability are marked in the table."""

VERDICT_STYLES = {"ACCEPT": "green", "RETRY": "yellow", "ESCALATE": "red"}

TABLE_COLUMNS = ("file", "date", "amount", "merchant", "verdict")

WIDTHS = {"date": 12, "amount": 14, "verdict": 11}
"""Width, in terminal columns, of values of about constant length, including the question mark."""

MIN_TEXT_WIDTH = 8
"""Minimum width of file and merchant in terminal columns, however narrow the terminal."""

NOTE_INDENT = 2


class Writer(ABC):
    """Writes results one by one to a text stream; ``close`` writes what has to come last."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @abstractmethod
    def write(self, answer: Answer) -> None:
        """Write one answer."""

    def close(self) -> None:
        """End the output."""
        self._stream.flush()


class NdjsonWriter(Writer):
    """One JSON object per line."""

    def write(self, answer: Answer) -> None:
        """Write one line and flush it."""
        self._stream.write(dumps(answer) + "\n")
        self._stream.flush()


class JsonWriter(Writer):
    """One JSON array."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._array = Array(stream)

    def write(self, answer: Answer) -> None:
        """Write one element."""
        self._array.write(answer)

    def close(self) -> None:
        """Close the array."""
        self._array.close()
        super().close()


class CsvWriter(Writer):
    """Comma-separated values with a header row; a spreadsheet takes no text of a receipt for a formula."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._rows = Rows(stream)
        self._rows.write(CSV_COLUMNS)

    def write(self, answer: Answer) -> None:
        """Write one row; warnings are joined by semicolons."""
        row = dict(answer)
        for name, value in answer.get("confidence", {}).items():
            row[f"confidence_{name}"] = value
        row["warnings"] = "; ".join(answer.get("warnings", ()))
        row["pages"] = short_pages(answer.get("pages", ()))
        if "error" in answer:
            row["error"] = error_in_csv(answer)
        self._rows.write(row.get(name) for name in CSV_COLUMNS)
        self._stream.flush()


class TableWriter(Writer):
    """A table for people, printed row by row; doubtful values are marked with a question mark.

    The columns have fixed widths, so that no row waits for those that follow. Codes of a known format, warnings and
    errors are printed below the row.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._is_first = True

    def write(self, answer: Answer) -> None:
        """Print one row, with the heading above the first one, and below it codes and warnings."""
        from rich.padding import Padding

        from rpiocr.system.console import cell, console_on

        console = console_on(self._stream)
        table = _table(console.width, heading=self._is_first)
        self._is_first = False
        table.add_row(*_row(answer))
        # In one call, because a progress bar is cleared and redrawn for each.
        with console.capture() as row:
            console.print(table)
            for note in (*codes_on(answer), *notes_on(answer)):
                console.print(Padding(cell(note), (0, 0, 0, NOTE_INDENT)), style="dim")
        self._stream.write(row.get())
        self._stream.flush()


class CheckWriter(Writer):
    """For people: a line for each page, with advice on retaking the photo indented below."""

    def write(self, answer: Answer) -> None:
        """Write one page, or the message of the error if it could not be read."""
        from rpiocr.system.console import cell, console_on

        console = console_on(self._stream, soft_wrap=True)
        if "error" in answer:
            console.print(cell(f"{answer['file']}: "), cell("not read", style="red"), sep="")
            console.print(cell(f"  {answer['error']['message']}"))
        elif not answer["retake"]:
            console.print(cell(f"{file_in_table(answer)}: "), cell("good", style="green"), sep="")
        else:
            console.print(cell(f"{file_in_table(answer)}: "), cell("take another photo", style="yellow"), sep="")
            for advice in answer["retake"]:
                console.print(cell(f"  {advice['message']}"))
        self._stream.flush()


def _table(width: int, *, heading: bool) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, show_header=heading)
    rest = max(2 * MIN_TEXT_WIDTH, width - sum(WIDTHS.values()) - 2 * len(TABLE_COLUMNS))
    widths = {"file": rest - rest // 2, "merchant": rest // 2} | WIDTHS
    for name in TABLE_COLUMNS:
        table.add_column(name, width=widths[name], overflow="fold", justify="right" if name == "amount" else "left")
    return table


def _row(answer: Answer) -> tuple[Text, ...]:
    from rpiocr.system.console import cell

    if "error" in answer:
        nothing = cell("")
        return cell(file_in_table(answer)), nothing, nothing, nothing, cell("not read", style="red")
    return (
        cell(file_in_table(answer)),
        _value(answer, "date", answer["date"]),
        _value(answer, "amount", _amount(answer)),
        _value(answer, "merchant", answer["merchant"]),
        cell(f"{answer['verdict']} {answer['quality']}", style=VERDICT_STYLES[answer["verdict"]]),
    )


def error_in_csv(answer: Answer) -> str:
    """Return the code and the message of the error."""
    return f"{answer['error']['code']}: {answer['error']['message']}"


def notes_on(answer: Answer) -> list[str]:
    """Return the message of the error, or those of the warnings."""
    if "error" in answer:
        return [answer["error"]["message"]]
    return [warning_of(warning).message for warning in answer["warnings"]]


def codes_on(answer: Answer) -> list[str]:
    """Return a line about each code of a known format."""
    return [f"code: {code_in_brief(code)}" for code in answer.get("codes", ()) if code["kind"]]


def file_in_table(answer: Answer) -> str:
    """Name the receipt: its file, and the numbers of its pages and of the receipt on it if they are not 1."""
    numbers = answer.get("pages") or [answer.get("page", 1)]
    page = "" if numbers == [1] else f" p. {short_pages(numbers)}"
    part = f" receipt {answer['part']}" if answer.get("part", 1) > 1 else ""
    return f"{answer['file']}{page}{part}"


def _amount(answer: Answer) -> str | None:
    if answer["amount"] is None:
        return None
    return f"{answer['amount']} {answer['currency'] or ''}".strip()


def _value(answer: Answer, name: str, shown: str | None) -> Text:
    from rpiocr.system.console import cell

    if shown is None:
        return cell("not found", style="red")
    doubtful = answer["confidence"][name] < DOUBTFUL
    return cell(f"{shown} ?" if doubtful else shown, style="yellow" if doubtful else "")


def checked(page: Page, advice: tuple[Advice, ...]) -> Answer:
    """Return the result of ``check`` for a page; without advice the photo is good."""
    return {
        "schema_version": SCHEMA_VERSION,
        "file": page.file,
        "page": page.number,
        "retake": [{"code": one.code, "message": one.message} for one in advice],
    }


NDJSON_AND_JSON: dict[str, type[Writer]] = {"ndjson": NdjsonWriter, "json": JsonWriter}

WRITERS: dict[str, type[Writer]] = {**NDJSON_AND_JSON, "csv": CsvWriter, "table": TableWriter}

CHECK_WRITERS: dict[str, type[Writer]] = {**NDJSON_AND_JSON, "text": CheckWriter}

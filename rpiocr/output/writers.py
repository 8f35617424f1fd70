"""Writes answers in the formats of the command line, each as soon as it is there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, TextIO

from rpiocr.output.result import SCHEMA_VERSION, Answer, dumps
from rpiocr.system.csv_rows import Rows

if TYPE_CHECKING:
    from rich.text import Text

    from rpiocr.model import Page
    from rpiocr.preprocess.capture_advice import Advice

CSV_COLUMNS = (
    "file", "page", "part", "source", "verdict", "quality", "amount", "currency", "date", "time", "merchant",
    "subtotal", "tax", "confidence_amount", "confidence_date", "confidence_merchant", "warnings", "error",
)  # fmt: skip

DOUBTFUL = 0.9
"""Values less probable than this are marked in the table."""


class Writer(ABC):
    """Writes answers one by one to a text stream; ``close`` writes what has to come last."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @abstractmethod
    def write(self, answer: Answer) -> None:
        """Write one answer."""

    def close(self) -> None:
        """End the output."""
        self._stream.flush()


class NdjsonWriter(Writer):
    """One JSON object a line."""

    def write(self, answer: Answer) -> None:
        """Write one line and hand it on at once."""
        self._stream.write(dumps(answer) + "\n")
        self._stream.flush()


class JsonWriter(Writer):
    """One JSON array."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._opening = "[\n  "

    def write(self, answer: Answer) -> None:
        """Write one element."""
        self._stream.write(self._opening + dumps(answer))
        self._opening = ",\n  "

    def close(self) -> None:
        """Close the array."""
        self._stream.write("[]\n" if self._opening == "[\n  " else "\n]\n")
        super().close()


class CsvWriter(Writer):
    """Comma-separated values with a heading; no text of a receipt is a formula to a spreadsheet."""

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
        if "error" in answer:
            row["error"] = f"{answer['error']['code']}: {answer['error']['message']}"
        self._rows.write(row.get(name) for name in CSV_COLUMNS)
        self._stream.flush()


class TableWriter(Writer):
    """A table for people; doubtful values carry a question mark."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._answers: list[Answer] = []

    def write(self, answer: Answer) -> None:
        """Keep the answer: the table's widths depend on all of them."""
        self._answers.append(answer)

    def close(self) -> None:
        """Print the table, and below it what is to be said of single receipts."""
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        from rpiocr.system.console import cell, console_on

        console = console_on(self._stream)
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        table.add_column("file", overflow="fold")
        table.add_column("date", overflow="fold")
        table.add_column("amount", overflow="fold", justify="right")
        table.add_column("merchant", overflow="fold")
        table.add_column("verdict", overflow="fold")
        notes = []
        for answer in self._answers:
            if "error" in answer:
                table.add_row(cell(answer["file"]), "", "", "", cell("not read", style="red"))
                notes.append((answer["file"], answer["error"]["message"]))
                continue
            style = {"ACCEPT": "green", "RETRY": "yellow", "ESCALATE": "red"}[answer["verdict"]]
            table.add_row(
                cell(_file(answer)),
                _value(answer, "date", answer["date"]),
                _value(answer, "amount", _amount(answer)),
                _value(answer, "merchant", answer["merchant"]),
                cell(f"{answer['verdict']} {answer['quality']}", style=style),
            )
            notes += [(_file(answer), warning.partition(": ")[2]) for warning in answer["warnings"]]
        console.print(table)
        for file, note in notes:
            console.print(cell(f"{file}: {note}"), style="dim")
        super().close()


class CheckWriter(Writer):
    """For people: a line for each page, what is wrong with it indented below."""

    def write(self, answer: Answer) -> None:
        """Write one page; a failure as its sentence."""
        from rpiocr.system.console import cell, console_on

        console = console_on(self._stream, soft_wrap=True)
        if "error" in answer:
            console.print(cell(f"{answer['file']}: "), cell("not read", style="red"), sep="")
            console.print(cell(f"  {answer['error']['message']}"))
        elif not answer["retake"]:
            console.print(cell(f"{_file(answer)}: "), cell("good", style="green"), sep="")
        else:
            console.print(cell(f"{_file(answer)}: "), cell("take another photo", style="yellow"), sep="")
            for advice in answer["retake"]:
                console.print(cell(f"  {advice['message']}"))
        self._stream.flush()


def _file(answer: Answer) -> str:
    return f"{answer['file']} p. {answer['page']}" if answer["page"] > 1 else str(answer["file"])


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
    """Return the line that ``check`` writes for a page; no advice: the picture is good."""
    return {
        "schema_version": SCHEMA_VERSION,
        "file": page.file,
        "page": page.number,
        "retake": [{"code": one.code, "message": one.message} for one in advice],
    }


WRITERS: dict[str, type[Writer]] = {
    "ndjson": NdjsonWriter,
    "json": JsonWriter,
    "csv": CsvWriter,
    "table": TableWriter,
}

CHECK_WRITERS: dict[str, type[Writer]] = {
    "ndjson": NdjsonWriter,
    "json": JsonWriter,
    "text": CheckWriter,
}

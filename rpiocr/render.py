"""Writes answers in the formats of the command line, each as soon as it is there."""

from __future__ import annotations

import csv
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, TextIO

from rpiocr.answer import SCHEMA_VERSION, Answer, dumps
from rpiocr.harmless import harmless

if TYPE_CHECKING:
    from rich.text import Text

    from rpiocr.model import Page
    from rpiocr.retake import Advice

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
        self._csv = csv.DictWriter(stream, CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
        self._csv.writeheader()

    def write(self, answer: Answer) -> None:
        """Write one row; warnings are joined by semicolons."""
        row = dict(answer)
        for name, value in answer.get("confidence", {}).items():
            row[f"confidence_{name}"] = value
        row["warnings"] = "; ".join(answer.get("warnings", ()))
        if "error" in answer:
            row["error"] = f"{answer['error']['code']}: {answer['error']['message']}"
        self._csv.writerow({name: harmless(cell) if isinstance(cell, str) else cell for name, cell in row.items()})
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
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        console = Console(file=self._stream, highlight=False)
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        table.add_column("file", overflow="fold")
        for name in ("date", "amount", "merchant"):
            table.add_column(name, justify="right" if name == "amount" else "left")
        table.add_column("verdict")
        notes = []
        for answer in self._answers:
            if "error" in answer:
                table.add_row(Text(answer["file"]), "", "", "", Text("not read", style="red"))
                notes.append((answer["file"], answer["error"]["message"]))
                continue
            style = {"ACCEPT": "green", "RETRY": "yellow", "ESCALATE": "red"}[answer["verdict"]]
            table.add_row(
                Text(_file(answer)),
                _value(answer, "date", answer["date"]),
                _value(answer, "amount", _amount(answer)),
                _value(answer, "merchant", answer["merchant"]),
                Text(f"{answer['verdict']} {answer['quality']}", style=style),
            )
            notes += [(_file(answer), warning.partition(": ")[2]) for warning in answer["warnings"]]
        console.print(table)
        for file, note in notes:
            console.print(Text(f"{file}: {note}"), style="dim")
        super().close()


class CheckWriter(Writer):
    """For people: a line for each page, what is wrong with it indented below."""

    def write(self, answer: Answer) -> None:
        """Write one page; a failure as its sentence."""
        from rich.console import Console
        from rich.text import Text

        console = Console(file=self._stream, highlight=False, soft_wrap=True)
        if "error" in answer:
            console.print(Text(f"{answer['file']}: "), Text("not read", style="red"), sep="")
            console.print(Text(f"  {answer['error']['message']}"))
        elif not answer["retake"]:
            console.print(Text(f"{_file(answer)}: "), Text("good", style="green"), sep="")
        else:
            console.print(Text(f"{_file(answer)}: "), Text("take another photo", style="yellow"), sep="")
            for advice in answer["retake"]:
                console.print(Text(f"  {advice['message']}"))
        self._stream.flush()


def _file(answer: Answer) -> str:
    return f"{answer['file']} p. {answer['page']}" if answer["page"] > 1 else str(answer["file"])


def _amount(answer: Answer) -> str | None:
    if answer["amount"] is None:
        return None
    return f"{answer['amount']} {answer['currency'] or ''}".strip()


def _value(answer: Answer, name: str, shown: str | None) -> Text:
    from rich.text import Text

    if shown is None:
        return Text("not found", style="red")
    doubtful = answer["confidence"][name] < DOUBTFUL
    return Text(f"{shown} ?" if doubtful else shown, style="yellow" if doubtful else "")


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

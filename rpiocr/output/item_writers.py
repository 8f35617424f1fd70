"""Writes the items of results in the output formats of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TextIO

from rpiocr.model.receipt import ITEM_COLUMNS
from rpiocr.output.items_in_words import acceptance_in_words, table_of_items
from rpiocr.output.result import Answer
from rpiocr.output.writers import (
    NDJSON_AND_JSON,
    NOTE_INDENT,
    VERDICT_STYLES,
    Writer,
    error_in_csv,
    file_in_table,
    notes_on,
)
from rpiocr.system.csv_rows import Rows

CSV_COLUMNS = ("file", "page", "part", "currency", "number", *ITEM_COLUMNS, "verdict", "error")


class ItemsTableWriter(Writer):
    """For people: the file, a table of the items, and the check in words; warnings and errors below them."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._is_first = True

    def write(self, answer: Answer) -> None:
        """Print the items of one receipt, or the message of the error if it could not be read."""
        from rich.padding import Padding

        from rpiocr.system.console import cell, console_on

        console = console_on(self._stream)
        # In one call, because a progress bar is cleared and redrawn for each.
        with console.capture() as shown:
            if not self._is_first:
                console.print()
            console.print(cell(file_in_table(answer), style="bold"))
            if answer.get("items"):
                console.print(table_of_items(answer["items"]))
            if "error" not in answer:
                style = VERDICT_STYLES.get(answer["verdicts"]["items"], "")
                console.print(cell(acceptance_in_words(answer), style=style))
            for note in notes_on(answer):
                console.print(Padding(cell(note), (0, 0, 0, NOTE_INDENT)), style="dim")
        self._is_first = False
        self._stream.write(shown.get())
        self._stream.flush()


class ItemsCsvWriter(Writer):
    """Comma-separated values with a header row: a row for each item, and one for each file that could not be read."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._rows = Rows(stream)
        self._rows.write(CSV_COLUMNS)

    def write(self, answer: Answer) -> None:
        """Write the rows of one receipt; a receipt on which no items were found has none."""
        of_receipt = {name: answer.get(name) for name in ("file", "page", "part", "currency")}
        if "error" in answer:
            self._row(of_receipt | {"error": error_in_csv(answer)})
        for number, item in enumerate(answer.get("items") or (), 1):
            # An item of another page has its own.
            self._row(of_receipt | item | {"number": number, "verdict": answer["verdicts"]["items"]})
        self._stream.flush()

    def _row(self, values: Mapping[str, Any]) -> None:
        self._rows.write(values.get(name) for name in CSV_COLUMNS)


ITEMS_WRITERS: Mapping[str, type[Writer]] = {**NDJSON_AND_JSON, "csv": ItemsCsvWriter, "table": ItemsTableWriter}

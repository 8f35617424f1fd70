"""Receipts as JSON: one array, or one object a line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, BinaryIO

from rpiocr.export.record import OF_RECEIPT, Record
from rpiocr.export.writer import TextWriter
from rpiocr.output.result import dumps


class NdjsonWriter(TextWriter):
    """One JSON object a line."""

    def write(self, record: Record) -> None:
        """Write one line."""
        self._text.write(dumps(as_json(record)) + "\n")


class JsonWriter(TextWriter):
    """One JSON array."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self._opening = "[\n  "

    def write(self, record: Record) -> None:
        """Write one element."""
        self._text.write(self._opening + dumps(as_json(record)))
        self._opening = ",\n  "

    def close(self) -> None:
        """Close the array."""
        self._text.write("[]\n" if self._opening == "[\n  " else "\n]\n")
        super().close()


def as_json(record: Record) -> Mapping[str, Any]:
    """Return a receipt as JSON knows it; money is Decimal."""
    made = {name: getattr(record, name) for name in OF_RECEIPT}
    dated = {name: value.isoformat() for name, value in made.items() if isinstance(value, dt.date)}
    children = {"items": record.items, "tax_ids": record.tax_ids}
    return made | dated | {"corrected": record.corrected, "file": record.file, **children, "sure": record.sure}

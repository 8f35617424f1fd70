"""Exports JSON: one array, or one object per line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, BinaryIO

from rpiocr.export.record import OF_RECEIPT, Record
from rpiocr.export.writer import TextWriter
from rpiocr.system.json_text import Array, dumps


class NdjsonWriter(TextWriter):
    """Writes one JSON object per line."""

    def write(self, record: Record) -> None:
        """Write one line."""
        self._text.write(dumps(as_json(record)) + "\n")


class JsonWriter(TextWriter):
    """Writes one JSON array."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream)
        self._array = Array(self._text)

    def write(self, record: Record) -> None:
        """Write one element."""
        self._array.write(as_json(record))

    def close(self) -> None:
        """Close the array."""
        self._array.close()
        super().close()


def as_json(record: Record) -> Mapping[str, Any]:
    """Return a receipt as a JSON object; money is Decimal."""
    made = {name: record.cell(name) for name in OF_RECEIPT}
    dated = {name: value.isoformat() for name, value in made.items() if isinstance(value, dt.date)}
    children = {**record.items.as_mapping(), "tax_ids": record.tax_ids, "codes": record.codes}
    return made | dated | {"corrected": record.corrected, "file": record.file, **children, "sure": record.sure}

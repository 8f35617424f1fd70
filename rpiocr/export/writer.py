"""The interface of export formats: write receipts one by one to a binary stream."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from typing import BinaryIO

from rpiocr.export.record import Record


class Writer(ABC):
    """Writes receipts one by one; ``close`` writes the end of the output.

    ``left_out`` counts the receipts that the format cannot represent, by the value that they lack; ``not_split`` those
    that are booked as a whole although a posting for each item was asked for.
    """

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        self.not_split = 0

    @abstractmethod
    def write(self, record: Record) -> None:
        """Write one receipt."""

    @abstractmethod
    def close(self) -> None:
        """End the output; the stream stays open."""


class TextWriter(Writer):
    """Writes text; invalid UTF-8, as in some file names, is escaped."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._text = _Text(stream)

    def close(self) -> None:
        """Write nothing further."""


class _Text:
    """A text stream over a binary stream, which it never closes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write text."""
        self._stream.write(text.encode("utf-8", "backslashreplace"))

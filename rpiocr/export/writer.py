"""What every format of an export does: write receipts one by one to a stream of bytes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from typing import BinaryIO

from rpiocr.export.record import Record


class Writer(ABC):
    """Writes receipts one by one; ``close`` writes what has to come last.

    ``left_out`` counts receipts that a format has no place for, by what they lack.
    """

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()

    @abstractmethod
    def write(self, record: Record) -> None:
        """Write one receipt."""

    @abstractmethod
    def close(self) -> None:
        """End the output; the stream stays open."""


class TextWriter(Writer):
    """Writes text; what is no UTF-8, as some names of files, is escaped."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._text = _Text(stream)

    def close(self) -> None:
        """Nothing comes last."""


class _Text:
    """A stream of text over one of bytes, which it leaves open whatever becomes of it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write text."""
        self._stream.write(text.encode("utf-8", "backslashreplace"))

"""What every format of an export does: write receipts one by one to a stream of bytes."""

from __future__ import annotations

import io
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

    def __init__(self, stream: BinaryIO, encoding: str = "utf-8", newline: str = "\n") -> None:
        super().__init__()
        self._text = io.TextIOWrapper(stream, encoding, errors="backslashreplace", newline=newline)

    def close(self) -> None:
        """Write what is still in memory."""
        self._text.flush()
        self._text.detach()

"""A file that was read, as plain values to send between processes and to keep in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rpiocr.model.provenance import Notice


@dataclass(frozen=True, slots=True)
class ReadWord:
    """One word of a receipt: its text, its box as x, y, width and height in pixels of the upright page, and 0 to 1.

    ``page`` is the page of the file that it is on, if that is not the page of the receipt.
    """

    text: str
    box: tuple[int, int, int, int]
    confidence: float
    page: int | None = None


@dataclass(frozen=True, slots=True)
class ReadReceipt:
    """One receipt of a file: its result as scripts get it, its text, a hash of its image if any, and its warnings.

    ``words`` are in reading order; they and ``text`` are those of all of its pages.
    """

    answer: Mapping[str, Any]
    text: str
    picture_hash: str | None
    warnings: tuple[Notice, ...]
    words: tuple[ReadWord, ...]


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The outcome of a job: its receipts, and the results of pages that could not be read.

    ``cpu_s`` is what it cost in seconds of processor time; ``peak_bytes`` is the peak memory, since its start, of the
    largest process that took part. Both are 0 if they were not measured.
    """

    file: str
    sha256: str
    receipts: tuple[ReadReceipt, ...]
    failures: tuple[Mapping[str, Any], ...]
    cpu_s: float = 0.0
    peak_bytes: int = 0

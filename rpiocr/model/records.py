"""A file that was read, as plain values that any process can send, and the store keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ReadReceipt:
    """One receipt of a file: its result, as scripts get it, its text, and a hash of what it looks like."""

    answer: Mapping[str, Any]
    text: str
    picture_hash: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What came of a job: its receipts, and results that tell of an error."""

    file: str
    sha256: str
    receipts: tuple[ReadReceipt, ...]
    failures: tuple[Mapping[str, Any], ...]

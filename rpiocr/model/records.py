"""A file that was read, as plain values that any process can send, and the store keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rpiocr.model.provenance import Notice


@dataclass(frozen=True, slots=True)
class ReadReceipt:
    """One receipt of a file: its result, as scripts get it, its text, a hash of its looks, and its warnings."""

    answer: Mapping[str, Any]
    text: str
    picture_hash: str
    warnings: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What came of a job: its receipts, and results that tell of an error."""

    file: str
    sha256: str
    receipts: tuple[ReadReceipt, ...]
    failures: tuple[Mapping[str, Any], ...]

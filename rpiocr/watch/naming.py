"""Builds the names of processed files, and keeps them within the limits of file systems."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from rpiocr.watch.spool import Results

MAX_NAME_BYTES = 200
"""Maximum bytes of a new file name, extension included: leaves room for .json within the 255 of file systems."""

MAX_EXTENSION_BYTES = 20
"""Maximum bytes of an extension, with its dot; anything longer is not a format and counts as part of the stem."""

MAX_BYTES = 255
"""Maximum bytes of a file name on Linux file systems."""

UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
"""Characters that a network share or USB stick may reject in a name, and those that control a terminal."""


def name_for(template: str, results: Results, name: str) -> str:
    """Build a name from the first receipt and the extension of ``name``; without a receipt, keep the old stem.

    The total of a refund keeps its minus, as in ``2026-11-13_Hollis_-12.01.png``. A name never begins with a hyphen,
    which programs would take for an option: an underscore precedes it.
    """
    stem, ending = split(name)
    first: Mapping[str, Any] | None = next((one for one in results if "error" not in one), None)
    if first is None:
        return name
    facts = {
        "date": first["date"] or "undated",
        "time": _plain((first["time"] or "").replace(":", "-")),
        "merchant": _plain(first["merchant"] or "unknown"),
        "amount": "unknown" if first["amount"] is None else str(first["amount"]),
        "currency": first["currency"] or "",
        "name": _plain(stem),
    }
    made = re.sub(r"\{(\w+)\}", lambda found: facts[found[1]], template).strip(" .") or _plain(stem) or "receipt"
    return ("_" if made.startswith("-") else "") + made + UNSAFE.sub("-", ending.lower())


def split(name: str) -> tuple[str, str]:
    """Return the stem of a name and its extension with the dot; the extension is empty if missing or too long."""
    ending = Path(name).suffix
    if not 1 < len(os.fsencode(ending)) <= MAX_EXTENSION_BYTES:
        return name, ""
    return name[: -len(ending)], ending


def numbered(name: str, max_bytes: int = MAX_BYTES) -> Iterator[str]:
    """Yield ``name``, then the same with _2, _3, ... before its extension, each truncated to ``max_bytes``."""
    stem, ending = split(name)
    for number in count(1):
        tail = f"_{number}{ending}" if number > 1 else ending
        yield _truncated(stem, max_bytes - len(os.fsencode(tail))) + tail


def _truncated(text: str, max_bytes: int) -> str:
    """Truncate UTF-8 at a character boundary."""
    data = os.fsencode(text)
    while len(data) > max_bytes and data[max_bytes] & 0xC0 == 0x80:  # a UTF-8 continuation byte
        max_bytes -= 1
    return os.fsdecode(data[:max_bytes])


def _plain(text: str) -> str:
    """Return text that is safe in a file name on any file system: not too long, and not hidden."""
    safe = UNSAFE.sub("-", unicodedata.normalize("NFC", text))
    words = "-".join(safe.split()).strip(".-")
    return os.fsencode(words)[:60].decode("utf-8", "ignore")

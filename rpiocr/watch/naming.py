"""Names of files that were read: what they are made of, and how they stay within what file systems take."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from rpiocr.watch.spool import Results

LONGEST_NAME = 200
"""Bytes of the name that a file gets in its place, with its ending: .json may follow, and file systems take 255."""

LONGEST_ENDING = 20
"""Bytes, with the point; what is longer tells no format, and is part of the name before it."""

MOST_BYTES = 255
"""Of a name, on the file systems of Linux."""

UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
"""What names may not have on some file system that a share or a stick may have, and what terminals obey."""


def name_for(template: str, results: Results, name: str) -> str:
    """Make a name from the first receipt, with the ending of the old ``name``; the old name where there is none."""
    stem, ending = split(name)
    first: Mapping[str, Any] | None = next((one for one in results if "error" not in one), None)
    if first is None:
        return name
    facts = {
        "date": first["date"] or "undated",
        "time": (first["time"] or "").replace(":", "-"),
        "merchant": first["merchant"] or "unknown",
        "amount": str(first["amount"]) if first["amount"] is not None else "unknown",
        "currency": first["currency"] or "",
        "name": stem,
    }
    made = re.sub(r"\{(\w+)\}", lambda found: _plain(facts[found[1]]), template)
    return (made.strip(" .") or _plain(stem) or "receipt") + UNSAFE.sub("-", ending.lower())


def split(name: str) -> tuple[str, str]:
    """Return a name without its ending, and the ending with its point; empty where it has none, or a long one."""
    ending = Path(name).suffix
    if not 1 < len(os.fsencode(ending)) <= LONGEST_ENDING:
        return name, ""
    return name[: -len(ending)], ending


def numbered(name: str, most_bytes: int = MOST_BYTES) -> Iterator[str]:
    """Yield ``name``, then the same with _2, _3, ... before its ending, each cut to fit ``most_bytes``."""
    stem, ending = split(name)
    for number in count(1):
        tail = f"_{number}{ending}" if number > 1 else ending
        yield _cut(stem, most_bytes - len(os.fsencode(tail))) + tail


def _cut(text: str, most_bytes: int) -> str:
    """Cut text between two characters."""
    data = os.fsencode(text)
    while len(data) > most_bytes and data[most_bytes] & 0xC0 == 0x80:  # it goes on a character of UTF-8
        most_bytes -= 1
    return os.fsdecode(data[:most_bytes])


def _plain(text: str) -> str:
    """Text that any file system takes as part of a name, not too long, and not hidden."""
    safe = UNSAFE.sub("-", unicodedata.normalize("NFC", text))
    words = "-".join(safe.split()).strip(".-")
    return os.fsencode(words)[:60].decode("utf-8", "ignore")

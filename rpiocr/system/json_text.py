"""Writes JSON: results, exports, logs and state files."""

from __future__ import annotations

from typing import Any, Protocol

import simplejson

from rpiocr.sanitize.text import json_safe


class Sink(Protocol):
    """A target for text."""

    def write(self, text: str, /) -> object:
        """Take a piece of the document."""


def dumps(value: object, *, indent: int | None = None, ascii_only: bool = False, lenient: bool = False) -> str:
    """Return JSON without control characters; Decimal keeps its decimals (12.50 stays 12.50).

    The document is one line, unless ``indent`` is the number of spaces per level. ``ascii_only`` is for files that
    programs may read with any encoding. Raises ValueError for infinite numbers and TypeError for objects that JSON
    cannot represent; if ``lenient``, such a number becomes null and such an object its text.
    """
    options: dict[str, Any] = {"ignore_nan": True, "default": str} if lenient else {"allow_nan": False}
    return json_safe(simplejson.dumps(value, use_decimal=True, ensure_ascii=ascii_only, indent=indent, **options))


class Array:
    """Writes a JSON array to ``sink``, one line per element; ``close`` ends it.

    Closing after an interruption yields a valid array of all elements that were written.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._separator = "\n  "
        self._sink.write("[")

    def write(self, value: object) -> None:
        """Write one element."""
        text = self._separator + dumps(value)
        # Before writing, as an interruption may come in between: a missing element is harmless, a missing comma is not.
        self._separator = ",\n  "
        self._sink.write(text)

    def close(self) -> None:
        """Write the end of the array."""
        self._sink.write("]\n" if self._separator == "\n  " else "\n]\n")

"""JSON as everything here writes it: results, exports, logs, and the files in which state is kept."""

from __future__ import annotations

from typing import Any, Protocol

import simplejson

from rpiocr.sanitize.text import json_safe


class Sink(Protocol):
    """Whatever takes text."""

    def write(self, text: str, /) -> object:
        """Take a piece of the document."""


def dumps(value: object, *, indent: int | None = None, ascii_only: bool = False, lenient: bool = False) -> str:
    """Write as JSON that a terminal only shows; Decimal keeps its decimals (12.50 stays 12.50).

    The document is one line, unless ``indent`` is the number of spaces of each level. ``ascii_only`` is for files that
    programs of any encoding may read. Raises ValueError for infinite numbers and TypeError for objects that JSON does
    not have; where ``lenient``, such a number is null and such an object its text.
    """
    options: dict[str, Any] = {"ignore_nan": True, "default": str} if lenient else {"allow_nan": False}
    return json_safe(simplejson.dumps(value, use_decimal=True, ensure_ascii=ascii_only, indent=indent, **options))


class Array:
    """Writes a JSON array to ``sink`` element by element, a line for each; ``close`` ends it.

    An array that is closed after its writing was interrupted has all elements that were written.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._separator = "\n  "
        self._sink.write("[")

    def write(self, value: object) -> None:
        """Write one element."""
        text = self._separator + dumps(value)
        # First, as an interruption may come before the next line: an element too few is no harm, a comma too few is.
        self._separator = ",\n  "
        self._sink.write(text)

    def close(self) -> None:
        """Write the end of the array."""
        self._sink.write("]\n" if self._separator == "\n  " else "\n]\n")

"""Text in rows on a grid of characters: what a page of text looks like, without a picture of it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

TAB = 8
"""Distance of two tab stops in characters."""

MAX_ROWS, MAX_COLUMNS = 5000, 2000
"""Maximum number of rows of plain text, and of characters in each: what is longer is no receipt."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text on a row; ``left`` is its first column, from 0."""

    text: str
    left: int

    @property
    def right(self) -> int:
        """The column behind its last character."""
        return self.left + len(self.text)


Row: TypeAlias = tuple[Fragment, ...]
"""Fragments from left to right; an empty row is a blank line."""


def width_of(rows: Sequence[Row]) -> int:
    """Return the number of columns of the widest row."""
    return max((fragment.right for row in rows for fragment in row), default=0)


def shifted(row: Row, columns: int) -> Row:
    """Return a row moved to the right."""
    return tuple(Fragment(one.text, one.left + columns) for one in row) if columns else row


def text_of(row: Row) -> str:
    """Return the text of a row with a blank between fragments."""
    return " ".join(fragment.text for fragment in row)


def words_of(row: Row) -> Iterator[Fragment]:
    """Yield the words of a row."""
    for fragment in row:
        for match in re.finditer(r"\S+", fragment.text):
            yield Fragment(match[0], fragment.left + match.start())


def rows_of_text(text: str) -> Iterator[Row]:
    """Yield the rows of plain text, in which blanks and tabs keep their place; at most MAX_ROWS."""
    for line in islice(io.StringIO(text, newline=None), MAX_ROWS):
        written = line[:MAX_COLUMNS].replace("\u00a0", " ").expandtabs(TAB).rstrip()
        yield (Fragment(written, 0),) if written else ()

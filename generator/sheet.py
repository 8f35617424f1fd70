"""Lines of text in columns, as they are sent to a printer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from unicodedata import east_asian_width

import numpy as np
from numpy.typing import NDArray

Align = Literal["left", "centre", "right"]


WIDE_SIGNS = frozenset("※■□●○◎★☆▲△▼▽◆◇→←")
"""Characters of ambiguous width that are in the double-width font of East Asian printers."""


def is_wide(character: str) -> bool:
    """Return whether a character takes two columns."""
    return character in WIDE_SIGNS or east_asian_width(character) in "WF"


def width(text: str) -> int:
    """Return the width of a text in columns."""
    return len(text) + sum(map(is_wide, text))


def clip(text: str, room: int) -> str:
    """Truncate the text to ``room`` columns."""
    while width(text) > room:
        text = text[:-1]
    return text


@dataclass(frozen=True, slots=True)
class Cell:
    """A text whose left end, middle or right end (``align``) is at ``column`` of the line."""

    text: str
    column: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Look:
    """Character style as in ESC/POS: 1 or 2 times as wide and as tall, and struck twice if bold."""

    wide: int = 1
    tall: int = 1
    bold: bool = False


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; ``bars`` are the digits of a bar code that is printed instead of text.

    ``graphic`` is an image in printer dots (height, width), 1 where the head burns, that is printed instead, as wide as
    the print or narrower; it starts at the left margin.
    """

    cells: tuple[Cell, ...]
    look: Look = PLAIN
    bars: str = ""
    graphic: NDArray[np.uint8] | None = field(default=None, compare=False)

    @property
    def text(self) -> str:
        """The cells from left to right with two spaces between them."""
        return "  ".join(cell.text for cell in sorted(self.cells, key=lambda cell: cell.column))


@dataclass(slots=True)
class Sheet:
    """Collects the lines of one receipt of a given width in columns.

    Text that is too long for a line is truncated if ``cuts_lines``, otherwise wrapped.
    """

    columns: int
    cuts_lines: bool = False
    lines: list[Line] = field(default_factory=list)

    def left(self, text: str, look: Look = PLAIN) -> str:
        """Add a left-aligned line; return what of it is printed."""
        room = self.columns // look.wide
        fits = self.cuts_lines or width(text) <= room
        parts = [clip(text, room)] if fits else broken(text, room, cuts_words=False)
        self.lines += [Line((Cell(part, 0),), look) for part in parts]
        return " ".join(parts)

    def centre(self, text: str, look: Look = PLAIN) -> None:
        """Add centred text, wrapped at spaces if it is too long."""
        room = self.columns // look.wide
        for part in broken(text, room, cuts_words=self.cuts_lines):
            self.lines.append(Line((Cell(part, room / 2, "centre"),), look))

    def pair(self, label: str, value: str, look: Look = PLAIN, right: int = 0) -> str:
        """Add a label and its value, which ends ``right`` columns before the margin; narrowed if necessary.

        Returns what of the label is printed.
        """
        room = self.columns // look.wide
        if width(label) + width(value) + 1 > room - right and look.wide > 1:
            return self.pair(label, value, Look(1, look.tall, look.bold), right)
        label = clip(label, max(room - right - width(value) - 1, 1))
        self.lines.append(Line((Cell(label, 0), Cell(value, room - right, "right")), look))
        return label

    def row(self, *cells: Cell, look: Look = PLAIN) -> None:
        """Add a line of cells."""
        self.lines.append(Line(cells, look))

    def rule(self, mark: str = "-") -> None:
        """Add a line that repeats one character over the whole width."""
        self.lines.append(Line((Cell(mark * self.columns, 0),)))

    def gap(self) -> None:
        """Add an empty line."""
        self.lines.append(Line(()))

    def barcode(self, digits: str) -> None:
        """Add a bar code with its digits below."""
        self.lines.append(Line((), bars=digits))
        self.centre(digits)


def broken(text: str, room: int, *, cuts_words: bool) -> list[str]:
    """Wrap a text at spaces; words that are wider than ``room`` are truncated if ``cuts_words``, else wrapped."""
    parts: list[str] = []
    for word in text.split():
        if parts and width(parts[-1]) + width(word) + 1 <= room:
            parts[-1] += f" {word}"
            continue
        rest = word
        while rest:
            parts.append(clip(rest, room))
            rest = "" if cuts_words else rest[len(parts[-1]) :]
    return parts

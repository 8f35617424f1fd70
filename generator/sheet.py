"""Lines of text in columns, as a printer is sent them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A text whose left end, middle or right end stands at a column, counted in characters of the line."""

    text: str
    column: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Look:
    """Character size as ESC/POS has it: 1 or 2 times as wide and as tall, and struck twice where bold."""

    wide: int = 1
    tall: int = 1
    bold: bool = False


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; ``bars`` holds the digits of a bar code in place of text."""

    cells: tuple[Cell, ...]
    look: Look = PLAIN
    bars: str = ""

    @property
    def text(self) -> str:
        """The cells from left to right with two spaces between them."""
        return "  ".join(cell.text for cell in sorted(self.cells, key=lambda cell: cell.column))


@dataclass(slots=True)
class Sheet:
    """Collects the lines of one receipt of a given width in characters."""

    columns: int
    lines: list[Line] = field(default_factory=list)

    def left(self, text: str, look: Look = PLAIN) -> None:
        """Add a line from the left margin, cut at the right one."""
        self.lines.append(Line((Cell(text[: self.columns // look.wide], 0),), look))

    def centre(self, text: str, look: Look = PLAIN) -> None:
        """Add a centred text, broken at spaces where it is too long."""
        room = self.columns // look.wide
        for part in _broken(text, room):
            self.lines.append(Line((Cell(part, room / 2, "centre"),), look))

    def pair(self, label: str, value: str, look: Look = PLAIN, right: int = 0) -> None:
        """Add a label and, ``right`` columns from the right margin, its value; narrowed to fit."""
        room = self.columns // look.wide
        if len(label) + len(value) + 1 > room - right and look.wide > 1:
            self.pair(label, value, Look(1, look.tall, look.bold), right)
            return
        label = label[: max(room - right - len(value) - 1, 1)]
        self.lines.append(Line((Cell(label, 0), Cell(value, room - right, "right")), look))

    def row(self, *cells: Cell, look: Look = PLAIN) -> None:
        """Add a line of cells."""
        self.lines.append(Line(cells, look))

    def rule(self, mark: str = "-") -> None:
        """Add a line of one character over the whole width."""
        self.lines.append(Line((Cell(mark * self.columns, 0),)))

    def gap(self) -> None:
        """Add an empty line."""
        self.lines.append(Line(()))

    def barcode(self, digits: str) -> None:
        """Add a bar code with its digits below."""
        self.lines.append(Line((), bars=digits))
        self.centre(digits)


def _broken(text: str, room: int) -> list[str]:
    parts: list[str] = []
    for word in text.split():
        if parts and len(parts[-1]) + len(word) + 1 <= room:
            parts[-1] += f" {word}"
        else:
            parts.append(word[:room])
    return parts

"""The margin to the right of an image: its sections, and what is said about its boxes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rpiocr.model import Box
from rpiocr.model.page_layout import Section, SectionRow
from rpiocr.output.overlay.canvas import Canvas, Colour
from rpiocr.output.overlay.colours import SECTIONS
from rpiocr.output.overlay.lettering import Lettering

BAR, NAMES, NOTES = 8, 28, 130
"""Where the bars of sections, their names, and notes begin, in pixels from the left edge of the margin."""

BAR_WIDTH = 12
END = 12
"""Free space at the right end of the margin."""

LEADER_ALPHA = 110


@dataclass(frozen=True, slots=True)
class Note:
    """A text about a box; ``y`` is where it is to be written on the canvas."""

    text: str
    colour: Colour
    box: Box
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Margin:
    """The notes on an image, none of which covers another one, and the names of its sections."""

    notes: tuple[Note, ...]
    letters: Lettering

    @staticmethod
    def of(notes: Iterable[Note], canvas: Canvas, letters: Lettering) -> Margin:
        """Put each note at the height of its box, or as little below it as others leave room."""
        step = letters.height + 4.0
        placed: list[Note] = []
        for note in sorted(notes, key=lambda note: note.box.middle[1]):
            wanted = note.box.middle[1] * canvas.factor - letters.height / 2.0
            lowest = placed[-1].y + step if placed else 0.0
            placed.append(replace(note, text=letters.readable(note.text), y=max(wanted, lowest)))
        return Margin(tuple(placed), letters)

    @property
    def width(self) -> int:
        """Its width in pixels."""
        longest = max((self.letters.font.getlength(note.text) for note in self.notes), default=0.0)
        return NOTES + END + round(longest)

    @property
    def height(self) -> int:
        """Its height in pixels, down to the last note."""
        return round(self.notes[-1].y + self.letters.height + 4.0) if self.notes else 0

    def draw(self, canvas: Canvas, rows: Sequence[SectionRow]) -> None:
        """Draw the sections of these rows, and the notes, each with a line to its box."""
        for section, members in groupby(rows, key=lambda row: row.section):
            self._draw_section(canvas, section, Box.around([box for row in members for box in row.words]))
        for note in self.notes:
            _, _, right, _ = canvas.corners(note.box)
            ((_, y),) = canvas.points([note.box.middle])
            start, middle = canvas.width + NOTES - 4, note.y + self.letters.height / 2.0
            way = [(right, y), (canvas.width, y), (start, middle)]
            canvas.draw.line(way, fill=(*note.colour, LEADER_ALPHA))
            canvas.draw.text((canvas.width + NOTES, note.y), note.text, fill=note.colour, font=self.letters.font)

    def _draw_section(self, canvas: Canvas, section: Section, box: Box) -> None:
        _, top, _, bottom = canvas.corners(box)
        left = canvas.width + BAR
        canvas.draw.rectangle((left, top, left + BAR_WIDTH, bottom), fill=SECTIONS[section])
        at = (canvas.width + NAMES, (top + bottom - self.letters.height) / 2.0)
        canvas.draw.text(at, section.value, fill=SECTIONS[section], font=self.letters.font)

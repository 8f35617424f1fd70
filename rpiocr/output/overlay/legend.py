"""The legend below an image: what its lines and colours are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rpiocr.output.overlay.canvas import Canvas, Colour
from rpiocr.output.overlay.colours import CENTRE, CODE, COLUMN, FIELDS, ITEM, SECTIONS, WORD
from rpiocr.output.overlay.lettering import Lettering

SWATCH = 14
GAP = 18
EDGE = 8
"""Sizes in pixels: of a patch of colour, between two entries, and to the edge."""

ENTRIES: tuple[tuple[str, Colour], ...] = (
    ("word", WORD),
    ("centre of a word", CENTRE),
    *((f"row: {section.value}", colour) for section, colour in SECTIONS.items()),
    ("right edges of a column of amounts", COLUMN),
    ("item", ITEM),
    ("code", CODE),
    *((f"{name} (thin: alternatives)", colour) for name, colour in FIELDS.items()),
)


@dataclass(frozen=True, slots=True)
class Legend:
    """The entries in lines of a given width: each with its place from the top left corner."""

    placed: tuple[tuple[float, float, str, Colour], ...]
    letters: Lettering

    @staticmethod
    def of(width: int, letters: Lettering) -> Legend:
        """Fill lines with the entries."""
        return Legend(tuple(_placed(width, letters)), letters)

    @property
    def height(self) -> int:
        """Its height in pixels."""
        return round(self.placed[-1][1]) + self.letters.height + 2 * EDGE

    def draw(self, canvas: Canvas, top: int) -> None:
        """Draw it from ``top`` down."""
        for x, y, text, colour in self.placed:
            canvas.draw.rectangle((x, top + y + 2, x + SWATCH, top + y + 2 + SWATCH), fill=colour)
            canvas.draw.text((x + SWATCH + 4, top + y), text, fill=colour, font=self.letters.font)


def _placed(width: int, letters: Lettering) -> Iterator[tuple[float, float, str, Colour]]:
    x, y = float(EDGE), float(EDGE)
    for text, colour in ENTRIES:
        size = SWATCH + 4 + letters.font.getlength(text)
        if x > EDGE and x + size > width - EDGE:
            x, y = float(EDGE), y + letters.height + 6
        yield x, y, text, colour
        x += size + GAP

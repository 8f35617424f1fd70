"""The colours of what is drawn on an image, which the legend names."""

from __future__ import annotations

from collections.abc import Mapping

from rpiocr.model.page_layout import Section
from rpiocr.output.overlay.canvas import Colour

FIELDS: Mapping[str, Colour] = {"amount": (200, 0, 0), "date": (0, 90, 200), "merchant": (0, 130, 60)}

SECTIONS: Mapping[Section, Colour] = {
    Section.HEAD: (110, 110, 190),
    Section.ITEMS: (225, 120, 0),
    Section.SUMS: (200, 0, 170),
    Section.TAX_TABLE: (130, 80, 20),
    Section.PAYMENT: (0, 150, 150),
    Section.FOOT: (120, 120, 120),
}

WORD: Colour = (190, 190, 90)
CENTRE: Colour = (60, 60, 60)
COLUMN: Colour = (120, 60, 220)
ITEM: Colour = (170, 85, 0)
CODE: Colour = (90, 100, 0)

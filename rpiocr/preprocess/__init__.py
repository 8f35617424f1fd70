"""From a page to the pictures that the passes read."""

from __future__ import annotations

import math
import re

import numpy as np

from rpiocr.model import Affine, Box, Page, Pixels, Prepared, map_box
from rpiocr.preprocess.geometry import ScaleRule, TextArea, enlarge, find_text, invert, straighten
from rpiocr.preprocess.rows import Rows
from rpiocr.preprocess.variants import RECIPES, VARIANTS

__all__ = ["PLAIN", "RECIPES", "VARIANTS", "Preparer", "ScaleRule", "TextArea"]

LETTER_DPI = 300
"""What Tesseract is told: a capital 32 pixels high is 11 point type at this resolution."""

PLAIN = "plain"
"""The straightened picture with its tones as they are, for engines that were trained on photos."""

CUT_MARGIN = 0.25
CUT_FACTOR = 1.6
CUT_BORDER = 12
"""How a single line is cut out: share of its height around it, enlargement, and plain paper around that in pixels.
Of 43 fields that only one engine had read, Tesseract confirmed 19 so; 13 to 16 with more margin, or not enlarged."""

VARIANT_NAME = re.compile(r"(?P<tone>[a-z_]+)(?P<turn>[+-]\d+(?:\.\d+)?)?")


def is_variant(name: str) -> bool:
    """Tell whether ``Preparer.make`` makes a picture of this name."""
    named = VARIANT_NAME.fullmatch(name)
    return name == PLAIN or bool(named and named["tone"] in VARIANTS)


class Preparer:
    """Makes the variants of one page; its text is measured and straightened once.

    ``rule`` says how large letters become, ``recipes`` names a key of RECIPES, ``rows`` are those of the page where
    they have been found before.
    """

    def __init__(
        self, page: Page, rule: ScaleRule | None = None, recipes: str = "tuned", rows: Rows | None = None
    ) -> None:
        self.area = find_text(page, rows)
        self._page = page
        self._rule = rule or ScaleRule()
        self._recipes = RECIPES[recipes]
        self._straight: dict[float, tuple[Pixels, Affine]] = {}

    @property
    def skew_deg(self) -> float:
        """The angle by which the page's lines fall to the right, 0 where it was not measured."""
        return self.area.skew_deg if self.area else 0.0

    def make(self, variant: str) -> Prepared:
        """Return one variant, named as in VARIANTS, or turned clockwise by degrees, as in ``default+1.5``; or PLAIN."""
        if variant == PLAIN:
            pixels, to_page = self._straight_at(0.0)
            return Prepared(pixels, PLAIN, to_page, LETTER_DPI, self._letter_px(to_page))
        named = VARIANT_NAME.fullmatch(variant)
        if not named or named["tone"] not in self._recipes:
            message = f"no variant {variant!r}; there are {', '.join(VARIANTS)}"
            raise ValueError(message)
        pixels, to_page = self._straight_at(float(named["turn"] or 0.0))
        return Prepared(self._recipes[named["tone"]](pixels), variant, to_page, LETTER_DPI, self._letter_px(to_page))

    def cut(self, box: Box, name: str) -> Prepared:
        """Return one line of the default variant, somewhat enlarged, for reading it by itself.

        ``box`` is around it, in page pixels; ``name`` becomes that of the variant.
        """
        whole = self.make(VARIANTS[0])
        there = map_box(box, invert(whole.to_page))
        margin = CUT_MARGIN * there.height
        height, width = whole.pixels.shape
        left, top = max(0, int(there.left - margin)), max(0, int(there.top - margin))
        right, bottom = min(width, math.ceil(there.right + margin)), min(height, math.ceil(there.bottom + margin))
        if right - left < 2 or bottom - top < 2:
            message = f"the box {box} lies outside of the picture"
            raise ValueError(message)
        pixels, back = enlarge(whole.pixels[top:bottom, left:right], CUT_FACTOR, CUT_BORDER)
        to_whole = back + np.array([[0.0, 0.0, left], [0.0, 0.0, top]])
        to_page = whole.to_page @ np.vstack([to_whole, [0.0, 0.0, 1.0]])
        return Prepared(pixels, name, to_page, LETTER_DPI, self._letter_px(to_page))

    def _straight_at(self, turn_deg: float) -> tuple[Pixels, Affine]:
        if turn_deg not in self._straight:
            self._straight[turn_deg] = straighten(self._page, self.area, self._rule, turn_deg)
        return self._straight[turn_deg]

    def _letter_px(self, to_page: Affine) -> float | None:
        """The height of a capital in a picture with this way back to the page."""
        if self.area is None:
            return None
        return self.area.letter_height / math.sqrt(abs(np.linalg.det(to_page[:, :2])))

"""Prepares a page for OCR: makes the image variants that the passes read."""

from __future__ import annotations

import math
import re

import numpy as np

from rpiocr.model import Affine, Box, Page, Pixels, Prepared, map_box
from rpiocr.preprocess.geometry import ScaleRule, TextArea, enlarge, find_text, invert, straighten
from rpiocr.preprocess.rows import GlyphRows, find_rows
from rpiocr.preprocess.variants import RECIPES, VARIANTS

__all__ = ["PLAIN", "RECIPES", "VARIANTS", "Preparer", "ScaleRule", "TextArea"]

NOMINAL_DPI = 300
"""Resolution that is passed to Tesseract: at it, a capital 32 pixels high is 11 point type."""

PLAIN = "plain"
"""The variant with unchanged grey values, for engines that were trained on photos."""

CUT_MARGIN = 0.25
CUT_FACTOR = 1.6
CUT_BORDER = 12
"""How a single line is cropped: margin as a share of its height, scale factor, and border of paper in pixels. Of 43
fields that only one engine had read, Tesseract confirmed 19 with these values; 13 to 16 with more margin or no
scaling."""

VARIANT_NAME = re.compile(r"(?P<tone>[a-z_]+)(?P<turn>[+-]\d+(?:\.\d+)?)?")


def is_variant(name: str) -> bool:
    """Return whether ``Preparer.make`` accepts this name of a variant."""
    named = VARIANT_NAME.fullmatch(name)
    return name == PLAIN or bool(named and named["tone"] in VARIANTS)


class Preparer:
    """Makes the variants of one page; its text is measured and deskewed only once.

    ``rule`` determines the scale, ``recipes`` is a key of RECIPES, ``rows`` are those of the page if they have been
    found already.
    """

    def __init__(
        self, page: Page, rule: ScaleRule | None = None, recipes: str = "tuned", rows: GlyphRows | None = None
    ) -> None:
        self.rows = rows or find_rows(page.pixels)
        self.area = find_text(page, self.rows)
        self._page = page
        self._rule = rule or ScaleRule()
        self._recipes = RECIPES[recipes]
        self._straight: dict[float, tuple[Pixels, Affine]] = {}

    @property
    def skew_deg(self) -> float:
        """The angle in degrees by which text lines fall to the right; 0 if it was not measured."""
        return self.area.skew_deg if self.area else 0.0

    def make(self, variant: str) -> Prepared:
        """Return PLAIN or one of VARIANTS, which can be rotated clockwise by degrees, such as ``default+1.5``.

        Raises ValueError for any other name.
        """
        if variant == PLAIN:
            pixels, to_page = self._straight_at(0.0)
            return Prepared(pixels, PLAIN, to_page, NOMINAL_DPI, self._letter_px(to_page))
        named = VARIANT_NAME.fullmatch(variant)
        if not named or named["tone"] not in self._recipes:
            message = f"no variant {variant!r}; there are {', '.join(VARIANTS)}"
            raise ValueError(message)
        pixels, to_page = self._straight_at(float(named["turn"] or 0.0))
        return Prepared(self._recipes[named["tone"]](pixels), variant, to_page, NOMINAL_DPI, self._letter_px(to_page))

    def cut(self, box: Box, name: str) -> Prepared:
        """Return one line of the default variant, enlarged, for OCR of that line alone.

        ``box`` is its bounding box in page pixels; ``name`` becomes the name of the variant. Raises ValueError if the
        box is outside of the image.
        """
        whole = self.make(VARIANTS[0])
        there = map_box(box, invert(whole.to_page))
        margin = CUT_MARGIN * there.height
        height, width = whole.pixels.shape
        left, top = max(0, int(there.left - margin)), max(0, int(there.top - margin))
        right, bottom = min(width, math.ceil(there.right + margin)), min(height, math.ceil(there.bottom + margin))
        if right - left < 2 or bottom - top < 2:
            message = f"the box {box} is outside of the image"
            raise ValueError(message)
        pixels, back = enlarge(whole.pixels[top:bottom, left:right], CUT_FACTOR, CUT_BORDER)
        to_whole = back + np.array([[0.0, 0.0, left], [0.0, 0.0, top]])
        to_page = whole.to_page @ np.vstack([to_whole, [0.0, 0.0, 1.0]])
        return Prepared(pixels, name, to_page, NOMINAL_DPI, self._letter_px(to_page))

    def _straight_at(self, turn_deg: float) -> tuple[Pixels, Affine]:
        if turn_deg not in self._straight:
            self._straight[turn_deg] = straighten(self._page, self.area, self._rule, turn_deg)
        return self._straight[turn_deg]

    def _letter_px(self, to_page: Affine) -> float | None:
        """Return the cap height in pixels of an image that ``to_page`` maps to the page; None if not measured."""
        if self.area is None:
            return None
        return self.area.cap_height / math.sqrt(abs(np.linalg.det(to_page[:, :2])))

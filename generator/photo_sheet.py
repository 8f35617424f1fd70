"""The flat strip before it is photographed: printed edge to edge, with its size in millimetres."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from generator.age import LEVELS, Ageing, Pixels, age, draw_ageing
from generator.dice import Dice
from generator.receipt import Order, draft_receipt, truth
from generator.render import Press, burn, print_dots

DOTS_PER_MM = 8
"""Resolution of a thermal print head."""

FLAT_LEVELS = LEVELS[:3]
"""Levels of wear of a photographed strip; anything worse comes from the photo."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A flat grey image of the paper, with ``scale`` pixels per mm, and a cap height of ``capital_mm``.

    ``gone`` is a mask of pixels that are torn away; None if the paper is whole. ``marks`` are points whose places on
    the photo are wanted, and ``glare_at`` is where a glare is to fall, both in mm from the middle of the sheet.
    """

    pixels: Pixels
    scale: float
    capital_mm: float
    gone: NDArray[np.bool_] | None = None
    marks: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    glare_at: tuple[float, float] | None = None

    @property
    def width(self) -> float:
        """Width in mm."""
        return int(self.pixels.shape[1]) / self.scale

    @property
    def length(self) -> float:
        """Length in mm."""
        return int(self.pixels.shape[0]) / self.scale


def print_sheet(order: Order) -> tuple[Sheet, dict[str, Any]]:
    """Print the receipt of an order, and return it with its ground truth.

    Its wear is at most moderate, without curl, light or camera effects. Raises OSError if a font is missing.
    """
    draft = draft_receipt(order)
    dice = Dice(order.seed, order.index, *order.country.encode(), 10)
    level = draft.level if draft.level in FLAT_LEVELS else dice.pick(FLAT_LEVELS)
    scale = dice.real(1.4, 1.9)
    ink = burn(print_dots(draft.printout.lines, draft.press), draft.press, scale)
    # Blank paper: 3 to 6 mm at the sides, 4 to 14 mm above and below.
    sides = [round(dice.between(24, 48) * scale) for _ in range(2)]
    ends = [round(dice.between(32, 112) * scale) for _ in range(2)]
    ageing = worn_flat(draw_ageing(dice, level))
    pixels = age(np.pad(ink, (tuple(ends), tuple(sides))), ageing, dice)
    sheet = Sheet(pixels, DOTS_PER_MM * scale, capital_dots(draft.press) / DOTS_PER_MM)
    extra = {
        "seed": order.seed,
        "index": order.index,
        "kind": draft.kind,
        "traits": list(draft.traits),
        "font": draft.press.face.name,
        "ageing": asdict(ageing),
    }
    return sheet, truth(draft.sale, draft.printout) | extra


def worn_flat(ageing: Ageing) -> Ageing:
    """Return a wear without what the photo adds: bends, light and camera."""
    return replace(
        ageing,
        backdrop_px=0,
        creases=0,
        curl_px=0.0,
        skew_deg=0.0,
        perspective=0.0,
        shadow=0.0,
        blur_px=0.0,
        grain=1.0,
        resolution=1.0,
    )


def capital_dots(press: Press) -> float:
    """Return the cap height of a printer in its dots."""
    face = press.face
    _, top, _, bottom = ImageFont.truetype(face.path, face.size).getbbox("H")
    return float(bottom - top) * face.pitch


PAPERS: dict[str, tuple[float, float, float]] = {
    "white": (1.0, 1.0, 1.0),
    "yellowish": (1.0, 0.965, 0.84),
    "bluish": (0.93, 0.97, 1.0),
    "pinkish": (1.0, 0.93, 0.92),
    "greyish": (0.9, 0.895, 0.88),
}
"""Paper colours: reflectance of red, green and blue."""


def torn_outline(sheet: Sheet, dice: Dice) -> Pixels:
    """Return the mask of the paper (255 inside): straight sides, and ends as cut by the printer."""
    height, width = sheet.pixels.shape
    mask = np.full((height, width), 255, np.uint8)
    tooth = dice.real(0.0, 0.7) * sheet.scale
    pitch = dice.real(1.2, 2.4) * sheet.scale
    x = np.arange(width)
    depth = (tooth * np.abs((x / pitch) % 1 * 2 - 1)).astype(int)
    rows = np.arange(height)[:, None]
    mask[(rows < depth) | (rows >= height - depth)] = 0
    if sheet.gone is not None:
        mask[sheet.gone] = 0
    return mask


def to_scale(sheet: Sheet, scale: float) -> Sheet:
    """Return the sheet at about ``scale`` pixels per mm; the size of the paper in mm stays exact."""
    factor = scale / sheet.scale
    if 0.9 < factor < 1.1:
        return sheet
    kind = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    pixels = np.asarray(cv2.resize(sheet.pixels, None, fx=factor, fy=factor, interpolation=kind), np.uint8)
    return replace(sheet, pixels=pixels, scale=pixels.shape[0] / sheet.length)

"""Pages of drawn text whose glyph size, skew and position are known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rpiocr.model import Affine, Box, Page, Pixels

LINES = (
    "CITY BAKEHOUSE LTD",
    "12 HIGH STREET LONDON",
    "WHITE BREAD         4.00",
    "SEMI SKIMMED MILK   2.50",
    "OATS ROLLED 500G    1.75",
    "MARMALADE ORANGE    3.20",
    "SUBTOTAL           11.45",
    "TOTAL GBP          11.45",
    "CASH TENDERED      20.00",
    "CHANGE DUE          8.55",
    "THANK YOU FOR SHOPPING",
    "PLEASE COME AGAIN SOON",
)

PAPER, INK = 225, 60


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A page, the box around its ink, its cap height, and the positions of its four corner marks."""

    page: Page
    ink: Box
    cap_height: float
    marks: tuple[tuple[float, float], ...]


def page_of(pixels: Pixels) -> Page:
    """A page with these pixels."""
    return Page(pixels, "drawn.png", 1, "0" * 64)


@cache
def _text_block(size: int) -> tuple[Pixels, float]:
    """The lines in type of ``size``, black squares in the four corners; also the cap height."""
    font = ImageFont.load_default(size)
    _, top, _, bottom = font.getbbox("H")
    pitch, mark = round(1.6 * size), size // 2
    width = round(max(font.getlength(line) for line in LINES)) + 4 * mark
    image = Image.new("L", (width, pitch * len(LINES) + 2 * mark), PAPER)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(LINES):
        label, amount = line[:19].rstrip(), line[19:].strip()
        draw.text((2 * mark, mark + number * pitch), label if amount else line, fill=INK, font=font)
        draw.text((image.width - 2 * mark, mark + number * pitch), amount, fill=INK, font=font, anchor="ra")
    for x in (0, image.width - mark):
        for y in (0, image.height - mark):
            draw.rectangle((x, y, x + mark - 1, y + mark - 1), fill=0)
    return np.asarray(image, dtype=np.uint8), float(bottom - top)


def draw_page(
    *,
    size: int = 32,
    slant_deg: float = 0.0,
    offset: tuple[int, int] = (300, 200),
    shape: tuple[int, int] = (1400, 1300),
) -> Drawn:
    """Draw the lines on a page of ``shape`` (height, width), and rotate it about its centre.

    The lines' corner is at ``offset`` (x, y) before the clockwise rotation by ``slant_deg``.
    """
    block, cap_height = _text_block(size)
    height, width = shape
    canvas = np.full(shape, PAPER, dtype=np.uint8)
    left, top = offset
    canvas[top : top + block.shape[0], left : left + block.shape[1]] = block
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -slant_deg, 1.0)
    turned = cv2.warpAffine(canvas, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=PAPER)
    mark = size // 2
    far_x, far_y = left + block.shape[1] - mark, top + block.shape[0] - mark
    middle = (mark - 1) / 2
    corners = [(x + middle, y + middle) for x in (left, far_x) for y in (top, far_y)]
    ys, xs = np.nonzero(turned < (PAPER + INK) / 2)
    ink = Box(float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1))
    marks = tuple(mapped(corner, turn.astype(np.float64)) for corner in corners)
    return Drawn(page_of(turned.astype(np.uint8)), ink, cap_height, marks)


def mapped(point: tuple[float, float], affine: Affine) -> tuple[float, float]:
    """Return the image of a point under an affine map."""
    x, y = affine @ np.array([*point, 1.0])
    return float(x), float(y)


def find_marks(pixels: Pixels) -> list[tuple[float, float]]:
    """Return the centres of the four largest solid dark spots."""
    dark = (pixels < INK - 10).astype(np.uint8)
    _, _, stats, middles = cv2.connectedComponentsWithStats(dark)
    solid = stats[:, cv2.CC_STAT_AREA] / (stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT])
    areas = np.where(solid > 0.7, stats[:, cv2.CC_STAT_AREA], 0)
    areas[0] = 0
    return [(float(x), float(y)) for x, y in middles[np.argsort(areas)[-4:]]]


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance of two points."""
    return math.dist(one, other)

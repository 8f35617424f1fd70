"""Renders lines as the ink of a thermal print head.

A head has 8 dots per millimetre (203 dpi): 576 dots on an 80 mm roll, 384 on a 58 mm one. Lines are drawn in whole
dots first; then each dot becomes a spot of heat that is somewhat larger than its pitch, which makes thermal print look
soft.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from generator.faces import has_glyph
from generator.fonts import SPARE, Face
from generator.sheet import Cell, Line, is_wide, width

Dots = NDArray[np.uint8]
"""Shape (height, width), 1 where the head burns."""

Ink = NDArray[np.float32]
"""Shape (height, width), from 0, blank paper, to 1, fully black."""

FINE = 4
"""Pixels per dot while spots are drawn."""


@dataclass(frozen=True, slots=True)
class Press:
    """A printer: its font, print width in dots, dots of paper between lines, and size of the spots.

    ``gain`` is the spread of a spot in dots (0.3, crisp, to 0.7, bold); ``heat`` is from 0.8 (thin strokes) to 1.2.
    ``plain_zero`` removes the stroke or dot from the zero of the font, as most tills print it.
    """

    face: Face
    width: int
    leading: int
    gain: float
    heat: float
    plain_zero: bool

    @property
    def columns(self) -> int:
        """Characters per line."""
        return self.width // (self.face.cell[0] * self.face.pitch)


@dataclass(frozen=True, slots=True)
class Pen:
    """Fonts opened at their sizes, and a replacement for the zero of the font, if any.

    ``wide`` is the font of characters of two cells, drawn ``drop`` dots lower; ``spare`` that of characters that are
    missing from ``font``.
    """

    font: ImageFont.FreeTypeFont
    wide: ImageFont.FreeTypeFont
    drop: int
    spare: ImageFont.FreeTypeFont
    zero: Image.Image | None

    def narrow(self, character: str) -> ImageFont.FreeTypeFont:
        """Return the font that draws a character of one cell."""
        if character.isascii() or has_glyph(self.font, character):
            return self.font
        return self.spare


def print_dots(lines: Sequence[Line], press: Press) -> Dots:
    """Render the whole strip in dots of the font's matrix, without margins."""
    return np.concatenate(print_strips(lines, press), axis=0)


def print_strips(lines: Sequence[Line], press: Press) -> list[Dots]:
    """Render each line in dots of the font's matrix, without margins."""
    pen = _pen(press)
    return [_strip(line, press, pen) for line in lines]


def burn(dots: Dots, press: Press, scale: float) -> Ink:
    """Render the strip with ``scale`` pixels per printer dot.

    Spots are round if the matrix of the font is coarser than that of the head.
    """
    pitch = press.face.pitch
    if pitch > 1:
        spots = np.zeros((dots.shape[0] * FINE * pitch, dots.shape[1] * FINE * pitch), np.float32)
        middle = FINE * pitch // 2
        spots[middle :: FINE * pitch, middle :: FINE * pitch] = dots
        size = int(1.4 * FINE * pitch * press.heat) | 1
        fine = cv2.dilate(spots, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    else:
        fine = np.kron(dots, np.ones((FINE, FINE), np.uint8)).astype(np.float32)
    soft = cv2.GaussianBlur(fine, (0, 0), press.gain * FINE)
    # Paper turns black quickly above a threshold of heat; 0.5 preserves the width of strokes.
    ink = np.clip((soft * press.heat - 0.18) / 0.5, 0, 1)
    size_out = (round(dots.shape[1] * pitch * scale), round(dots.shape[0] * pitch * scale))
    return np.asarray(cv2.resize(ink, size_out, interpolation=cv2.INTER_AREA), np.float32)


def _strip(line: Line, press: Press, pen: Pen) -> Dots:
    face = press.face
    width = press.width // face.pitch
    if line.graphic is not None:
        return np.pad(line.graphic, ((0, 0), (0, width - line.graphic.shape[1])))
    if line.bars:
        return _bars(line.bars, width)
    wide, tall = line.look.wide, line.look.tall
    image = Image.new("1", (width // wide, face.cell[1]), 0)
    draw = ImageDraw.Draw(image)
    draw.fontmode = "1"
    for cell in line.cells:
        _draw_cell(draw, cell, face, pen)
    dots = np.asarray(image, np.uint8)
    if line.look.bold:
        dots = dots | np.pad(dots, ((0, 0), (1, 0)))[:, :-1]
    dots = np.repeat(np.repeat(dots, tall, axis=0), wide, axis=1)
    dots = np.pad(dots, ((0, press.leading), (0, width - dots.shape[1])))
    return np.asarray(dots, np.uint8)


def _draw_cell(draw: ImageDraw.ImageDraw, cell: Cell, face: Face, pen: Pen) -> None:
    advance = face.cell[0]
    length = pen.font.getlength(cell.text) if face.proportional else width(cell.text) * advance
    x = cell.column * advance - {"left": 0, "centre": length / 2, "right": length}[cell.align]
    if face.proportional:
        draw.text((round(x), 0), cell.text, font=pen.font, fill=1)
        return
    column = 0
    for character in cell.text:
        # Drawn one by one, because the advance of the font is not a whole number of dots.
        place = (round(x) + column * advance, 0)
        column += width(character)
        if character == "0" and pen.zero is not None:
            draw.bitmap(place, pen.zero, fill=1)
        elif is_wide(character):
            draw.text((place[0], pen.drop), character, font=pen.wide, fill=1)
        else:
            draw.text(place, character, font=pen.narrow(character), fill=1)


def _pen(press: Press) -> Pen:
    face = press.face
    font = ImageFont.truetype(face.path, face.size)
    wide = ImageFont.truetype(face.wide.path, face.wide.size) if face.wide else font
    spare = ImageFont.truetype(SPARE[face.pitch].path, SPARE[face.pitch].size)
    drop = _drop(wide, face.cell[1]) if face.wide else 0
    if not press.plain_zero or face.proportional:
        return Pen(font, wide, drop, spare, None)
    image = Image.new("1", face.cell, 0)
    draw = ImageDraw.Draw(image)
    draw.fontmode = "1"
    draw.text((0, 0), "0", font=font, fill=1)
    return Pen(font, wide, drop, spare, Image.fromarray(_outline(np.asarray(image, np.uint8)) * 255).convert("1"))


def _drop(wide: ImageFont.FreeTypeFont, height: int) -> int:
    """Return the offset by which a wide font is drawn lower to centre a full glyph in the cell."""
    full = next(character for character in "国國뷁" if has_glyph(wide, character))
    _, top, _, bottom = wide.getbbox(full)
    return round((height - top - bottom) / 2)


def _outline(glyph: Dots) -> Dots:
    """Keep the part of a glyph within the thickness of its left stroke from its outside."""
    middle = glyph[glyph.any(axis=1)]
    row = middle[len(middle) // 2]
    start = int(row.argmax())
    thickness = int(row[start:].argmin())
    padded = np.pad(glyph, 1)
    outside = padded.copy()
    cv2.floodFill(outside, None, (0, 0), 2)
    distance = cv2.distanceTransform((outside != 2).astype(np.uint8), cv2.DIST_L2, 3)
    kept = padded & (distance < thickness + 0.6)
    return np.asarray(kept[1:-1, 1:-1], np.uint8)


def _bars(digits: str, width: int) -> Dots:
    """Draw bars of 2 to 4 dots that look like a bar code of the digits without being valid."""
    widths = ((2 + int(digit) % 3, 2 + int(digit) // 4) for digit in digits + digits)
    code = np.concatenate([np.repeat(np.array((1, 0), np.uint8), pair) for pair in widths])[: width - 4]
    left = (width - len(code)) // 2
    row = np.pad(code, (left, width - len(code) - left))
    return np.asarray(np.pad(np.tile(row, (60, 1)), ((0, 10), (0, 0))), np.uint8)

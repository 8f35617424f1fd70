"""Arranges detected lines below one another, straightened and of one height, for Tesseract to read as one block.

On the page itself Tesseract skips lines that are much taller than the others, as titles and totals are, and reads grain
as more lines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from rpiocr.model import Box, EngineId, Line, Pixels, Prepared, Word
from rpiocr.recognise.rapidocr.boxes import Quad
from rpiocr.recognise.tesseract import TESSERACT, Tesseract

LINE_HEIGHT = 40
"""Height in pixels that a line's box is scaled to; its characters fill two thirds of it. Between 32 and 48 it makes no
difference: the total was read on 22 or 23 of 24 drawn receipts in Russian and Korean, on 21 with 56."""

MARGIN = 0.1
"""Margin above and below the box as a share of that height, as the box may cut into characters."""

SIDE = 8
GAP = 12
"""Pixels of background to the left and right of a line, and above and below it."""

DARK, LIGHT = 1.0, 90.0
"""Percentiles of a line's grey values that become black and white: less than a tenth of it is the edge of ink or
brighter than paper."""

MIN_CONTRAST = 20.0
"""Minimum difference of grey values between those percentiles; fainter lines stay faint."""

MAX_LINES = 300
"""Maximum number of lines: they make a sheet 19 200 pixels high, of the 32 767 that Tesseract accepts; only noise makes
more."""

PAPER = 255

LINES_SET_APART = EngineId(TESSERACT, "lines")


@dataclass(frozen=True, slots=True)
class Strip:
    """One line on the sheet: its quadrilateral in the image, its top on the sheet, and its width there in pixels."""

    quad: Quad
    top: int
    width: int

    def to_image(self, box: Box) -> Box:
        """Map a box on the sheet to an upright box of the same size in the image."""
        across, down = self.quad[1] - self.quad[0], self.quad[3] - self.quad[0]
        inner = LINE_HEIGHT * (1 - 2 * MARGIN)
        x, y = box.middle
        along, below = (x - SIDE) / self.width, (y - self.top - MARGIN * LINE_HEIGHT) / inner
        middle_x, middle_y = self.quad[0] + across * along + down * below
        width = box.width * math.hypot(*across) / self.width
        height = box.height * math.hypot(*down) / inner
        return Box(
            float(middle_x - width / 2),
            float(middle_y - height / 2),
            float(middle_x + width / 2),
            float(middle_y + height / 2),
        )


@dataclass(frozen=True, slots=True)
class SheetReader:
    """Reads detected lines with Tesseract: quadrilaterals in pixels of the prepared image."""

    quads: tuple[Quad, ...]
    tesseract: Tesseract
    id: EngineId = LINES_SET_APART

    def read(self, image: Prepared, timeout_s: float) -> tuple[Line, ...]:
        """Read every line; see Engine."""
        if not self.quads:
            return ()
        pixels, strips = lay_out(image.pixels, self.quads)
        sheet = Prepared(pixels, image.variant, np.eye(2, 3), image.dpi)
        words = [word for line in self.tesseract.read(sheet, timeout_s) for word in line.words]
        placed = [[_placed(word, strip) for word in words if _is_on(word, strip)] for strip in strips]
        return tuple(Line(tuple(line)) for line in placed if line)


def lay_out(pixels: Pixels, quads: Sequence[Quad]) -> tuple[Pixels, tuple[Strip, ...]]:
    """Arrange at least one line of a grey image below one another. Returns the sheet, and where each line is on it.

    Every line is scaled to one height, and in width so that characters of the usual height keep their shape: those
    of twice the height become as wide as the others.
    """
    longest = sorted(quads, key=lambda quad: -float(math.hypot(*(quad[1] - quad[0]))))[:MAX_LINES]
    in_order = sorted(longest, key=lambda quad: float(quad[:, 1].mean()))
    usual = float(np.median([math.hypot(*(quad[3] - quad[0])) for quad in in_order]))
    inner = LINE_HEIGHT * (1 - 2 * MARGIN)
    step = LINE_HEIGHT + 2 * GAP
    widths = [max(1, math.ceil(math.hypot(*(quad[1] - quad[0])) * inner / usual)) for quad in in_order]
    strips = tuple(
        Strip(quad, number * step + GAP, width)
        for number, (quad, width) in enumerate(zip(in_order, widths, strict=True))
    )
    sheet = np.full((step * len(strips), max(widths) + 2 * SIDE), PAPER, dtype=np.uint8)
    for strip in strips:
        straight = _straight(pixels, strip)
        sheet[strip.top : strip.top + LINE_HEIGHT, : straight.shape[1]] = _even(straight)
    return sheet, strips


def _straight(pixels: Pixels, strip: Strip) -> Pixels:
    top, bottom = MARGIN * LINE_HEIGHT, (1 - MARGIN) * LINE_HEIGHT
    left, right = SIDE, SIDE + strip.width
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)
    shrinks = math.hypot(*(strip.quad[3] - strip.quad[0])) > bottom - top
    return cv2.warpPerspective(
        pixels,
        cv2.getPerspectiveTransform(strip.quad, corners),
        (strip.width + 2 * SIDE, LINE_HEIGHT),
        flags=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.uint8, copy=False)


def _even(line: Pixels) -> Pixels:
    dark, light = np.percentile(line, [DARK, LIGHT])
    ramp = (np.arange(256, dtype=np.float32) - dark) * (255.0 / max(MIN_CONTRAST, light - dark))
    return cv2.LUT(line, np.clip(ramp, 0, 255).astype(np.uint8)).astype(np.uint8, copy=False)


def _is_on(word: Word, strip: Strip) -> bool:
    _, y = word.box.middle
    return strip.top - GAP <= y < strip.top + LINE_HEIGHT + GAP


def _placed(word: Word, strip: Strip) -> Word:
    return Word(word.text, strip.to_image(word.box), word.confidence)

"""An image to draw on, in its own coordinates, with room beside and below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from rpiocr.model import Box, Pixels
from rpiocr.model.page_layout import Point
from rpiocr.output.overlay.lettering import lettering

Colour = tuple[int, int, int]

LONGEST_SIDE = 2000
"""Larger images are scaled down to this longest side in pixels."""

WHITE = (255, 255, 255)

FRAME_WIDTH = 3
CAPTION_SIZE = 14


@dataclass(frozen=True, slots=True)
class Canvas:
    """A drawing whose upper left part is an image scaled by ``factor``, ``width`` by ``height`` pixels large."""

    image: Image.Image
    draw: ImageDraw.ImageDraw
    factor: float
    width: int
    height: int

    @staticmethod
    def of(pixels: Pixels, fading: float = 0.0, enlargement: float = 1.0) -> Canvas:
        """Return a canvas with an image, enlarged as far as it fits, and made white by ``fading``, from 0 to 1."""
        grey = Image.fromarray(pixels)
        factor = min(enlargement, LONGEST_SIDE / max(grey.size))
        if factor != 1.0:
            grey = grey.resize((max(1, round(grey.width * factor)), max(1, round(grey.height * factor))))
        if fading:
            grey = Image.blend(grey, Image.new("L", grey.size, 255), fading)
        image = grey.convert("RGB")
        return Canvas(image, ImageDraw.Draw(image, "RGBA"), factor, *image.size)

    def with_room(self, right: int, height: int) -> Canvas:
        """Return a canvas that is wider to the right, and at least ``height`` pixels high."""
        image = Image.new("RGB", (self.width + right, max(self.height, height)), WHITE)
        image.paste(self.image)
        return Canvas(image, ImageDraw.Draw(image, "RGBA"), self.factor, self.width, self.height)

    def corners(self, box: Box, margin: float = 0.0) -> tuple[float, float, float, float]:
        """Return a box of the image, larger by ``margin`` pixels of the canvas on each side."""
        left, top, right, bottom = (side * self.factor for side in (box.left, box.top, box.right, box.bottom))
        return left - margin, top - margin, right + margin, bottom + margin

    def points(self, points: Sequence[Point]) -> list[Point]:
        """Return points of the image."""
        return [(x * self.factor, y * self.factor) for x, y in points]

    def frame(self, box: Box, colour: Colour) -> None:
        """Draw a thick frame around a box."""
        self.draw.rectangle(self.corners(box, FRAME_WIDTH - 1), outline=colour, width=FRAME_WIDTH)

    def caption(self, box: Box, text: str, colour: Colour) -> None:
        """Write a text below a box."""
        letters = lettering(CAPTION_SIZE)
        text = letters.readable(text)
        width = self.draw.textlength(text, letters.font)
        left, _, _, bottom = self.corners(box)
        left = max(0.0, min(left, self.width - width))
        self.draw.rectangle((left, bottom + 4, left + width, bottom + CAPTION_SIZE + 8), fill=WHITE)
        self.draw.text((left, bottom + 4), text, fill=colour, font=letters.font)

"""Writes text on images in whatever characters it has."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from rpiocr.system.fonts import installed_font

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

UNASSIGNED = "\U0010fffe"
"""No character: a font draws it as it draws those that it lacks."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """A font at one size; characters that it lacks are written as their Unicode escapes."""

    font: Font
    height: int
    _glyphs: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def readable(self, text: str) -> str:
        """Return a text in characters of the font."""
        return "".join(char if self._has(char) else char.encode("unicode_escape").decode("ascii") for char in text)

    def _has(self, char: str) -> bool:
        if char.isascii():
            return char.isprintable()
        if char not in self._glyphs:
            self._glyphs[char] = char.isspace() or self._image(char) != self._image(UNASSIGNED)
        return self._glyphs[char]

    def _image(self, char: str) -> bytes:
        image = Image.new("L", (4 * self.height, 2 * self.height))
        ImageDraw.Draw(image).text((self.height, 0), char, fill=255, font=self.font)
        return image.tobytes()


@cache
def lettering(size: int) -> Lettering:
    """Return the best font that is installed; Pillow's own, which has those of ASCII, if there is none."""
    path = installed_font()
    return lettering_of(path, size) or Lettering(ImageFont.load_default(size), size)


def lettering_of(path: Path | None, size: int) -> Lettering | None:
    """Return the font in a file; None if there is no such file, or no font in it."""
    try:
        return Lettering(ImageFont.truetype(path, size), size) if path else None
    except OSError:
        return None

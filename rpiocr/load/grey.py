"""From any of Pillow's modes to 8-bit grey."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FULL_SCALES = (1.0, 255.0, 65535.0)
"""Values that stand for white in pictures of 32 bits per pixel, which do not say it themselves."""


def to_grey(image: Image.Image) -> Image.Image:
    """Convert a picture to mode L, transparent parts on white; CMYK has 0 for no ink, as Pillow has it."""
    if image.mode.startswith("I;16"):
        return _from_16_bit(image)
    if image.mode in {"I", "F"}:
        return _from_32_bit(image)
    if image.mode == "LAB":
        return image.getchannel("L")
    if image.mode == "CMYK":
        return image.convert("RGB").convert("L")
    if image.has_transparency_data:
        return _on_white(image)
    return image.convert("L")


def _from_16_bit(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    return Image.fromarray((values // 257).astype(np.uint8))


def _from_32_bit(image: Image.Image) -> Image.Image:
    """Scale by the smallest usual full scale that covers all values; others are stretched to their range."""
    values: NDArray[np.float32] = np.nan_to_num(np.asarray(image, dtype=np.float32), nan=0.0)
    low, high = float(values.min()), float(values.max())
    black = min(low, 0.0)
    white = next((scale for scale in FULL_SCALES if black == 0.0 and high <= scale), high)
    values -= np.float32(black)
    values *= np.float32(255.0 / max(white - black, 1e-30))
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    # Grey first and blended then: the same result as blending the colours, at a quarter of the memory.
    rgba = image if image.mode in {"RGBA", "LA"} else image.convert("RGBA")
    paper = Image.new("L", image.size, 255)
    paper.paste(rgba.convert("L"), mask=rgba.getchannel("A"))
    return paper

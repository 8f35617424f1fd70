"""The five variants: the same text area, each toned for another kind of receipt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from rpiocr.model import Pixels
from rpiocr.preprocess import tone

Recipe = Callable[[Pixels], Pixels]

VARIANTS = ("default", "high_contrast", "threshold", "sharpen", "denoise")
"""All variants, the most useful first; modes take them from the front."""

LETTER_WINDOW = 96
"""Side in pixels of the neighbourhood for local steps: three times the height of a scaled capital."""


def _default(pixels: Pixels) -> Pixels:
    return tone.contrast(tone.normalise(pixels), gain=1.15)


def _high_contrast(pixels: Pixels) -> Pixels:
    even = tone.flatten_light(pixels, LETTER_WINDOW)
    return tone.contrast(tone.normalise(even), gain=1.9, brightness=0.05, pivot=200.0)


def _threshold(pixels: Pixels) -> Pixels:
    soft = tone.blur(tone.normalise(pixels))
    return tone.threshold(soft, LETTER_WINDOW, share=0.75)


def _sharpen(pixels: Pixels) -> Pixels:
    return tone.sharpen(tone.contrast(tone.normalise(pixels), gain=1.2))


def _denoise(pixels: Pixels) -> Pixels:
    return tone.contrast(tone.blur(tone.normalise(pixels)), gain=1.3)


TUNED: Mapping[str, Recipe] = {
    "default": _default,
    "high_contrast": _high_contrast,
    "threshold": _threshold,
    "sharpen": _sharpen,
    "denoise": _denoise,
}


def _strong(amount: float) -> float:
    """Gain of a contrast ``amount`` of 0 to 1 as the Jimp library defines it: (1 + amount) / (1 - amount)."""
    return (1 + amount) / (1 - amount)


def _guide_contrast(pixels: Pixels, amount: float, brightness: float = 0.0) -> Pixels:
    return tone.contrast(tone.normalise(pixels), _strong(amount), brightness, pivot=127.0)


def _guide_threshold(pixels: Pixels) -> Pixels:
    even = tone.normalise(pixels)
    return tone.threshold(even, max(pixels.shape), share=0.65)


def _guide_sharpen(pixels: Pixels) -> Pixels:
    return tone.sharpen(_guide_contrast(pixels, 0.7))


def _guide_denoise(pixels: Pixels) -> Pixels:
    return _guide_contrast(tone.blur(pixels), 0.8)


GUIDE: Mapping[str, Recipe] = {
    "default": partial(_guide_contrast, amount=0.6),
    "high_contrast": partial(_guide_contrast, amount=0.9, brightness=0.05),
    "threshold": _guide_threshold,
    "sharpen": _guide_sharpen,
    "denoise": _guide_denoise,
}

RECIPES: Mapping[str, Mapping[str, Recipe]] = {"tuned": TUNED, "guide": GUIDE}
"""``tuned`` was measured on real receipts; ``guide`` has the figures that the tool started from, near-hard contrast."""

"""The five variants: the same text area with intensity transforms for different kinds of receipts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from rpiocr.model import Pixels
from rpiocr.preprocess import intensity

Recipe = Callable[[Pixels], Pixels]

VARIANTS = ("default", "high_contrast", "threshold", "sharpen", "denoise")
"""All variants, the most useful first; each mode uses the first few of them."""

LOCAL_WINDOW_PX = 96
"""Side in pixels of the neighbourhood for local steps: three times the cap height after scaling."""


def _default(pixels: Pixels) -> Pixels:
    return intensity.contrast(intensity.normalise(pixels), gain=1.15)


def _high_contrast(pixels: Pixels) -> Pixels:
    even = intensity.flatten_illumination(pixels, LOCAL_WINDOW_PX)
    return intensity.contrast(intensity.normalise(even), gain=1.9, brightness=0.05, pivot=200.0)


def _threshold(pixels: Pixels) -> Pixels:
    soft = intensity.blur(intensity.normalise(pixels))
    return intensity.threshold(soft, LOCAL_WINDOW_PX, share=0.75)


def _sharpen(pixels: Pixels) -> Pixels:
    return intensity.sharpen(intensity.contrast(intensity.normalise(pixels), gain=1.2))


def _denoise(pixels: Pixels) -> Pixels:
    return intensity.contrast(intensity.blur(intensity.normalise(pixels)), gain=1.3)


TUNED: Mapping[str, Recipe] = {
    "default": _default,
    "high_contrast": _high_contrast,
    "threshold": _threshold,
    "sharpen": _sharpen,
    "denoise": _denoise,
}


def _strong(amount: float) -> float:
    """Return the gain of a contrast ``amount``, 0 to 1, as the Jimp library defines it: (1 + amount) / (1 - amount)."""
    return (1 + amount) / (1 - amount)


def _guide_contrast(pixels: Pixels, amount: float, brightness: float = 0.0) -> Pixels:
    return intensity.contrast(intensity.normalise(pixels), _strong(amount), brightness, pivot=127.0)


def _guide_threshold(pixels: Pixels) -> Pixels:
    even = intensity.normalise(pixels)
    return intensity.threshold(even, max(pixels.shape), share=0.65)


def _guide_sharpen(pixels: Pixels) -> Pixels:
    return intensity.sharpen(_guide_contrast(pixels, 0.7))


def _guide_denoise(pixels: Pixels) -> Pixels:
    return _guide_contrast(intensity.blur(pixels), 0.8)


GUIDE: Mapping[str, Recipe] = {
    "default": partial(_guide_contrast, amount=0.6),
    "high_contrast": partial(_guide_contrast, amount=0.9, brightness=0.05),
    "threshold": _guide_threshold,
    "sharpen": _guide_sharpen,
    "denoise": _guide_denoise,
}

RECIPES: Mapping[str, Mapping[str, Recipe]] = {"tuned": TUNED, "guide": GUIDE}
"""``tuned`` was measured on real receipts; ``guide`` has the initial values of the project, with nearly binary
contrast."""

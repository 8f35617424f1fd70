"""Simulates light and camera: shadows, glare, blur, noise."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from generator.age import Pixels
from generator.dice import Dice
from generator.scene import Floats

COARSE = 16
"""Pixels per cell of the light maps, which are smooth."""

BAND = 256
"""Number of rows that are lit at a time, so that no whole image is held in floats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Light on the image; shares are 0 (none) to 1.

    ``exposure`` is a factor for all channels, ``tint`` one for each of red, green and blue. ``slope`` is the loss
    towards one side, in ``direction`` (radians); ``vignette`` that towards the corners. ``cast`` is the loss in the
    shadow of the phone and the hands. ``glare`` is the opacity of a reflection where it is brightest, ``glare_size``
    its radius as a share of the image, ``glare_at`` its position (x and y, 0 to 1).
    """

    exposure: float = 0.9
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    slope: float = 0.0
    direction: float = 0.0
    vignette: float = 0.0
    cast: float = 0.0
    glare: float = 0.0
    glare_size: float = 0.1
    glare_at: tuple[float, float] = (0.5, 0.5)


def light_map(dice: Dice, light: Light, width: int, height: int) -> Floats:
    """Return the light factor, one value per 16 x 16 pixels."""
    columns, rows = -(-width // COARSE), -(-height // COARSE)
    x = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
    along = (x * np.cos(light.direction) + y * np.sin(light.direction)) / 1.42
    factor = light.exposure * (1 - light.slope * (along + 1) / 2) * (1 - light.vignette * (x**2 + y**2) / 2)
    if light.cast:
        factor = factor * (1 - light.cast * _cast_shadow(dice, columns, rows))
    return np.asarray(factor, np.float32)


def _cast_shadow(dice: Dice, columns: int, rows: int) -> Floats:
    """Return the shadow of a phone with fingers around it: a rectangle with soft edges, 0 to 1."""
    shadow = np.zeros((rows, columns), np.float32)
    side = min(columns, rows)
    centre = np.array([dice.real(0.1, 0.9) * columns, dice.real(0.45, 1.15) * rows])
    angle = dice.real(-40, 40)
    box = cv2.boxPoints((tuple(centre.tolist()), (side * dice.real(0.4, 0.7), side * dice.real(0.8, 1.3)), angle))
    cv2.fillConvexPoly(shadow, np.asarray(box, np.int32), 1.0)
    for _ in range(dice.between(0, 4)):
        start = box[dice.between(0, 3)] + dice.generator.uniform(-0.1, 0.1, 2) * side
        end = start + dice.generator.uniform(-0.25, 0.25, 2) * side
        width = max(1, int(side * 0.09))
        cv2.line(shadow, start.astype(int).tolist(), end.astype(int).tolist(), 1.0, width)
    return np.asarray(cv2.GaussianBlur(shadow, (0, 0), side * dice.real(0.015, 0.07)), np.float32)


def glare_map(dice: Dice, light: Light, width: int, height: int) -> Floats:
    """Return the opacity of the glare, 0 to 1, one value per 16 x 16 pixels."""
    columns, rows = -(-width // COARSE), -(-height // COARSE)
    x = (np.arange(columns, dtype=np.float32)[None, :] + 0.5) / columns - light.glare_at[0]
    y = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) / rows - light.glare_at[1]
    x, y = x * width / max(width, height), y * height / max(width, height)
    angle, stretch = dice.real(0, 3.14), dice.real(1.0, 2.5)
    far = ((x * np.cos(angle) + y * np.sin(angle)) / stretch) ** 2 + (y * np.cos(angle) - x * np.sin(angle)) ** 2
    # A bright core with a wide halo, as a lamp's reflection on coated paper has.
    spot = 0.75 * np.exp(-((far / light.glare_size**2) ** 2)) + 0.25 * np.exp(-far / (2.2 * light.glare_size) ** 2)
    return np.asarray(light.glare * spot, np.float32)


def defocus(pixels: Pixels, sigma: float) -> Pixels:
    """Blur like a lens out of focus, ``sigma`` in pixels."""
    if sigma < 0.25:
        return pixels
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)


def smear(pixels: Pixels, length: float, angle: float) -> Pixels:
    """Blur like a hand that moved by ``length`` pixels in direction ``angle`` (radians)."""
    if length < 1.0:
        return pixels
    half = int(np.ceil(length / 2))
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    steps = np.linspace(-length / 2, length / 2, 8 * half + 1)
    for step in steps:
        x, y = half + step * np.cos(angle), half + step * np.sin(angle)
        column, row = min(int(x), 2 * half - 1), min(int(y), 2 * half - 1)
        part_x, part_y = x - column, y - row
        kernel[row, column] += (1 - part_x) * (1 - part_y)
        kernel[row, column + 1] += part_x * (1 - part_y)
        kernel[row + 1, column] += (1 - part_x) * part_y
        kernel[row + 1, column + 1] += part_x * part_y
    return np.asarray(cv2.filter2D(pixels, -1, kernel / kernel.sum()), np.uint8)


def expose(pixels: Pixels, light: Light, noise: float, dice: Dice) -> None:
    """Apply light, glare and noise (standard deviation in grey levels) to the image in place."""
    height, width = pixels.shape[:2]
    factor = light_map(dice, light, width, height)
    white = glare_map(dice, light, width, height) if light.glare else None
    tint = np.array(light.tint, np.float32)
    # The noise of one band is used for all bands, rolled by a different amount each time.
    grain = dice.generator.standard_normal((BAND, width), dtype=np.float32) * noise
    tone = np.asarray(cv2.resize(grain, (width // 4 + 1, BAND // 4), interpolation=cv2.INTER_AREA), np.float32)
    tone = np.asarray(cv2.resize(tone, (width, BAND)), np.float32)
    for top in range(0, height, BAND):
        band = pixels[top : top + BAND]
        rows = slice(top // COARSE, (top + BAND) // COARSE)
        size = (factor.shape[1] * COARSE, BAND)
        lit = cv2.resize(factor[rows], (size[0], factor[rows].shape[0] * COARSE))[: len(band), :width]
        shift = dice.between(0, width - 1)
        noisy, toned = np.roll(grain, shift, axis=1)[: len(band)], np.roll(tone, shift * 2, axis=1)[: len(band)]
        veil = None if white is None else cv2.resize(white[rows], (size[0], factor[rows].shape[0] * COARSE))
        for channel in range(3):
            level = band[..., channel] * (lit * tint[channel])
            if veil is not None:
                level += (255 - level) * veil[: len(band), :width]
            level += noisy
            if channel != 1:
                level += toned * (1.5 if channel else -1.5)
            band[..., channel] = np.clip(level, 0, 255)

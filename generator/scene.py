"""Draws the surfaces that receipts are placed on, seen from above.

Each surface is a function of ``Dice`` and a ``Patch`` that returns colours from 0 to 255. Sizes are realistic, in
millimetres, so that a plank is wider than a receipt and a thread thinner than a character.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.dice import Dice

Floats = NDArray[np.float32]
Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""


@dataclass(frozen=True, slots=True)
class Patch:
    """The part of a surface to draw: ``height`` and ``width`` in pixels, ``scale`` in pixels per mm."""

    height: int
    width: int
    scale: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.height, self.width

    def px(self, mm: float) -> int:
        """Return a length in whole pixels, at least one."""
        return max(1, round(mm * self.scale))

    def grid(self) -> tuple[Floats, Floats]:
        """Return x and y of every pixel in mm."""
        x = np.arange(self.width, dtype=np.float32)[None, :] / self.scale
        y = np.arange(self.height, dtype=np.float32)[:, None] / self.scale
        return np.broadcast_to(x, self.shape), np.broadcast_to(y, self.shape)


Surface = Callable[[Dice, Patch], Floats]
"""Draws a patch, shape (height, width, 3)."""


def cloud(dice: Dice, patch: Patch, across_mm: float, along_mm: float | None = None) -> Floats:
    """Return a smooth random field from 0 to 1 with spots of the given width (x) and length (y)."""
    columns = int(np.clip(patch.width / (across_mm * patch.scale), 1, patch.width)) + 2
    rows = int(np.clip(patch.height / ((along_mm or across_mm) * patch.scale), 1, patch.height)) + 2
    coarse = dice.generator.random((rows, columns), dtype=np.float32)
    field = cv2.resize(coarse, (patch.width, patch.height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(field, 0, 1), np.float32)


def mix(low: Colour, high: Colour, share: Floats) -> Floats:
    """Blend two colours, ``share`` 0 (low) to 1 (high) for each pixel."""
    a, b = np.array(low, np.float32), np.array(high, np.float32)
    return np.asarray(a + (b - a) * np.clip(share, 0, 1)[..., None], np.float32)


def shaded(colours: Floats, factor: Floats) -> Floats:
    """Multiply every colour of a pixel by a factor."""
    return np.asarray(colours * factor[..., None], np.float32)


WOODS: tuple[tuple[Colour, Colour], ...] = (
    ((52, 34, 24), (96, 68, 50)),
    ((66, 30, 20), (122, 66, 44)),
    ((138, 92, 52), (196, 150, 98)),
    ((176, 138, 92), (222, 190, 146)),
    ((198, 172, 134), (232, 212, 182)),
    ((112, 106, 98), (168, 160, 150)),
)


def wood(dice: Dice, patch: Patch) -> Floats:
    """Draw boards with grain, pores and knots, or one board without joints."""
    lying = dice.chance(0.5)
    board = Patch(patch.width, patch.height, patch.scale) if lying else patch
    low, high = dice.pick(WOODS)
    grain = 0.45 * cloud(dice, board, 1.3, 70) + 0.3 * cloud(dice, board, 7, 220) + 0.25 * cloud(dice, board, 30, 260)
    grain = _around_knots(dice, board, grain)
    pores = cloud(dice, board, 0.5, 7)
    share = (grain - 0.5) * dice.real(1.3, 2.4) + 0.5
    lit = 0.88 + 0.12 * np.clip(pores * 2.2, 0, 1)
    if dice.chance(0.65):
        share, lit = _boards(dice, board, share, lit)
    colours = shaded(mix(low, high, np.asarray(share, np.float32)), np.asarray(lit, np.float32))
    return np.ascontiguousarray(colours.transpose(1, 0, 2)) if lying else colours


def _around_knots(dice: Dice, patch: Patch, grain: Floats) -> Floats:
    """Bend the grain around dark knots, and everywhere a little."""
    x, y = (np.array(side) for side in patch.grid())
    dx = 14 * (cloud(dice, patch, 60, 160) - 0.5)
    dark = np.zeros(patch.shape, np.float32)
    for _ in range(dice.between(0, 3)):
        knot_x, knot_y = dice.real(0, patch.width / patch.scale), dice.real(0, patch.height / patch.scale)
        size = dice.real(4, 10)
        near_x, near_y = (x - knot_x) / size, (y - knot_y) / (size * 2.6)
        near = np.exp(-(near_x**2 + near_y**2))
        dx += np.sign(near_x) * size * 0.8 * near * (1 - np.exp(-np.abs(near_x) * 3))
        dark += np.exp(-3 * (near_x**2 + (near_y * 2) ** 2))
    bent = cv2.remap(
        grain,
        np.asarray((x - dx) * patch.scale, np.float32),
        np.asarray(y * patch.scale, np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    return np.asarray(bent - 0.7 * dark, np.float32)


def _boards(dice: Dice, patch: Patch, share: Floats, lit: Floats) -> tuple[Floats, Floats]:
    """Split the surface into boards of different brightness, with joints between them."""
    width = dice.real(70, 170)
    x, _ = patch.grid()
    start = dice.real(0, width)
    number = ((x[0] + start) // width).astype(int)
    parts = []
    for board in range(int(number.max()) + 1):
        columns = share[:, number == board]
        parts.append(np.roll(columns, dice.between(0, patch.height), axis=0) + dice.real(-0.18, 0.18))
    place = (x[0] + start) % width
    joint = np.exp(-((np.minimum(place, width - place) / 0.8) ** 2))
    return np.concatenate(parts, axis=1), np.asarray(lit * (1 - 0.55 * joint), np.float32)


def laminate(dice: Dice, patch: Patch) -> Floats:
    """Draw a kitchen top: speckles, or a pale printed grain."""
    base = dice.pick(((225, 220, 210), (190, 186, 180), (120, 116, 112), (70, 66, 64), (214, 196, 168)))
    other: Colour = tuple(int(part * dice.real(0.62, 0.86)) for part in base)  # type: ignore[assignment]
    if dice.chance(0.5):
        share = 0.6 * cloud(dice, patch, 0.9, 90) + 0.4 * cloud(dice, patch, 9, 250)
        return mix(base, other, np.asarray((share - 0.4) * 1.6, np.float32))
    fine, coarse = cloud(dice, patch, 0.6), cloud(dice, patch, 1.7)
    share = np.where(fine > 0.72, 1.0, 0.0) * 0.7 + np.where(coarse > 0.8, 1.0, 0.0) * 0.5
    return mix(base, other, cv2.GaussianBlur(share.astype(np.float32), (0, 0), 0.8).astype(np.float32))


CLOTHS: tuple[Colour, ...] = (
    (238, 236, 230),
    (222, 210, 188),
    (168, 30, 38),
    (40, 62, 110),
    (84, 110, 84),
    (120, 118, 116),
    (44, 44, 50),
    (208, 180, 120),
)


def cloth(dice: Dice, patch: Patch) -> Floats:
    """Draw a woven table cloth, plain or chequered, with soft folds."""
    x, y = patch.grid()
    colours = np.broadcast_to(np.array(dice.pick(CLOTHS), np.float32), (*patch.shape, 3))
    if dice.chance(0.45):
        size = dice.real(6, 30)
        bands = ((x // size) % 2 + (y // size) % 2) / 2
        colours = mix((240, 238, 234), dice.pick(CLOTHS[2:7]), np.asarray(bands, np.float32))
    thread = dice.real(0.7, 1.8)
    uneven = 0.35 * (cloud(dice, patch, 3, 30) + cloud(dice, patch, 30, 3))
    weave = np.sin(x * (np.pi / thread) + uneven * 4) * np.sin(y * (np.pi / thread) + uneven * 4)
    weave = weave * dice.real(0.05, 0.13) * (0.6 + uneven)
    folds = (cloud(dice, patch, 60, 180) - 0.5) * dice.real(0.05, 0.3)
    return shaded(colours.astype(np.float32), np.asarray(1 + weave + folds, np.float32))


def marble(dice: Dice, patch: Patch) -> Floats:
    """Draw light or dark stone with veins."""
    stone, vein = dice.pick(
        (
            ((238, 236, 232), (150, 148, 150)),
            ((226, 216, 200), (166, 140, 116)),
            ((46, 50, 48), (150, 156, 150)),
            ((120, 120, 124), (214, 214, 214)),
        )
    )
    turbulence = cloud(dice, patch, 90) + 0.5 * cloud(dice, patch, 35) + 0.25 * cloud(dice, patch, 12)
    veins = np.exp(-np.abs(turbulence - 0.85) * dice.real(9, 22)) + 0.5 * np.exp(-np.abs(turbulence - 1.08) * 30)
    tone = 0.16 * cloud(dice, patch, 60) + 0.08 * cloud(dice, patch, 5)
    return mix(stone, vein, np.asarray(veins * dice.real(0.5, 0.9) + tone, np.float32))


def dark_desk(dice: Dice, patch: Patch) -> Floats:
    """Draw a dark painted board with smudges and dust."""
    base = dice.between(22, 66)
    level = base + 10 * cloud(dice, patch, 80) + 5 * cloud(dice, patch, 1.0) + 8 * cloud(dice, patch, 20)
    dust = cloud(dice, patch, 0.8) * cloud(dice, patch, 1.5)
    level = level + 60 * np.clip(dust - 0.72, 0, 1)
    tint = np.array(dice.pick(((1, 1, 1), (1.05, 1, 0.92), (0.94, 1, 1.08))), np.float32)
    return np.asarray(level[..., None] * tint, np.float32)


def tiles(dice: Dice, patch: Patch) -> Floats:
    """Draw tiles with grout."""
    x, y = patch.grid()
    size = dice.real(45, 180)
    low = dice.pick(((222, 220, 214), (196, 178, 156), (130, 136, 140), (92, 70, 58), (238, 238, 238)))
    start_x, start_y = dice.real(0, size), dice.real(0, size)
    column, row = ((x + start_x) // size).astype(int), ((y + start_y) // size).astype(int)
    tones = dice.generator.uniform(-0.06, 0.06, (int(row.max()) + 1, int(column.max()) + 1)).astype(np.float32)
    inside = 0.10 * (cloud(dice, patch, 25) - 0.5) + 0.05 * (cloud(dice, patch, 2) - 0.5)
    colours = shaded(mix(low, low, inside), np.asarray(1 + tones[row, column] + inside, np.float32))
    place_x, place_y = (x + start_x) % size, (y + start_y) % size
    edge = np.minimum(np.minimum(place_x, size - place_x), np.minimum(place_y, size - place_y))
    grout = 0.5 - 0.5 * np.tanh((edge - dice.real(1.0, 2.2)) * 2)
    joint = np.array(dice.pick(((170, 166, 160), (90, 88, 86), (226, 224, 220))), np.float32)
    return np.asarray(colours + (joint - colours) * grout[..., None] * 0.85, np.float32)


def white_table(dice: Dice, patch: Patch) -> Floats:
    """Draw a table as white as paper, nearly without texture."""
    base = dice.real(226, 250)
    level = base + 4 * (cloud(dice, patch, 120) - 0.5) + 3 * (cloud(dice, patch, 1.2) - 0.5)
    tint = np.array(dice.pick(((1, 1, 1), (1, 0.99, 0.965), (0.985, 0.995, 1))), np.float32)
    return np.asarray(level[..., None] * tint, np.float32)


def car_seat(dice: Dice, patch: Patch) -> Floats:
    """Draw seat fabric: a mesh of holes, a seam with stitches."""
    x, y = patch.grid()
    base = dice.pick(((58, 58, 62), (38, 38, 40), (120, 112, 100), (74, 78, 92)))
    pitch = dice.real(1.8, 3.4)
    mesh = np.cos(2 * np.pi * x / pitch) * np.cos(np.pi * y / pitch + np.pi * ((x // pitch) % 2))
    lit = 1 + 0.22 * mesh * (0.5 + cloud(dice, patch, 4)) + 0.35 * (cloud(dice, patch, 90, 140) - 0.5)
    seam = x + 25 * np.sin(y / dice.real(120, 300)) - dice.real(0.1, 0.9) * patch.width / patch.scale
    lit = lit * (1 - 0.5 * np.exp(-((seam / 1.6) ** 2)) + 0.22 * np.exp(-(((seam - 6) / 6) ** 2)))
    colours = shaded(mix(base, base, mesh), np.asarray(lit, np.float32))
    stitches = (np.abs(seam - 4) < 0.5) & ((y % 5) < 3.2)
    colours[stitches] = dice.pick(((170, 168, 160), (150, 40, 40), (90, 90, 90)))
    return colours


def carpet(dice: Dice, patch: Patch) -> Floats:
    """Draw carpet, concrete or asphalt: rough, without a pattern."""
    low, high = dice.pick(
        (
            ((96, 92, 86), (168, 162, 152)),
            ((58, 60, 70), (110, 112, 122)),
            ((120, 96, 74), (178, 150, 120)),
            ((150, 148, 144), (206, 204, 198)),
        )
    )
    rough = 0.5 * cloud(dice, patch, 0.7) + 0.3 * cloud(dice, patch, 2.5) + 0.2 * cloud(dice, patch, 40)
    return mix(low, high, np.asarray((rough - 0.5) * 1.8 + 0.5, np.float32))

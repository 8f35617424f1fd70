"""The relief of a strip above the table: curl of the roll, an oblique bend, waves and folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.dice import Dice
from generator.photo_sheet import Sheet
from generator.scene import Floats


@dataclass(frozen=True, slots=True)
class Fold:
    """A crease: the paper rises by ``slope`` on both sides of a line ``at`` mm from the middle.

    ``lengthwise`` folds run from the top to the bottom end; ``slant`` is the tangent of their deviation from it.
    """

    lengthwise: bool
    at: float
    slope: float
    slant: float

    def distance(self, x: Floats, y: Floats) -> Floats:
        """Return the signed distance from the crease in mm."""
        return x - self.at - self.slant * y if self.lengthwise else y - self.at - self.slant * x


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """Height above the table in mm over the paper; x and y in mm from the paper's middle.

    ``ends`` are the heights of the top and bottom end, along a curve of ``power``. ``bow`` is the height of a bend
    about an axis at ``slant`` radians to the length of the paper; if it is negative, the middle rises. Bends are so
    slight that distances on the paper equal those on the table (with an error below 2 %).
    """

    width: float
    length: float
    ends: tuple[float, float] = (0.0, 0.0)
    power: float = 2.0
    bow: float = 0.0
    slant: float = 0.0
    wave: float = 0.0
    phase: float = 0.0
    folds: tuple[Fold, ...] = ()

    def height(self, x: Floats, y: Floats) -> Floats:
        """Return the height in mm; points outside of the paper have the height of its nearest edge."""
        x = np.clip(x, -self.width / 2, self.width / 2)
        y = np.clip(y, -self.length / 2, self.length / 2)
        along = 2 * y / self.length
        z = np.where(along < 0, self.ends[0], self.ends[1]) * np.abs(along) ** self.power
        reach = abs(np.cos(self.slant)) * self.width / 2 + abs(np.sin(self.slant)) * self.length / 2
        across = (x * np.cos(self.slant) + y * np.sin(self.slant)) / reach
        z = z + (self.bow * across**2 if self.bow >= 0 else -self.bow * (1 - across**2))
        z = z + self.wave * (1 + np.sin(y / 17 + x / 60 + self.phase))
        for fold in self.folds:
            z = z + fold.slope * np.abs(fold.distance(x, y))
        return np.asarray(z, np.float32)

    def slopes(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return the slope of the paper along x and along y."""
        step = 0.4
        rise_x = (self.height(x + step, y) - self.height(x - step, y)) / (2 * step)
        rise_y = (self.height(x, y + step) - self.height(x, y - step)) / (2 * step)
        return np.asarray(rise_x, np.float32), np.asarray(rise_y, np.float32)


def draw_relief(dice: Dice, sheet: Sheet) -> Relief:
    """Draw a relief; about a fifth of the strips are flat."""
    if dice.chance(0.2):
        return Relief(width=sheet.width, length=sheet.length)
    curled = dice.chance(0.55)
    most = min(sheet.length / 9, 14.0)
    ends = (dice.real(0, most), dice.real(0, most)) if curled else (dice.real(0, 2), dice.real(0, 2))
    folds: list[Fold] = []
    if dice.chance(0.4):
        for _ in range(dice.between(1, 3)):
            at = dice.real(-0.38, 0.38) * sheet.length
            folds.append(Fold(lengthwise=False, at=at, slope=dice.real(0.02, 0.07), slant=dice.real(-0.08, 0.08)))
    if dice.chance(0.15):
        at = dice.real(-0.15, 0.15) * sheet.width
        folds.append(Fold(lengthwise=True, at=at, slope=dice.real(0.02, 0.08), slant=dice.real(-0.02, 0.02)))
    return Relief(
        width=sheet.width,
        length=sheet.length,
        ends=ends,
        power=dice.real(2.0, 4.0),
        bow=dice.real(-6.0, 9.0) if dice.chance(0.7) else 0.0,
        slant=dice.real(-0.35, 0.35),
        wave=dice.real(0.0, 0.5),
        phase=dice.real(0, 6.28),
        folds=tuple(folds),
    )


def flattened(relief: Relief, factor: float) -> Relief:
    """Return the relief with all heights multiplied by a factor."""
    return Relief(
        width=relief.width,
        length=relief.length,
        ends=(relief.ends[0] * factor, relief.ends[1] * factor),
        power=relief.power,
        bow=relief.bow * factor,
        slant=relief.slant,
        wave=relief.wave * factor,
        phase=relief.phase,
        folds=tuple(Fold(f.lengthwise, f.at, f.slope * factor, f.slant) for f in relief.folds),
    )


def shading(relief: Relief, sheet: Sheet, light: tuple[float, float]) -> Floats:
    """Return the relative brightness of the paper under oblique light, in the shape of the sheet's pixels.

    ``light`` is the tangent of the angle of light along x and y of the paper. Creases appear as thin lines.
    """
    height, width = sheet.pixels.shape
    x = (np.arange(width, dtype=np.float32)[None, ::2] + 0.5) / sheet.scale - sheet.width / 2
    y = (np.arange(height, dtype=np.float32)[::2, None] + 0.5) / sheet.scale - sheet.length / 2
    shape = (y.shape[0], x.shape[1])
    x, y = np.broadcast_to(x, shape), np.broadcast_to(y, shape)
    rise_x, rise_y = relief.slopes(x, y)
    lit = 1 - 0.55 * (rise_x * light[0] + rise_y * light[1])
    for fold in relief.folds:
        distance = fold.distance(x, y)
        sharp = min(1.0, fold.slope / 0.06)
        lit = lit + sharp * (0.05 * np.exp(-((distance / 0.3) ** 2)) - 0.10 * np.exp(-(((distance - 0.6) / 0.6) ** 2)))
    full = np.repeat(np.repeat(lit, 2, axis=0), 2, axis=1)[:height, :width]
    return np.asarray(np.clip(full, 0.45, 1.25), np.float32)

"""What goes wrong with a printed code: at the print head, in a pocket, in the sun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from generator.dice import Dice
from generator.render import Ink

SHARES = {"narrow": 0.12, "rows": 0.08, "streak": 0.08, "faint": 0.12, "patchy": 0.08, "fold": 0.1, "glare": 0.07}
"""How often each happens: too little blank paper, lost rows of dots, a broken dot of the head, pale or uneven print,
a fold through the code, and, on photos, a glare on it."""


@dataclass(frozen=True, slots=True)
class Place:
    """The box of a code on the ink in pixels, and the size of a printer dot there."""

    left: float
    top: float
    right: float
    bottom: float
    dot: float

    @property
    def middle(self) -> tuple[float, float]:
        """Centre of the box."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def draw_damage(dice: Dice) -> tuple[str, ...]:
    """Draw what goes wrong with the codes of a receipt, of ``SHARES``; nothing with most."""
    return tuple(name for name, share in SHARES.items() if dice.chance(share))


def spoil(ink: Ink, place: Place, damage: Sequence[str], dice: Dice) -> None:
    """Apply damage to the ink in place."""
    if "rows" in damage:
        for _ in range(dice.between(1, 2)):
            row = int(dice.real(place.top, place.bottom))
            ink[row : row + max(1, round(place.dot))] *= 0.1
    if "streak" in damage:
        column = int(dice.real(place.left, place.right))
        ink[:, column : column + max(1, round(place.dot * dice.pick((1, 1, 1, 2))))] *= 0.1
    if "faint" in damage:
        ink *= np.float32(dice.real(0.3, 0.55))
    if "patchy" in damage:
        _fade_patches(ink, place, dice)
    if "fold" in damage:
        _crack(ink, place, dice)


def _fade_patches(ink: Ink, place: Place, dice: Dice) -> None:
    """Make the print of the code's part of the strip uneven: half of the ink is left in places."""
    top, bottom = int(place.top), int(place.bottom) + 1
    coarse = dice.generator.random((4, 4), dtype=np.float32)
    field = cv2.resize(coarse, (ink.shape[1], bottom - top), interpolation=cv2.INTER_CUBIC)
    ink[top:bottom] *= np.clip(np.asarray(field, np.float32) + 0.35, 0.45, 1.0)


def _crack(ink: Ink, place: Place, dice: Dice) -> None:
    """Take the ink off along a fold that crosses the code, over some dots, unevenly."""
    x, y = place.middle
    slant = dice.real(-0.06, 0.06)
    at = y + dice.real(-0.3, 0.3) * (place.bottom - place.top)
    width = place.dot * dice.real(0.4, 1.2)
    height = ink.shape[0]
    rows = np.arange(height, dtype=np.float32)[:, None]
    columns = np.arange(ink.shape[1], dtype=np.float32)[None, :]
    low, high = max(int(at - 0.1 * ink.shape[1] - 6), 0), min(int(at + 0.1 * ink.shape[1] + 6), height)
    far = np.abs(rows[low:high] - at - slant * (columns - x))
    rough = np.asarray(dice.generator.uniform(0.5, 1.0, ink.shape[1]), np.float32)
    ink[low:high] *= np.asarray(1 - np.exp(-((far / width) ** 2)) * rough, np.float32)

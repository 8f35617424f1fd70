"""Simulates the effects of time, hands, light and a camera on a printed strip."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.dice import Dice
from generator.render import Ink

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

LEVELS = ("clean", "light", "moderate", "heavy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """The wear of one receipt; 0 (for ``fade_floor`` and ``resolution`` 1) means none.

    ``ink_grey`` and ``paper_grey`` are 0 to 255. ``fade_floor`` is the share of ink left where it faded most,
    ``dead_dots`` the number of broken columns of the print head, ``creases`` the number of folds. ``curl_px`` is the
    maximum shift of lines, ``skew_deg`` the counter-clockwise rotation, ``perspective`` the share by which the top is
    narrower, ``shadow`` the loss of light in the darkest corner. ``blur_px`` and ``grain`` (grey levels) are those of
    the camera; ``resolution`` is the factor by which the image is scaled down.
    """

    level: str
    ink_grey: int
    paper_grey: int
    backdrop_grey: int
    backdrop_px: int
    fade_floor: float
    dead_dots: int
    creases: int
    curl_px: float
    skew_deg: float
    perspective: float
    shadow: float
    blur_px: float
    grain: float
    resolution: float
    jpeg_quality: int


def draw_ageing(dice: Dice, level: str) -> Ageing:
    """Draw the wear of a level. Raises ValueError for a level that is not one of LEVELS."""
    step = LEVELS.index(level)
    often = (0.0, 0.35, 0.6, 0.8)[step]
    strength = (0.0, 0.35, 0.7, 1.0)[step]

    def maybe(maximum: float) -> float:
        return round(dice.real(0.3, 1.0) * maximum * strength, 3) if dice.chance(often) else 0.0

    framed = dice.chance(0.3 + often / 2)
    return Ageing(
        level=level,
        ink_grey=dice.between(20, 70) + int(60 * strength),
        paper_grey=dice.between(238, 252) - int(22 * strength),
        backdrop_grey=dice.pick((252, 20, 90, 130)) if step > 1 else 252,
        backdrop_px=dice.between(15, 70) if framed else 0,
        fade_floor=round(1 - maybe(0.55), 3),
        dead_dots=dice.between(1, 2) if step > 0 and dice.chance(0.2) else 0,
        creases=dice.between(1, 3) if step > 0 and dice.chance(often) else 0,
        curl_px=maybe(7),
        skew_deg=maybe(3.5) * dice.pick((-1, 1)),
        perspective=maybe(0.05),
        shadow=maybe(0.45),
        blur_px=maybe(1.1),
        grain=maybe(11) + 1.0,
        resolution=round(1 - maybe(0.35), 3),
        jpeg_quality=dice.between(78, 90) - int(25 * strength),
    )


def age(ink: Ink, ageing: Ageing, dice: Dice) -> Pixels:
    """Render the strip as a grey image; the same arguments give the same pixels."""
    return wear(ink, ageing, dice)[0]


def wear(ink: Ink, ageing: Ageing, dice: Dice) -> tuple[Pixels, Warp]:
    """Render the strip as ``age`` does; return also where its points are on the image."""
    height, width = ink.shape
    kept = ink * _fading(dice, (height, width), ageing.fade_floor)
    for _ in range(ageing.dead_dots):
        column = dice.between(width // 10, width * 9 // 10)
        kept[:, column : column + 2] *= 0.25
    fibre = _field(dice, (height, width), 90) * 3 + _field(dice, (height, width), 5) * 2
    paper = ageing.paper_grey + fibre - 1.5
    paper += _creases(dice, (height, width), ageing.creases)
    image = paper - (paper - ageing.ink_grey) * kept
    warp = Warp(height, width, ageing, dice.real(0, 6.28), dice.real(0.5, 1.2))
    image = _warp(image, warp)
    image *= _light(dice, image.shape, ageing.shadow)
    return _camera(image, ageing, dice), warp


def jpeg(pixels: Pixels, quality: int) -> bytes:
    """Encode a grey image as JPEG."""
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _field(dice: Dice, shape: tuple[int, ...], grain_px: int) -> Floats:
    """Make a smooth random field from 0 to 1 with patches of about ``grain_px``."""
    rows, columns = (max(2, side // grain_px + 2) for side in shape[:2])
    coarse = dice.generator.random((rows, columns), dtype=np.float32)
    field = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.clip(np.asarray(field, np.float32), 0, 1)


def _fading(dice: Dice, shape: tuple[int, ...], floor: float) -> Floats:
    if floor >= 1:
        return np.ones(shape, np.float32)
    field = _field(dice, shape, max(shape[1] // 3, 60))
    return np.asarray(floor + (1 - floor) * np.sqrt(field), np.float32)


def _creases(dice: Dice, shape: tuple[int, ...], count: int) -> Floats:
    """Return light and dark ridges from side to side, in grey levels."""
    height, width = shape[:2]
    ridges = np.zeros((height, width), np.float32)
    y = np.arange(height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None, :]
    for _ in range(count):
        offset = y - (dice.real(0.1, 0.9) * height + dice.real(-0.06, 0.06) * x)
        ridges += 7 * np.exp(-((offset / 3) ** 2)) - 12 * np.exp(-(((offset - 6) / 6) ** 2))
    return ridges


@dataclass(frozen=True, slots=True)
class Warp:
    """Curl, perspective and skew of a strip of ``height`` x ``width`` pixels, and the backdrop around it."""

    height: int
    width: int
    ageing: Ageing
    phase: float
    waves: float

    @property
    def margins(self) -> tuple[int, int]:
        """Pixels of backdrop at each side, and above and below."""
        pad = self.ageing.backdrop_px
        turn = abs(np.sin(np.radians(self.ageing.skew_deg)))
        return (pad + int(turn * max(self.height, self.width) / 2) if pad else 0), pad

    def to_strip(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Map pixels from the middle of the warped image, before it is scaled, to pixels from that of the strip."""
        angle = np.radians(self.ageing.skew_deg)
        turned_x = x * np.cos(angle) - y * np.sin(angle)
        turned_y = x * np.sin(angle) + y * np.cos(angle)
        turned_x *= 1 + self.ageing.perspective * (0.5 - turned_y / self.height)
        turned_y += self._curl(turned_x)
        return turned_x, turned_y

    def to_image(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map points (n, 2) of the strip to points of the image, both in pixels from the upper left corner."""
        x, y = points[:, 0] - self.width / 2, points[:, 1] - self.height / 2
        flat_y = y - self._curl(x)
        flat_x = x / (1 + self.ageing.perspective * (0.5 - flat_y / self.height))
        angle = np.radians(self.ageing.skew_deg)
        side, end = self.margins
        turned = np.column_stack(
            [
                flat_x * np.cos(angle) + flat_y * np.sin(angle) + self.width / 2 + side,
                flat_y * np.cos(angle) - flat_x * np.sin(angle) + self.height / 2 + end,
            ]
        )
        return np.asarray(turned * self.ageing.resolution, np.float64)

    def _curl(self, x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(self.ageing.curl_px * np.sin(x / self.width * 6.28 * self.waves + self.phase))


def _warp(image: Floats, warp: Warp) -> Floats:
    """Apply curl, perspective and skew in one resampling, on the backdrop."""
    height, width = image.shape
    side, end = warp.margins
    out_width, out_height = width + 2 * side, height + 2 * end
    x, y = np.meshgrid(np.arange(out_width, dtype=np.float32), np.arange(out_height, dtype=np.float32))
    x, y = warp.to_strip(x - out_width / 2, y - out_height / 2)
    warped = cv2.remap(
        image,
        (x + width / 2).astype(np.float32),
        (y + height / 2).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT if end else cv2.BORDER_REPLICATE,
        borderValue=float(warp.ageing.backdrop_grey),
    )
    return np.asarray(warped, np.float32)


def _light(dice: Dice, shape: tuple[int, ...], shadow: float) -> Floats:
    """Return light that falls from 1 to 1 - shadow along a random direction, with a soft edge."""
    height, width = shape[:2]
    angle = dice.real(0, 6.28)
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :] * np.cos(angle)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * np.sin(angle)
    slope = 1 / (1 + np.exp(-(x + y - dice.real(-0.4, 0.4)) * dice.real(1.5, 7)))
    return np.asarray(1 - shadow * slope, np.float32)


def _camera(image: Floats, ageing: Ageing, dice: Dice) -> Pixels:
    if ageing.blur_px > 0.3:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), ageing.blur_px), np.float32)
    if ageing.resolution < 1:
        image = np.asarray(
            cv2.resize(image, None, fx=ageing.resolution, fy=ageing.resolution, interpolation=cv2.INTER_AREA),
            np.float32,
        )
    noise = dice.generator.standard_normal(image.shape, dtype=np.float32) * ageing.grain
    return np.clip(image + noise, 0, 255).astype(np.uint8)

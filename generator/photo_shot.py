"""Decides how a photo is taken: with which phone, from where, in which light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from generator.dice import Dice
from generator.photo_camera import Camera, Points
from generator.photo_light import Light
from generator.photo_sheet import PAPERS
from generator.scene_clutter import STREWN, SURFACES

FORMATS = (
    (4032, 3024),
    (4032, 2268),
    (4000, 3000),
    (3840, 2160),
    (3264, 2448),
    (2592, 1944),
    (2560, 1440),
    (2048, 1536),
    (1920, 1440),
    (1920, 1080),
    (1600, 1200),
)
"""Longer and shorter side of images from phones and messengers."""

TURNS = (0, 90, 180, 270)

MAX_CAP_HEIGHT_PX = 42.0
"""Maximum cap height in pixels; a phone that is closer can hardly get a whole receipt into the frame."""

MIN_SHARE = 0.15
"""Minimum share of the image that is covered by receipts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """The parameters of a photo.

    ``turn`` is the clockwise rotation of the receipt in the upright image, rounded to a quarter turn; ``angle`` is the
    exact value in radians. ``capital`` is the wanted cap height in pixels, ``fill`` the wanted share of the image's
    side that the paper takes up, ``off`` its position between the sides (-1 to 1 in x and y). ``max_capital`` keeps the
    phone at a distance, whatever ``fill`` is. ``against``: the phone is held across the strip. ``cut`` is a side of the
    image that cuts off ``cut_part`` of the paper, or empty. ``held``: the paper is in the air, with the table out of
    focus; ``flat``: it is pressed flat, as on a scanner. ``defocus`` and ``motion`` are in cap heights, ``noise`` in
    grey levels; ``sigma`` is the blur in pixels, which replaces ``defocus``.
    """

    surface: str
    paper: str
    turn: int
    angle: float
    tilt: float
    azimuth: float
    focal: float
    capital: float
    fill: float
    off: tuple[float, float]
    against: bool
    cut: str
    cut_part: float
    hand: bool
    held: bool
    strewn: bool
    flat: bool
    light: Light
    defocus: float
    motion: float
    motion_angle: float
    noise: float
    quality: int
    exif: int
    max_capital: float = MAX_CAP_HEIGHT_PX
    sigma: float | None = None


def draw_shot(dice: Dice, turn: int | None = None) -> Shot:
    """Draw a shot by a cooperative customer; ``turn`` forces the quarter turn."""
    angle, quarter = _draw_turn(dice, turn)
    surface = dice.pick(tuple(SURFACES))
    held = dice.chance(0.07)
    cut = dice.pick(("left", "right", "top", "bottom")) if dice.chance(0.1) else ""
    long_tilt = dice.chance(0.3)
    return Shot(
        surface=surface,
        paper=dice.pick(("white", "white", "white", *PAPERS)),
        turn=quarter,
        angle=angle,
        tilt=np.radians(dice.real(12, 30) if long_tilt else dice.real(0, 12)),
        # The phone is mostly tilted towards the person who holds it.
        azimuth=np.pi / 2 + dice.real(-0.6, 0.6) if dice.chance(0.6) else dice.real(0, 2 * np.pi),
        focal=dice.real(0.72, 0.78),
        capital=dice.real(14, 38) if dice.chance(0.9) else dice.real(9, 14),
        fill=dice.real(0.62, 0.97),
        off=(dice.real(-0.8, 0.8), dice.real(-0.8, 0.8)),
        against=dice.chance(0.1),
        cut=cut,
        cut_part=dice.real(0.02, 0.1),
        hand=held or dice.chance(0.2),
        held=held,
        strewn=surface in STREWN and dice.chance(0.35),
        flat=False,
        light=_draw_light(dice),
        defocus=dice.real(0.02, 0.07),
        motion=dice.real(0.05, 0.18) if dice.chance(0.2) else 0.0,
        motion_angle=dice.real(0, np.pi),
        noise=dice.real(1.0, 5.0),
        quality=dice.between(70, 92),
        exif=dice.pick((3, 6, 6, 8)) if dice.chance(0.35) else 1,
    )


def _draw_turn(dice: Dice, turn: int | None) -> tuple[float, int]:
    """Return the exact angle in radians and the nearest quarter turn in degrees."""
    drawn = dice.real(0, 1)
    jitter = float(np.clip(dice.generator.normal(0, 6), -15, 15))
    anywhere = dice.real(0, 360)
    quarter = TURNS[int(np.searchsorted((0.78, 0.85, 0.93), drawn))]
    if turn is not None:
        quarter = turn
    elif drawn < 0.07:
        return float(np.radians(anywhere)), TURNS[round(anywhere / 90) % 4]
    return float(np.radians(quarter + jitter)), quarter


def _draw_light(dice: Dice) -> Light:
    warm = dice.real(-1, 1)
    tint = (1.0, 0.985 - 0.01 * abs(warm), 0.95 - 0.1 * warm) if warm > 0 else (1 + 0.09 * warm, 1 + 0.03 * warm, 1.0)
    return Light(
        exposure=dice.real(0.8, 1.04),
        tint=tint,
        slope=dice.real(0, 0.4),
        direction=dice.real(0, 2 * np.pi),
        vignette=dice.real(0, 0.2),
        cast=dice.real(0.12, 0.45) if dice.chance(0.35) else 0.0,
        glare=dice.real(0.2, 0.6) if dice.chance(0.15) else 0.0,
        glare_size=dice.real(0.04, 0.12),
    )


def frame(shot: Shot, sheets: Sequence[Points], capital_mm: float) -> Camera:
    """Choose a camera and its position so that the sheets (corners in space, in mm) appear as the shot requires."""
    points = np.concatenate(sheets)
    extent = np.ptp(points[:, :2], axis=0)
    upright = bool(extent[1] >= extent[0]) != shot.against
    wanted = shot.capital / capital_mm
    size = min((_format_for(extent, wanted, shot.fill, long) for long in FORMATS), key=lambda found: found[0])[1]
    width, height = (size[1], size[0]) if upright else size
    scale, target = wanted, np.zeros(2)
    camera = _camera(shot, width, height, scale, target)
    for _ in range(8):
        seen = camera.project(points)
        spread = np.ptp(seen, axis=0)
        fill = float((spread / (width, height)).max())
        share = sum(cv2.contourArea(camera.project(sheet).astype(np.float32)) for sheet in sheets) / (width * height)
        want = max(shot.fill, min(0.96, fill * np.sqrt(MIN_SHARE / share)))
        scale = min(scale * want / fill, shot.max_capital / capital_mm)
        middle = (seen.max(axis=0) + seen.min(axis=0)) / 2
        aim = _aim(shot, width, height, spread)
        target = target + (middle - aim) / scale
        camera = _camera(shot, width, height, scale, target)
    return camera


def _format_for(extent: Points, scale: float, fill: float, size: tuple[int, int]) -> tuple[float, tuple[int, int]]:
    """Return how far (0: not at all) sheets at this scale are from the wanted fill of a format, and the format."""
    across, along = sorted(extent * scale)
    filled = max(along / size[0], across / size[1])
    return abs(float(np.log(filled / fill))), size


def _aim(shot: Shot, width: int, height: int, spread: Points) -> Points:
    """Return the pixel at which the centre of the sheets is to appear."""
    slack = np.maximum((np.array([width, height]) * 0.985 - spread) / 2, 0)
    aim = np.array([width, height]) / 2 + slack * shot.off
    over = spread * (0.5 - shot.cut_part)
    if shot.cut == "left":
        aim[0] = over[0]
    elif shot.cut == "right":
        aim[0] = width - over[0]
    elif shot.cut == "top":
        aim[1] = over[1]
    elif shot.cut == "bottom":
        aim[1] = height - over[1]
    return np.asarray(aim, np.float64)


def _camera(shot: Shot, width: int, height: int, scale: float, target: Points) -> Camera:
    focal = shot.focal * max(width, height)
    return Camera(width, height, focal, focal / scale, shot.tilt, shot.azimuth, (float(target[0]), float(target[1])))

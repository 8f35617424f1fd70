"""A picture without print, levelled by its lines, and seen from the print towards each of its four sides.

Each of the four views is turned so that it looks to the right: the paper ends on the right of the letters, at a curve
that runs nearly straight down. So everything that finds and judges sides is written once.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.mapping import Points
from rpiocr.model import Pixels

Field = NDArray[np.float32]
Floats = NDArray[np.float64]

FLANKS = 4
"""Right, bottom, left and top: clockwise, as the corners are counted."""

CLEAR_EDGE = (1.2, 5.0)
CLEAR_TIMES = 4.0
"""An edge is clear that is CLEAR_TIMES as steep as the usual slope, within these bounds in grey levels per pixel: white
paper on a white table has faint edges, but nothing else has any."""

FAINT = 0.4
"""In shares of a clear edge: less than this is no edge at all."""

RIM = 3
"""Pixels at the rim of a picture where nothing can be told."""

NEIGHBOURHOOD = 41
"""Pixels along a side within which no letter may stick out further than where a ray begins."""

START = 2.0
"""Pixels from the outermost letter to where a ray begins."""


@dataclass(frozen=True, slots=True, eq=False)
class Flank:
    """What is seen to the right of the print, in pixels of the turned picture; every field has its shape.

    ``light`` is the lightness, ``across`` and ``down`` say how much lighter it gets per pixel to the right and
    downwards, all in units of a clear edge; outside of the picture, where ``seen`` is False, it gets no lighter.
    ``edges`` is how much of an edge, 0 to 1, the steepest places of each row right of the print are, and ``crossed``
    how many edges a ray has met on its way from the print. ``letters`` and ``others`` are the middles of the letters
    of the sheet and of other letters with the same direction.
    """

    light: Field
    across: Field
    down: Field
    seen: NDArray[np.bool_]
    edges: Field
    crossed: Field
    letters: Points
    others: Points

    @property
    def span(self) -> tuple[float, float]:
        """Between which rows the letters are, but for the outermost."""
        low, high = np.percentile(self.letters[:, 1], OUTERMOST)
        return float(low), float(high)


OUTERMOST = (2.0, 98.0)


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The four flanks, the levelled picture's shape, and the affine map from it to the small picture."""

    flanks: tuple[Flank, ...]
    shape: tuple[int, int]
    back: Floats


def levelled(field: Pixels, letters: Points, others: Points, direction_deg: float) -> Level:
    """Level a small picture without print, with the middles of its letters, by the direction of their lines."""
    height, width = field.shape
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), direction_deg, 1.0)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    size = (int(np.ceil(width * cos + height * sin)), int(np.ceil(width * sin + height * cos)))
    turn[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    flat = cv2.warpAffine(field, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    within = cv2.copyMakeBorder(
        np.ones((height - 2 * RIM, width - 2 * RIM), np.uint8), RIM, RIM, RIM, RIM, cv2.BORDER_CONSTANT, value=0
    )
    seen = cv2.warpAffine(within, turn, size, flags=cv2.INTER_NEAREST) > 0
    light = cv2.GaussianBlur(flat.astype(np.float32), (0, 0), 1.0)
    across, down = (cv2.Sobel(light, cv2.CV_32F, *way, ksize=3, scale=1 / 8) for way in ((1, 0), (0, 1)))
    clear = float(np.clip(CLEAR_TIMES * np.median(np.hypot(across, down)[seen]), *CLEAR_EDGE))
    fields = [np.where(seen, part, 0).astype(np.float32) / np.float32(clear) for part in (across, down)]
    seen_from = _Views((light / clear).astype(np.float32), fields[0], fields[1], seen)
    points, rest = (np.asarray(each @ turn[:, :2].T + turn[:, 2], np.float64) for each in (letters, others))
    shape = (size[1], size[0])
    flanks = []
    for quarters in range(FLANKS):
        flanks.append(_flank(seen_from, turned(points, quarters, shape), turned(rest, quarters, shape)))
        seen_from = seen_from.turned()
    return Level(tuple(flanks), shape, np.asarray(cv2.invertAffineTransform(turn), np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class _Views:
    """The fields of a flank before its letters are known."""

    light: Field
    across: Field
    down: Field
    seen: NDArray[np.bool_]

    def turned(self) -> _Views:
        """Return what is seen when the picture is turned as by ``np.rot90``."""
        light, across, down = (_quarter(part) for part in (self.light, self.across, self.down))
        return _Views(light, down, -across, np.ascontiguousarray(np.rot90(self.seen)))


def _quarter(field: Field) -> Field:
    quarter: Field = np.ascontiguousarray(np.rot90(field))
    return quarter


def turned(points: Points, quarters: int, shape: tuple[int, int]) -> Points:
    """Where points, shape (..., 2), go when their picture of a shape is turned as by ``np.rot90``."""
    height, width = shape
    for _ in range(quarters % 4):
        points = np.stack([points[..., 1], width - 1 - points[..., 0]], axis=-1)
        height, width = width, height
    return points


def _flank(views: _Views, letters: Points, others: Points) -> Flank:
    across = views.across
    steep = np.abs(across)
    steepest = np.zeros(steep.shape, np.bool_)
    steepest[:, 1:-1] = (steep[:, 1:-1] >= steep[:, :-2]) & (steep[:, 1:-1] > steep[:, 2:])
    columns = np.arange(steep.shape[1], dtype=np.float32)
    steepest &= columns > _starts(letters, steep.shape[0])[:, None]
    edges = np.where(steepest, np.clip(steep - FAINT, 0, 1), 0).astype(np.float32, copy=False)
    crossed = np.cumsum(np.minimum(1, 1.5 * edges), axis=1, dtype=np.float32)
    return Flank(views.light, across, views.down, views.seen, edges, crossed, letters, others)


def _starts(letters: Points, rows: int) -> NDArray[np.float32]:
    """From which column on a ray of each row runs; where no letters are near, from the middle of the print."""
    reach = np.full(rows, -1, np.float32)
    np.maximum.at(reach, np.clip(letters[:, 1].astype(int), 0, rows - 1), letters[:, 0].astype(np.float32))
    widest = cv2.dilate(reach[:, None], np.ones((NEIGHBOURHOOD, 1), np.uint8))[:, 0]
    starts: NDArray[np.float32] = np.where(widest >= 0, widest, np.median(letters[:, 0])).astype(np.float32) + START
    return starts

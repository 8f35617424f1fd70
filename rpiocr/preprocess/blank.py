"""Tells blank pages of a stack from those with something on them: backs of receipts that a scanner took as well."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Pixels
from rpiocr.preprocess.glyphs import reduced

Floats = NDArray[np.float32]

SIDE = 1000
"""Longer side in pixels of the copy on which marks are looked for: capitals of 7 points on A4 have 7."""

PAPER_PX = 41
"""Side in pixels of the square whose lightest part is the paper around a mark: wider than a punch hole on A4."""

MIN_INK = 3.0
NOISES = 5.0
"""Minimum darkness of a mark in grey levels, and in standard deviations of the noise of the page: where there is no
noise, print with 10 levels is read."""

MIN_MARK_PX = 5
"""Minimum longer side of a mark: dust and the noise of a scanner are smaller, letters are not."""

DARK_INK = 40.0
"""Darkness from which a mark is measured at this level: blurred as it is, a dark speck seems larger at a lower one."""

HALO_PX = 9
"""Side in pixels of the blurred surroundings of a dark pixel."""

MAX_MARKS, MAX_SHARE = 4, 0.001
"""Maximum number of marks on a blank page, and share of it that they cover: the shortest note, such as 12.50, has more
characters, and a line drawn by hand covers more."""

MAX_FOLDS, MAX_FOLDS_SHARE = 30, 0.02
"""The same for marks of less than DARK_INK on a page without text: folds and stains. A receipt has more characters."""

MARGIN = 0.02
"""Width of the rim of a page, as a share of its shorter side, on which shadows and torn edges lie."""

HOLE_MARGIN = 0.15
HOLE_FILL = 0.6
HOLE_PX = 8
"""A punch hole lies this near to an edge (share of the shorter side), fills its bounding box, and has this side."""

SHOW_THROUGH = 0.5
"""Maximum darkness of what shines through from the other side, as a share of the print there."""

MIRRORED = 0.4
"""Minimum correlation with the mirrored other side: print of another page has up to 0.2."""

SHIFT = 0.04
"""Maximum shift between both sides of a sheet, as a share of the longer side."""

COARSE_SIDE = 400
"""Longer side in pixels of the copies that are compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side of a sheet: how much darker than the paper around it each pixel of a small copy is, in grey levels."""

    ink: Floats

    @classmethod
    def of(cls, pixels: Pixels) -> Side:
        """Measure a page."""
        small, _ = reduced(pixels, SIDE)
        smooth = cv2.GaussianBlur(small.astype(np.float32), (0, 0), 1.0)
        paper = cv2.medianBlur(cv2.dilate(smooth, np.ones((PAPER_PX, PAPER_PX), np.uint8)), 5)
        return cls((paper - smooth).astype(np.float32))

    def is_blank(self, front: Side | None = None, *, without_text: bool = False) -> bool:
        """Return whether there is nothing on the side but specks, holes, shadows at the edges, and noise.

        ``front`` is the other side of the sheet, if there is one: what shines through from it does not count.
        ``without_text``: no engine found any text on it, so that it may have folds and stains.
        """
        usual = float(np.median(self.ink))
        noise = 1.4826 * float(np.median(np.abs(self.ink - usual)))  # of a normal distribution
        ink = self.ink - usual
        least = max(MIN_INK, NOISES * noise)
        if _few(ink, least) or (without_text and _few(ink, least, MAX_FOLDS, MAX_FOLDS_SHARE)):
            return True
        if front is None:
            return False
        strong = SHOW_THROUGH * float(np.percentile(front.ink, 99.5))
        return _few(ink, max(least, strong)) and self._shows(front)

    def _shows(self, front: Side) -> bool:
        """Return whether this side looks as the other one does from behind, turned over either edge."""
        return any(_correlation(self.ink, _flipped(front.ink, axis)) > MIRRORED for axis in (0, 1))


def _flipped(ink: Floats, axis: int) -> Floats:
    return np.asarray(cv2.flip(ink, axis), np.float32)


def _few(ink: Floats, least: float, faint: int = MAX_MARKS, faint_share: float = MAX_SHARE) -> bool:
    """Return whether hardly any marks are darker than ``least``; ``faint`` and its share limit all, dark or not."""
    dark = ink > max(least, DARK_INK)
    halo = cv2.dilate(dark.astype(np.uint8), np.ones((HALO_PX, HALO_PX), np.uint8)) > 0
    dark_count, dark_share = _marks(dark)
    count, share = _marks((ink > least) & ~halo)
    return (
        dark_count <= MAX_MARKS
        and dark_share <= MAX_SHARE
        and dark_count + count <= faint
        and dark_share + share <= faint_share
    )


def _marks(ink: NDArray[np.bool_]) -> tuple[int, float]:
    """Return the number of marks on a mask, and the share of it that they cover; what dirt leaves is not counted."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    left, top, width, height, area = stats[1:].T
    long, short = np.maximum(width, height), np.minimum(width, height)
    rows, columns = ink.shape
    shorter = min(rows, columns)
    to_edge = np.minimum.reduce([left, top, columns - left - width, rows - top - height])
    at_rim = to_edge <= MARGIN * shorter
    hole = (short >= HOLE_PX) & (area >= HOLE_FILL * width * height) & (to_edge <= HOLE_MARGIN * shorter)
    marks = (long >= MIN_MARK_PX) & ~at_rim & ~(hole & (long < 2 * short))
    return int(marks.sum()), float(area[marks].sum()) / ink.size


def _correlation(ink: Floats, other: Floats) -> float:
    """Return the highest correlation of two images of ink over all small shifts, -1 to 1."""
    factor = min(1.0, COARSE_SIDE / max(ink.shape))
    size = (max(1, round(ink.shape[1] * factor)), max(1, round(ink.shape[0] * factor)))
    one, two = (cv2.resize(image, size, interpolation=cv2.INTER_AREA) for image in (ink, other))
    reach = round(SHIFT * max(size))
    if min(size) <= 4 * reach:
        return 0.0
    inner = one[reach:-reach, reach:-reach]
    return float(cv2.matchTemplate(two, inner, cv2.TM_CCOEFF_NORMED).max())

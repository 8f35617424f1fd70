"""Detects glyphs: connected components of a grey image that are shaped like characters, the basis of all geometry."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Pixels
from rpiocr.preprocess.scale import scaled

MEASURE_SIDE = 2000
"""Longer side in pixels of the image on which glyphs are detected."""

MIN_GLYPH_PX = 5
MAX_GLYPH_PX = 80
"""Minimum and maximum size of a glyph in pixels of the measured image."""

SURROUNDINGS = 31
"""Side in pixels of the square with which its central pixel is compared."""

Stats = NDArray[np.int32]
"""Shape (n, 5): left, top, width, height and area of each component."""

Floats = NDArray[np.float32]


def reduced(pixels: Pixels, side: int) -> tuple[Pixels, float]:
    """Return an image whose longer side has at most ``side`` pixels, and the scale factor (at most 1)."""
    factor = min(1.0, side / max(pixels.shape))
    if factor == 1.0:
        return pixels, factor
    # By an integer factor first, for which OpenCV is many times as fast.
    whole = int(1.0 / factor)
    small = scaled(_divisible(pixels, whole), 1 / whole, cv2.INTER_AREA)
    small = scaled(small, factor * whole, cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False), factor


def _divisible(pixels: Pixels, by: int) -> Pixels:
    height, width = pixels.shape
    return pixels[: height - height % by or None, : width - width % by or None]


def components(pixels: Pixels) -> Stats:
    """Return all connected components of pixels that are darker than their surroundings."""
    mean = cv2.blur(pixels, (SURROUNDINGS, SURROUNDINGS))
    ink = (pixels < cv2.convertScaleAbs(mean, alpha=0.85)).astype(np.uint8)
    # The default algorithm takes twice as long when it computes statistics.
    _, _, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(ink, 8, cv2.CV_32S, cv2.CCL_BBDT)
    found: Stats = stats.astype(np.int32, copy=False)
    return found


def upright_glyphs(stats: Stats) -> Stats:
    """Select the components that are shaped like characters of horizontal lines."""
    _, _, width, height, area = stats.T
    fill = area / (width * height)
    shaped = (height >= MIN_GLYPH_PX) & (height <= MAX_GLYPH_PX) & (width >= 2) & (width <= 3 * height)
    glyphs: Stats = stats[shaped & (height <= 6 * width) & (fill > 0.12) & (fill < 0.95)]
    return glyphs


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """Glyphs of lines that may run in any direction.

    ``points``: shape (n, 2), their centres (x, y) in pixels; ``sizes``: shape (n,), their longer sides in pixels;
    ``contrasts``: shape (n,), by how many grey levels they are darker than their surroundings.
    """

    points: Floats
    sizes: Floats
    contrasts: Floats

    def __len__(self) -> int:
        return len(self.sizes)

    def only(self, which: NDArray[np.bool_]) -> Glyphs:
        """Return the glyphs selected by a mask."""
        return Glyphs(self.points[which], self.sizes[which], self.contrasts[which])


STRONG = 0.5
"""Minimum contrast of a glyph, as a share of the 90th percentile: wood grain and cloth have less."""


def detect_glyphs(pixels: Pixels, stats: Stats) -> Glyphs:
    """Select the components that are shaped like characters in any orientation, and have enough contrast."""
    left, top, width, height, area = stats.T
    long, short = np.maximum(width, height), np.minimum(width, height)
    fill = area / (width * height)
    shaped = (long >= MIN_GLYPH_PX) & (long <= MAX_GLYPH_PX) & (short >= 2) & (long <= 7 * short)
    shaped &= (fill > 0.12) & (fill < 0.95)
    column, row = (left + width // 2)[shaped], (top + height // 2)[shaped]
    contrasts = _contrasts(pixels, column, row)
    points = np.column_stack([left + width / 2, top + height / 2])[shaped]
    glyphs = Glyphs(points.astype(np.float32), long[shaped].astype(np.float32), contrasts)
    return glyphs.only(contrasts > STRONG * np.percentile(contrasts, 90)) if len(glyphs) else glyphs


def _contrasts(pixels: Pixels, column: NDArray[np.int32], row: NDArray[np.int32]) -> Floats:
    around = cv2.blur(pixels, (SURROUNDINGS, SURROUNDINGS))
    darkest = cv2.erode(pixels, np.ones((5, 5), np.uint8))
    return around[row, column].astype(np.float32) - darkest[row, column]


SINGLE_TREE = 4
"""FLANN_INDEX_KDTREE_SINGLE of OpenCV, which has no name in its Python interface."""

NEIGHBOURS = 5
REACH = 2.2
"""Maximum distance, in glyph sizes, between neighbouring glyphs of a line."""

OPPOSITE = -0.94
"""Maximum cosine of the angle between the directions to both neighbours of a glyph within a line (160 degrees)."""

SAME_WAY_DEG = 7.0


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The nearest neighbours of each glyph, nearest first.

    ``ids``: shape (n, NEIGHBOURS), their indices; ``steps``: shape (n, NEIGHBOURS, 2), the vectors to them in pixels;
    ``near``: shape (n, NEIGHBOURS), whether they are close and of similar size.
    """

    ids: NDArray[np.int32]
    steps: Floats
    near: NDArray[np.bool_]


def neighbours(glyphs: Glyphs) -> Neighbours:
    """Find the nearest neighbours of each glyph; there must be at least NEIGHBOURS + 1."""
    points = np.ascontiguousarray(glyphs.points)
    # FLANN's single tree is exact; the results of its usual randomised trees differ from run to run.
    index = cv2.flann.Index(points, {"algorithm": SINGLE_TREE})
    found, _ = index.knnSearch(points, NEIGHBOURS + 1)
    ids = np.asarray(found, np.int32)[:, 1:]
    steps = glyphs.points[ids] - glyphs.points[:, None]
    distance = np.hypot(steps[..., 0], steps[..., 1])
    mine, other = glyphs.sizes[:, None], glyphs.sizes[ids]
    near = (distance < REACH * np.maximum(mine, other)) & (other > 0.5 * mine) & (other < 2 * mine)
    return Neighbours(ids, steps, near)


MIN_LINES = 24
"""Minimum number of glyphs between two others for a direction to be that of text lines."""

BUNDLE_DEG = 9.0
"""Maximum deviation, due to perspective, of the lines of one document from their main direction."""

MAX_BUNDLES = 3


def in_lines(glyphs: Glyphs) -> tuple[Glyphs, ...]:
    """Select the glyphs that are located between two others, and their neighbours: texture has hardly any.

    Returns them by the direction of their lines, most glyphs first.
    """
    if len(glyphs) <= NEIGHBOURS:
        return ()
    found = neighbours(glyphs)
    between, axes = _between(found)
    bundles = []
    for _ in range(MAX_BUNDLES):
        if between.sum() < MIN_LINES:
            break
        away = np.abs((axes - _peak(axes[between]) + 90.0) % 180.0 - 90.0)
        bundle = between & (away < BUNDLE_DEG)
        between &= ~bundle
        if bundle.sum() < MIN_LINES:
            continue
        kept = bundle.copy()
        kept[found.ids[found.near & bundle[:, None]]] = True
        bundles.append(glyphs.only(kept))
    return tuple(bundles)


def _between(found: Neighbours) -> tuple[NDArray[np.bool_], Floats]:
    """Return a mask of glyphs with neighbours on opposite sides, and the directions of those in degrees."""
    count = len(found.ids)
    distance = np.maximum(1e-6, np.hypot(found.steps[..., 0], found.steps[..., 1]))
    units = found.steps / distance[..., None]
    shortest = np.full(count, np.inf, np.float32)
    axes = np.zeros(count, np.float32)
    for one, other in combinations(range(NEIGHBOURS), 2):
        opposite = (units[:, one] * units[:, other]).sum(axis=1) < OPPOSITE
        length = distance[:, one] + distance[:, other]
        better = opposite & found.near[:, one] & found.near[:, other] & (length < shortest)
        shortest[better] = length[better]
        axis = (found.steps[:, one] - found.steps[:, other])[better]
        axes[better] = np.degrees(np.arctan2(axis[:, 1], axis[:, 0])) % 180.0
    return np.isfinite(shortest), axes


def _peak(angles: Floats) -> float:
    """Return the direction, 0 to 180 degrees, to which most angles are close."""
    counts, _ = np.histogram(angles % 180.0, 90, (0.0, 180.0))
    wrapped = np.convolve(np.concatenate([counts[-3:], counts, counts[:3]]), np.ones(7), "valid")
    return 2.0 * int(wrapped.argmax()) + 1.0


def direction(glyphs: Glyphs) -> tuple[float, float]:
    """Return the direction of text lines, 0 to 180 degrees (clockwise from the right), and how certain it is, 0 to 1.

    In nearly all print, the next glyph of a line is nearer than the next line. The second number is the share of glyphs
    between two others whose line is within 7 degrees of the direction; uniformly distributed ones would give 0.08.
    """
    if len(glyphs) <= NEIGHBOURS:
        return 0.0, 0.0
    between, axes = _between(neighbours(glyphs))
    if not between.any():
        return 0.0, 0.0
    angles = axes[between]
    peak = _peak(angles)
    away = (angles - peak + 90.0) % 180.0 - 90.0
    alike = np.abs(away) < SAME_WAY_DEG
    return float((peak + np.median(away[alike])) % 180.0) if alike.any() else peak, float(alike.mean())


PROFILE_STEP_DEG = 2.0
PROFILE_BIN = 0.5
"""Bin width of the projection profile, in glyph sizes."""


def profile_direction(glyphs: Glyphs) -> tuple[float, float]:
    """Return the direction of text lines, as ``direction`` does, if characters are not separated well.

    It is the direction with the sharpest projection profile, that with the largest sum of squared counts. The second
    number, 0 to 1, compares that with the median over all directions.
    """
    angles = np.arange(0.0, 180.0, PROFILE_STEP_DEG)
    across = np.stack([-np.sin(np.radians(angles)), np.cos(np.radians(angles))])
    depths = glyphs.points.astype(np.float64) @ across
    size = max(1.0, float(np.median(glyphs.sizes)))
    bins = ((depths - depths.min(axis=0)) / (PROFILE_BIN * size)).astype(np.int64)
    width = int(bins.max()) + 1
    counts = np.bincount((bins + np.arange(len(angles)) * width).ravel(), minlength=width * len(angles))
    sharp = (counts.reshape(len(angles), width).astype(np.float64) ** 2).sum(axis=1)
    best = int(sharp.argmax())
    return float(angles[best]), float(1.0 - np.median(sharp) / sharp[best])

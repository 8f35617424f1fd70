"""Letter-like connected components of a grey picture: what all geometry is measured on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Pixels
from rpiocr.preprocess.scale import scaled

MEASURE_SIDE = 2000
"""Longest side in pixels of the picture on which letters are measured."""

MIN_LETTER = 5
MAX_LETTER = 80
"""Sizes in pixels of the measured picture between which a component can be a letter."""

SURROUNDINGS = 31
"""Side in pixels of the square around a pixel that it is compared with."""

Stats = NDArray[np.int32]
"""Shape (n, 5): left, top, width, height and area of each component."""

Floats = NDArray[np.float32]


def reduced(pixels: Pixels, side: int) -> tuple[Pixels, float]:
    """Return a picture whose longer side is at most ``side`` pixels, and the factor that made it so (1 or less)."""
    factor = min(1.0, side / max(pixels.shape))
    if factor == 1.0:
        return pixels, factor
    # By whole pixels first: OpenCV does that many times as quickly.
    whole = int(1.0 / factor)
    small = scaled(_divisible(pixels, whole), 1 / whole, cv2.INTER_AREA)
    small = scaled(small, factor * whole, cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False), factor


def _divisible(pixels: Pixels, by: int) -> Pixels:
    height, width = pixels.shape
    return pixels[: height - height % by or None, : width - width % by or None]


def components(pixels: Pixels) -> Stats:
    """Every component of what is darker than its surroundings."""
    mean = cv2.blur(pixels, (SURROUNDINGS, SURROUNDINGS))
    ink = (pixels < cv2.convertScaleAbs(mean, alpha=0.85)).astype(np.uint8)
    # The usual algorithm takes twice as long where statistics are asked for.
    _, _, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(ink, 8, cv2.CV_32S, cv2.CCL_BBDT)
    found: Stats = stats.astype(np.int32, copy=False)
    return found


def upright_letters(stats: Stats) -> Stats:
    """Those that are shaped like letters of lines that run across."""
    _, _, width, height, area = stats.T
    fill = area / (width * height)
    shaped = (height >= MIN_LETTER) & (height <= MAX_LETTER) & (width >= 2) & (width <= 3 * height)
    letters: Stats = stats[shaped & (height <= 6 * width) & (fill > 0.12) & (fill < 0.95)]
    return letters


@dataclass(frozen=True, slots=True, eq=False)
class Scattered:
    """Letters of lines that may run in any direction.

    ``points``: shape (n, 2), their middles (x, y) in pixels; ``sizes``: shape (n,), their longer sides; ``contrasts``:
    shape (n,), by how many grey levels they are darker than their surroundings.
    """

    points: Floats
    sizes: Floats
    contrasts: Floats

    def __len__(self) -> int:
        return len(self.sizes)

    def only(self, which: NDArray[np.bool_]) -> Scattered:
        """Return those that are chosen."""
        return Scattered(self.points[which], self.sizes[which], self.contrasts[which])


STRONG = 0.5
"""Least contrast of a letter, in shares of that of the strongest tenth: grain of wood and weave of cloth have less."""


def scattered_letters(pixels: Pixels, stats: Stats) -> Scattered:
    """Those that are shaped like letters, however they are turned, and are nearly as dark as the darkest of them."""
    left, top, width, height, area = stats.T
    long, short = np.maximum(width, height), np.minimum(width, height)
    fill = area / (width * height)
    shaped = (long >= MIN_LETTER) & (long <= MAX_LETTER) & (short >= 2) & (long <= 7 * short)
    shaped &= (fill > 0.12) & (fill < 0.95)
    column, row = (left + width // 2)[shaped], (top + height // 2)[shaped]
    contrasts = _contrasts(pixels, column, row)
    points = np.column_stack([left + width / 2, top + height / 2])[shaped]
    letters = Scattered(points.astype(np.float32), long[shaped].astype(np.float32), contrasts)
    return letters.only(contrasts > STRONG * np.percentile(contrasts, 90)) if len(letters) else letters


def _contrasts(pixels: Pixels, column: NDArray[np.int32], row: NDArray[np.int32]) -> Floats:
    around = cv2.blur(pixels, (SURROUNDINGS, SURROUNDINGS))
    darkest = cv2.erode(pixels, np.ones((5, 5), np.uint8))
    return around[row, column].astype(np.float32) - darkest[row, column]


SINGLE_TREE = 4
"""FLANN_INDEX_KDTREE_SINGLE of OpenCV, which gives it no name in Python."""

NEIGHBOURS = 5
REACH = 2.2
"""How far, in letter sizes, the next letter of a line may be away."""

OPPOSITE = -0.94
"""Cosine of the angle between the ways to both neighbours: a letter within a line lies between them (160 degrees)."""

SAME_WAY_DEG = 7.0


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The nearest letters of each letter, nearest first.

    ``ids``: shape (n, NEIGHBOURS), their indices; ``steps``: shape (n, NEIGHBOURS, 2), the ways to them in pixels;
    ``near``: shape (n, NEIGHBOURS), whether they are near and of like size.
    """

    ids: NDArray[np.int32]
    steps: Floats
    near: NDArray[np.bool_]


def neighbours(letters: Scattered) -> Neighbours:
    """Find the nearest letters of each of at least NEIGHBOURS + 1."""
    points = np.ascontiguousarray(letters.points)
    # FLANN's single tree is exact; its usual random ones would answer differently from run to run.
    index = cv2.flann.Index(points, {"algorithm": SINGLE_TREE})
    found, _ = index.knnSearch(points, NEIGHBOURS + 1)
    ids = np.asarray(found, np.int32)[:, 1:]
    steps = letters.points[ids] - letters.points[:, None]
    distance = np.hypot(steps[..., 0], steps[..., 1])
    mine, other = letters.sizes[:, None], letters.sizes[ids]
    near = (distance < REACH * np.maximum(mine, other)) & (other > 0.5 * mine) & (other < 2 * mine)
    return Neighbours(ids, steps, near)


LEAST_LINES = 24
"""Letters between two others that a direction needs, for it to be that of lines."""

BUNDLE_DEG = 9.0
"""Lines of one sheet differ by less than this: perspective."""

MOST_BUNDLES = 3


def in_lines(letters: Scattered) -> tuple[Scattered, ...]:
    """Choose the letters that stand between two others, and those beside them: texture hardly ever does.

    Returns them by the direction of their lines, most letters first.
    """
    if len(letters) <= NEIGHBOURS:
        return ()
    found = neighbours(letters)
    between, axes = _between(found)
    bundles = []
    for _ in range(MOST_BUNDLES):
        if between.sum() < LEAST_LINES:
            break
        away = np.abs((axes - _peak(axes[between]) + 90.0) % 180.0 - 90.0)
        bundle = between & (away < BUNDLE_DEG)
        between &= ~bundle
        if bundle.sum() < LEAST_LINES:
            continue
        kept = bundle.copy()
        kept[found.ids[found.near & bundle[:, None]]] = True
        bundles.append(letters.only(kept))
    return tuple(bundles)


def _between(found: Neighbours) -> tuple[NDArray[np.bool_], Floats]:
    """Tell which letters have near neighbours on opposite sides, and the directions of those in degrees."""
    count = len(found.ids)
    distance = np.maximum(1e-6, np.hypot(found.steps[..., 0], found.steps[..., 1]))
    ways = found.steps / distance[..., None]
    shortest = np.full(count, np.inf, np.float32)
    axes = np.zeros(count, np.float32)
    for one, other in combinations(range(NEIGHBOURS), 2):
        opposite = (ways[:, one] * ways[:, other]).sum(axis=1) < OPPOSITE
        length = distance[:, one] + distance[:, other]
        better = opposite & found.near[:, one] & found.near[:, other] & (length < shortest)
        shortest[better] = length[better]
        axis = (found.steps[:, one] - found.steps[:, other])[better]
        axes[better] = np.degrees(np.arctan2(axis[:, 1], axis[:, 0])) % 180.0
    return np.isfinite(shortest), axes


def _peak(angles: Floats) -> float:
    """Return the direction, 0 to 180 degrees, that most angles lie near to."""
    counts, _ = np.histogram(angles % 180.0, 90, (0.0, 180.0))
    wrapped = np.convolve(np.concatenate([counts[-3:], counts, counts[:3]]), np.ones(7), "valid")
    return 2.0 * int(wrapped.argmax()) + 1.0


def direction(letters: Scattered) -> tuple[float, float]:
    """Return the direction in which lines run, 0 to 180 degrees (clockwise from the right), and how sure that is.

    In nearly all print the next letter of a line is nearer than the next line. The second number is the share, 0 to 1,
    of letters between two others whose line runs within 7 degrees of it; evenly spread ones would give 0.08.
    """
    if len(letters) <= NEIGHBOURS:
        return 0.0, 0.0
    between, axes = _between(neighbours(letters))
    if not between.any():
        return 0.0, 0.0
    angles = axes[between]
    peak = _peak(angles)
    away = (angles - peak + 90.0) % 180.0 - 90.0
    alike = np.abs(away) < SAME_WAY_DEG
    return float((peak + np.median(away[alike])) % 180.0) if alike.any() else peak, float(alike.mean())


PROFILE_STEP_DEG = 2.0
PROFILE_BIN = 0.5
"""Letter sizes: how fine the profile of rows is."""


def profile_direction(letters: Scattered) -> tuple[float, float]:
    """Return the direction in which lines run, as ``direction``, where letters are not seen one by one.

    It is that across which the letters fall together in rows: the sum of the squares of the counts is greatest. The
    second number, 0 to 1, is by how much that is more than in the usual direction.
    """
    angles = np.arange(0.0, 180.0, PROFILE_STEP_DEG)
    across = np.stack([-np.sin(np.radians(angles)), np.cos(np.radians(angles))])
    depths = letters.points.astype(np.float64) @ across
    size = max(1.0, float(np.median(letters.sizes)))
    bins = ((depths - depths.min(axis=0)) / (PROFILE_BIN * size)).astype(np.int64)
    width = int(bins.max()) + 1
    counts = np.bincount((bins + np.arange(len(angles)) * width).ravel(), minlength=width * len(angles))
    sharp = (counts.reshape(len(angles), width).astype(np.float64) ** 2).sum(axis=1)
    best = int(sharp.argmax())
    return float(angles[best]), float(1.0 - np.median(sharp) / sharp[best])

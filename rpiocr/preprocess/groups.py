"""Groups nearby glyphs of an image, and decides which groups are on the same document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Pixels
from rpiocr.model.transform import Points
from rpiocr.preprocess.glyphs import Glyphs, direction, profile_direction
from rpiocr.preprocess.quads import Quad, share_inside

MIN_GLYPHS = 40
"""Minimum number of glyphs on a receipt."""


def to_the_right(direction_deg: float) -> float:
    """Return a direction of lines as an angle from -90 to 90 degrees, so that it points to the right."""
    return (direction_deg + 90.0) % 180.0 - 90.0


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Nearby glyphs: their centres ``points``, shape (n, 2), in pixels of the small image, and the direction of lines.

    ``bundle`` is the index of the direction among those of the image, ``share`` how certain ``direction_deg`` is, 0 to
    1, and ``light`` the lightness around the glyphs, 0 to 255.
    """

    points: Points
    bundle: int
    direction_deg: float
    share: float
    light: float

    def __len__(self) -> int:
        return len(self.points)

    @property
    def worth(self) -> float:
        """Score for being a receipt rather than texture: many glyphs, in lines, on a light background."""
        return min(len(self), ENOUGH_GLYPHS) * self.share * self.light


ENOUGH_GLYPHS = 300


def marked(points: NDArray[np.floating], factor: float, shape: tuple[int, ...]) -> Pixels:
    """Return an image that is 1 at the given points, else 0; see ``at`` for the arguments."""
    mask: Pixels = np.zeros(shape, np.uint8)
    x, y = at(points, factor, shape)
    mask[y, x] = 1
    return mask


def at(
    points: NDArray[np.floating], factor: float, shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the columns and rows of points, shape (n, 2), in an image scaled by ``factor``."""
    x = np.clip((points[:, 0] * factor).astype(np.int64), 0, shape[1] - 1)
    y = np.clip((points[:, 1] * factor).astype(np.int64), 0, shape[0] - 1)
    return x, y


GROUP_GAP = 9.0
"""Maximum gap, in glyph sizes, between lines or words of one group."""

WALL = 5.0
"""Minimum gradient, in grey levels per pixel of the small image, of an edge that separates groups."""


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """The small image without print, smoothed (``light``), and its gradient in grey levels per pixel (``steep``)."""

    light: Pixels
    steep: NDArray[np.float32]

    @staticmethod
    def of(field: Pixels) -> Relief:
        """Compute the gradient with the Sobel operator."""
        light = cv2.GaussianBlur(field, (0, 0), 1.0).astype(np.uint8, copy=False)
        across, down = (cv2.Sobel(light, cv2.CV_32F, *way, ksize=3, scale=1 / 8) for way in ((1, 0), (0, 1)))
        return Relief(light, cv2.magnitude(across, down).astype(np.float32, copy=False))


def split(glyphs: Glyphs, bundle: int, relief: Relief, factor: float, size: float) -> list[Group]:
    """Split glyphs at wide gaps and clear edges; return the groups of at least MIN_GLYPHS, best first."""
    shape = relief.steep.shape
    reach = max(3, int(GROUP_GAP * size * factor)) | 1
    near = cv2.dilate(marked(glyphs.points, factor, shape), np.ones((reach, reach), np.uint8))
    passable = np.where(relief.steep < WALL, near, 0).astype(np.uint8)
    _, labels = cv2.connectedComponents(passable, connectivity=4)
    x, y = at(glyphs.points, factor, shape)
    owner = labels[y, x]
    counts = np.bincount(owner)
    counts[0] = 0
    groups = []
    for label in np.flatnonzero(counts >= MIN_GLYPHS):
        mine = owner == label
        chosen = glyphs.only(mine)
        # Glyphs that were not detected in lines still have a projection profile with peaks.
        angle, share = direction(chosen) if bundle >= 0 else profile_direction(chosen)
        light = float(np.median(relief.light[y[mine], x[mine]]))
        groups.append(Group(chosen.points.astype(np.float64) * factor, bundle, angle, share, light))
    return sorted(groups, key=lambda group: -group.worth)


MIN_SHARE = 0.5
"""Minimum share of glyphs in lines of one direction for a group to be print rather than texture."""

MIN_ANGLE_DEG = 20.0
"""Minimum angle between lines of different documents; lines of one document differ by less."""

MANY_GLYPHS = 100
"""Minimum number of glyphs of a group that is not merely a stamp or a side note."""

MIN_SHARE_AMONG = 0.3
"""Minimum share of glyphs within the box around another group for them to belong to it."""

MIN_EDGE = 3.0
"""Minimum gradient, in grey levels per pixel of the small image, of an edge between documents."""


def crowded(groups: Sequence[Group], relief: Relief) -> bool:
    """Return whether two groups of glyphs are probably on different documents."""
    lines = [group for group in groups if group.bundle >= 0 and group.share > MIN_SHARE]
    apart = [one for one in lines if not any(len(other) > len(one) and _among(one, other) for other in lines)]
    return any(
        _differ_in_direction(one, other) or (_next_to_each_other(one, other) and _edge_between(one, other, relief))
        for one, other in combinations(apart, 2)
    )


def _among(one: Group, other: Group) -> bool:
    """Return whether a group is located within another one: digits below each other look like vertical lines."""
    box = cv2.boxPoints(cv2.minAreaRect(other.points.astype(np.float32))).astype(np.float64)
    return share_inside(one.points, box) > MIN_SHARE_AMONG


BOX_MARGIN = 3.0
"""Margin, in glyph sizes, around glyphs that are cropped."""


def box_around(group: Group, groups: Sequence[Group], relief: Relief, size: float) -> Quad:
    """Return the corners of a box around a group of glyphs and all groups that no edge separates from it.

    ``groups`` are all groups of the image, ``size`` is the glyph size in pixels of the small image.
    """
    joined = [other for other in groups if other is group or not _edge_between(group, other, relief)]
    along = np.radians(to_the_right(group.direction_deg))
    axes = np.array([[np.cos(along), np.sin(along)], [-np.sin(along), np.cos(along)]])
    there = np.concatenate([one.points for one in joined]) @ axes.T
    (left, top), (right, bottom) = there.min(axis=0) - BOX_MARGIN * size, there.max(axis=0) + BOX_MARGIN * size
    box: Quad = np.array([[left, top], [right, top], [right, bottom], [left, bottom]]) @ axes
    return box


def _differ_in_direction(one: Group, other: Group) -> bool:
    """Return whether the lines of two large groups run in different directions."""
    angle = abs(to_the_right(one.direction_deg - other.direction_deg))
    return angle >= MIN_ANGLE_DEG and min(len(one), len(other)) >= MANY_GLYPHS


def _next_to_each_other(one: Group, other: Group) -> bool:
    """Return whether two groups are next to each other rather than below, or run in different directions."""
    if abs(to_the_right(one.direction_deg - other.direction_deg)) > MIN_ANGLE_DEG:
        return True
    along = np.radians(one.direction_deg)
    way = np.array([np.cos(along), np.sin(along)])
    spans = [np.percentile(group.points @ way, (5, 95)) for group in (one, other)]
    return bool(spans[0][1] < spans[1][0] or spans[1][1] < spans[0][0])


MIN_CROSSING_SHARE = 0.6
"""Minimum share of the paths between two groups that cross an edge; a stamp or a pen stroke crosses only a few."""

MAX_PATHS = 40
"""Maximum number of paths that are checked."""


def _edge_between(one: Group, other: Group, relief: Relief) -> bool:
    """Return whether an edge separates two groups of glyphs on nearly all paths between them."""
    few, many = sorted((one, other), key=len)
    starts = few.points[:: max(1, len(few) // MAX_PATHS)]
    away = np.hypot(*np.moveaxis(starts[:, None] - many.points, 2, 0))
    ends = many.points[away.argmin(axis=1)]
    steps = np.linspace(0.0, 1.0, max(3, int(away.min(axis=1).max())))[:, None, None]
    between = starts + steps * (ends - starts)
    x, y = at(between.reshape(-1, 2), 1.0, relief.steep.shape)
    steepest = relief.steep[y, x].reshape(between.shape[:2]).max(axis=0)
    return bool((steepest > MIN_EDGE).mean() >= MIN_CROSSING_SHARE)

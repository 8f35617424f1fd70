"""Letters near each other on a picture, and which of them are on one sheet of paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Pixels
from rpiocr.model.transform import Points
from rpiocr.preprocess.letters import Scattered, direction, profile_direction
from rpiocr.preprocess.quads import Quad, share_inside

SURE_LETTERS = 40
"""Fewer letters than this are no receipt."""


def to_the_right(direction_deg: float) -> float:
    """Return a direction of lines as an angle from -90 up to 90 degrees: from left to right rather than back."""
    return (direction_deg + 90.0) % 180.0 - 90.0


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Letters near each other: their middles, shape (n, 2), in pixels of the small picture, and how their lines run.

    ``bundle`` numbers the direction among those of the picture; ``light`` is how light it is around them, 0 to 255.
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
        """How likely this is a receipt rather than texture: many letters, in lines, on something light."""
        return min(len(self), ENOUGH_LETTERS) * self.share * self.light


ENOUGH_LETTERS = 300


def marked(points: NDArray[np.floating], factor: float, shape: tuple[int, ...]) -> Pixels:
    """Return a picture that is 1 where a point lies; see ``at``."""
    mask: Pixels = np.zeros(shape, np.uint8)
    x, y = at(points, factor, shape)
    mask[y, x] = 1
    return mask


def at(
    points: NDArray[np.floating], factor: float, shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the columns and rows of points, shape (n, 2), on a picture that is ``factor`` times as large."""
    x = np.clip((points[:, 0] * factor).astype(np.int64), 0, shape[1] - 1)
    y = np.clip((points[:, 1] * factor).astype(np.int64), 0, shape[0] - 1)
    return x, y


GROUP_GAP = 9.0
"""Letter sizes between lines or words that still belong together."""

WALL = 5.0
"""Grey levels per pixel of the small picture: so steep an edge parts the letters of different sheets."""


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """The small picture without print, smoothed, and how steep it is in grey levels per pixel."""

    light: Pixels
    steep: NDArray[np.float32]

    @staticmethod
    def of(field: Pixels) -> Relief:
        """Measure with Sobel's operator."""
        light = cv2.GaussianBlur(field, (0, 0), 1.0).astype(np.uint8, copy=False)
        across, down = (cv2.Sobel(light, cv2.CV_32F, *way, ksize=3, scale=1 / 8) for way in ((1, 0), (0, 1)))
        return Relief(light, cv2.magnitude(across, down).astype(np.float32, copy=False))


def split(letters: Scattered, bundle: int, relief: Relief, factor: float, size: float) -> list[Group]:
    """Split the letters where wide gaps or clear edges are between them, in groups of SURE_LETTERS or more."""
    shape = relief.steep.shape
    reach = max(3, int(GROUP_GAP * size * factor)) | 1
    near = cv2.dilate(marked(letters.points, factor, shape), np.ones((reach, reach), np.uint8))
    open_way = np.where(relief.steep < WALL, near, 0).astype(np.uint8)
    _, labels = cv2.connectedComponents(open_way, connectivity=4)
    x, y = at(letters.points, factor, shape)
    owner = labels[y, x]
    counts = np.bincount(owner)
    counts[0] = 0
    groups = []
    for label in np.flatnonzero(counts >= SURE_LETTERS):
        mine = owner == label
        chosen = letters.only(mine)
        # Where letters were not seen in lines, they fall together in rows nevertheless.
        angle, share = direction(chosen) if bundle >= 0 else profile_direction(chosen)
        light = float(np.median(relief.light[y[mine], x[mine]]))
        groups.append(Group(chosen.points.astype(np.float64) * factor, bundle, angle, share, light))
    return sorted(groups, key=lambda group: -group.worth)


LEAST_SHARE = 0.5
"""Share of letters in lines of one direction that a group needs, to be print rather than texture."""

OTHER_WAY_DEG = 20.0
"""Sheets may lie so differently; the lines of one do not."""

MANY_LETTERS = 100
"""So many are no stamp and no side note."""

AMONG = 0.3
"""Share of letters within the box around another group from which on they belong to it."""

BORDER = 3.0
"""Grey levels per pixel of the small picture of an edge between sheets."""


def crowded(groups: Sequence[Group], relief: Relief) -> bool:
    """Tell whether two groups of letters are likely on different sheets."""
    lines = [group for group in groups if group.bundle >= 0 and group.share > LEAST_SHARE]
    apart = [one for one in lines if not any(len(other) > len(one) and _among(one, other) for other in lines)]
    return any(
        _other_way(one, other) or (_beside(one, other) and _edge_between(one, other, relief))
        for one, other in combinations(apart, 2)
    )


def _among(one: Group, other: Group) -> bool:
    """Tell whether letters stand among others: digits below each other look like lines that run downwards."""
    box = cv2.boxPoints(cv2.minAreaRect(other.points.astype(np.float32))).astype(np.float64)
    return share_inside(one.points, box) > AMONG


BOX_MARGIN = 3.0
"""Letter sizes around letters that are cut out with them."""


def box_around(group: Group, groups: Sequence[Group], relief: Relief, size: float) -> Quad:
    """Return a box, as corners of a sheet, around a group of letters and those that no edge parts from it.

    ``groups`` are all on the picture, ``size`` is that of a letter in pixels of the small picture.
    """
    joined = [other for other in groups if other is group or not _edge_between(group, other, relief)]
    along = np.radians(to_the_right(group.direction_deg))
    axes = np.array([[np.cos(along), np.sin(along)], [-np.sin(along), np.cos(along)]])
    there = np.concatenate([one.points for one in joined]) @ axes.T
    (left, top), (right, bottom) = there.min(axis=0) - BOX_MARGIN * size, there.max(axis=0) + BOX_MARGIN * size
    box: Quad = np.array([[left, top], [right, top], [right, bottom], [left, bottom]]) @ axes
    return box


def _other_way(one: Group, other: Group) -> bool:
    """Tell whether two groups with many letters run in different directions."""
    angle = abs(to_the_right(one.direction_deg - other.direction_deg))
    return angle >= OTHER_WAY_DEG and min(len(one), len(other)) >= MANY_LETTERS


def _beside(one: Group, other: Group) -> bool:
    """Tell whether one group of letters stands beside the other rather than below, or runs in another direction."""
    if abs(to_the_right(one.direction_deg - other.direction_deg)) > OTHER_WAY_DEG:
        return True
    along = np.radians(one.direction_deg)
    way = np.array([np.cos(along), np.sin(along)])
    spans = [np.percentile(group.points @ way, (5, 95)) for group in (one, other)]
    return bool(spans[0][1] < spans[1][0] or spans[1][1] < spans[0][0])


ALL_ALONG = 0.6
"""Least share of the ways from one group to the other that cross an edge: a stamp or a stroke of a pen is on a few."""

WAYS = 40
"""At most so many ways are looked at."""


def _edge_between(one: Group, other: Group, relief: Relief) -> bool:
    """Tell whether an edge lies between two groups of letters, wherever one goes from one to the other."""
    few, many = sorted((one, other), key=len)
    starts = few.points[:: max(1, len(few) // WAYS)]
    away = np.hypot(*np.moveaxis(starts[:, None] - many.points, 2, 0))
    ends = many.points[away.argmin(axis=1)]
    steps = np.linspace(0.0, 1.0, max(3, int(away.min(axis=1).max())))[:, None, None]
    between = starts + steps * (ends - starts)
    x, y = at(between.reshape(-1, 2), 1.0, relief.steep.shape)
    steepest = relief.steep[y, x].reshape(between.shape[:2]).max(axis=0)
    return bool((steepest > BORDER).mean() >= ALL_ALONG)

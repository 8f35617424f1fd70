"""Outlines of sheets of paper: four straight sides around each place that is a sheet by the network's maps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model.transform import Points
from rpiocr.preprocess.network import Map, Maps
from rpiocr.preprocess.quads import Quad, side_lengths

Mask = NDArray[np.uint8]

LIKELY = 0.5
"""From so likely on a place counts as sheet, or as rim."""

LEAST_AREA = 60
"""Smallest sheet in pixels of the maps."""

RIM = 3
"""Width of the rim in pixels of the maps: what is within it on both sides belongs to the sheet as well."""

FINER = 4
"""Contours are followed on maps so many times as large."""

EVERY = 2
"""One point of so many is kept: lines fitted to all of them are the same."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What speaks for an outline and against it, each from 0 to 1.

    ``filled``: how well it and the sheet's place cover each other (intersection over union); ``sure`` and ``beyond``:
    how much of a sheet is within it and right around it; ``rim`` and ``worst_rim``: how likely the rim is where its
    sides are, on all and on the worst of them; ``outside``: the share of it that is not on the picture.
    """

    filled: float
    sure: float
    beyond: float
    rim: float
    worst_rim: float
    outside: float


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """``corners`` of a sheet, clockwise, in pixels of the picture, and what speaks for it."""

    corners: Quad
    traits: Traits


def outlines(maps: Maps, size: tuple[int, int]) -> Iterator[Outline]:
    """Yield an outline for each sheet on a picture of ``size`` (height, width)."""
    core = ((maps.sheet > LIKELY) & (maps.rim < LIKELY)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=4)
    reach = np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8)
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] < LEAST_AREA:
            continue
        near = cv2.dilate((labels == label).astype(np.uint8), reach)
        place = np.where(near > 0, maps.sheet, 0.0).astype(np.float32)
        contour = _contour(place)
        fitted = [four for start in _first_corners(contour) if (four := _four_sides(contour, start)) is not None]
        if fitted:
            tried = [(_traits(maps, place, corners, size), corners) for corners in fitted]
            traits, corners = max(tried, key=lambda one: one[0].filled)
            yield Outline(maps.on_picture(_at_corners(maps.corners, corners)), traits)


def _contour(place: Map) -> Points:
    """Return where a sheet ends: points (n, 2), clockwise, in pixels of the maps."""
    large = cv2.resize(place, None, fx=FINER, fy=FINER, interpolation=cv2.INTER_LINEAR)
    found, _ = cv2.findContours((large > LIKELY).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    longest = max(found, key=cv2.contourArea)
    return (longest[::EVERY, 0] + 0.5) / FINER


COARSEST = 0.2
"""Share of a contour's length by which four corners may simplify it."""

ALONG = (0.08, 0.92)
"""Which part of a side is fitted: corners are round, torn or folded."""

OFF = 0.06
"""Share of a side's length by which a point of the contour may be off it."""

LEAST_OFF = 2.0
"""And pixels of the maps by which it always may."""

LEAST_POINTS = 6

ROUNDS = 3


def _four_sides(contour: Points, start: Quad) -> Quad | None:
    """Fit four straight sides to a contour, from corners near to theirs; ``None`` where it is too small."""
    corners = start
    for _ in range(ROUNDS):
        if side_lengths(corners).min() < LEAST_OFF:
            return None
        sides = [_side(contour, corners[number], corners[(number + 1) % 4]) for number in range(4)]
        met = [_meeting(sides[number - 1], sides[number]) for number in range(4)]
        if any(point is None for point in met):
            return corners
        corners = np.array(met)
    return corners


def _first_corners(contour: Points) -> Iterator[Quad]:
    """Yield where the corners may be: those that simplify the contour to four, and those of a rectangle around it."""
    hull = cv2.convexHull(contour.astype(np.float32))
    length = cv2.arcLength(hull, closed=True)
    for share in np.linspace(0.01, COARSEST, 40):
        simple = cv2.approxPolyDP(hull, share * length, closed=True)
        if len(simple) == 4:
            yield _clockwise(simple[:, 0].astype(np.float64))
            break
    yield _clockwise(cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float64))


def _clockwise(corners: Quad) -> Quad:
    """Return the corners so that they go round clockwise where y runs down."""
    x, y = corners.T
    area = float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    return corners if area > 0 else np.ascontiguousarray(corners[::-1])


Side = tuple[Points, Points]
"""A point of a straight line, and its direction."""


def _side(contour: Points, start: Points, end: Points) -> Side:
    """Fit a line to those points of the contour that are on a side."""
    length = float(np.hypot(*(end - start)))
    way = (end - start) / length
    along, off = (contour - start) @ way, np.abs((contour - start) @ np.array([-way[1], way[0]]))
    near = (along > ALONG[0] * length) & (along < ALONG[1] * length) & (off < max(LEAST_OFF, OFF * length))
    if near.sum() < LEAST_POINTS:
        return start, way
    x, y, at_x, at_y = cv2.fitLine(contour[near].astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    return np.array([at_x, at_y], np.float64), np.array([x, y], np.float64)


PARALLEL = 1e-3


def _meeting(one: Side, other: Side) -> Points | None:
    """Return where two lines meet; ``None`` where they are parallel."""
    ways = np.column_stack([one[1], -other[1]])
    if abs(np.linalg.det(ways)) < PARALLEL:
        return None
    meeting: Points = one[0] + np.linalg.solve(ways, other[0] - one[0])[0] * one[1]
    return meeting


NEARBY = 4.0
"""Pixels of the maps by which a corner may usually be off where straight sides meet: sides of bent paper bow."""

SEEN = 0.2
"""So likely a corner has to be, less the farther off it is."""

SPOT = 2
"""Reach in pixels of the maps of what belongs to one corner."""


def _at_corners(likely: Map, corners: Quad) -> Quad:
    """Move corners to where the network sees them near by; those that it does not see stay."""
    y, x = np.mgrid[0 : likely.shape[0], 0 : likely.shape[1]] + 0.5
    moved = corners.copy()
    for number, (at_x, at_y) in enumerate(corners):
        near = likely * np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / (2 * NEARBY**2))
        row, column = np.unravel_index(int(near.argmax()), near.shape)
        if near[row, column] >= SEEN:
            spot = np.s_[max(0, row - SPOT) : row + SPOT + 1, max(0, column - SPOT) : column + SPOT + 1]
            weight = likely[spot]
            moved[number] = (x[spot] * weight).sum() / weight.sum(), (y[spot] * weight).sum() / weight.sum()
    return moved


EDGE = 1.0
"""Pixels of the maps within which a place is at the edge of the picture."""

SHIFT = 4
"""Bits after the point in which OpenCV takes places between pixels."""


def _traits(maps: Maps, place: Map, corners: Quad, size: tuple[int, int]) -> Traits:
    filled = _drawn(maps, corners)
    sheet = (place > LIKELY).astype(np.uint8)
    both, either = int((filled & sheet).sum()), max(1, int((filled | sheet).sum()))
    near, far = (cv2.dilate(filled, np.ones((side, side), np.uint8)) for side in (2 * RIM - 1, 4 * RIM - 3))
    around = (far > near).astype(np.uint8)
    rims = [_rim_along(maps, corners[number], corners[(number + 1) % 4], size) for number in range(4)]
    seen = [rim for rim in rims if rim is not None]
    on_picture = _drawn(maps, maps.on_maps(np.array([[0, 0], [size[1], 0], [size[1], size[0]], [0, size[0]]], float)))
    return Traits(
        filled=both / either,
        sure=_mean(maps.sheet, filled),
        beyond=_mean(maps.sheet, around),
        rim=float(np.mean(seen)) if seen else 0.0,
        worst_rim=min(seen, default=0.0),
        outside=1.0 - _mean(on_picture.astype(np.float32), filled),
    )


def _drawn(maps: Maps, corners: Quad) -> Mask:
    """Return a map with ones within an outline."""
    drawn = np.zeros(maps.sheet.shape, np.uint8)
    cv2.fillConvexPoly(drawn, np.round((corners - 0.5) * 2**SHIFT).astype(np.int32), 1, shift=SHIFT)
    return drawn


def _mean(values: Map, where: Mask) -> float:
    return float(values[where > 0].mean()) if where.any() else 0.0


def _rim_along(maps: Maps, start: Points, end: Points, size: tuple[int, int]) -> float | None:
    """Return how likely the rim is along a side, as far as that is on the picture; ``None`` where it is not.

    At the very edge of the picture, nobody can see whether paper ends there.
    """
    steps = np.linspace(0.0, 1.0, max(2, int(2 * np.hypot(*(end - start)))))[:, None]
    points = start + steps * (end - start)
    x, y = maps.on_picture(points).T
    edge = EDGE / maps.factor
    seen = (x >= edge) & (y >= edge) & (x <= size[1] - edge) & (y <= size[0] - edge)
    points = points[seen] - 0.5
    if not len(points):
        return None
    height, width = maps.rim.shape
    at_x, at_y = np.clip(np.round(points).astype(np.int64), 0, (width - 1, height - 1)).T
    return float(maps.rim[at_y, at_x].mean())

"""Fits a quadrilateral to each document in the network's probability maps."""

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

MIN_PROBABILITY = 0.5
"""Minimum probability for a pixel to count as document, or as rim."""

MIN_AREA = 60
"""Minimum area of a document in pixels of the maps."""

RIM = 3
"""Width of the rim in pixels of the maps; pixels within it on both sides belong to the document too."""

CONTOUR_SCALE = 4
"""Factor by which maps are enlarged to trace contours."""

POINT_STEP = 2
"""Only every second point of a contour is kept: lines fitted to all points are the same."""


@dataclass(frozen=True, slots=True)
class Traits:
    """Features of an outline, each from 0 to 1, from which its score is computed.

    ``filled``: intersection over union of the outline and the document's pixels; ``sure`` and ``beyond``: mean
    probability of a document within the outline and just outside of it; ``rim`` and ``worst_rim``: mean probability of
    the rim along all sides, and along the worst; ``outside``: share of the outline that is outside of the image.
    """

    filled: float
    sure: float
    beyond: float
    rim: float
    worst_rim: float
    outside: float


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The ``corners`` of a document, clockwise, in pixels of the image, and the features of this outline."""

    corners: Quad
    traits: Traits


def outlines(maps: Maps, size: tuple[int, int]) -> Iterator[Outline]:
    """Yield an outline for each document on an image of ``size`` (height, width)."""
    core = ((maps.sheet > MIN_PROBABILITY) & (maps.rim < MIN_PROBABILITY)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=4)
    reach = np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8)
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] < MIN_AREA:
            continue
        near = cv2.dilate((labels == label).astype(np.uint8), reach)
        place = np.where(near > 0, maps.sheet, 0.0).astype(np.float32)
        contour = _contour(place)
        fitted = [four for start in _first_corners(contour) if (four := _four_sides(contour, start)) is not None]
        if fitted:
            tried = [(_traits(maps, place, corners, size), corners) for corners in fitted]
            traits, corners = max(tried, key=lambda one: one[0].filled)
            yield Outline(maps.on_image(_moved_to_peaks(maps.corners, corners)), traits)


def _contour(place: Map) -> Points:
    """Return the contour of a document: points, shape (n, 2), clockwise, in pixels of the maps."""
    large = cv2.resize(place, None, fx=CONTOUR_SCALE, fy=CONTOUR_SCALE, interpolation=cv2.INTER_LINEAR)
    found, _ = cv2.findContours((large > MIN_PROBABILITY).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    longest = max(found, key=cv2.contourArea)
    return (longest[::POINT_STEP, 0] + 0.5) / CONTOUR_SCALE


MAX_SIMPLIFICATION = 0.2
"""Maximum distance, as a share of its length, for simplifying a contour to four corners."""

ALONG = (0.08, 0.92)
"""Part of a side that a line is fitted to: corners are rounded, torn or folded."""

OFF = 0.06
"""Maximum distance of a point of the contour from its side, as a share of the side's length."""

ALLOWED_OFF_PX = 2.0
"""Distance in pixels of the maps that is always allowed."""

MIN_POINTS = 6

ROUNDS = 3


def _four_sides(contour: Points, start: Quad) -> Quad | None:
    """Fit four straight sides to a contour, starting from approximate corners; ``None`` if it is too small."""
    corners = start
    for _ in range(ROUNDS):
        if side_lengths(corners).min() < ALLOWED_OFF_PX:
            return None
        sides = [_side(contour, corners[number], corners[(number + 1) % 4]) for number in range(4)]
        met = [_intersection(sides[number - 1], sides[number]) for number in range(4)]
        if any(point is None for point in met):
            return corners
        corners = np.array(met)
    return corners


def _first_corners(contour: Points) -> Iterator[Quad]:
    """Yield approximate corners: of the contour simplified to four points, and of its minimum bounding rectangle."""
    hull = cv2.convexHull(contour.astype(np.float32))
    length = cv2.arcLength(hull, closed=True)
    for share in np.linspace(0.01, MAX_SIMPLIFICATION, 40):
        simple = cv2.approxPolyDP(hull, share * length, closed=True)
        if len(simple) == 4:
            yield _clockwise(simple[:, 0].astype(np.float64))
            break
    yield _clockwise(cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float64))


def _clockwise(corners: Quad) -> Quad:
    """Return the corners in clockwise order (y points down)."""
    x, y = corners.T
    area = float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    return corners if area > 0 else np.ascontiguousarray(corners[::-1])


Side = tuple[Points, Points]
"""A point of a straight line, and its direction."""


def _side(contour: Points, start: Points, end: Points) -> Side:
    """Fit a line to the points of the contour that belong to a side."""
    length = float(np.hypot(*(end - start)))
    way = (end - start) / length
    along, off = (contour - start) @ way, np.abs((contour - start) @ np.array([-way[1], way[0]]))
    near = (along > ALONG[0] * length) & (along < ALONG[1] * length) & (off < max(ALLOWED_OFF_PX, OFF * length))
    if near.sum() < MIN_POINTS:
        return start, way
    x, y, at_x, at_y = cv2.fitLine(contour[near].astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    return np.array([at_x, at_y], np.float64), np.array([x, y], np.float64)


PARALLEL = 1e-3


def _intersection(one: Side, other: Side) -> Points | None:
    """Return the intersection of two lines; ``None`` if they are parallel."""
    ways = np.column_stack([one[1], -other[1]])
    if abs(np.linalg.det(ways)) < PARALLEL:
        return None
    point: Points = one[0] + np.linalg.solve(ways, other[0] - one[0])[0] * one[1]
    return point


CORNER_DEVIATION = 4.0
"""Standard deviation, in pixels of the maps, of corners from the intersection of straight sides: those of bent paper
are curved."""

MIN_CORNER = 0.2
"""Minimum probability of a corner, weighted down with its distance."""

SPOT = 2
"""Radius in pixels of the maps of the peak of one corner."""


def _moved_to_peaks(likely: Map, corners: Quad) -> Quad:
    """Move corners to nearby peaks of the corner map; those without a peak stay."""
    y, x = np.mgrid[0 : likely.shape[0], 0 : likely.shape[1]] + 0.5
    moved = corners.copy()
    for number, (at_x, at_y) in enumerate(corners):
        near = likely * np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / (2 * CORNER_DEVIATION**2))
        row, column = np.unravel_index(int(near.argmax()), near.shape)
        if near[row, column] >= MIN_CORNER:
            spot = np.s_[max(0, row - SPOT) : row + SPOT + 1, max(0, column - SPOT) : column + SPOT + 1]
            weight = likely[spot]
            moved[number] = (x[spot] * weight).sum() / weight.sum(), (y[spot] * weight).sum() / weight.sum()
    return moved


EDGE = 1.0
"""Distance in pixels of the maps within which a point is at the edge of the image."""

SHIFT = 4
"""Number of fractional bits of the coordinates that are passed to OpenCV."""


def _traits(maps: Maps, place: Map, corners: Quad, size: tuple[int, int]) -> Traits:
    filled = _drawn(maps, corners)
    sheet = (place > MIN_PROBABILITY).astype(np.uint8)
    both, either = int((filled & sheet).sum()), max(1, int((filled | sheet).sum()))
    near, far = (cv2.dilate(filled, np.ones((side, side), np.uint8)) for side in (2 * RIM - 1, 4 * RIM - 3))
    around = (far > near).astype(np.uint8)
    rims = [_rim_along(maps, corners[number], corners[(number + 1) % 4], size) for number in range(4)]
    seen = [rim for rim in rims if rim is not None]
    on_image = _drawn(maps, maps.on_maps(np.array([[0, 0], [size[1], 0], [size[1], size[0]], [0, size[0]]], float)))
    return Traits(
        filled=both / either,
        sure=_mean(maps.sheet, filled),
        beyond=_mean(maps.sheet, around),
        rim=float(np.mean(seen)) if seen else 0.0,
        worst_rim=min(seen, default=0.0),
        outside=1.0 - _mean(on_image.astype(np.float32), filled),
    )


def _drawn(maps: Maps, corners: Quad) -> Mask:
    """Return a mask of the size of the maps that is 1 within an outline."""
    drawn = np.zeros(maps.sheet.shape, np.uint8)
    cv2.fillConvexPoly(drawn, np.round((corners - 0.5) * 2**SHIFT).astype(np.int32), 1, shift=SHIFT)
    return drawn


def _mean(values: Map, where: Mask) -> float:
    return float(values[where > 0].mean()) if where.any() else 0.0


def _rim_along(maps: Maps, start: Points, end: Points, size: tuple[int, int]) -> float | None:
    """Return the mean probability of the rim along the part of a side that is on the image; ``None`` if none is.

    Points at the very edge of the image are excluded, because the end of the paper cannot be seen there.
    """
    steps = np.linspace(0.0, 1.0, max(2, int(2 * np.hypot(*(end - start)))))[:, None]
    points = start + steps * (end - start)
    x, y = maps.on_image(points).T
    edge = EDGE / maps.factor
    seen = (x >= edge) & (y >= edge) & (x <= size[1] - edge) & (y <= size[0] - edge)
    points = points[seen] - 0.5
    if not len(points):
        return None
    height, width = maps.rim.shape
    at_x, at_y = np.clip(np.round(points).astype(np.int64), 0, (width - 1, height - 1)).T
    return float(maps.rim[at_y, at_x].mean())

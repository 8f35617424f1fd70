"""Four-sided outlines: fitted to a region, and how well the edges of a picture bear them out.

Paper that was rolled or folded has sides that bow a little, so every side is a parabola: its two tangents give the
corners, and ``bow`` how far its middle lies inside of the straight line between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Pixels

Points = NDArray[np.float64]
"""Shape (n, 2): x and y in pixels."""

Quad = NDArray[np.float64]
"""Shape (4, 2): corners in clockwise order."""

Straight = NDArray[np.float64]
"""Shape (3,): the line of all points p with ``n . p = d``, as (n_x, n_y, d) with n of length 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """The tangents at both ends of a side, and its bow in pixels, inwards."""

    start: Straight
    end: Straight
    bow: float


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Corners in clockwise order, the sides that begin at each, and by how many pixels those bow inwards."""

    corners: Quad
    sides: tuple[Side, ...]

    @property
    def bows(self) -> NDArray[np.float64]:
        """Shape (4,): the bow of each side."""
        return np.array([side.bow for side in self.sides])

    def rolled(self, steps: int) -> Outline:
        """Return the same outline counted from another corner."""
        sides = tuple(self.sides[(index - steps) % 4] for index in range(4))
        return Outline(np.roll(self.corners, steps, axis=0), sides)

    def side_points(self, index: int, places: NDArray[np.float64]) -> Points:
        """Return the points of a side at ``places`` from 0, its start, to 1."""
        start, end = self.corners[index], self.corners[(index + 1) % 4]
        inwards = straight_through(start, end)[:2]
        bend = 4.0 * places * (1.0 - places) * self.sides[index].bow
        return start + places[:, None] * (end - start) + bend[:, None] * inwards


CONTOUR_POINTS = 400
FIT_ROUNDS = 4
LEAST_AREA = 400.0
"""Regions of fewer pixels are no paper."""

LEAST_SINE = 0.34
"""Of the angle between two sides that meet: 20 degrees."""

MOST_UNLIKE = 2.5
"""Between the lengths of two sides that face each other: perspective of a phone does not do more."""

MOST_BOW = 0.06
"""Of a side's length: paper that is bent more is not read as one sheet."""


def outline_around(mask: Pixels) -> Outline | None:
    """Fit four sides to a region (``mask``: 0 or 1); None where its shape is nothing like it.

    Dents (a finger, a logo) and thin arms (what leaked out along a fold) are smoothed away first.
    """
    contour = _contour(mask)
    if contour is None:
        return None
    quad = _clockwise(cv2.boxPoints(cv2.minAreaRect(contour.astype(np.float32))).astype(np.float64))
    outline = None
    for _ in range(FIT_ROUNDS):
        outline = outline_of(_fit_sides(contour, quad))
        if outline is None:
            return None
        moved = float(np.abs(outline.corners - quad).max())
        quad = outline.corners
        if moved < 0.5:
            break
    return outline


def _clockwise(quad: Quad) -> Quad:
    x, y = quad[:, 0], quad[:, 1]
    area = float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())
    ordered: Quad = quad[:: 1 if area > 0 else -1]
    return ordered


def _contour(mask: Pixels) -> Points | None:
    border = 12
    framed = cv2.copyMakeBorder(mask, border, border, border, border, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    outer = _largest(closed)
    if outer is None:
        return None
    filled = cv2.drawContours(np.zeros_like(closed), [outer], -1, 1, -1)
    largest = _largest(cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((11, 11), np.uint8)))
    if largest is None or cv2.contourArea(largest) < LEAST_AREA:
        return None
    points = largest.reshape(-1, 2)
    every = max(1, len(points) // CONTOUR_POINTS)
    return points[::every].astype(np.float64) - border


def _largest(mask: cv2.typing.MatLike) -> NDArray[np.int32] | None:
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    largest: NDArray[np.int32] = max(contours, key=cv2.contourArea).astype(np.int32, copy=False)
    return largest


def _fit_sides(contour: Points, quad: Quad) -> list[Side]:
    """Fit a parabola to the points that are nearest to each side, without those near its ends."""
    ends = np.roll(quad, -1, axis=0)
    along = ends - quad
    lengths = np.maximum(1e-6, np.hypot(along[:, 0], along[:, 1]))
    places = ((contour[:, None] - quad) * along).sum(axis=2) / lengths**2
    feet = quad + np.clip(places, 0.0, 1.0)[..., None] * along
    owner = np.hypot(*np.moveaxis(contour[:, None] - feet, 2, 0)).argmin(axis=1)
    sides = []
    for index in range(4):
        inwards = straight_through(quad[index], ends[index])
        mine = (owner == index) & (places[:, index] > 0.03) & (places[:, index] < 0.97)
        depths = contour[mine] @ inwards[:2] - inwards[2]
        sides.append(fit_side(quad[index], ends[index], places[mine, index], depths))
    return sides


def straight_through(start: Points, end: Points) -> Straight:
    """Return the line through two points; its normal points inwards where corners go clockwise."""
    across = np.array([start[1] - end[1], end[0] - start[0]])
    across /= max(1e-6, float(np.hypot(*across)))
    return np.array([*across, across @ start])


FIT_TURNS = 4
LEAST_SPREAD = (0.2, 0.6)
"""Of a side that has to be seen for a line, and for a parabola, to be fitted to it."""


def fit_side(start: Points, end: Points, places: NDArray[np.float64], depths: NDArray[np.float64]) -> Side:
    """Fit a side to points at ``places`` along it (0 to 1) that lie ``depths`` pixels inside of the straight line.

    Least squares, weighted anew by the last residuals (Geman and McClure), so that a finger does not count.
    """
    spread = float(np.ptp(places)) if len(places) > 6 else 0.0
    degree = sum(spread >= least for least in LEAST_SPREAD)
    length = float(np.hypot(*(end - start)))
    inwards = straight_through(start, end)[:2]
    coefficients = np.zeros(1)
    if degree:
        weights = np.ones(len(places))
        for _ in range(FIT_TURNS):
            coefficients = np.polyfit(places, depths, degree, w=weights)
            away = depths - np.polyval(coefficients, places)
            scale = max(1.0, 2.0 * float(np.median(np.abs(away))))
            weights = 1.0 / (1.0 + (away / scale) ** 2)
    curve = np.poly1d(coefficients)
    bend = float(coefficients[0]) if degree == 2 else 0.0
    bow = float(np.clip(-bend / 4.0, -MOST_BOW * length, MOST_BOW * length))
    tangents = []
    for at in (0.0, 1.0):
        slope = float(curve.deriv()(at)) if degree else 0.0
        point = start + at * (end - start) + float(curve(at)) * inwards
        tangents.append(straight_through(point, point + (end - start) + slope * inwards))
    return Side(tangents[0], tangents[1], bow)


def outline_of(sides: list[Side]) -> Outline | None:
    """Return what four sides enclose; None unless that is a plausible outline of paper."""
    corners = []
    for before, side in zip([sides[-1], *sides[:-1]], sides, strict=True):
        normals = np.array([before.end[:2], side.start[:2]])
        if abs(np.linalg.det(normals)) < LEAST_SINE:
            return None
        corners.append(np.linalg.solve(normals, [before.end[2], side.start[2]]))
    quad = np.array(corners)
    lengths = side_lengths(quad)
    if not cv2.isContourConvex(quad.astype(np.float32)) or lengths.min() < 8:
        return None
    pairs = (lengths[0], lengths[2]), (lengths[1], lengths[3])
    if any(max(pair) > MOST_UNLIKE * min(pair) for pair in pairs):
        return None
    return Outline(quad, tuple(sides))


def side_lengths(quad: Quad) -> NDArray[np.float64]:
    """Return the lengths of the four sides; the first is that from the first corner to the second."""
    steps = np.roll(quad, -1, axis=0) - quad
    return np.hypot(steps[:, 0], steps[:, 1])


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """How much lighter a grey picture gets to the right and downwards, in grey levels per pixel.

    ``strength`` is the slope in its steepest direction, ``clear`` the least that counts as an edge in full, and ``edges``
    is 1 where there is one.
    """

    across: NDArray[np.float32]
    down: NDArray[np.float32]
    strength: NDArray[np.float32]
    clear: float
    edges: Pixels

    @staticmethod
    def of(pixels: Pixels) -> Slopes:
        """Measure with Sobel's operator."""
        smooth = cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), 1.0)
        across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8).astype(np.float32, copy=False)
        down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8).astype(np.float32, copy=False)
        strength = np.hypot(across, down)
        clear = float(np.clip(CLEAR_TIMES * np.median(strength), *CLEAR_EDGE))
        return Slopes(across, down, strength, clear, (strength > clear).astype(np.uint8))


NEAR = 3
"""How many pixels an edge may lie beside a straight side: paper bends."""

CLEAR_EDGE = (1.2, 5.0)
CLEAR_TIMES = 4.0
"""An edge counts in full that is CLEAR_TIMES as steep as the usual slope, within these bounds in grey levels per pixel:
white paper on a white table has faint edges, but nothing else has any."""

DARKER_INSIDE = 0.6
"""What an edge counts that is lighter outside, as on white tables: paper is mostly the lightest thing around."""

BORDER = 3
"""Pixels at the rim of a picture where nothing can be told."""

LEAST_SEEN = 0.35
"""A side of which less than this share lies inside of the picture was cut off."""


def support(outline: Outline, slopes: Slopes) -> tuple[float | None, ...]:
    """Return for each side which share of it, 0 to 1, has an edge; None where it lies outside of the picture."""
    height, width = slopes.across.shape
    lengths = side_lengths(outline.corners)
    shares: list[float | None] = []
    for index in range(4):
        inwards = straight_through(outline.corners[index], outline.corners[(index + 1) % 4])[:2]
        count = max(8, int(lengths[index] / 4))
        places = outline.side_points(index, (np.arange(count) + 0.5) / count)
        probes = places[:, None] + np.arange(-NEAR, NEAR + 1)[None, :, None] * inwards
        x, y = probes[..., 0], probes[..., 1]
        seen = (x > BORDER) & (x < width - BORDER - 1) & (y > BORDER) & (y < height - BORDER - 1)
        visible = seen.sum(axis=1) > NEAR
        if visible.mean() < LEAST_SEEN:
            shares.append(None)
            continue
        column, row = np.clip(x.round().astype(int), 0, width - 1), np.clip(y.round().astype(int), 0, height - 1)
        rise = slopes.across[row, column] * inwards[0] + slopes.down[row, column] * inwards[1]
        steepest = np.where(seen, np.maximum(rise, -DARKER_INSIDE * rise), 0.0).max(axis=1)[visible]
        share = float(np.clip(steepest / slopes.clear, 0.0, 1.0).mean())
        shares.append(share)
    return tuple(shares)


def snapped(outline: Outline, slopes: Slopes, reach: float) -> Outline | None:
    """Fit every side anew to the edges within ``reach`` pixels of it; None where that gives no outline."""
    sides = []
    for index in range(4):
        start, end = outline.corners[index], outline.corners[(index + 1) % 4]
        inwards = straight_through(start, end)[:2]
        count = max(8, int(np.hypot(*(end - start)) / 2))
        places = (np.arange(count) + 0.5) / count
        depths, strengths = _edges_along(outline.side_points(index, places), inwards, slopes, reach)
        bend = 4.0 * places * (1.0 - places) * outline.sides[index].bow
        clear = (strengths > 0.5 * slopes.clear) & (places > 0.03) & (places < 0.97)
        if clear.mean() < 0.3:
            sides.append(outline.sides[index])
        else:
            sides.append(fit_side(start, end, places[clear], (depths + bend)[clear]))
    return outline_of(sides)


def _edges_along(
    points: Points, inwards: NDArray[np.float64], slopes: Slopes, reach: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far inwards of each point the steepest edge across is, in pixels, and how steep; 0 outside."""
    height, width = slopes.across.shape
    offsets = np.arange(-reach, reach + 1.0)
    probes = points[:, None] + offsets[None, :, None] * inwards
    x, y = probes[..., 0].round().astype(int), probes[..., 1].round().astype(int)
    seen = (x > BORDER) & (x < width - BORDER - 1) & (y > BORDER) & (y < height - BORDER - 1)
    column, row = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    rise = np.abs(slopes.across[row, column] * inwards[0] + slopes.down[row, column] * inwards[1])
    steepness = np.where(seen, rise, 0.0)
    best = steepness.argmax(axis=1)
    return offsets[best], steepness[np.arange(len(best)), best].astype(np.float64)

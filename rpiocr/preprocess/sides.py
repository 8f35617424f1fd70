"""Outlines made of what rays out of print meet first, where that lies on straight lines (Hough's transform)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from rpiocr.preprocess.quads import Outline, Points, Side, Straight, fit_side, outline_of, straight_through
from rpiocr.preprocess.rays import Rays

MOST_ASKEW_DEG = 24
"""How far a side may be from running along, or across, the lines of print: perspective."""

OFFSET_PX = 2.0
BEST = 2

LEAST_VOTES = 10
"""Rays that have to end on a line for it to be a side."""

NEAR = 5.0
"""How many pixels from the line the rest of a bent side may be."""

RIM = 0.5
"""Where more of the rays than this leave the picture unhindered, the paper may be cut off there."""


def outlines_of_rays(rays: Sequence[Rays], direction_deg: float) -> list[Outline]:
    """Return outlines of what the rays (up, right, down, left) met; ``direction_deg`` is how lines of print run."""
    along = np.radians(direction_deg)
    ways = (along - np.pi / 2, along, along + np.pi / 2, along + np.pi)
    found = [_sides(one, way) for one, way in zip(rays, ways, strict=True)]
    outlines = (outline_of(list(sides)) for sides in product(*found))
    return [outline for outline in outlines if outline is not None]


def _sides(rays: Rays, way: float) -> list[Side]:
    lines = [(line, rays.ends[rays.met]) for line in _lines(rays.ends[rays.met], way, BEST)]
    if len(rays.met) and rays.met.mean() < RIM:
        lines += [(line, rays.ends[~rays.met]) for line in _lines(rays.ends[~rays.met], way, 1)]
    return [_bent(line, points) for line, points in lines]


def _bent(line: Straight, points: Points) -> Side:
    """Fit a side to the points near to a line."""
    near = points[np.abs(points @ line[:2] - line[2]) < NEAR]
    along = np.array([line[1], -line[0]])
    places = near @ along
    start, end = (float(places.min()) * along + line[2] * line[:2], float(places.max()) * along + line[2] * line[:2])
    length = max(1.0, float(np.ptp(places)))
    return fit_side(start, end, (places - places.min()) / length, near @ line[:2] - line[2])


def _lines(points: Points, way: float, most: int) -> list[Straight]:
    """The lines on which most points lie, with normals that point back to the print."""
    if len(points) < LEAST_VOTES:
        return []
    angles = way + np.radians(np.arange(-MOST_ASKEW_DEG, MOST_ASKEW_DEG + 1, 1.0))
    offsets = np.outer(np.cos(angles), points[:, 0]) + np.outer(np.sin(angles), points[:, 1])
    least = float(offsets.min())
    bins: NDArray[np.int64] = ((offsets - least) / OFFSET_PX).astype(np.int64)
    width = int(bins.max()) + 2
    flat = bins + np.arange(len(angles))[:, None] * width
    votes = np.bincount(flat.ravel(), minlength=width * len(angles)).reshape(len(angles), width)
    votes[:, :-1] += votes[:, 1:].copy()
    lines: list[Straight] = []
    free = np.ones(len(points), np.bool_)
    for _ in range(most):
        angle_at, offset_at = np.unravel_index(int(votes.argmax()), votes.shape)
        if votes[angle_at, offset_at] < LEAST_VOTES:
            break
        angle, offset = float(angles[angle_at]), least + (float(offset_at) + 1.0) * OFFSET_PX
        normal = np.array([np.cos(angle), np.sin(angle)])
        point = offset * normal
        line = straight_through(point, point + np.array([normal[1], -normal[0]]))
        lines.append(line)
        # What lies on this line does not vote again.
        gone = free & (np.abs(points @ line[:2] - line[2]) < 2 * NEAR)
        free &= ~gone
        for index in np.flatnonzero(gone):
            at = bins[:, index]
            votes[np.arange(len(angles)), at] -= 1
            votes[np.arange(len(angles)), np.maximum(at - 1, 0)] -= at > 0
    return lines

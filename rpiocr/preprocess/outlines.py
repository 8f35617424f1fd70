"""Which four sides together are the outline of a sheet: every combination is weighed, the best is returned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rpiocr.mapping import Points
from rpiocr.preprocess.bearing import features_of, profile_of
from rpiocr.preprocess.flanks import FLANKS, Floats, Level, turned
from rpiocr.preprocess.quads import Quad
from rpiocr.preprocess.sides import Curves, columns_at, find_curves, slopes_at

CURVES = 12
"""Most candidates for each side."""

LEAST_PX = 15.0
"""Shorter sides are none."""

WEIGHTS = np.array(
    [1.84, 2.17, 1.25, 1.25, 1.78, 2.52, 0.99, -1.24, 1.36, 1.86, -8.15, 0.67, -2.89, -2.09, -1.45, -2.24]
)
CONVERGING = np.array([-0.59, -1.04])
"""How much each feature, summed over the four sides, and the difference of the slopes of two sides that face each
other (right and left, bottom and top), count: fitted to generated photos (a logit over all outlines of each)."""

IMPOSSIBLE = -1e6


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """n outlines: ``corners``, shape (n, 4, 2), in pixels of the levelled picture, clockwise from the upper right.

    ``curves``: shape (n, 4, 5), the sides, each in pixels of its flank; ``rows``: shape (n, 4, 2), between which rows.
    ``cut``: shape (n, 4), which of them were cut off.
    """

    corners: Floats
    curves: Floats
    rows: Floats
    cut: NDArray[np.bool_]


def combined(level: Level) -> Outlines | None:
    """Return the outline that is borne out best, as the only one of several; None where none is likely."""
    curves = [find_curves(flank, CURVES) for flank in level.flanks]
    corners = [_corners(level, curves, index) for index in range(FLANKS)]
    worth = []
    for index, flank in enumerate(level.flanks):
        # Shapes (n, previous, 1) and (n, 1, next).
        start = turned(np.swapaxes(corners[index - 1], 0, 1), index, level.shape)[..., 1][:, :, None]
        end = turned(corners[index], index, level.shape)[..., 1][:, None, :]
        bad = ~np.isfinite(start) | ~np.isfinite(end)
        start, end = np.broadcast_arrays(np.nan_to_num(start), np.nan_to_num(end))
        cut = (np.arange(len(curves[index])) == len(curves[index]) - 1)[:, None, None]
        features = features_of(profile_of(flank, curves[index]), curves[index], start, end, cut)
        worth.append(np.where(bad | (end - start < LEAST_PX), IMPOSSIBLE, features @ WEIGHTS))
    right, down, left, up = worth
    slopes = [of[:, 1] for of in curves]
    total = (
        np.transpose(right, (0, 2, 1))[:, :, None, :]
        + np.transpose(down, (1, 0, 2))[:, :, :, None]
        + np.transpose(left, (1, 0, 2))[None]
        + np.transpose(up, (2, 1, 0))[:, None]
        + CONVERGING[0] * np.abs(slopes[0][:, None] - slopes[2])[:, None, :, None]
        + CONVERGING[1] * np.abs(slopes[1][:, None] - slopes[3])[None, :, None, :]
    )
    return _best(level, curves, corners, total)


def _corners(level: Level, curves: list[Curves], index: int) -> Points:
    """Where the sides of one flank end on those of the next: shape (n, next, 2), NaN where they do not meet."""
    following = (index + 1) % FLANKS
    lines = tangents(level, curves[index], index)[:, 1], tangents(level, curves[following], following)[:, 0]
    return meeting(lines[0][:, None], lines[1][None])


def tangents(level: Level, curves: Curves, index: int) -> Floats:
    """The lines on which sides start and end, in the levelled picture: shape (n, 2, 3), as n . p = d."""
    rows = curves[:, 3:]
    columns, slopes = columns_at(curves, rows), slopes_at(curves, rows)
    there = np.stack([columns, rows], axis=-1)
    ahead = there + np.stack([slopes, np.ones_like(slopes)], axis=-1)
    shape = level.flanks[index].across.shape
    there, ahead = (turned(points, -index, (shape[0], shape[1])) for points in (there, ahead))
    along = ahead - there
    normals = np.stack([-along[..., 1], along[..., 0]], axis=-1) / np.hypot(along[..., 0], along[..., 1])[..., None]
    return np.concatenate([normals, (normals * there).sum(axis=-1, keepdims=True)], axis=-1)


LEAST_SINE = 0.3


def meeting(one: Floats, other: Floats) -> Points:
    """Where lines, shape (..., 3), meet; NaN where they are nearly parallel."""
    sine = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    sine = np.where(np.abs(sine) < LEAST_SINE, np.nan, sine)
    x = (one[..., 2] * other[..., 1] - one[..., 1] * other[..., 2]) / sine
    y = (one[..., 0] * other[..., 2] - one[..., 2] * other[..., 0]) / sine
    return np.stack([x, y], axis=-1)


LEAST_WEIGHT = 27.0
"""Of an outline that is looked at; nearly all on flat scans have less, 3 % of the sure ones on photos."""


def _best(level: Level, curves: list[Curves], corners: list[Points], total: Floats) -> Outlines | None:
    best = int(total.argmax())
    if total.flat[best] < LEAST_WEIGHT:
        return None
    chosen = [int(index) for index in np.unravel_index(best, total.shape)]
    right, down, left, up = chosen
    quad = np.array([corners[3][up, right], corners[0][right, down], corners[1][down, left], corners[2][left, up]])
    sides = np.array([of[which] for of, which in zip(curves, chosen, strict=True)])
    cut = np.array([which == len(of) - 1 for of, which in zip(curves, chosen, strict=True)])
    return Outlines(quad[None], sides[None], rows_of(level, quad[None]), cut[None])


def rows_of(level: Level, corners: Points) -> Floats:
    """Between which rows of their flanks the sides of n outlines run: shape (n, 4, 2)."""
    rows = [
        np.stack([turned(corners[:, end % 4], index, level.shape)[:, 1] for end in (index, index + 1)], axis=1)
        for index in range(FLANKS)
    ]
    return np.stack(rows, axis=1)


def evidence(level: Level, outlines: Outlines) -> Floats:
    """What bears out n outlines: shape (n, 4, FEATURES)."""
    found = []
    for index, flank in enumerate(level.flanks):
        curves = np.ascontiguousarray(outlines.curves[:, index])
        start, end = outlines.rows[:, index, 0], outlines.rows[:, index, 1]
        found.append(features_of(profile_of(flank, curves), curves, start, end, outlines.cut[:, index]))
    return np.stack(found, axis=1)


def on_picture(level: Level, corners: Quad) -> Quad:
    """Corners on the levelled picture, as corners on the small picture; the first is the upper left."""
    there: Quad = np.roll(corners @ level.back[:, :2].T + level.back[:, 2], 1, axis=-2)
    return there

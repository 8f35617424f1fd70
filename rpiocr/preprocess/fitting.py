"""Sides fitted to the edges next to them, and corners sharpened by how the sides run there."""

from __future__ import annotations

import numpy as np

from rpiocr.mapping import Points
from rpiocr.preprocess.flanks import FLANKS, Flank, Floats, Level
from rpiocr.preprocess.outlines import LEAST_PX, Outlines, meeting, rows_of, tangents
from rpiocr.preprocess.sides import MOST_BOW, columns_at, parabola, slopes_at

REACHES = (6, 3)
"""Pixels from a side within which its edge is sought, in turn."""

LEAST_CLEAR = 0.3
"""Share of a side's rows that need an edge for it to be fitted anew."""


def fitted(level: Level, outlines: Outlines) -> Outlines:
    """Fit every side anew to the edges next to it, all along it."""
    for reach in REACHES:
        curves = np.stack(
            [
                np.array(
                    [
                        _fitted(flank, curve, rows, reach) if not cut else curve
                        for curve, rows, cut in zip(
                            outlines.curves[:, index], outlines.rows[:, index], outlines.cut[:, index], strict=True
                        )
                    ]
                )
                for index, flank in enumerate(level.flanks)
            ],
            axis=1,
        )
        lines = [tangents(level, curves[:, index], index) for index in range(FLANKS)]
        corners = np.stack([meeting(lines[index - 1][:, 1], lines[index][:, 0]) for index in range(FLANKS)], axis=1)
        rows = rows_of(level, np.nan_to_num(corners))
        good = np.asarray(np.isfinite(corners).all(axis=(1, 2)) & (rows[..., 1] - rows[..., 0] > LEAST_PX).all(axis=1))[
            :, None, None
        ]
        outlines = Outlines(
            np.where(good, corners, outlines.corners),
            np.where(good, curves, outlines.curves),
            np.where(good, rows, outlines.rows),
            outlines.cut,
        )
    return outlines


LOCAL = (0.45, 0.25)
"""Shares of a side next to a corner that lines are fitted to, in turn: paper that was rolled flares out at its ends."""

LOCAL_REACH = 5
LOCAL_PX = 18.0
"""No corner is moved further by it."""


def sharpened(level: Level, outlines: Outlines) -> Points:
    """Return the corners, shape (n, 4, 2), where the sides meet as they run next to them."""
    ends = np.zeros((len(outlines.corners), FLANKS, 2, 3))
    for index, flank in enumerate(level.flanks):
        lines = np.array(
            [
                [_at_end(flank, curve, rows, end) for end in (0, 1)]
                for curve, rows in zip(outlines.curves[:, index], outlines.rows[:, index], strict=True)
            ]
        )
        for end in (0, 1):
            ends[:, index, end] = tangents(level, lines[:, end], index)[:, end]
    corners = np.stack([meeting(ends[:, index - 1, 1], ends[:, index, 0]) for index in range(FLANKS)], axis=1)
    away = np.hypot(*np.moveaxis(corners - outlines.corners, -1, 0))
    return np.where((away < LOCAL_PX)[..., None], corners, outlines.corners)


def _at_end(flank: Flank, curve: Floats, rows: Floats, end: int) -> Floats:
    """Return the line, as a curve, along which a side runs next to its start (``end`` 0) or its end (1)."""
    length = rows[1] - rows[0]
    for share in LOCAL:
        low, high = (rows[0], rows[0] + share * length) if end == 0 else (rows[1] - share * length, rows[1])
        y, x, strength = _edge_near(flank, curve, low + 0.02 * length, high - 0.02 * length, LOCAL_REACH)
        clear = strength > 0.5
        if clear.sum() < max(8, LEAST_LOCAL * share * length):
            break
        middle = (low + high) / 2
        places = (y - middle)[clear] / (high - low)
        line, left = parabola(places, x[clear], np.minimum(1, strength[clear]), bends=False)
        if (np.abs(left) < 1.5).mean() < LEAST_LOCAL:
            break
        curve = np.array([line[0], line[1] / (high - low), 0.0, low, high])
    return curve


LEAST_LOCAL = 0.6


def _edge_near(flank: Flank, curve: Floats, low: float, high: float, reach: int) -> tuple[Floats, Floats, Floats]:
    """Return the rows, and where and how steep the steepest place within ``reach`` pixels of a curve is in each."""
    height, width = flank.across.shape
    y = np.arange(max(0, int(low)), min(height, int(high)))
    rows = y.astype(np.float64)
    x, slope = (of(curve[None], rows)[0] for of in (columns_at, slopes_at))
    columns = np.clip(np.round(x).astype(int)[:, None] + np.arange(-reach, reach + 1), 0, width - 1)
    steep = np.abs(flank.across[y[:, None], columns] - slope[:, None] * flank.down[y[:, None], columns])
    best = steep.argmax(axis=1)[:, None]
    there = np.take_along_axis(columns, best, axis=1)[:, 0].astype(np.float64)
    return rows, there, np.take_along_axis(steep, best, axis=1)[:, 0].astype(np.float64)


def _fitted(flank: Flank, curve: Floats, rows: Floats, reach: int) -> Floats:
    """Fit one side to the steepest places within ``reach`` pixels of it."""
    length = rows[1] - rows[0]
    y, x, strength = _edge_near(flank, curve, rows[0] + 0.03 * length, rows[1] - 0.03 * length, reach)
    clear = strength > 0.5
    if len(y) < LEAST_PX or clear.mean() < LEAST_CLEAR:
        return curve
    middle = (rows[0] + rows[1]) / 2
    places = ((y - middle) / length)[clear]
    bends = float(np.ptp(places)) > LEAST_SPREAD
    old = columns_at(curve[None], y)[0]
    moved, _ = parabola(places, (x - old)[clear], np.minimum(1, strength[clear]), bends=bends)
    ends = np.array([-0.5, 0.0, 0.5])
    first, half, last = columns_at(curve[None], ends * length + middle)[0] + moved @ np.stack([ends**0, ends, ends**2])
    bend = float(np.clip(2 * (first + last - 2 * half), -4 * MOST_BOW * length, 4 * MOST_BOW * length))
    return np.array([half, (last - first) / length, bend / length**2, *rows])


LEAST_SPREAD = 0.6
"""Of a side that has to be seen for a parabola to be fitted to it."""

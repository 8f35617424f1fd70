"""What is met first on the way out from print, in each of four directions: paper ends there, seen from inside.

Whatever lies around the paper, be it grain, tiles, a keyboard or a second sheet, lies behind its edge.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.preprocess.quads import BORDER, Outline, Points, Slopes, straight_through

STOPPING = (0.7, 2.0, 5.0)
"""Least strengths of edges that stop a ray, in shares of a clear one: faint ones stop at white paper on a white table,
strong ones are not stopped by folds and shadows on white paper on a dark table."""

STEP = 2
"""Rays are this many pixels apart."""

NEIGHBOURHOOD = 41
"""Pixels along a side within which no letter may stick out further than where a ray begins."""

START = 2


@dataclass(frozen=True, slots=True, eq=False)
class Rays:
    """Rays to one side of the print: where they start and where they end, and whether an edge ended them.

    Shapes (n, 2), (n, 2), (n,), in pixels. Rays without an edge end at the rim of the picture.
    """

    starts: Points
    ends: Points
    met: NDArray[np.bool_]


def rays_from(points: Points, direction_deg: float, slopes: Slopes) -> tuple[tuple[Rays, ...], ...]:
    """Return the rays up, right, down and left, as the lines of the letters at ``points`` run, once for each of STOPPING."""
    return tuple(_rays(points, direction_deg, slopes, stopping * slopes.clear) for stopping in STOPPING)


def _rays(points: Points, direction_deg: float, slopes: Slopes, least: float) -> tuple[Rays, ...]:
    height, width = slopes.strength.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), direction_deg, 1.0)
    side = int(np.hypot(width, height)) + 2
    turn[:, 2] += (side - width) / 2, (side - height) / 2
    edges = (slopes.strength > least).astype(np.uint8)
    edges[:BORDER] = edges[-BORDER:] = edges[:, :BORDER] = edges[:, -BORDER:] = 0
    stops = np.asarray(cv2.warpAffine(edges, turn, (side, side), flags=cv2.INTER_NEAREST, borderValue=2), np.uint8)
    letters = (points @ turn[:, :2].T + turn[:, 2]).round().astype(int)
    back = cv2.invertAffineTransform(turn)
    found = []
    # Each direction is made "to the right" in turn; ``np.rot90`` turns counter-clockwise.
    for quarters in (3, 0, 1, 2):
        starts, ends, met = _to_the_right(np.rot90(stops, quarters), _turned(letters, quarters, side))
        level = [_turned(each, -quarters, side) for each in (starts, ends)]
        starts_at, ends_at = (np.asarray(each @ back[:, :2].T + back[:, 2], np.float64) for each in level)
        found.append(Rays(starts_at, ends_at, met))
    return tuple(found)


def _turned(points: NDArray[np.int64], quarters: int, side: int) -> NDArray[np.int64]:
    """Where points go when their square picture is turned as by ``np.rot90``."""
    for _ in range(quarters % 4):
        points = np.column_stack([points[:, 1], side - 1 - points[:, 0]])
    return points


def _to_the_right(
    stops: NDArray[np.uint8], letters: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    side = len(stops)
    reach = np.full(side, -1, np.int64)
    np.maximum.at(reach, np.clip(letters[:, 1], 0, side - 1), np.clip(letters[:, 0], 0, side - 1))
    widest = cv2.dilate(reach.astype(np.float32)[:, None], np.ones((NEIGHBOURHOOD, 1), np.uint8))[:, 0]
    rows = np.arange(int(letters[:, 1].min()), int(letters[:, 1].max()) + 1, STEP)
    rows = rows[(rows >= 0) & (rows < side)]
    middle = float(np.median(letters[:, 0]))
    starts = np.where(widest[rows] >= 0, widest[rows], middle).astype(np.int64) + START
    columns = np.arange(side)
    open_way = (stops[rows] == 0) | (columns[None, :] < starts[:, None])
    blocked = ~open_way
    ends = np.where(blocked.any(axis=1), blocked.argmax(axis=1), side - 1)
    met = stops[rows, ends] == 1
    return np.column_stack([starts, rows]), np.column_stack([ends, rows]), met


NEAR = 4.0
BLOCKED = 0.4
"""What a ray counts that was stopped inside of a side, by a fold, a shadow or a finger."""

FEW = 0.25


def met_share(outline: Outline, index: int, rays: Rays) -> float | None:
    """Return which share of the rays to one side, 0 to 1, ends at it; None where hardly any can."""
    start, end = outline.corners[index], outline.corners[(index + 1) % 4]
    inwards = straight_through(start, end)
    along = (end - start) / max(1e-6, float((end - start) @ (end - start)))
    places = (rays.ends - start) @ along
    bend = 4.0 * places * (1.0 - places) * outline.sides[index].bow
    depth = rays.ends @ inwards[:2] - inwards[2] - bend
    there = (places > 0.02) & (places < 0.98)
    # A ray that leaves the picture before it gets to the side tells nothing.
    telling = there & (rays.met | (depth < NEAR))
    if there.sum() == 0 or telling.sum() < FEW * there.sum():
        return None
    hit = telling & rays.met & (np.abs(depth) <= NEAR)
    inside = telling & rays.met & (depth > NEAR)
    beyond = telling & ~hit & ~inside
    weight = hit.sum() + BLOCKED * inside.sum() + beyond.sum()
    return float(hit.sum() / max(1.0, weight))

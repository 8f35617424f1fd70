"""Where the paper is on a picture: outlines around print, on any background.

The print is found first, as letters of like size beside each other. The picture is levelled by its lines, and seen from
the print towards all four sides: curves on which edges lie are candidates for the paper's sides, and every combination
of four of them is weighed by what bears them out. Print itself is closed out of the way (a morphological closing), so
that only large things are left. All of it works on a picture of PAPER_SIDE pixels and takes about a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Pixels
from rpiocr.preprocess.fitting import fitted, sharpened
from rpiocr.preprocess.flanks import levelled
from rpiocr.preprocess.letters import (
    MEASURE_SIDE,
    Scattered,
    components,
    direction,
    in_lines,
    profile_direction,
    reduced,
    scattered_letters,
)
from rpiocr.preprocess.outlines import combined, evidence, on_picture
from rpiocr.preprocess.quads import Points, Quad, inside, share_inside
from rpiocr.preprocess.trust import scores

PAPER_SIDE = 512
"""Longest side in pixels of the picture on which outlines are sought."""

SURE_LETTERS = 40
"""Fewer letters than this are no receipt."""

FEW_LETTERS = 120
"""Where fewer are seen, letters are sought once more on a picture half as large."""

SURE = 0.6
"""Least score of an outline that is used."""

MOST_GROUPS = 5
"""Groups of letters around which outlines are sought where none is sure yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """One sheet: ``corners`` clockwise in pixels of the picture, and how likely they are right, 0 to 1.

    The first side runs as the lines of print do, left to right where the paper lies less than a quarter turn askew; it
    may be upside down. ``letters`` counts the letters inside.
    """

    corners: Quad
    score: float
    letters: int


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The sheets whose outlines are sure, those with most letters first, and how the lines of print run.

    ``direction_deg`` and ``direction_share`` are those of ``letters.direction`` for the largest group of letters.
    ``crowded`` tells that there are letters side by side that are likely on different sheets, outside of sure outlines:
    what is read there may be mixed from several receipts.
    """

    papers: tuple[Paper, ...]
    direction_deg: float
    direction_share: float
    crowded: bool = False


NOTHING = Found((), 0.0, 0.0)


def to_the_right(direction_deg: float) -> float:
    """Return a direction of lines as an angle from -90 up to 90 degrees: from left to right rather than back."""
    return (direction_deg + 90.0) % 180.0 - 90.0


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
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


def find_papers(pixels: Pixels, most: int = 6) -> Found:
    """Find the sheets of paper, at most ``most``."""
    measured, measured_factor, letters, bundles = _letters(pixels)
    if len(letters) < SURE_LETTERS:
        return NOTHING
    size = float(np.percentile((bundles[0] if bundles else letters).sizes, 60))
    known = np.concatenate([bundle.points for bundle in bundles]) if bundles else letters.points
    field, factor = _without_print(measured, size, known)
    relief = _Relief.of(field)
    found = [_split(bundle, number, relief, factor, size) for number, bundle in enumerate(bundles)]
    groups = sorted((group for each in found for group in each), key=lambda group: -group.worth)
    groups = groups or _split(letters, -1, relief, factor, size)
    if not groups:
        return NOTHING
    papers = _papers(field, groups, most)
    scale = factor * measured_factor
    mapped = tuple(Paper(paper.corners / scale, paper.score, paper.letters) for paper in papers)
    return Found(mapped, groups[0].direction_deg, groups[0].share, _crowded(groups, papers, relief))


def _letters(pixels: Pixels) -> tuple[Pixels, float, Scattered, tuple[Scattered, ...]]:
    """Return the picture that is measured, its factor, its letters, and those in lines by direction."""
    measured, factor = reduced(pixels, MEASURE_SIDE)
    letters = scattered_letters(measured, components(measured))
    bundles = in_lines(letters)
    if sum(map(len, bundles)) < FEW_LETTERS:
        # The dots of coarse print run together where there are fewer pixels.
        coarse, coarse_factor = reduced(pixels, MEASURE_SIDE // 2)
        fewer = scattered_letters(coarse, components(coarse))
        again = in_lines(fewer)
        if sum(map(len, again)) > sum(map(len, bundles)):
            measured, factor, letters, bundles = coarse, coarse_factor, fewer, again
    return measured, factor, letters, tuple(bundle for bundle in bundles if len(bundle) >= SURE_LETTERS)


AROUND = 5.0
"""Letter sizes around letters within which there may be other print."""


def _without_print(measured: Pixels, letter: float, letters: NDArray[np.floating]) -> tuple[Pixels, float]:
    """Return a small picture as it would be without print, whose letters are ``letter`` pixels large, and its factor.

    Thin strokes go first, at full size: a bar code that is made smaller is a grey patch. Larger print goes only near to
    ``letters``: the thin shadow beside white paper on a white table is all that shows where it ends.
    """
    thin = int(letter) | 1
    strokeless = cv2.morphologyEx(measured, cv2.MORPH_CLOSE, np.ones((thin, thin), np.uint8))
    small, factor = reduced(strokeless.astype(np.uint8, copy=False), PAPER_SIDE)
    reach = max(5, int(1.8 * letter * factor)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    closed = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), 5)
    wide = int(AROUND * letter * factor) | 1
    near = cv2.dilate(_marked(letters, factor, small.shape), np.ones((2 * wide - 1, 2 * wide - 1), np.uint8))
    near = cv2.erode(near, np.ones((wide, wide), np.uint8))
    field = np.where(near > 0, closed, cv2.medianBlur(small, 3))
    return field.astype(np.uint8, copy=False), factor


def _marked(points: NDArray[np.floating], factor: float, shape: tuple[int, ...]) -> Pixels:
    """Return a picture that is 1 where a point lies."""
    mask: Pixels = np.zeros(shape, np.uint8)
    x, y = _at(points, factor, shape)
    mask[y, x] = 1
    return mask


def _at(
    points: NDArray[np.floating], factor: float, shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    x = np.clip((points[:, 0] * factor).astype(np.int64), 0, shape[1] - 1)
    y = np.clip((points[:, 1] * factor).astype(np.int64), 0, shape[0] - 1)
    return x, y


GROUP_GAP = 9.0
"""Letter sizes between lines or words that still belong together."""

WALL = 5.0
"""Grey levels per pixel of the small picture: so steep an edge parts the letters of different sheets."""


@dataclass(frozen=True, slots=True, eq=False)
class _Relief:
    """The small picture without print, smoothed, and how steep it is in grey levels per pixel."""

    light: Pixels
    steep: NDArray[np.float32]

    @staticmethod
    def of(field: Pixels) -> _Relief:
        """Measure with Sobel's operator."""
        light = cv2.GaussianBlur(field, (0, 0), 1.0).astype(np.uint8, copy=False)
        across, down = (cv2.Sobel(light, cv2.CV_32F, *way, ksize=3, scale=1 / 8) for way in ((1, 0), (0, 1)))
        return _Relief(light, cv2.magnitude(across, down).astype(np.float32, copy=False))


def _split(letters: Scattered, bundle: int, relief: _Relief, factor: float, size: float) -> list[_Group]:
    """Split the letters where wide gaps or clear edges are between them, in groups of SURE_LETTERS or more."""
    shape = relief.steep.shape
    reach = max(3, int(GROUP_GAP * size * factor)) | 1
    near = cv2.dilate(_marked(letters.points, factor, shape), np.ones((reach, reach), np.uint8))
    open_way = np.where(relief.steep < WALL, near, 0).astype(np.uint8)
    _, labels = cv2.connectedComponents(open_way, connectivity=4)
    x, y = _at(letters.points, factor, shape)
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
        groups.append(_Group(chosen.points.astype(np.float64) * factor, bundle, angle, share, light))
    return sorted(groups, key=lambda group: -group.worth)


def _papers(field: Pixels, groups: Sequence[_Group], most: int) -> list[Paper]:
    """Find sure outlines around groups of letters, those with most letters first."""
    every = np.concatenate([group.points for group in groups])
    papers: list[Paper] = []
    for number, group in enumerate(groups[: max(most, MOST_GROUPS)]):
        if any(share_inside(group.points, paper.corners) > 0.5 for paper in papers):
            continue
        if not papers and number == MOST_GROUPS:
            break
        beside = [other.points for other in groups if other is not group and other.bundle == group.bundle]
        paper = _paper_around(field, group, np.concatenate([*beside, np.empty((0, 2))]), every)
        if paper:
            papers = [known for known in papers if not _overlap(known, paper)] + [paper]
    return sorted(papers, key=lambda paper: -paper.letters)[:most]


def _overlap(one: Paper, other: Paper) -> bool:
    """Tell whether the middle of one sheet lies on the other."""
    middles = one.corners.mean(axis=0), other.corners.mean(axis=0)
    return bool(inside(middles[0][None], other.corners).any() or inside(middles[1][None], one.corners).any())


def _paper_around(field: Pixels, group: _Group, beside: Points, every: Points) -> Paper | None:
    """Find the outline of the sheet with a group of letters; None where none is sure."""
    level = levelled(field, group.points, beside, to_the_right(group.direction_deg))
    likely = combined(level)
    if likely is None:
        return None
    outline = fitted(level, likely)
    score = float(scores(outline, evidence(level, outline))[0])
    if score < SURE:
        return None
    corners = on_picture(level, sharpened(level, outline)[0])
    return Paper(corners, score, int(inside(every, corners).sum()))


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


def _crowded(groups: Sequence[_Group], papers: Sequence[Paper], relief: _Relief) -> bool:
    """Tell whether two groups of letters outside of sure sheets are likely on different ones."""
    lines = [group for group in groups if group.bundle >= 0 and group.share > LEAST_SHARE]
    lost = [group for group in lines if all(share_inside(group.points, paper.corners) < 0.5 for paper in papers)]
    return any(
        _other_way(one, other) or (_beside(one, other) and _edge_between(one, other, relief))
        for one, other in combinations(lost, 2)
    )


def _other_way(one: _Group, other: _Group) -> bool:
    """Tell whether two groups with many letters run in different directions, each in its own place."""
    angle = abs(to_the_right(one.direction_deg - other.direction_deg))
    if angle < OTHER_WAY_DEG or min(len(one), len(other)) < MANY_LETTERS:
        return False
    # Digits below each other look like lines that run downwards, but stand among others.
    box = cv2.boxPoints(cv2.minAreaRect(one.points.astype(np.float32))).astype(np.float64)
    return share_inside(other.points, box) < AMONG


def _beside(one: _Group, other: _Group) -> bool:
    """Tell whether one group of letters stands beside the other rather than below, or runs in another direction."""
    if abs(to_the_right(one.direction_deg - other.direction_deg)) > OTHER_WAY_DEG:
        return True
    along = np.radians(one.direction_deg)
    way = np.array([np.cos(along), np.sin(along)])
    spans = [np.percentile(group.points @ way, (5, 95)) for group in (one, other)]
    return bool(spans[0][1] < spans[1][0] or spans[1][1] < spans[0][0])


def _edge_between(one: _Group, other: _Group, relief: _Relief) -> bool:
    """Tell whether an edge lies where two groups of letters are nearest to each other."""
    away = np.hypot(*np.moveaxis(one.points[:, None] - other.points, 2, 0))
    first, second = np.unravel_index(int(away.argmin()), away.shape)
    places = np.linspace(0.0, 1.0, max(3, int(away[first, second])))[:, None]
    between = one.points[first] + places * (other.points[second] - one.points[first])
    x, y = _at(between, 1.0, relief.steep.shape)
    return bool(relief.steep[y, x].max() > BORDER)

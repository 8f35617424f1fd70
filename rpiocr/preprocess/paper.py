"""Where the paper is on a picture: outlines around print, on any background.

The print is found first, as letters of like size beside each other. The picture is levelled by its lines, and seen from
the print towards all four sides: curves on which edges lie are candidates for the paper's sides, and every combination
of four of them is weighed by what bears them out. Print itself is closed out of the way (a morphological closing), so
that only large things are left. All of it works on a picture of PAPER_SIDE pixels and takes about a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.mapping import Points
from rpiocr.model import Pixels
from rpiocr.preprocess.fitting import fitted, sharpened
from rpiocr.preprocess.flanks import levelled
from rpiocr.preprocess.groups import SURE_LETTERS, Group, Relief, box_around, crowded, marked, split, to_the_right
from rpiocr.preprocess.letters import MEASURE_SIDE, Scattered, components, in_lines, reduced, scattered_letters
from rpiocr.preprocess.outlines import combined, evidence, on_picture
from rpiocr.preprocess.quads import Quad, inside, share_inside
from rpiocr.preprocess.trust import scores

PAPER_SIDE = 512
"""Longest side in pixels of the picture on which outlines are sought."""

FEW_LETTERS = 120
"""Where fewer are seen, letters are sought once more on a picture half as large."""

SURE = 0.6
"""Least score of an outline that is used."""

PERHAPS = 0.2
"""Least score of an outline that is better to try than a box around the letters."""

MOST_GROUPS = 5
"""Groups of letters around which outlines are sought where none is sure yet."""

MOST_UNSURE = 3
"""Places where a sheet may be that are returned."""


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
    what is read there may be mixed from several receipts. ``unsure`` are corners, as of a paper, of where else a sheet
    may be: to be tried where what is sure cannot be read.
    """

    papers: tuple[Paper, ...]
    direction_deg: float
    direction_share: float
    crowded: bool = False
    unsure: tuple[Quad, ...] = ()


NOTHING = Found((), 0.0, 0.0)


def find_papers(pixels: Pixels, most: int = 6) -> Found:
    """Find the sheets of paper, at most ``most``."""
    measured, measured_factor, letters, bundles = _letters(pixels)
    if len(letters) < SURE_LETTERS:
        return NOTHING
    size = float(np.percentile((bundles[0] if bundles else letters).sizes, 60))
    known = np.concatenate([bundle.points for bundle in bundles]) if bundles else letters.points
    field, factor = _without_print(measured, size, known)
    relief = Relief.of(field)
    found = [split(bundle, number, relief, factor, size) for number, bundle in enumerate(bundles)]
    groups = sorted((group for each in found for group in each), key=lambda group: -group.worth)
    groups = groups or split(letters, -1, relief, factor, size)
    if not groups:
        return NOTHING
    papers, perhaps = _papers(field, groups, most)
    lost = [group for group in groups if all(share_inside(group.points, paper.corners) < 0.5 for paper in papers)]
    boxes = (box_around(group, groups, relief, size * factor) for group in lost)
    scale = factor * measured_factor
    return Found(
        tuple(Paper(paper.corners / scale, paper.score, paper.letters) for paper in papers),
        groups[0].direction_deg,
        groups[0].share,
        crowded(lost, relief),
        tuple(corners / scale for corners in _apart([*(paper.corners for paper in perhaps), *boxes])),
    )


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
    near = cv2.dilate(marked(letters, factor, small.shape), np.ones((2 * wide - 1, 2 * wide - 1), np.uint8))
    near = cv2.erode(near, np.ones((wide, wide), np.uint8))
    field = np.where(near > 0, closed, cv2.medianBlur(small, 3))
    return field.astype(np.uint8, copy=False), factor


def _papers(field: Pixels, groups: Sequence[Group], most: int) -> tuple[list[Paper], list[Paper]]:
    """Find sure outlines around groups of letters, those with most letters first, and others that may be right."""
    every = np.concatenate([group.points for group in groups])
    papers: list[Paper] = []
    perhaps: list[Paper] = []
    for number, group in enumerate(groups[: max(most, MOST_GROUPS)]):
        if any(share_inside(group.points, paper.corners) > 0.5 for paper in papers):
            continue
        if not papers and number == MOST_GROUPS:
            break
        beside = [other.points for other in groups if other is not group and other.bundle == group.bundle]
        paper = _paper_around(field, group, np.concatenate([*beside, np.empty((0, 2))]), every)
        if paper and paper.score >= SURE:
            papers = [known for known in papers if not _overlap(known.corners, paper.corners)] + [paper]
        elif paper and paper.score >= PERHAPS:
            perhaps.append(paper)
    return sorted(papers, key=lambda paper: -paper.letters)[:most], perhaps


def _apart(quads: Sequence[Quad]) -> list[Quad]:
    """The first MOST_UNSURE quads that do not overlap one that comes before them."""
    kept: list[Quad] = []
    for quad in quads:
        if len(kept) < MOST_UNSURE and not any(_overlap(quad, known) for known in kept):
            kept.append(quad)
    return kept


def _overlap(one: Quad, other: Quad) -> bool:
    """Tell whether the middle of one sheet lies on the other."""
    return bool(inside(one.mean(axis=0)[None], other).any() or inside(other.mean(axis=0)[None], one).any())


def _paper_around(field: Pixels, group: Group, beside: Points, every: Points) -> Paper | None:
    """Find the likeliest outline of the sheet with a group of letters; None where there is none."""
    level = levelled(field, group.points, beside, to_the_right(group.direction_deg))
    likely = combined(level)
    if likely is None:
        return None
    outline = fitted(level, likely)
    score = float(scores(outline, evidence(level, outline))[0])
    corners = on_picture(level, sharpened(level, outline)[0])
    return Paper(corners, score, int(inside(every, corners).sum()))

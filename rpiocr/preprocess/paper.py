"""Where the paper is on a picture: outlines around print, on any background.

Print is found as letters of like size beside each other, in groups that no clear edge and no wide gap parts; for that,
print itself is closed out of the way (a morphological closing) on a copy of PAPER_SIDE pixels. Sheets are what the
network sees. A sheet with letters on it is paper, and is used where its outline is sure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Pixels
from rpiocr.model.transform import Points
from rpiocr.preprocess.flatten import is_whole
from rpiocr.preprocess.groups import SURE_LETTERS, Group, Relief, box_around, crowded, marked, split, to_the_right
from rpiocr.preprocess.letters import MEASURE_SIDE, Scattered, components, in_lines, reduced, scattered_letters
from rpiocr.preprocess.network import Maps, look, mean
from rpiocr.preprocess.outlines import Outline, outlines
from rpiocr.preprocess.quads import Quad, inside, share_inside
from rpiocr.preprocess.trust import features_of, score

PAPER_SIDE = 512
"""Longest side in pixels of the picture on which groups of letters, and what parts them, are sought."""

FEW_LETTERS = 120
"""Where fewer are seen, letters are sought once more on a picture half as large."""

SURE = 0.5
"""Least score of an outline that is used."""

QUITE_SURE = 0.97
"""Where a sheet has less, the network looks at the picture once more: on 1071 drawn photos, a third, 0.5 % more of the
outlines are sure and right then, and 0.7 % fewer sure and wrong."""

PERHAPS = 0.2
"""Least score of an outline that is better to try than a box around the letters."""

LEAST_SIDES = 3
"""Sides of a sheet that have to show where there is print outside of it."""

AT_EDGE = 0.01
"""Share of a picture's size within which a side is one of the picture's own."""

MOST_UNSURE = 3
"""Places where a sheet may be that are returned."""


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """One sheet: ``corners`` clockwise in pixels of the picture; how likely they are right (0 to 1), by ``features``.

    The first side runs as the lines of print do, left to right where the paper lies less than a quarter turn askew; it
    may be upside down. ``letters`` counts the letters inside.
    """

    corners: Quad
    score: float
    letters: int
    features: Mapping[str, float]


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


@dataclass(frozen=True, slots=True, eq=False)
class _Survey:
    """What there is on a picture, on a small copy without print: groups of letters, and what may be sheets under them.

    ``scale`` is the size of a pixel of the picture on the small one, ``letter`` the size of a letter there.
    """

    groups: Sequence[Group]
    candidates: Sequence[Paper]
    relief: Relief
    letter: float
    scale: float


def find_papers(pixels: Pixels, most: int = 6) -> Found:
    """Find the sheets of paper, at most ``most``."""
    survey = _survey(pixels)
    if survey is None:
        return NOTHING
    groups, relief, scale = survey.groups, survey.relief, survey.scale
    papers, perhaps = _chosen(survey.candidates, most)
    if _outside(groups, papers):
        # Fewer sides that show may be folds, or where one of several receipts on a scan ends and another begins.
        bare = [paper for paper in papers if _sides_seen(paper.corners, relief.light.shape) < LEAST_SIDES]
        papers, perhaps = [paper for paper in papers if paper not in bare], [*bare, *perhaps]
    boxes = (box_around(group, groups, relief, survey.letter) for group in _outside(groups, papers))
    # A sheet that is all of a scan may be two that lie so close that no rim shows.
    apart = [paper for paper in papers if not is_whole(paper.corners, relief.light.shape)]
    return Found(
        tuple(replace(paper, corners=paper.corners / scale) for paper in papers),
        groups[0].direction_deg,
        groups[0].share,
        crowded(_outside(groups, apart), relief),
        tuple(corners / scale for corners in _apart([*(paper.corners for paper in perhaps), *boxes])),
    )


def _outside(groups: Sequence[Group], papers: Sequence[Paper]) -> list[Group]:
    return [group for group in groups if all(share_inside(group.points, paper.corners) < 0.5 for paper in papers)]


def candidates(pixels: Pixels) -> tuple[Paper, ...]:
    """Return every outline with enough letters in it, however unlikely; they may overlap."""
    survey = _survey(pixels)
    return tuple(replace(one, corners=one.corners / survey.scale) for one in survey.candidates) if survey else ()


def _survey(pixels: Pixels) -> _Survey | None:
    measured, measured_factor, letters, bundles = _letters(pixels)
    if len(letters) < SURE_LETTERS:
        return None
    size = float(np.percentile((bundles[0] if bundles else letters).sizes, 60))
    known = np.concatenate([bundle.points for bundle in bundles]) if bundles else letters.points
    field, factor = _without_print(measured, size, known)
    relief = Relief.of(field)
    found = [split(bundle, number, relief, factor, size) for number, bundle in enumerate(bundles)]
    groups = sorted((group for each in found for group in each), key=lambda group: -group.worth)
    groups = groups or split(letters, -1, relief, factor, size)
    if not groups:
        return None
    return _Survey(groups, _sheets(measured, field, groups), relief, size * factor, factor * measured_factor)


def _sheets(measured: Pixels, field: Pixels, groups: Sequence[Group]) -> list[Paper]:
    """Return the sheets with print, in pixels of ``field``, after a second look where one of them is not quite sure."""
    small, _ = reduced(measured, PAPER_SIDE)
    every = np.concatenate([group.points for group in groups])

    def with_print(maps: Maps) -> list[Paper]:
        papers = [_paper(outline, every, groups) for outline in outlines(maps, (field.shape[0], field.shape[1]))]
        return [paper for paper in papers if paper.letters >= SURE_LETTERS]

    maps = look(small)
    papers = with_print(maps)
    if any(paper.score < QUITE_SURE for paper in papers):
        return with_print(mean(maps, look(small, turned=True)))
    return papers


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


def _chosen(possible: Sequence[Paper], most: int) -> tuple[list[Paper], list[Paper]]:
    """Choose the sheets whose outlines are sure, those with most letters first, and others that may be right."""
    papers: list[Paper] = []
    perhaps: list[Paper] = []
    for paper in sorted(possible, key=lambda paper: -paper.score):
        if any(_overlap(paper.corners, known.corners) for known in papers):
            continue
        if paper.score >= SURE:
            papers.append(paper)
        elif paper.score >= PERHAPS:
            perhaps.append(paper)
    return sorted(papers, key=lambda paper: -paper.letters)[:most], perhaps


def _paper(outline: Outline, letters: Points, groups: Sequence[Group]) -> Paper:
    """Make a sheet of an outline: its first side runs as the lines of the print do that most of it is."""
    count = int(inside(letters, outline.corners).sum())
    main = max(groups, key=lambda group: int(inside(group.points, outline.corners).sum()))
    features = features_of(outline.traits, 1.0 - share_inside(main.points, outline.corners))
    corners = _from_upper_left(outline.corners, to_the_right(main.direction_deg))
    return Paper(corners, score(features), count, features)


def _sides_seen(corners: Quad, shape: tuple[int, ...]) -> int:
    """Count the sides whose middles are on the picture, and not at its very edge."""
    middles = (corners + np.roll(corners, -1, axis=0)) / 2 / np.array([shape[1], shape[0]])
    return int(((middles > AT_EDGE) & (middles < 1.0 - AT_EDGE)).all(axis=1).sum())


def _from_upper_left(corners: Quad, angle_deg: float) -> Quad:
    """Have the first side be the one that runs most nearly at an angle."""
    steps = np.roll(corners, -1, axis=0) - corners
    away = np.degrees(np.arctan2(steps[:, 1], steps[:, 0])) - angle_deg
    first = int(np.cos(np.radians(away)).argmax())
    return np.roll(corners, -first, axis=0)


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

"""Where the paper is on a picture: outlines around print, on any background.

The print is found first, as letters of like size beside each other. Around it, regions are grown over what is smooth,
and over what is as light as the paper; whatever region has four straight sides that edges bear out, and holds the
letters, is the paper. Print itself is closed out of the way (a morphological closing), so that only large things are
left. All of it works on a picture of PAPER_SIDE pixels and takes about a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Pixels
from rpiocr.preprocess.letters import (
    MEASURE_SIDE,
    Scattered,
    components,
    direction,
    in_lines,
    reduced,
    scattered_letters,
)
from rpiocr.preprocess.quads import (
    Outline,
    Points,
    Quad,
    Side,
    Slopes,
    outline_around,
    outline_of,
    side_lengths,
    snapped,
    support,
)
from rpiocr.preprocess.rays import Rays, met_share, rays_from
from rpiocr.preprocess.sides import outlines_of_rays

PAPER_SIDE = 512
"""Longest side in pixels of the picture on which outlines are sought."""

SURE_LETTERS = 40
"""Fewer letters than this are no receipt."""

FEW_LETTERS = 120
"""Where fewer are seen, letters are sought once more on a picture half as large."""

SMOOTH_LEVELS = (1.2, 2.0, 3.0, 4.5, 6.5, 9.0, 13.0, 19.0, 28.0)
"""Grey levels per pixel up to which a region counts as smooth."""

LIGHT_LEVELS = (0.93, 0.86, 0.79, 0.7, 0.6, 0.5)
"""Shares of the paper's lightness down to which a region counts as light."""

SURE = 0.6
"""Least score of an outline that is used."""

SNAP = ((12.0, 6.0, 3.0), (5.0, 3.0))
"""How many pixels from a side its edge is sought, in turn: far for bent sides, near where other edges are."""

MOST_OUTSIDE = 0.4
"""How far, in shares of the picture's sides, a corner may lie outside of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """One sheet: ``corners`` clockwise in pixels of the picture, and how well they are borne out, 0 to 1.

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
    """

    papers: tuple[Paper, ...]
    direction_deg: float
    direction_share: float


NOTHING = Found((), 0.0, 0.0)


def to_the_right(direction_deg: float) -> float:
    """Return a direction of lines as an angle from -90 up to 90 degrees: from left to right rather than back."""
    return (direction_deg + 90.0) % 180.0 - 90.0


@dataclass(frozen=True, slots=True, eq=False)
class _Print:
    """The letters of one sheet in pixels of the small picture, and the direction of their lines, -90 to 90 degrees."""

    points: NDArray[np.float64]
    direction: float


def find_papers(pixels: Pixels, most: int = 6) -> Found:
    """Find the sheets of paper, at most ``most``."""
    measured, measured_factor = reduced(pixels, MEASURE_SIDE)
    bundles = in_lines(scattered_letters(measured, components(measured)))
    if sum(map(len, bundles)) < FEW_LETTERS:
        # The dots of coarse print run together where there are fewer pixels.
        coarse, coarse_factor = reduced(pixels, MEASURE_SIDE // 2)
        again = in_lines(scattered_letters(coarse, components(coarse)))
        if sum(map(len, again)) > sum(map(len, bundles)):
            measured, measured_factor, bundles = coarse, coarse_factor, again
    bundles = tuple(bundle for bundle in bundles if len(bundle) >= SURE_LETTERS)
    if not bundles:
        return NOTHING
    size = float(np.percentile(bundles[0].sizes, 60))
    field, factor = _without_print(measured, size)
    slopes = Slopes.of(field)
    papers: list[Paper] = []
    groups = sorted(
        (group for bundle in bundles for group in _groups(bundle, measured.shape, size)), key=len, reverse=True
    )
    if not groups:
        return NOTHING
    all_points = np.concatenate([group.points for group in groups]).astype(np.float64) * factor
    realms = _realms(groups, factor, field.shape)
    for number, group in enumerate(groups[:most], 1):
        realm = (realms == number).astype(np.uint8) if len(groups) > 1 else None
        outline = _outline_of(group, all_points, factor, field, slopes, papers, realm)
        if outline:
            papers.append(outline)
    scale = factor * measured_factor
    mapped = tuple(Paper(paper.corners / scale, paper.score, paper.letters) for paper in papers)
    return Found(mapped, *direction(groups[0]))


def _without_print(measured: Pixels, letter: float) -> tuple[Pixels, float]:
    """Return a small picture as it would be without print, whose letters are ``letter`` pixels large, and its factor.

    Thin strokes go first, at full size: a bar code that is made smaller is a grey patch.
    """
    thin = int(letter) | 1
    strokeless = cv2.morphologyEx(measured, cv2.MORPH_CLOSE, np.ones((thin, thin), np.uint8))
    small, factor = reduced(strokeless.astype(np.uint8, copy=False), PAPER_SIDE)
    reach = max(5, int(1.8 * letter * factor)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    closed = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), 5)
    return closed.astype(np.uint8, copy=False), factor


def _at(
    points: NDArray[np.floating], factor: float, shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    x = np.clip((points[:, 0] * factor).astype(np.int64), 0, shape[1] - 1)
    y = np.clip((points[:, 1] * factor).astype(np.int64), 0, shape[0] - 1)
    return x, y


GROUP_GRID = 8
GROUP_GAP = 6.5
"""Letter sizes between lines or words that still belong together."""


def _groups(letters: Scattered, shape: tuple[int, ...], size: float) -> list[Scattered]:
    """Split the letters where wide gaps are between them; groups of SURE_LETTERS or more, largest first."""
    mask = np.zeros((shape[0] // GROUP_GRID + 1, shape[1] // GROUP_GRID + 1), np.uint8)
    x, y = _at(letters.points, 1 / GROUP_GRID, mask.shape)
    mask[y, x] = 1
    reach = max(3, int(GROUP_GAP * size / GROUP_GRID)) | 1
    _, labels = cv2.connectedComponents(cv2.dilate(mask, np.ones((reach, reach), np.uint8)))
    owner = labels[y, x]
    counts = np.bincount(owner)
    order = [int(label) for label in np.argsort(-counts) if counts[label] >= SURE_LETTERS]
    return [letters.only(owner == label) for label in order]


def _realms(groups: list[Scattered], factor: float, shape: tuple[int, ...]) -> NDArray[np.int32]:
    """Say for each pixel of the small picture to which group's letters it is nearest, counted from 1."""
    owner = np.zeros(shape, np.int32)
    for number, group in enumerate(groups, 1):
        x, y = _at(group.points, factor, shape)
        owner[y, x] = number
    empty = (owner == 0).astype(np.uint8)
    _, labels = cv2.distanceTransformWithLabels(empty, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    by_label = np.zeros(int(labels.max()) + 1, np.int32)
    rows, columns = np.nonzero(owner)
    by_label[labels[rows, columns]] = owner[rows, columns]
    realms: NDArray[np.int32] = by_label[labels]
    return realms


def _outline_of(
    group: Scattered,
    all_points: Points,
    factor: float,
    field: Pixels,
    slopes: Slopes,
    known: list[Paper],
    realm: Pixels | None,
) -> Paper | None:
    """Find the paper around a group of letters; None where no outline is sure, or where it is known already."""
    points = group.points.astype(np.float64) * factor
    if any(_share_inside(points, paper.corners) > 0.5 for paper in known):
        return None
    text = _Print(points, to_the_right(direction(group)[0]))
    rays = rays_from(points, text.direction, slopes)
    of_rays = [outline for each in rays for outline in outlines_of_rays(each, text.direction)]
    of_rays = sorted(of_rays, key=lambda outline: -_score(outline, text, slopes, rays))[:MOST_OF_RAYS]
    likely = [*of_rays, *_likely([*_fitted(text, field, slopes, realm), *of_rays], text, slopes)]
    moved = [_snapped(outline, slopes, reaches) for outline in likely for reaches in SNAP]
    judged = [(_score(outline, text, slopes, rays), outline) for outline in (*likely, *moved)]
    if max((score for score, _ in judged), default=0.0) < SURE:
        return None
    score, best = _largest_of_best(judged, all_points)
    return Paper(_in_reading_order(best, text.direction).corners, score, int(_inside(all_points, best.corners).sum()))


MOST_LIKELY = 6
MOST_OF_RAYS = 3
SAME_PX = 4.0
"""Outlines whose corners are all this near are the same one."""


def _likely(outlines: list[Outline], text: _Print, slopes: Slopes) -> list[Outline]:
    """Choose those that are borne out best, and the best combinations of their sides."""
    rated = sorted(((_rating(outline, text, slopes), outline) for outline in outlines), key=lambda pair: -pair[0])
    several = [outline for rating, outline in rated[:MOST_COMBINED] if rating > 0]
    rated += [(_rating(outline, text, slopes), outline) for outline in _combined(several, slopes)]
    likely: list[Outline] = []
    for rating, outline in sorted(rated, key=lambda pair: -pair[0]):
        if rating <= 0 or len(likely) == MOST_LIKELY:
            break
        if all(np.abs(_aligned(outline, known).corners - known.corners).max() > SAME_PX for known in likely):
            likely.append(outline)
    return likely


ALIKE = 0.04
"""Scores that differ by less are as good."""


def _largest_of_best(judged: list[tuple[float, Outline]], points: Points) -> tuple[float, Outline]:
    """Of the outlines that are as good as the best, choose the one that holds most letters: a fold halves paper."""
    best = max(score for score, _ in judged)
    good = [pair for pair in judged if pair[0] > best - ALIKE]
    return max(good, key=lambda pair: _inside(points, pair[1].corners).sum() * (1 + pair[0]))


def _snapped(outline: Outline, slopes: Slopes, reaches: Sequence[float]) -> Outline:
    """Move the sides to the edges near to them, first to farther ones."""
    for reach in reaches:
        outline = snapped(outline, slopes, reach) or outline
    return outline


def _fitted(text: _Print, field: Pixels, slopes: Slopes, realm: Pixels | None) -> Iterator[Outline]:
    """Outlines of the regions around the print, also of what of them is nearest to it where there is other print."""
    x, y = _at(text.points, 1.0, field.shape)
    seen: set[int] = set()
    levels = _allowed(field, slopes, float(np.median(field[y, x])))
    for allowed in levels if realm is None else (part for level in levels for part in (level, level & realm)):
        _, labels = cv2.connectedComponents(allowed, connectivity=4)
        counts = np.bincount(labels[y, x])
        counts[0] = 0
        best = int(counts.argmax())
        if counts[best] < 0.5 * len(x):
            continue
        region = (labels == best).astype(np.uint8)
        area = int(cv2.countNonZero(region))
        # Levels that give nearly the same region would give the same outline.
        if area // 200 in seen or area > 0.97 * region.size:
            continue
        seen.add(area // 200)
        fitted = outline_around(region)
        if fitted is not None:
            yield fitted


def _allowed(field: Pixels, slopes: Slopes, paper: float) -> Iterator[Pixels]:
    strength = slopes.strength
    for level in SMOOTH_LEVELS:
        yield (strength < level).astype(np.uint8)
    for share in LIGHT_LEVELS:
        yield (field > share * paper).astype(np.uint8)


BEST_SIDES = 3
MOST_COMBINED = 16


def _combined(outlines: list[Outline], slopes: Slopes) -> Iterator[Outline]:
    """Outlines made of the best sides of several: a finger spoils one side of one, a shadow another of the next."""
    if len(outlines) < 2:
        return
    pools: list[list[tuple[float, int, Side]]] = [[], [], [], []]
    for number, outline in enumerate(outlines):
        aligned = _aligned(outline, outlines[0])
        for index, share in enumerate(support(aligned, slopes)):
            pools[index].append((share or 0.0, number, aligned.sides[index]))
    chosen = [sorted(pool, key=lambda side: -side[0])[:BEST_SIDES] for pool in pools]
    for sides in product(*chosen):
        if len({number for _, number, _ in sides}) > 1:
            combined = outline_of([side for _, _, side in sides])
            if combined is not None:
                yield combined


def _aligned(outline: Outline, reference: Outline) -> Outline:
    """Count the corners so that they lie nearest to those of the reference."""
    rolled = [outline.rolled(steps) for steps in range(4)]
    return min(rolled, key=lambda other: float(np.abs(other.corners - reference.corners).sum()))


def _score(outline: Outline, text: _Print, slopes: Slopes, rays: Sequence[Sequence[Rays]]) -> float:
    """How well an outline is borne out, 0 to 1, also by being what is met first from inside."""
    ordered = _in_reading_order(outline, text.direction)
    shares: list[float | None] = []
    for index, share in enumerate(support(ordered, slopes)):
        met = [known for each in rays if (known := met_share(ordered, index, each[index])) is not None]
        shares.append(share * (1.0 + max(met)) / 2 if share is not None and met else share)
    return _rated(ordered.corners, shares, text, slopes)


def _rating(outline: Outline, text: _Print, slopes: Slopes) -> float:
    """How well an outline is borne out, 0 to 1: by edges, by holding the letters, by running as the lines do."""
    return _rated(outline.corners, support(outline, slopes), text, slopes)


def _rated(quad: Quad, shares: Sequence[float | None], text: _Print, slopes: Slopes) -> float:
    size = np.array(slopes.across.shape[::-1], np.float64)
    if (quad < -MOST_OUTSIDE * size).any() or (quad > (1 + MOST_OUTSIDE) * size).any():
        return 0.0
    seen = [share for share in shares if share is not None]
    if len(seen) < 2 or all(share is None for share in shares[::2]) or all(share is None for share in shares[1::2]):
        return 0.0
    steps = np.roll(quad, -1, axis=0) - quad
    angles = np.degrees(np.arctan2(steps[:, 1], steps[:, 0]))
    askew = float(np.abs((angles - text.direction + 45.0) % 90.0 - 45.0).mean())
    straight = float(np.clip(1.5 - askew / 16.0, 0.0, 1.0))
    edges = 0.6 * float(np.mean(seen)) + 0.4 * min(seen)
    cut = 1.0 - 0.04 * (4 - len(seen))
    return edges * straight * cut * _share_inside(text.points, quad) ** 2


def _share_inside(points: Points, quad: Quad) -> float:
    return float(_inside(points, quad).mean())


def _inside(points: Points, quad: Quad) -> NDArray[np.bool_]:
    steps = np.roll(quad, -1, axis=0) - quad
    away = points[:, None] - quad
    turns = steps[:, 0] * away[..., 1] - steps[:, 1] * away[..., 0]
    return np.asarray((turns >= 0).all(axis=1) | (turns <= 0).all(axis=1))


def _in_reading_order(outline: Outline, direction_deg: float) -> Outline:
    """Count the corners so that the first side runs with the lines."""
    steps = np.roll(outline.corners, -1, axis=0) - outline.corners
    with_lines = np.array([np.cos(np.radians(direction_deg)), np.sin(np.radians(direction_deg))])
    first = int((steps @ with_lines / side_lengths(outline.corners)).argmax())
    return outline.rolled(-first)

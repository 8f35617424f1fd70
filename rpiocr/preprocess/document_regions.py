"""Detects the document regions of an image: outlines of paper with print on it, on any background.

Print is detected as groups of adjacent glyphs of similar size that no clear edge and no wide gap separates; for that,
print itself is removed by a morphological closing from a copy of PAPER_SIDE pixels. The network proposes outlines. One
with glyphs in it is a document region, which is used if its score is high enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Pixels
from rpiocr.model.transform import Points
from rpiocr.preprocess.glyphs import MEASURE_SIDE, Glyphs, components, detect_glyphs, in_lines, reduced
from rpiocr.preprocess.groups import MIN_GLYPHS, Group, Relief, box_around, crowded, marked, split, to_the_right
from rpiocr.preprocess.network import Maps, mean, predict
from rpiocr.preprocess.outlines import Outline, outlines
from rpiocr.preprocess.quads import Quad, inside, share_inside
from rpiocr.preprocess.rectify import fills_image
from rpiocr.preprocess.trust import features_of, score

PAPER_SIDE = 512
"""Longer side in pixels of the image on which groups of glyphs and the edges between them are detected."""

FEW_GLYPHS = 120
"""If fewer glyphs are found in lines, they are detected again on an image half as large."""

MIN_SCORE = 0.5
"""Minimum score of an outline that is used."""

CONFIDENT_SCORE = 0.97
"""If a document has a lower score, the network is run once more on the rotated image. This happens for a third of 1071
drawn photos; then 0.5 % more outlines are used and right, and 0.7 % fewer used and wrong."""

MIN_CANDIDATE_SCORE = 0.2
"""Minimum score of an outline that is a better candidate than a box around the glyphs."""

MIN_SIDES = 3
"""Minimum number of visible sides of a document if there is print outside of it."""

AT_EDGE = 0.01
"""Maximum distance, as a share of the image size, of a side that coincides with one of the image."""

MAX_CANDIDATES = 3
"""Maximum number of candidate regions that are returned."""


@dataclass(frozen=True, slots=True, eq=False)
class DocumentRegion:
    """A document region: ``corners`` clockwise in pixels of the image; ``score``, the probability that they are right.

    The first side is parallel to the text lines, and points to the right; the document may be upside down. ``glyphs``
    is the number of glyphs inside, ``features`` are those of the score.
    """

    corners: Quad
    score: float
    glyphs: int
    features: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class RegionDetection:
    """The document regions of an image, those with most glyphs first, and the direction of text lines.

    ``direction_deg`` and ``direction_share`` are the result of ``glyphs.direction`` for the largest group of glyphs.
    ``crowded``: outside of ``regions`` there are groups of glyphs that are probably on different documents, so that
    text of several receipts may be mixed. ``candidates`` are corners of candidate regions, to be tried if ``regions``
    cannot be read.
    """

    regions: tuple[DocumentRegion, ...]
    direction_deg: float
    direction_share: float
    crowded: bool = False
    candidates: tuple[Quad, ...] = ()


NOTHING = RegionDetection((), 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Survey:
    """Groups of glyphs and possible document regions, in pixels of a small copy of the image without print.

    ``scale`` is the factor from the image to the small copy, ``glyph`` the glyph size on the copy.
    """

    groups: Sequence[Group]
    candidates: Sequence[DocumentRegion]
    relief: Relief
    glyph: float
    scale: float


def find_document_regions(pixels: Pixels, most: int = 6) -> RegionDetection:
    """Detect at most ``most`` document regions on a grey image."""
    survey = _survey(pixels)
    if survey is None:
        return NOTHING
    groups, relief, scale = survey.groups, survey.relief, survey.scale
    regions, further = _chosen(survey.candidates, most)
    if _outside(groups, regions):
        # With fewer visible sides they may be folds, or the border between two receipts on a scan.
        bare = [region for region in regions if _sides_seen(region.corners, relief.light.shape) < MIN_SIDES]
        regions, further = [region for region in regions if region not in bare], [*bare, *further]
    boxes = (box_around(group, groups, relief, survey.glyph) for group in _outside(groups, regions))
    # A document that fills a scan may be two that are so close that no rim is visible.
    apart = [region for region in regions if not fills_image(region.corners, relief.light.shape)]
    return RegionDetection(
        tuple(replace(region, corners=region.corners / scale) for region in regions),
        groups[0].direction_deg,
        groups[0].share,
        crowded(_outside(groups, apart), relief),
        tuple(corners / scale for corners in _apart([*(region.corners for region in further), *boxes])),
    )


def _outside(groups: Sequence[Group], regions: Sequence[DocumentRegion]) -> list[Group]:
    return [group for group in groups if all(share_inside(group.points, region.corners) < 0.5 for region in regions)]


def candidate_regions(pixels: Pixels) -> tuple[DocumentRegion, ...]:
    """Return every outline with enough glyphs in it, whatever its score; they may overlap."""
    survey = _survey(pixels)
    return tuple(replace(one, corners=one.corners / survey.scale) for one in survey.candidates) if survey else ()


def _survey(pixels: Pixels) -> _Survey | None:
    measured, measured_factor, glyphs, bundles = _detect_glyphs(pixels)
    if len(glyphs) < MIN_GLYPHS:
        return None
    size = float(np.percentile((bundles[0] if bundles else glyphs).sizes, 60))
    known = np.concatenate([bundle.points for bundle in bundles]) if bundles else glyphs.points
    field, factor = _without_print(measured, size, known)
    relief = Relief.of(field)
    found = [split(bundle, number, relief, factor, size) for number, bundle in enumerate(bundles)]
    groups = sorted((group for each in found for group in each), key=lambda group: -group.worth)
    groups = groups or split(glyphs, -1, relief, factor, size)
    if not groups:
        return None
    return _Survey(groups, _outlined_regions(measured, field, groups), relief, size * factor, factor * measured_factor)


def _outlined_regions(measured: Pixels, field: Pixels, groups: Sequence[Group]) -> list[DocumentRegion]:
    """Return outlines with print, in pixels of ``field``; the network is run twice if a score is low."""
    small, _ = reduced(measured, PAPER_SIDE)
    every = np.concatenate([group.points for group in groups])

    def with_print(maps: Maps) -> list[DocumentRegion]:
        regions = [_region(outline, every, groups) for outline in outlines(maps, (field.shape[0], field.shape[1]))]
        return [region for region in regions if region.glyphs >= MIN_GLYPHS]

    maps = predict(small)
    regions = with_print(maps)
    if any(region.score < CONFIDENT_SCORE for region in regions):
        return with_print(mean(maps, predict(small, rotated=True)))
    return regions


def _detect_glyphs(pixels: Pixels) -> tuple[Pixels, float, Glyphs, tuple[Glyphs, ...]]:
    """Return the reduced image, its scale factor, its glyphs, and those in lines by direction."""
    measured, factor = reduced(pixels, MEASURE_SIDE)
    glyphs = detect_glyphs(measured, components(measured))
    bundles = in_lines(glyphs)
    if sum(map(len, bundles)) < FEW_GLYPHS:
        # The dots of coarse print merge at a lower resolution.
        coarse, coarse_factor = reduced(pixels, MEASURE_SIDE // 2)
        fewer = detect_glyphs(coarse, components(coarse))
        again = in_lines(fewer)
        if sum(map(len, again)) > sum(map(len, bundles)):
            measured, factor, glyphs, bundles = coarse, coarse_factor, fewer, again
    return measured, factor, glyphs, tuple(bundle for bundle in bundles if len(bundle) >= MIN_GLYPHS)


AROUND = 5.0
"""Distance from glyphs, in glyph sizes, within which there may be other print."""


def _without_print(measured: Pixels, glyph: float, glyphs: NDArray[np.floating]) -> tuple[Pixels, float]:
    """Return a small image from which print with glyphs of ``glyph`` pixels was removed, and its scale factor.

    Thin strokes are removed at full size, because a bar code becomes a grey patch when it is reduced. Larger print is
    only removed near ``glyphs``: a thin shadow may be all that shows the edge of white paper on a white table.
    """
    thin = int(glyph) | 1
    strokeless = cv2.morphologyEx(measured, cv2.MORPH_CLOSE, np.ones((thin, thin), np.uint8))
    small, factor = reduced(strokeless.astype(np.uint8, copy=False), PAPER_SIDE)
    reach = max(5, int(1.8 * glyph * factor)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    closed = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), 5)
    wide = int(AROUND * glyph * factor) | 1
    near = cv2.dilate(marked(glyphs, factor, small.shape), np.ones((2 * wide - 1, 2 * wide - 1), np.uint8))
    near = cv2.erode(near, np.ones((wide, wide), np.uint8))
    field = np.where(near > 0, closed, cv2.medianBlur(small, 3))
    return field.astype(np.uint8, copy=False), factor


def _chosen(possible: Sequence[DocumentRegion], most: int) -> tuple[list[DocumentRegion], list[DocumentRegion]]:
    """Return the outlines of sufficient score, those with most glyphs first, and further candidates."""
    regions: list[DocumentRegion] = []
    further: list[DocumentRegion] = []
    for region in sorted(possible, key=lambda region: -region.score):
        if any(_overlap(region.corners, known.corners) for known in regions):
            continue
        if region.score >= MIN_SCORE:
            regions.append(region)
        elif region.score >= MIN_CANDIDATE_SCORE:
            further.append(region)
    return sorted(regions, key=lambda region: -region.glyphs)[:most], further


def _region(outline: Outline, glyphs: Points, groups: Sequence[Group]) -> DocumentRegion:
    """Make a region of an outline; its first side is parallel to the lines of the group with most glyphs in it."""
    count = int(inside(glyphs, outline.corners).sum())
    main = max(groups, key=lambda group: int(inside(group.points, outline.corners).sum()))
    features = features_of(outline.traits, 1.0 - share_inside(main.points, outline.corners))
    corners = _from_upper_left(outline.corners, to_the_right(main.direction_deg))
    return DocumentRegion(corners, score(features), count, features)


def _sides_seen(corners: Quad, shape: tuple[int, ...]) -> int:
    """Count the sides whose midpoints are within the image, and not at its edge."""
    middles = (corners + np.roll(corners, -1, axis=0)) / 2 / np.array([shape[1], shape[0]])
    return int(((middles > AT_EDGE) & (middles < 1.0 - AT_EDGE)).all(axis=1).sum())


def _from_upper_left(corners: Quad, angle_deg: float) -> Quad:
    """Reorder corners so that the first side has the direction that is closest to an angle."""
    steps = np.roll(corners, -1, axis=0) - corners
    away = np.degrees(np.arctan2(steps[:, 1], steps[:, 0])) - angle_deg
    first = int(np.cos(np.radians(away)).argmax())
    return np.roll(corners, -first, axis=0)


def _apart(quads: Sequence[Quad]) -> list[Quad]:
    """Return the first MAX_CANDIDATES quadrilaterals that do not overlap an earlier one."""
    kept: list[Quad] = []
    for quad in quads:
        if len(kept) < MAX_CANDIDATES and not any(_overlap(quad, known) for known in kept):
            kept.append(quad)
    return kept


def _overlap(one: Quad, other: Quad) -> bool:
    """Return whether the centre of one quadrilateral is inside of the other."""
    return bool(inside(one.mean(axis=0)[None], other).any() or inside(other.mean(axis=0)[None], one).any())

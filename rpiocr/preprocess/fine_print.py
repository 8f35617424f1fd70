"""Finds print that is too small to be seen on the reduced copy on which paper is detected.

A receipt that covers a twentieth of a photo, or lies somewhere in a panorama, has letters of three pixels there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Box, Pixels
from rpiocr.preprocess.glyphs import (
    MEASURE_SIDE,
    SURROUNDINGS,
    Glyphs,
    components,
    detect_glyphs,
    direction,
    in_lines,
    reduced,
)
from rpiocr.preprocess.groups import GROUP_GAP, MIN_GLYPHS, MIN_SHARE, marked
from rpiocr.preprocess.scale import scaled

FINE_PIXELS = 12_000_000
"""Size of the copy on which small print is looked for, which takes 0.4 s on a PC: all of a panorama, or of the photo of
most phones."""

MIN_GAIN = 1.5
"""Minimum factor by which that copy is larger than the usual one; with less, it shows nothing new."""

ENOUGH_GLYPHS, SURE_SHARE = 120, 0.7
MIN_MORE = 2.0
"""With this many glyphs on the usual copy, this share of them in lines of one direction, the print is seen there; else
the fine one has to show more of them by this factor. Of 19 receipts on panoramas and wide photos, the usual copy showed
0 to 65 glyphs and the fine one three times as many or more; of 19 large scans without an outline, it showed 169 to 1691
with shares from 0.75, and the fine one about as many. Leaves and gravel have shares up to 0.65."""

MAX_AREAS = 6
MIN_SHARE_OF_BEST = 0.5
"""Maximum number of areas, and minimum number of glyphs in one as a share of those in the best: texture has fewer."""

MARGIN = 0.4
"""Margin around the print, as a share of its longer side: the paper around it, and headings in larger print."""

MIN_ROOM = 0.5
"""Minimum mean lightness around glyphs on a scale from ink, 0, to paper, 1: leaves and gravel are half dark."""

COARSE = 8
"""Factor by which the map on which glyphs are joined to areas is smaller."""


def find_fine_print(pixels: Pixels) -> tuple[Box, ...]:
    """Return areas with print in lines, in pixels of the image, those with most of it first; none if none is found."""
    usual = MEASURE_SIDE / max(pixels.shape)
    factor = min(1.0, math.sqrt(FINE_PIXELS / pixels.size))
    if factor < MIN_GAIN * usual:
        return ()
    seen = _areas(reduced(pixels, MEASURE_SIDE)[0])
    if any(area.glyphs >= ENOUGH_GLYPHS and area.share >= SURE_SHARE for area in seen):
        return ()
    fine = pixels if factor == 1.0 else scaled(pixels, factor, cv2.INTER_AREA).astype(np.uint8, copy=False)
    areas = sorted(_areas(fine), key=lambda area: -area.glyphs)
    most = _most(areas)
    if most < MIN_MORE * _most(seen):
        return ()
    chosen: list[Box] = []
    for area in areas:
        if area.glyphs >= MIN_SHARE_OF_BEST * most and not any(area.box.meets(other) for other in chosen):
            chosen.append(area.box)
    rows, columns = fine.shape
    return tuple(_with_margin(box, columns, rows, factor) for box in chosen[:MAX_AREAS])


class _Area(NamedTuple):
    """The box around glyphs, how many there are, and which share of them is in lines of one direction."""

    glyphs: int
    share: float
    box: Box


def _most(areas: Sequence[_Area]) -> int:
    return max((area.glyphs for area in areas), default=0)


def _areas(pixels: Pixels) -> list[_Area]:
    return [area for glyphs in in_lines(_on_paper(pixels)) for area in _apart(glyphs, pixels.shape)]


def _on_paper(fine: Pixels) -> Glyphs:
    """Return the glyphs of an image around which there is more paper than ink."""
    glyphs = detect_glyphs(fine, components(fine))
    if not len(glyphs):
        return glyphs
    column, row = glyphs.points.astype(np.int64).T
    around = np.ones((SURROUNDINGS, SURROUNDINGS), np.uint8)
    mean = cv2.blur(fine, around.shape)[row, column].astype(np.float32)
    light = cv2.dilate(fine, around)[row, column].astype(np.float32)
    dark = cv2.erode(fine, around)[row, column].astype(np.float32)
    return glyphs.only(mean - dark > MIN_ROOM * (light - dark))


def _apart(glyphs: Glyphs, shape: tuple[int, ...]) -> list[_Area]:
    """Return an area for each group of neighbouring glyphs that form lines."""
    size = float(np.percentile(glyphs.sizes, 60))
    small = (shape[0] // COARSE + 1, shape[1] // COARSE + 1)
    reach = max(3, int(GROUP_GAP * size / COARSE)) | 1
    joined = cv2.dilate(marked(glyphs.points, 1 / COARSE, small), np.ones((reach, reach), np.uint8))
    _, labels = cv2.connectedComponents(joined, connectivity=4)
    column, row = (glyphs.points / COARSE).astype(np.int64).T
    owner: NDArray[np.int32] = labels[row, column]
    areas = []
    for label in np.flatnonzero(np.bincount(owner) >= MIN_GLYPHS):
        mine = glyphs.only(owner == label)
        share = direction(mine)[1]
        if share >= MIN_SHARE:
            (left, top), (right, bottom) = mine.points.min(axis=0), mine.points.max(axis=0)
            areas.append(_Area(len(mine), share, Box(float(left), float(top), float(right), float(bottom))))
    return areas


def _with_margin(box: Box, columns: int, rows: int, factor: float) -> Box:
    margin = MARGIN * max(box.width, box.height)
    return Box(
        max(0.0, box.left - margin) / factor,
        max(0.0, box.top - margin) / factor,
        min(float(columns), box.right + margin) / factor,
        min(float(rows), box.bottom + margin) / factor,
    )

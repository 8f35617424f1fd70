"""Measures position, size and skew of the text on a page, then crops, scales and deskews it.

Everything is measured on glyphs (connected components that are shaped like characters) of a reduced image, which takes
a few hundredths of a second and does not need the outline of the paper.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Affine, Box, Page, Pixels
from rpiocr.preprocess.rows import GlyphRow, GlyphRows

MAX_SKEW_DEG = 8.0
MIN_SKEW_DEG = 0.25
"""Less skew is left to Tesseract, which copes with it; rotation blurs the characters a little."""


PAPER_PERCENTILE = 90
"""Percentile of grey values that is taken for paper: most of a line is paper, its lightest tenth may be glare."""


@dataclass(frozen=True, slots=True)
class TextArea:
    """The text area of a page, in page pixels.

    ``cap_height`` is the cap height of the body text, ``skew_deg`` the angle by which lines fall to the right
    (positive: clockwise).
    """

    box: Box
    cap_height: float
    skew_deg: float


@dataclass(frozen=True, slots=True)
class ScaleRule:
    """How images are scaled before OCR.

    With ``by_letters``, capitals become ``cap_height`` pixels high: on real receipts, 22 is read as well as 28 and
    32, better on dot-matrix print, whose dots merge, and at a lower cost. Otherwise images narrower than ``min_width``
    are enlarged to that. The factor is at most ``max_factor``, and no image exceeds ``max_width`` by ``max_height``.
    """

    by_letters: bool = True
    cap_height: float = 22.0
    min_width: int = 1200
    max_width: int = 2400
    max_height: int = 4000
    max_factor: float = 3.0

    def factor(self, width: float, height: float, cap_height: float | None) -> float:
        """Return the factor for a crop of ``width`` by ``height`` pixels; a cap height of ``None`` was not measured."""
        if self.by_letters and cap_height:
            factor = self.cap_height / cap_height
        else:
            factor = max(1.0, self.min_width / width)
        factor = min(factor, self.max_factor)
        return min(factor, self.max_width / width, max(self.max_height / height, self._min_factor(cap_height)))

    def _min_factor(self, cap_height: float | None) -> float:
        """Return the minimum factor: long strips stay legible even if they become higher than ``max_height``."""
        return 0.55 * self.cap_height / cap_height if cap_height else 0.0


def find_text(page: Page, found: GlyphRows | None) -> TextArea | None:
    """Measure the text of a page by its rows; ``None`` if there are too few glyphs for an estimate."""
    height, width = page.pixels.shape
    if not found or not found.rows:
        return None
    factor, tall, alike, rows = found.factor, found.tall, found.glyphs, found.rows
    box = _with_columns(_main_cluster(rows, found.shape, tall), alike, tall)
    box = _with_headings(box, found.larger, tall)
    margin = 2.0 * tall
    return TextArea(
        Box(
            max(0.0, (box.left - margin) / factor),
            max(0.0, (box.top - margin) / factor),
            min(float(width), (box.right + margin) / factor),
            min(float(height), (box.bottom + margin) / factor),
        ),
        cap_height=found.cap_height / factor,
        skew_deg=_skew([row.glyphs for row in rows]),
    )


def _main_cluster(rows: Sequence[GlyphRow], shape: tuple[int, ...], tall: float) -> Box:
    """Return the box around the largest cluster of rows and those with at least a tenth of its glyphs."""
    shrink = 8
    mask = np.zeros((shape[0] // shrink + 1, shape[1] // shrink + 1), np.uint8)
    for row in rows:
        cv2.rectangle(
            mask,
            (int(row.box.left) // shrink, int(row.box.top) // shrink),
            (int(row.box.right) // shrink, int(row.box.bottom) // shrink),
            1,
            -1,
        )
    across, down = max(1, int(8 * tall) // shrink), max(1, int(10 * tall) // shrink)
    joined = cv2.dilate(mask, np.ones((down | 1, across | 1), np.uint8))
    _, labels = cv2.connectedComponents(joined)
    count: dict[int, int] = {}
    owner = {}
    for index, row in enumerate(rows):
        x, y = row.box.middle
        label = int(labels[int(y) // shrink, int(x) // shrink])
        owner[index] = label
        count[label] = count.get(label, 0) + len(row.glyphs)
    most = max(count.values())
    return Box.around([row.box for index, row in enumerate(rows) if count[owner[index]] >= 0.1 * most])


COLUMN_GAP = 14.0
"""Maximum gap, in glyph heights, between a column of amounts and the rest of the text."""


def _with_columns(box: Box, glyphs: NDArray[np.int32], tall: float) -> Box:
    """Widen a box to the glyphs next to it, up to gaps of COLUMN_GAP: short amounts are not detected as rows."""
    level = (glyphs[:, 1] >= box.top - tall) & (glyphs[:, 1] + glyphs[:, 3] <= box.bottom + tall)
    aligned = glyphs[level]
    left, right = box.left, box.right
    for start in sorted((x for x in aligned[:, 0] if x < left), reverse=True):
        if left - start > COLUMN_GAP * tall:
            break
        left = float(start)
    for end in sorted(x for x in aligned[:, 0] + aligned[:, 2] if x > right):
        if end - right > COLUMN_GAP * tall:
            break
        right = float(end)
    return Box(left, box.top, right, box.bottom)


HEADING_GAP = 5.0
"""Maximum gap, in glyph heights, between a heading and the rest of the text."""

MIN_HEADING = 4
"""Minimum number of glyphs in a line to be a heading."""

ALIKE = 1.6
"""Maximum ratio of the heights of two glyphs of one heading."""

MAX_HEADINGS = 6


def _with_headings(box: Box, larger: NDArray[np.int32], tall: float) -> Box:
    """Extend a box to headings above and below it, whose larger glyphs are not detected as rows."""
    for _ in range(MAX_HEADINGS):
        heading = _heading(box, larger, tall)
        if heading is None:
            break
        box = Box.around([box, heading])
    return box


def _heading(box: Box, larger: NDArray[np.int32], tall: float) -> Box | None:
    """Return the box around a line of larger glyphs that is near to a box and extends beyond it."""
    left, top, width, height, _ = larger.T
    right, bottom = left + width, top + height
    gap = HEADING_GAP * tall
    near = (bottom > box.top - gap) & (top < box.bottom + gap) & (right > box.left - gap) & (left < box.right + gap)
    for one in np.flatnonzero(near & ((top < box.top) | (bottom > box.bottom))):
        middle = top[one] + height[one] / 2
        level = near & (top < middle) & (bottom > middle)
        level &= (height < ALIKE * height[one]) & (ALIKE * height > height[one])
        if level.sum() >= MIN_HEADING:
            return Box(
                *(
                    float(edge)
                    for edge in (left[level].min(), top[level].min(), right[level].max(), bottom[level].max())
                )
            )
    return None


def _skew(rows: list[NDArray[np.int32]]) -> float:
    """Return the skew in degrees: the median slope of the rows' glyph bottoms, weighted by the number of glyphs."""
    slopes, weights = [], []
    for glyphs in rows:
        if len(glyphs) < 8:
            continue
        x = glyphs[:, 0] + glyphs[:, 2] / 2.0
        y = (glyphs[:, 1] + glyphs[:, 3]).astype(np.float64)
        slope = np.polyfit(x, y, 1)[0]
        slopes.append(slope)
        weights.append(len(glyphs))
    if len(slopes) < 3:
        return 0.0
    order = np.argsort(slopes)
    middle = np.searchsorted(np.cumsum(np.array(weights)[order]), sum(weights) / 2)
    angle = math.degrees(math.atan(slopes[order[middle]]))
    return angle if abs(angle) <= MAX_SKEW_DEG else 0.0


def straighten(page: Page, area: TextArea | None, rule: ScaleRule, turn_deg: float = 0.0) -> tuple[Pixels, Affine]:
    """Crop to the text area, scale and deskew.

    Returns the new image and the affine map from its pixels to those of the page. ``turn_deg`` is an additional
    clockwise rotation for rotated variants.
    """
    height, width = page.pixels.shape
    box = area.box if area else Box(0.0, 0.0, float(width), float(height))
    left, top = int(box.left), int(box.top)
    crop = page.pixels[top : math.ceil(box.bottom), left : math.ceil(box.right)]
    factor = rule.factor(crop.shape[1], crop.shape[0], area.cap_height if area else None)
    scaled = _resize(crop, factor)
    angle = turn_deg - (area.skew_deg if area and abs(area.skew_deg) >= MIN_SKEW_DEG else 0.0)
    turned, back = _rotate(scaled, angle)
    ratio_x, ratio_y = crop.shape[1] / scaled.shape[1], crop.shape[0] / scaled.shape[0]
    to_page = np.array([[ratio_x, 0.0, left], [0.0, ratio_y, top]]) @ np.vstack([back, [0.0, 0.0, 1.0]])
    return turned, to_page


def enlarge(pixels: Pixels, factor: float, border: int) -> tuple[Pixels, Affine]:
    """Enlarge an image and add a border of paper; also return the map back to the original image."""
    size = (max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor)))
    larger = cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC)
    paper = float(np.percentile(larger, PAPER_PERCENTILE))
    framed = cv2.copyMakeBorder(larger, border, border, border, border, cv2.BORDER_CONSTANT, value=paper)
    ratio_x, ratio_y = pixels.shape[1] / size[0], pixels.shape[0] / size[1]
    back = np.array([[ratio_x, 0.0, -border * ratio_x], [0.0, ratio_y, -border * ratio_y]])
    return framed.astype(np.uint8, copy=False), back


def invert(affine: Affine) -> Affine:
    """Return the inverse of an affine map."""
    return cv2.invertAffineTransform(affine).astype(np.float64)


def _resize(pixels: Pixels, factor: float) -> Pixels:
    if abs(factor - 1.0) < 0.08:
        return pixels
    how = cv2.INTER_AREA if factor < 1.0 else cv2.INTER_CUBIC
    size = (max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor)))
    return cv2.resize(pixels, size, interpolation=how).astype(np.uint8, copy=False)


def _rotate(pixels: Pixels, angle_deg: float) -> tuple[Pixels, Affine]:
    """Rotate clockwise about the centre on a canvas that holds everything; also return the inverse map."""
    if abs(angle_deg) < 0.05:
        return pixels, np.eye(2, 3)
    height, width = pixels.shape
    forth = cv2.getRotationMatrix2D((width / 2, height / 2), -angle_deg, 1.0)
    cos, sin = abs(forth[0, 0]), abs(forth[0, 1])
    new_width, new_height = math.ceil(width * cos + height * sin), math.ceil(width * sin + height * cos)
    forth[:, 2] += (new_width - width) / 2, (new_height - height) / 2
    turned = cv2.warpAffine(
        pixels, forth, (new_width, new_height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return turned.astype(np.uint8, copy=False), cv2.invertAffineTransform(forth).astype(np.float64)

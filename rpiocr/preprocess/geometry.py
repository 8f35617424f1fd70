"""Where the text is, how large and how slanted: found on the page, then undone.

Everything is measured on letter-like connected components of a reduced picture, which costs a few hundredths of a
second and needs no outline of the paper.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Affine, Box, Page, Pixels
from rpiocr.preprocess.rows import Row, Rows, find_rows

MAX_SKEW_DEG = 8.0
MIN_SKEW_DEG = 0.25
"""Slants below this are left to Tesseract, which copes; turning blurs the letters a little."""


PAPER_PERCENTILE = 90
"""Most of a line is paper; its lightest tenth may be glare."""


@dataclass(frozen=True, slots=True)
class TextArea:
    """The part of a page that holds text, in page pixels.

    ``letter_height`` is that of a capital of the body text, ``skew_deg`` the angle by which lines fall to the
    right (positive: clockwise).
    """

    box: Box
    letter_height: float
    skew_deg: float


@dataclass(frozen=True, slots=True)
class ScaleRule:
    """How large the letters are made before reading.

    With ``by_letters``, capitals become ``letter_height`` pixels high: 22 read as well as 28 and 32 on real
    receipts, better on dot-matrix print, whose dots run together, and at less cost. Otherwise pictures narrower than
    ``min_width`` are enlarged to it. Enlarging stops at ``max_factor``, and nothing exceeds ``max_width`` by
    ``max_height`` pixels.
    """

    by_letters: bool = True
    letter_height: float = 22.0
    min_width: int = 1200
    max_width: int = 2400
    max_height: int = 4000
    max_factor: float = 3.0

    def factor(self, width: float, height: float, letter_height: float | None) -> float:
        """Return the factor for a crop of ``width`` by ``height`` pixels; ``None``: letters not measured."""
        if self.by_letters and letter_height:
            factor = self.letter_height / letter_height
        else:
            factor = max(1.0, self.min_width / width)
        factor = min(factor, self.max_factor)
        return min(factor, self.max_width / width, max(self.max_height / height, self._least(letter_height)))

    def _least(self, letter_height: float | None) -> float:
        """Long strips keep legible letters even where that makes them higher than ``max_height``."""
        return 0.55 * self.letter_height / letter_height if letter_height else 0.0


def find_text(page: Page, known: Rows | None = None) -> TextArea | None:
    """Measure the text of a page; ``None`` where too few letters are seen to be sure.

    ``known`` are its rows where they have been found before.
    """
    height, width = page.pixels.shape
    found = known or find_rows(page.pixels)
    if not found or not found.rows:
        return None
    factor, tall, alike, rows = found.factor, found.tall, found.letters, found.rows
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
        letter_height=found.letter_height / factor,
        skew_deg=_skew([row.letters for row in rows]),
    )


def _main_cluster(rows: Sequence[Row], shape: tuple[int, ...], tall: float) -> Box:
    """The box around the largest cluster of rows and around those that hold a tenth of it or more."""
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
        count[label] = count.get(label, 0) + len(row.letters)
    most = max(count.values())
    return Box.around([row.box for index, row in enumerate(rows) if count[owner[index]] >= 0.1 * most])


COLUMN_GAP = 14.0
"""Letter heights between a label and its amount that a column of amounts may stand away from the rest."""


def _with_columns(box: Box, letters: NDArray[np.int32], tall: float) -> Box:
    """Widen a box to the letters beside it, as far as gaps do not exceed COLUMN_GAP: short amounts are no rows."""
    level = (letters[:, 1] >= box.top - tall) & (letters[:, 1] + letters[:, 3] <= box.bottom + tall)
    beside = letters[level]
    left, right = box.left, box.right
    for start in sorted((x for x in beside[:, 0] if x < left), reverse=True):
        if left - start > COLUMN_GAP * tall:
            break
        left = float(start)
    for end in sorted(x for x in beside[:, 0] + beside[:, 2] if x > right):
        if end - right > COLUMN_GAP * tall:
            break
        right = float(end)
    return Box(left, box.top, right, box.bottom)


HEADING_GAP = 5.0
"""Letter heights between a heading and the rest of the text."""

LEAST_HEADING = 4
"""Letters side by side that make a heading; fewer may be anything."""

ALIKE = 1.6
"""Letters of one heading differ in height by less than this factor."""

MOST_HEADINGS = 6


def _with_headings(box: Box, larger: NDArray[np.int32], tall: float) -> Box:
    """Widen a box to lines of larger letters above and below it, which are no rows."""
    for _ in range(MOST_HEADINGS):
        heading = _heading(box, larger, tall)
        if heading is None:
            break
        box = Box.around([box, heading])
    return box


def _heading(box: Box, larger: NDArray[np.int32], tall: float) -> Box | None:
    """The box around a line of larger letters that is near to a box and sticks out of it."""
    left, top, width, height, _ = larger.T
    right, bottom = left + width, top + height
    gap = HEADING_GAP * tall
    near = (bottom > box.top - gap) & (top < box.bottom + gap) & (right > box.left - gap) & (left < box.right + gap)
    for one in np.flatnonzero(near & ((top < box.top) | (bottom > box.bottom))):
        middle = top[one] + height[one] / 2
        level = near & (top < middle) & (bottom > middle)
        level &= (height < ALIKE * height[one]) & (ALIKE * height > height[one])
        if level.sum() >= LEAST_HEADING:
            return Box(
                *(
                    float(edge)
                    for edge in (left[level].min(), top[level].min(), right[level].max(), bottom[level].max())
                )
            )
    return None


def _skew(rows: list[NDArray[np.int32]]) -> float:
    """Median slope of the feet of the letters over the rows, weighted by their length, in degrees."""
    slopes, weights = [], []
    for letters in rows:
        if len(letters) < 8:
            continue
        x = letters[:, 0] + letters[:, 2] / 2.0
        y = (letters[:, 1] + letters[:, 3]).astype(np.float64)
        slope = np.polyfit(x, y, 1)[0]
        slopes.append(slope)
        weights.append(len(letters))
    if len(slopes) < 3:
        return 0.0
    order = np.argsort(slopes)
    middle = np.searchsorted(np.cumsum(np.array(weights)[order]), sum(weights) / 2)
    angle = math.degrees(math.atan(slopes[order[middle]]))
    return angle if abs(angle) <= MAX_SKEW_DEG else 0.0


def straighten(page: Page, area: TextArea | None, rule: ScaleRule, turn_deg: float = 0.0) -> tuple[Pixels, Affine]:
    """Crop to the text, scale and turn upright.

    Returns the new picture and the affine map from its pixels to the page's. ``turn_deg`` is added to the
    correction, clockwise, to make rotated variants.
    """
    height, width = page.pixels.shape
    box = area.box if area else Box(0.0, 0.0, float(width), float(height))
    left, top = int(box.left), int(box.top)
    crop = page.pixels[top : math.ceil(box.bottom), left : math.ceil(box.right)]
    factor = rule.factor(crop.shape[1], crop.shape[0], area.letter_height if area else None)
    scaled = _resize(crop, factor)
    angle = turn_deg - (area.skew_deg if area and abs(area.skew_deg) >= MIN_SKEW_DEG else 0.0)
    turned, back = _turn(scaled, angle)
    ratio_x, ratio_y = crop.shape[1] / scaled.shape[1], crop.shape[0] / scaled.shape[0]
    to_page = np.array([[ratio_x, 0.0, left], [0.0, ratio_y, top]]) @ np.vstack([back, [0.0, 0.0, 1.0]])
    return turned, to_page


def enlarge(pixels: Pixels, factor: float, border: int) -> tuple[Pixels, Affine]:
    """Enlarge a picture and put plain paper around it; also return the way back."""
    size = (max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor)))
    larger = cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC)
    paper = float(np.percentile(larger, PAPER_PERCENTILE))
    framed = cv2.copyMakeBorder(larger, border, border, border, border, cv2.BORDER_CONSTANT, value=paper)
    ratio_x, ratio_y = pixels.shape[1] / size[0], pixels.shape[0] / size[1]
    back = np.array([[ratio_x, 0.0, -border * ratio_x], [0.0, ratio_y, -border * ratio_y]])
    return framed.astype(np.uint8, copy=False), back


def invert(affine: Affine) -> Affine:
    """Return the map back."""
    return cv2.invertAffineTransform(affine).astype(np.float64)


def _resize(pixels: Pixels, factor: float) -> Pixels:
    if abs(factor - 1.0) < 0.08:
        return pixels
    how = cv2.INTER_AREA if factor < 1.0 else cv2.INTER_CUBIC
    size = (max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor)))
    return cv2.resize(pixels, size, interpolation=how).astype(np.uint8, copy=False)


def _turn(pixels: Pixels, angle_deg: float) -> tuple[Pixels, Affine]:
    """Turn clockwise about the middle on a canvas that holds all; also return the way back."""
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

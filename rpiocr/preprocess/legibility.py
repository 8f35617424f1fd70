"""How well the print on a picture can be seen: measures that need no text recognition, on letters in lines.

Everything works on reduced copies and on one patch around the letters, so that the cost hardly depends on the
picture's size: about 0.15 s for 12 megapixels with a receipt on it, 0.3 s where letters have to be sought again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Pixels
from rpiocr.preprocess.letters import (
    MEASURE_SIDE,
    NEIGHBOURS,
    SURROUNDINGS,
    Scattered,
    components,
    direction,
    in_lines,
    neighbours,
    reduced,
    scattered_letters,
)
from rpiocr.preprocess.scale import scaled

Floats = NDArray[np.float32]

FEW_LETTERS = 120
"""Where fewer are found, letters are sought at other scales too."""

MOST_PIXELS = 8e6
"""Pixels of the largest copy in which letters are sought."""

LARGEST_FACTOR = 2.0
"""By how much a picture is enlarged, so that letters of 5 pixels are told from each other."""

SMALL_SIDE = 500
"""Longest side in pixels of the picture on which paper and reflections are measured."""

CAPITAL_PERCENTILE = 60.0
"""Of the letters' longer sides: in print of mixed case a capital is higher than about that many."""


LIGHT = 0.45
"""Least lightness around a letter, in shares of that of the picture's lightest parts: weave and grain are darker."""


MORE_PAPER = 0.5
"""Where the mean lightness around a letter lies between ink, 0, and paper, 1: fur and carpet are as dark as light."""


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """Letters in lines of one direction, in pixels of the page, and how high a capital is there."""

    letters: Scattered
    capital_px: float


def lightness(pixels: Pixels) -> float:
    """Return how light the lightest fiftieth of a picture is, 0 to 255, noise and small print smoothed away."""
    small, _ = reduced(pixels, SMALL_SIDE)
    return float(np.percentile(cv2.GaussianBlur(small, (0, 0), 1.5), 98))


def find_print(pixels: Pixels) -> tuple[Print, ...]:
    """Find letters in lines, most first, at the scale that shows most of them; empty where none stand in lines."""
    least = LIGHT * lightness(pixels)
    best: tuple[Scattered, ...] = ()
    most = 0
    for copy, factor in _copies(pixels):
        found = in_lines(_on_paper(copy, scattered_letters(copy, components(copy)), least))
        count = sum(map(len, found))
        if count > most:
            best = tuple(Scattered(each.points / factor, each.sizes / factor, each.contrasts) for each in found)
            most = count
        if most >= FEW_LETTERS:
            break
    return tuple(Print(each, float(np.percentile(each.sizes, CAPITAL_PERCENTILE))) for each in best)


def _on_paper(pixels: Pixels, letters: Scattered, least: float) -> Scattered:
    """Choose the letters whose surroundings are at least that light, and more paper than ink."""
    column, row = letters.points.astype(np.int64).T
    around = np.ones((SURROUNDINGS, SURROUNDINGS), np.uint8)
    mean = cv2.blur(pixels, around.shape)[row, column].astype(np.float32)
    light = cv2.dilate(pixels, around)[row, column].astype(np.float32)
    dark = cv2.erode(pixels, around)[row, column].astype(np.float32)
    return letters.only((mean >= least) & (mean - dark > MORE_PAPER * (light - dark)))


def _copies(pixels: Pixels) -> Iterator[tuple[Pixels, float]]:
    """Copies of a picture, the likely ones first: dots of coarse print join in a small one, small print needs more."""
    usual, factor = reduced(pixels, MEASURE_SIDE)
    yield usual, factor
    yield reduced(pixels, MEASURE_SIDE // 2)
    larger = min(LARGEST_FACTOR, (MOST_PIXELS / pixels.size) ** 0.5)
    if larger > 1.2 * factor:
        how = cv2.INTER_CUBIC if larger > 1 else cv2.INTER_AREA
        yield np.asarray(scaled(pixels, larger, how), np.uint8), larger


class Look(NamedTuple):
    """How letters look, as medians over those on a patch.

    ``contrast`` and ``paper`` (lightness around letters) in grey levels, 0 to 255; ``across`` and ``down``: width of
    the edges that cross these directions, as shares of a capital's height; ``room``: where the mean lightness lies
    between ink, 0, and paper, 1; ``unevenness``: by how many contrasts the paper differs from letter to letter.
    """

    contrast: float
    paper: float
    across: float
    down: float
    room: float
    unevenness: float


PATCH = 700
"""Half the side in pixels of the patch on which edges are measured."""

SHARPEST = 30.0
"""Percentile of edge widths that is taken: few letters have strokes of both directions."""

CAPITAL_MEASURED = 24.0
"""Height of a capital in pixels to which larger print is reduced; edges of sharp print are 2 pixels wide there."""


def look_of(pixels: Pixels, print_: Print) -> Look:
    """Measure the look of letters around their middle, at full size."""
    points = print_.letters.points
    # The middle of two columns may hold no letter at all.
    middle = points[np.abs(points - np.median(points, axis=0)).sum(axis=1).argmin()]
    left, top = (max(0, int(middle[axis]) - PATCH) for axis in (0, 1))
    factor = min(1.0, CAPITAL_MEASURED / print_.capital_px)
    patch = pixels[top : top + 2 * PATCH, left : left + 2 * PATCH]
    if factor < 1:
        patch = np.asarray(scaled(patch, factor, cv2.INTER_AREA), np.uint8)
    column, row = ((points - (left, top)) * factor).astype(np.int64).T
    on = (column >= 0) & (row >= 0) & (column < patch.shape[1]) & (row < patch.shape[0])
    at = (row[on], column[on])
    capital = print_.capital_px * factor
    around = np.ones((int(1.2 * capital) | 1,) * 2, np.uint8)
    light, dark = cv2.dilate(patch, around)[at].astype(np.float32), cv2.erode(patch, around)[at].astype(np.float32)
    mean = cv2.blur(patch, around.shape)[at].astype(np.float32)
    contrast = np.maximum(1.0, light - dark)
    widths = []
    for along in ((1, 0), (0, 1)):
        slope = np.abs(cv2.Sobel(patch, cv2.CV_32F, *along, ksize=3, scale=1 / 8))
        steepest = np.maximum(0.5, cv2.dilate(slope, around)[at])
        widths.append(float(np.percentile(contrast / steepest, SHARPEST)) / capital)
    return Look(
        float(np.median(contrast)),
        float(np.median(light)),
        widths[0],
        widths[1],
        float(np.median((mean - dark) / contrast)),
        _unevenness(points[on], light) / float(np.median(contrast)),
    )


def _unevenness(points: Floats, light: Floats) -> float:
    """Median difference of lightness between letters and their nearest ones; 0 for too few to have any."""
    if len(points) <= NEIGHBOURS:
        return 0.0
    letters = Scattered(points, np.ones(len(points), np.float32), light)
    nearest = neighbours(letters).ids
    return float(np.median(np.abs(light[nearest] - light[:, None])))


class Rim(NamedTuple):
    """What is between the outermost letters and one side of the picture.

    ``reach``: how far they are from it, in capitals; ``step``: the largest change of lightness on the way, as a share
    of the paper's; ``along``: whether the lines of print run to this side, rather than in parallel with it; ``seen``:
    share of all letters from which no edge is met on the way; ``alike``: whether the outermost letters are of the same
    height and direction as the others, so that they are of the same sheet.
    """

    reach: float
    step: float
    along: bool
    seen: float
    alike: bool


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A small picture as it would be without print, its letters' places on it, and how high a capital is there."""

    field: Floats
    letters: Scattered
    points: Floats
    capital_px: float
    direction_deg: float

    @classmethod
    def of(cls, pixels: Pixels, print_: Print) -> Ground:
        """Close print out of the way."""
        small, factor = reduced(pixels, SMALL_SIDE)
        capital = print_.capital_px * factor
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (max(5, int(1.8 * capital)) | 1,) * 2)
        field = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), 5).astype(np.float32)
        most = np.array(field.shape[::-1], np.float32) - 1
        points = np.clip(print_.letters.points * np.float32(factor), 0, most)
        return cls(field, print_.letters, points, capital, direction(print_.letters)[0])

    @property
    def level(self) -> bool:
        """Whether lines run from left to right, or back, rather than up or down."""
        return abs((self.direction_deg + 90.0) % 180.0 - 90.0) < 45.0

    def at_letters(self) -> Floats:
        """Return the lightness of the paper at every letter."""
        column, row = self.points.astype(np.int64).T
        found: Floats = self.field[row, column]
        return found

    def unevenness(self) -> float:
        """Return by how much the paper's lightness differs over the print, as a share of its median."""
        low, middle, high = np.percentile(self.at_letters(), (5, 50, 95))
        return float((high - low) / max(1.0, middle))

    def rims(self) -> tuple[Rim, Rim, Rim, Rim]:
        """Look from the letters to the left, the top, the right and the bottom."""
        level = self.level
        x, y = self.points.T
        width, height = self.field.shape[1], self.field.shape[0]
        turned = self.field.T
        return (
            self._rim(self.field, y, x, along=level),
            self._rim(turned, x, y, along=not level),
            self._rim(self.field[:, ::-1], y, width - 1 - x, along=level),
            self._rim(turned[:, ::-1], x, height - 1 - y, along=not level),
        )

    def _rim(self, field: Floats, row: Floats, away: Floats, *, along: bool) -> Rim:
        """Look along rows of ``field`` from letters to its first column, ``away`` pixels from each of them."""
        nearest = float(np.sort(away)[min(OUTERMOST, len(away)) - 1])
        ways = [field[int(at), : int(far) + 1] for at, far in zip(row, away, strict=True)]
        chosen = np.flatnonzero(away < nearest + 2.5 * self.capital_px)[:MOST_RAYS]
        steps = [float(np.abs(ways[each] - ways[each][-1]).max()) / max(1.0, float(ways[each][-1])) for each in chosen]
        seen = [_largest_change(way) < SHADOW for way in ways[:: len(ways) // MOST_WAYS + 1]]
        alike = self._alike(away < nearest + OUTER_CAPITALS * self.capital_px)
        return Rim(nearest / self.capital_px, float(np.median(steps)), along, float(np.mean(seen)), alike)

    def _alike(self, outer: NDArray[np.bool_]) -> bool:
        """Tell whether some letters look as the rest does; not where they are too few to tell."""
        if outer.sum() < LEAST_OUTER or (~outer).sum() < LEAST_OUTER:
            return False
        one, rest = self.letters.only(outer), self.letters.only(~outer)
        ratio = np.percentile(one.sizes, CAPITAL_PERCENTILE) / np.percentile(rest.sizes, CAPITAL_PERCENTILE)
        away = abs((direction(one)[0] - direction(rest)[0] + 90.0) % 180.0 - 90.0)
        return bool(1 / SAME_SIZE < ratio < SAME_SIZE and away < SAME_DEG)


def _largest_change(way: Floats) -> float:
    """Return the largest change of lightness within ``CHANGE_PX`` pixels, as a share of the last one's."""
    if len(way) <= CHANGE_PX:
        return 0.0
    return float(np.abs(way[CHANGE_PX:] - way[:-CHANGE_PX]).max()) / max(1.0, float(way[-1]))


CHANGE_PX = 6
SHADOW = 0.06
"""Change of lightness, as a share, that is an edge: of paper, or of a shadow on it."""

MOST_WAYS = 120

OUTER_CAPITALS = 5.0
"""Letters that much farther in than the outermost are compared with the others."""

LEAST_OUTER = 20
SAME_SIZE = 1.3
SAME_DEG = 2.5

OUTERMOST = 5
"""Letters that must be as near to a side of the picture, so that a speck does not tell how near print is."""

MOST_RAYS = 60

SATURATED = 250
"""Lightness, 0 to 255, from which a sensor sees no difference."""

GLARE_CAPITALS = 3.0
"""Least thickness of a reflection, in heights of a capital; less hides no word."""


def hidden_capitals(ground: Ground) -> float:
    """Return what area of the place of print reflections hide, in squares of a capital's height.

    The place of print is the convex hull of the letters and some more, as the letters beside them may be hidden.
    """
    place = np.zeros(ground.field.shape, np.uint8)
    cv2.fillConvexPoly(place, cv2.convexHull(ground.points.astype(np.int32)), 1)
    wide, high = (int(2 * capitals * ground.capital_px) | 1 for capitals in (PLACE_ALONG, PLACE_ACROSS))
    kernel = np.ones((high, wide) if ground.level else (wide, high), np.uint8)
    place = np.asarray(cv2.dilate(place, kernel), np.uint8)
    column, row = ground.points.astype(np.int64).T
    read = np.zeros(place.shape, np.uint8)
    read[row, column] = 1
    near = int(2 * READ_CAPITALS * ground.capital_px) | 1
    place &= 1 - np.asarray(cv2.dilate(read, np.ones((near, near), np.uint8)), np.uint8)
    hidden = sum(
        cv2.countNonZero(spot & place)
        for spot in soft_spots(ground.field, GLARE_CAPITALS * ground.capital_px)
        if spot[row, column].mean() < MOST_PRINTED
    )
    return hidden / ground.capital_px**2


PLACE_ALONG = 4.0
PLACE_ACROSS = 18.0
"""Capitals by which the place of print is wider than the letters seen, along lines and across them."""

READ_CAPITALS = 2.5
"""Nothing is hidden that near to a letter that is seen: at the rim of a reflection ink outlasts paper."""

MOST_PRINTED = 0.2
"""Share of the letters that may be seen in a reflection: where there are more, it is a bright light."""

SOFT_PX = 6
"""How far, in pixels of the small picture, around a reflection it is still bright: that of an object ends at once."""

SOFT_LEVEL = 0.4
"""Least lightness there, between that of the picture's middle, 0, and white, 1."""


def soft_spots(field: Floats, thickness: float) -> list[Pixels]:
    """Find reflections, as masks of 0 and 1: saturated spots at least so thick, brightness falling off around them."""
    size = int(max(3.0, thickness)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    white = cv2.morphologyEx((field >= SATURATED).astype(np.uint8), cv2.MORPH_OPEN, kernel)
    count, labels = cv2.connectedComponents(white)
    usual = float(np.median(field[white == 0])) if (white == 0).any() else 255.0
    spots = []
    for label in range(1, count):
        spot = (labels == label).astype(np.uint8)
        ring = cv2.dilate(spot, np.ones((2 * SOFT_PX + 1,) * 2, np.uint8)) - spot
        around = field[ring == 1]
        if around.size and float(np.percentile(around, 25)) > usual + SOFT_LEVEL * (255 - usual):
            spots.append(spot)
    return spots


class Softness(NamedTuple):
    """How edges look on a picture without print: contrast of the strongest, in grey levels, and their least width."""

    contrast: float
    width: float


SOFT_SIDE = 1000
"""Longest side in pixels of the picture on which ``softness`` measures."""

SOFT_REACH = 9
"""Length in pixels within which an edge is sought."""


def softness(pixels: Pixels) -> tuple[Softness, Softness]:
    """Measure the strongest edges met across and down a picture, width in pixels of one of SOFT_SIDE.

    In focus it is 2 to 4. A phone that moved blurs what is met one way, and leaves sharp what is met the other way.
    """
    small, _ = reduced(pixels, SOFT_SIDE)
    smooth = cv2.GaussianBlur(small, (0, 0), 1.0).astype(np.float32)
    return _softness(smooth), _softness(np.ascontiguousarray(smooth.T))


def _softness(smooth: Floats) -> Softness:
    """Measure along rows."""
    slope = np.abs(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8))
    around = np.ones((1, SOFT_REACH), np.uint8)
    contrast = cv2.dilate(smooth, around) - cv2.erode(smooth, around)
    strong = contrast >= np.percentile(contrast, 98)
    widths = contrast[strong] / np.maximum(0.3, cv2.dilate(slope, around)[strong])
    return Softness(float(np.median(contrast[strong])), float(np.percentile(widths, 10)))

"""Text lines of a prepared image from the glyphs that were found on the page: without a network, in milliseconds.

It needs print that stands clear of its background, as on scans and rectified photos; where lines cling together they
come out as one, which reads badly and is noticed by that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Affine, Box, Prepared
from rpiocr.preprocess.geometry import invert
from rpiocr.preprocess.rows import GlyphRows

SAME_LINE = 0.55
"""Maximum distance of a glyph's middle from that of its line, as a share of the cap height."""

RECENT = 12
"""Number of glyphs whose mean is the middle of a line, so that a line may bend a little."""

GAP = 1.6
"""Minimum blank space between two segments of a line, as a multiple of the cap height, or of the height of the glyphs
beside it if they are larger, as those of a total are: a word space has a half, a decimal comma of large print one."""

WIDE = 1.5
"""Height, as a multiple of its width, that a glyph of a wide typeface is taken for: print of twice the width has blank
spaces of twice the width."""

ABOVE_AND_BELOW, BESIDE = 0.28, 0.5
"""Margins of a segment, as shares of its height and of the cap height: commas and accents are no glyphs."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Neighbouring glyphs of a line: their number, and the box around them with a margin, in pixels of the image."""

    glyphs: int
    box: Box


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text, as segments from left to right: at least one."""

    segments: tuple[Segment, ...]

    @property
    def glyphs(self) -> int:
        """The number of glyphs on the line."""
        return sum(segment.glyphs for segment in self.segments)

    def meets(self, box: Box) -> bool:
        """Return whether a part of the line is inside a box."""
        return any(segment.box.meets(box) for segment in self.segments)


def find_text_lines(rows: GlyphRows, image: Prepared) -> tuple[TextLine, ...]:
    """Return the lines on a prepared image, top to bottom, from the glyphs of its page."""
    boxes = _boxes_on(rows, invert(image.to_page))
    cap = rows.cap_height / rows.factor * _scale_of(invert(image.to_page))
    return tuple(TextLine(tuple(_segments(line, cap))) for line in _lines(boxes, cap))


def _boxes_on(rows: GlyphRows, there: Affine) -> NDArray[np.float64]:
    """Return the boxes of all glyphs: left, top, right and bottom in pixels of the image, shape (n, 4)."""
    glyphs = np.concatenate([rows.glyphs, rows.larger])[:, :4] / rows.factor
    middles = glyphs[:, :2] + glyphs[:, 2:] / 2
    placed = np.column_stack([middles, np.ones(len(middles))]) @ there.T
    half = glyphs[:, 2:] * _scale_of(there) / 2
    return np.hstack([placed - half, placed + half])


def _scale_of(there: Affine) -> float:
    return sqrt(abs(float(np.linalg.det(there[:, :2]))))


def _lines(boxes: NDArray[np.float64], cap: float) -> list[list[NDArray[np.float64]]]:
    """Sort glyphs to lines, from top to bottom."""
    lines: list[list[NDArray[np.float64]]] = []
    for glyph in boxes[np.argsort(boxes[:, 1] + boxes[:, 3], kind="stable")]:
        middle = (glyph[1] + glyph[3]) / 2
        near = (line for line in reversed(lines[-3:]) if abs(_middle(line) - middle) < SAME_LINE * cap)
        line = next(near, None)
        if line is None:
            lines.append([glyph])
        else:
            line.append(glyph)
    return lines


def _middle(line: Sequence[NDArray[np.float64]]) -> float:
    return float(np.mean([(glyph[1] + glyph[3]) / 2 for glyph in line[-RECENT:]]))


def _segments(line: list[NDArray[np.float64]], cap: float) -> list[Segment]:
    line.sort(key=lambda glyph: float(glyph[0]))
    groups = [[line[0]]]
    for before, glyph in pairwise(line):
        if glyph[0] - before[2] > GAP * max(cap, min(_size(before), _size(glyph))):
            groups.append([])
        groups[-1].append(glyph)
    return [_segment(np.array(group), cap) for group in groups]


def _size(glyph: NDArray[np.float64]) -> float:
    return float(max(glyph[3] - glyph[1], WIDE * (glyph[2] - glyph[0])))


def _segment(glyphs: NDArray[np.float64], cap: float) -> Segment:
    left, top = (float(side) for side in glyphs[:, :2].min(axis=0))
    right, bottom = (float(side) for side in glyphs[:, 2:].max(axis=0))
    around, beside = ABOVE_AND_BELOW * (bottom - top), BESIDE * cap
    return Segment(len(glyphs), Box(left - beside, top - around, right + beside, bottom + around))

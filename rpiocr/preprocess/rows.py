"""Detects rows of glyphs on an image with horizontal text lines."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Box, Pixels
from rpiocr.model.transform import Points
from rpiocr.preprocess.glyphs import MEASURE_SIDE, Stats, components, reduced, upright_glyphs

MIN_GLYPHS = 40
"""Minimum number of glyphs for an estimate."""


LARGER, LARGEST = 1.8, 6.0
"""Minimum and maximum height of glyphs in headings, relative to the others: tills print the name of the shop and the
total at double height."""


@dataclass(frozen=True, slots=True, eq=False)
class GlyphRow:
    """Adjacent glyphs of one line, as in ``Stats``, and their bounding box."""

    box: Box
    glyphs: Stats

    @property
    def feet(self) -> Points:
        """Shape (n, 2): the middle of the lower side of each glyph."""
        left, top, width, height, _ = self.glyphs.T
        return np.column_stack([left + width / 2.0, (top + height).astype(np.float64)])


@dataclass(frozen=True, slots=True, eq=False)
class GlyphRows:
    """All rows of a reduced image of ``shape``, which is the original one scaled by ``factor``.

    ``tall`` is the 75th percentile of the heights of all glyphs, ``cap_height`` the cap height of the body text;
    ``glyphs`` are the glyphs of about that height, ``larger`` those that may belong to headings.
    """

    rows: tuple[GlyphRow, ...]
    glyphs: Stats
    larger: Stats
    tall: float
    cap_height: float
    shape: tuple[int, ...]
    factor: float


def find_rows(pixels: Pixels) -> GlyphRows | None:
    """Detect rows of glyphs on a reduced copy of the image; None if there are too few glyphs."""
    small, factor = reduced(pixels, MEASURE_SIDE)
    glyphs = upright_glyphs(components(small))
    if len(glyphs) < MIN_GLYPHS:
        return None
    tall = float(np.percentile(glyphs[:, 3], 75))
    alike = glyphs[(glyphs[:, 3] > 0.55 * tall) & (glyphs[:, 3] < LARGER * tall)]
    larger = glyphs[(glyphs[:, 3] >= LARGER * tall) & (glyphs[:, 3] < LARGEST * tall)]
    height = float(np.percentile(alike[:, 3], 60))
    return GlyphRows(tuple(_joined(alike, small.shape, tall)), alike, larger, tall, height, small.shape, factor)


def _joined(glyphs: NDArray[np.int32], shape: tuple[int, ...], tall: float) -> list[GlyphRow]:
    """Join neighbouring glyphs to rows of at least four."""
    mask = np.zeros(shape, np.uint8)
    middles = (glyphs[:, :2] + glyphs[:, 2:4] // 2).astype(np.int32)
    for left, top, width, height, _ in glyphs:
        mask[top : top + height, left : left + width] = 1
    reach = max(3, int(2.0 * tall)) | 1
    joined = cv2.dilate(mask, np.ones((1, reach), np.uint8))
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    owners = labels[middles[:, 1], middles[:, 0]]
    order = np.argsort(owners, kind="stable")
    rows = []
    for group in np.split(order, np.flatnonzero(np.diff(owners[order])) + 1):
        members = glyphs[group]
        if len(members) < 4 or owners[group[0]] == 0:
            continue
        box = Box(
            float(members[:, 0].min()),
            float(members[:, 1].min()),
            float((members[:, 0] + members[:, 2]).max()),
            float((members[:, 1] + members[:, 3]).max()),
        )
        rows.append(GlyphRow(box, members))
    return rows

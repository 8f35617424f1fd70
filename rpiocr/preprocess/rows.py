"""The rows of letters of a picture whose lines run across."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Box, Pixels
from rpiocr.model.transform import Points
from rpiocr.preprocess.letters import MEASURE_SIDE, Stats, components, reduced, upright_letters

SURE_LETTERS = 40
"""Fewer letters than this give no measure."""


LARGER, LARGEST = 1.8, 6.0
"""Heights of letters in headings, in those of the others: tills print the shop's name and the total twice as high."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Letters that stand beside each other, as in ``Stats``, and the box around them."""

    box: Box
    letters: Stats

    @property
    def feet(self) -> Points:
        """Shape (n, 2): the middle of the lower side of each letter."""
        left, top, width, height, _ = self.letters.T
        return np.column_stack([left + width / 2.0, (top + height).astype(np.float64)])


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """All rows on a picture of ``shape``, which is ``factor`` times as large as the one that was given.

    ``tall`` is the height that a quarter of all letters exceeds, ``letter_height`` that of a capital of the body text;
    ``letters`` are all of about that height, ``larger`` those that may belong to headings.
    """

    rows: tuple[Row, ...]
    letters: Stats
    larger: Stats
    tall: float
    letter_height: float
    shape: tuple[int, ...]
    factor: float


def find_rows(pixels: Pixels) -> Rows | None:
    """Find the rows of letters on a reduced picture; None where too few letters are seen to be sure."""
    small, factor = reduced(pixels, MEASURE_SIDE)
    letters = upright_letters(components(small))
    if len(letters) < SURE_LETTERS:
        return None
    tall = float(np.percentile(letters[:, 3], 75))
    alike = letters[(letters[:, 3] > 0.55 * tall) & (letters[:, 3] < LARGER * tall)]
    larger = letters[(letters[:, 3] >= LARGER * tall) & (letters[:, 3] < LARGEST * tall)]
    height = float(np.percentile(alike[:, 3], 60))
    return Rows(tuple(_joined(alike, small.shape, tall)), alike, larger, tall, height, small.shape, factor)


def _joined(letters: NDArray[np.int32], shape: tuple[int, ...], tall: float) -> list[Row]:
    """Join neighbouring letters to rows; only those of at least four letters count."""
    mask = np.zeros(shape, np.uint8)
    middles = (letters[:, :2] + letters[:, 2:4] // 2).astype(np.int32)
    for left, top, width, height, _ in letters:
        mask[top : top + height, left : left + width] = 1
    reach = max(3, int(2.0 * tall)) | 1
    joined = cv2.dilate(mask, np.ones((1, reach), np.uint8))
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    owners = labels[middles[:, 1], middles[:, 0]]
    order = np.argsort(owners, kind="stable")
    rows = []
    for group in np.split(order, np.flatnonzero(np.diff(owners[order])) + 1):
        members = letters[group]
        if len(members) < 4 or owners[group[0]] == 0:
            continue
        box = Box(
            float(members[:, 0].min()),
            float(members[:, 1].min()),
            float((members[:, 0] + members[:, 2]).max()),
            float((members[:, 1] + members[:, 3]).max()),
        )
        rows.append(Row(box, members))
    return rows

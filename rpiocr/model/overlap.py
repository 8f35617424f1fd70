"""Finds overlapping boxes without comparing each box with all others."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence

from rpiocr.model import Box

MAX_STACKED = 128
"""Maximum number of boxes compared in one band at one location: more than all passes find in any print."""

Band = tuple[int, int]
"""The power of two that bounds the height of a band's boxes, and the number of the band from the top."""


def overlapping(boxes: Sequence[Box], ratio: float) -> Iterator[tuple[int, int]]:
    """Yield pairs of indices of boxes that overlap horizontally and may overlap vertically, the leftmost first.

    Some pairs are yielded twice. Pairs with one box more than ``ratio`` times as high as the other may be left out.

    The work grows linearly with the number of boxes: a sweep from left to right compares each box with those in the
    bands of the page that it lies in, of which there are some for each scale of height. If more than MAX_STACKED boxes
    lie on top of each other, the leftmost are ignored.
    """
    open_in: dict[Band, deque[int]] = defaultdict(lambda: deque(maxlen=MAX_STACKED))
    scales = sorted({_scale(box) for box in boxes if box.height > 0})
    apart = math.ceil(math.log2(ratio))
    for index in sorted(range(len(boxes)), key=lambda at: boxes[at].left):
        box = boxes[index]
        if box.height <= 0 or box.width <= 0:
            continue
        own = _scale(box)
        for scale in scales:
            for band in _bands(box, scale) if abs(scale - own) <= apart else ():
                candidates = open_in.get(band)
                if candidates:
                    _close(candidates, boxes, box.left)
                    yield from ((other, index) for other in candidates)
        for band in _bands(box, own):
            open_in[band].append(index)


def _close(candidates: deque[int], boxes: Sequence[Box], left: float) -> None:
    """Remove boxes that end before ``left``: no later box overlaps them."""
    for _ in range(len(candidates)):
        other = candidates.popleft()
        if boxes[other].right > left:
            candidates.append(other)


def _scale(box: Box) -> int:
    return math.ceil(math.log2(box.height))


def _bands(box: Box, scale: int) -> Iterator[Band]:
    """Return the bands of one scale that a box lies in; at most two of its own scale."""
    high = 2.0**scale
    return ((scale, number) for number in range(math.floor(box.top / high), math.floor(box.bottom / high) + 1))

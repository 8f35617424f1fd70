"""Which boxes of a page overlap, without comparing each with all others."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence

from rpiocr.model import Box

MOST_BESIDE = 128
"""Boxes that are looked at in one band at one place: more than all passes have there, and more is no print."""

Band = tuple[int, int]
"""The power of two that boxes of a band are less high than, and the number of the band from the top."""


def overlapping(boxes: Sequence[Box], ratio: float) -> Iterator[tuple[int, int]]:
    """Yield the indices of boxes that overlap across and may overlap down; some pairs twice, the earlier on the left.

    Of a pair with one box more than ``ratio`` times as high as the other it does not matter whether it is yielded.

    The work grows with the number of boxes, not with its square: they are taken from left to right, and each is looked
    for in the bands of the page that it stands in, of which there are some for each height. Where more than
    MOST_BESIDE boxes stand on top of each other, those furthest left are left out.
    """
    open_in: dict[Band, deque[int]] = defaultdict(lambda: deque(maxlen=MOST_BESIDE))
    scales = sorted({_scale(box) for box in boxes if box.height > 0})
    apart = math.ceil(math.log2(ratio))
    for index in sorted(range(len(boxes)), key=lambda at: boxes[at].left):
        box = boxes[index]
        if box.height <= 0 or box.width <= 0:
            continue
        own = _scale(box)
        for scale in scales:
            for band in _bands(box, scale) if abs(scale - own) <= apart else ():
                beside = open_in.get(band)
                if beside:
                    _close(beside, boxes, box.left)
                    yield from ((other, index) for other in beside)
        for band in _bands(box, own):
            open_in[band].append(index)


def _close(beside: deque[int], boxes: Sequence[Box], left: float) -> None:
    """Take out what ends before ``left``: nothing that comes later overlaps it."""
    for _ in range(len(beside)):
        other = beside.popleft()
        if boxes[other].right > left:
            beside.append(other)


def _scale(box: Box) -> int:
    return math.ceil(math.log2(box.height))


def _bands(box: Box, scale: int) -> Iterator[Band]:
    """The bands of one scale that a box stands in; its own are two at most."""
    high = 2.0**scale
    return ((scale, number) for number in range(math.floor(box.top / high), math.floor(box.bottom / high) + 1))

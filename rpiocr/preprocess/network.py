"""Where a small neural network sees sheets of paper on a picture.

Its weights are in ``outlines.onnx``; ``training/`` has drawn what it learnt from, and has fitted it.
OpenCV runs it, which is there anyway; libraries of document detection (kornia, docTR) bring PyTorch and larger models.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.model import Pixels
from rpiocr.model.transform import Points
from rpiocr.preprocess.scale import scaled

WEIGHTS = files("rpiocr.preprocess") / "outlines.onnx"

SIDE = 384
"""Longest side in pixels of the picture that the network looks at: of 817 sheets on drawn photos, a smaller
network had all corners within 2 % on 93 % with 288 pixels, 95 % with 320, 96 % with 384 and with 448; it costs by the
square."""

ROUND = 16
"""Least pixels around it that belong to no picture: sheets may go on there."""

STEP = 32
"""The network takes pictures whose sides are multiples of this."""

DULL = 8.0
"""Grey levels that are added to the spread of a picture, so that noise on a blank one stays small."""

Map = NDArray[np.float32]

_one_at_a_time = Lock()


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """What was seen, as maps of one shape with values from 0 to 1.

    They say how likely a place is on a ``sheet``, on its ``rim``, or near to one of its ``corners``. ``factor`` is the
    size of a map's pixel against one of the picture; ``origin`` is where the picture's upper left is on the maps, as
    (x, y): they show what may lie around it as well.
    """

    sheet: Map
    rim: Map
    corners: Map
    factor: float
    origin: Points

    def on_picture(self, points: Points) -> Points:
        """Return where points (n, 2) of the maps are on the picture, in its pixels."""
        return (points - self.origin) / self.factor

    def on_maps(self, points: Points) -> Points:
        """Return where points (n, 2) of the picture are on the maps."""
        return points * self.factor + self.origin


def look(pixels: Pixels, *, turned: bool = False) -> Maps:
    """Look for sheets on a grey picture.

    With ``turned`` it is turned by a quarter first; the maps are turned back, so that they show the same place.
    """
    factor = min(1.0, SIDE / max(pixels.shape))
    small = scaled(pixels, factor, cv2.INTER_AREA).astype(np.float32)
    height, width = small.shape
    blob = np.zeros((2, _room(height), _room(width)), np.float32)
    top, left = (blob.shape[1] - height) // 2, (blob.shape[2] - width) // 2
    within = (slice(top, top + height), slice(left, left + width))
    blob[0][within] = (small - small.mean()) / (small.std() + DULL)
    blob[1][within] = 1.0
    seen = np.rot90(_answer(np.rot90(blob, axes=(1, 2))), -1, axes=(1, 2)) if turned else _answer(blob)
    sheet, rim, corners = (1.0 / (1.0 + np.exp(-seen))).astype(np.float32)
    reduction = seen.shape[1] / blob.shape[1]
    return Maps(sheet, rim, corners, factor * reduction, np.array([left, top]) * reduction)


def mean(one: Maps, other: Maps) -> Maps:
    """Return the mean of two maps of one picture."""
    sheet, rim, corners = (
        ((first + second) / 2).astype(np.float32)
        for first, second in ((one.sheet, other.sheet), (one.rim, other.rim), (one.corners, other.corners))
    )
    return replace(one, sheet=sheet, rim=rim, corners=corners)


def _answer(blob: NDArray[np.float32]) -> NDArray[np.float32]:
    with _one_at_a_time:
        network = _network()
        network.setInput(np.ascontiguousarray(blob)[None])
        seen: NDArray[np.float32] = network.forward()[0].astype(np.float32)
    return seen


def _room(side: int) -> int:
    return -(-(side + 2 * ROUND) // STEP) * STEP


@cache
def _network() -> cv2.dnn.Net:
    return cv2.dnn.readNetFromONNX(np.frombuffer(WEIGHTS.read_bytes(), np.uint8))

"""Detects documents (sheets of paper) on an image with a small neural network.

Its weights are in ``outlines.onnx``; ``training/`` draws the training images and fits them. OpenCV runs it, which is a
dependency anyway; libraries for document detection (kornia, docTR) depend on PyTorch and larger models.
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
"""Longer side in pixels of the input image. Of 817 documents on drawn photos, a smaller network found all corners to
within 2 % for 93 % with 288 pixels, 95 % with 320, 96 % with 384 and with 448; the cost grows with the square."""

PADDING = 16
"""Minimum padding in pixels around the image: documents may extend into it."""

STEP = 32
"""The sides of the network's input are multiples of this."""

DEVIATION_OFFSET = 8.0
"""Grey levels that are added to the standard deviation of an image, so that noise on a blank one stays small."""

Map = NDArray[np.float32]

_one_at_a_time = Lock()


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """Output of the network: probability maps of the same shape, with values from 0 to 1.

    They are the probabilities that a pixel is on a document (``sheet``), on its border (``rim``), or near to one of its
    ``corners``. ``factor`` is the scale of the maps relative to the image; ``origin`` is the position (x, y) of the
    upper left corner of the image on the maps, which include padding.
    """

    sheet: Map
    rim: Map
    corners: Map
    factor: float
    origin: Points

    def on_image(self, points: Points) -> Points:
        """Map points, shape (n, 2), from the maps to the image."""
        return (points - self.origin) / self.factor

    def on_maps(self, points: Points) -> Points:
        """Map points, shape (n, 2), from the image to the maps."""
        return points * self.factor + self.origin


def predict(pixels: Pixels, *, rotated: bool = False) -> Maps:
    """Run the network on a grey image.

    With ``rotated``, on the image rotated by a quarter turn; the maps are rotated back.
    """
    factor = min(1.0, SIDE / max(pixels.shape))
    small = scaled(pixels, factor, cv2.INTER_AREA).astype(np.float32)
    height, width = small.shape
    blob = np.zeros((2, _padded(height), _padded(width)), np.float32)
    top, left = (blob.shape[1] - height) // 2, (blob.shape[2] - width) // 2
    within = (slice(top, top + height), slice(left, left + width))
    blob[0][within] = (small - small.mean()) / (small.std() + DEVIATION_OFFSET)
    blob[1][within] = 1.0
    logits = np.rot90(_forward(np.rot90(blob, axes=(1, 2))), -1, axes=(1, 2)) if rotated else _forward(blob)
    sheet, rim, corners = (1.0 / (1.0 + np.exp(-logits))).astype(np.float32)
    reduction = logits.shape[1] / blob.shape[1]
    return Maps(sheet, rim, corners, factor * reduction, np.array([left, top]) * reduction)


def mean(one: Maps, other: Maps) -> Maps:
    """Return the mean of two predictions for one image."""
    sheet, rim, corners = (
        ((first + second) / 2).astype(np.float32)
        for first, second in ((one.sheet, other.sheet), (one.rim, other.rim), (one.corners, other.corners))
    )
    return replace(one, sheet=sheet, rim=rim, corners=corners)


def _forward(blob: NDArray[np.float32]) -> NDArray[np.float32]:
    with _one_at_a_time:
        network = _network()
        network.setInput(np.ascontiguousarray(blob)[None])
        logits: NDArray[np.float32] = network.forward()[0].astype(np.float32)
    return logits


def _padded(side: int) -> int:
    return -(-(side + 2 * PADDING) // STEP) * STEP


@cache
def _network() -> cv2.dnn.Net:
    return cv2.dnn.readNetFromONNX(np.frombuffer(WEIGHTS.read_bytes(), np.uint8))

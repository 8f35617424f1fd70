"""A sheet of paper as if it lay flat and upright, and the way back to the picture."""

from __future__ import annotations

import cv2
import numpy as np

from rpiocr.model import Homography, Pixels
from rpiocr.preprocess.quads import Quad, side_lengths

MARGIN = 0.015
"""Of the sheet's width, kept around it: outlines of bent paper are not quite straight."""

WHOLE = 0.04
"""Corners all this near to the picture's own, in shares of its sides, say that the picture is the sheet."""


def is_whole(corners: Quad, shape: tuple[int, ...]) -> bool:
    """Tell whether a sheet fills its picture, upright."""
    size = np.array([shape[1], shape[0]], np.float64)
    rim = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    return bool((np.abs(corners / size - rim) < WHOLE).all())


def flatten(pixels: Pixels, corners: Quad) -> tuple[Pixels, Homography]:
    """Return the sheet between four corners (clockwise from its top left) as an upright picture of its own.

    A letter keeps about the size that it has on the picture. The second value maps pixels of the new picture to those
    of ``pixels``. What lies outside of the picture becomes plain paper.
    """
    top, right, bottom, left = side_lengths(corners)
    width, height = max(top, bottom), max(left, right)
    margin = MARGIN * width
    target = np.array([[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]]) + margin
    size = (round(width + 2 * margin), round(height + 2 * margin))
    return _warped(pixels, _homography(target, corners), size)


def turn(pixels: Pixels, angle_deg: float) -> tuple[Pixels, Homography]:
    """Return the whole picture turned so that lines that fall to the right by ``angle_deg`` run level."""
    height, width = pixels.shape
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    wide, high = abs(width * cos) + abs(height * sin), abs(width * sin) + abs(height * cos)
    centre, middle = np.array([width / 2, height / 2]), np.array([wide / 2, high / 2])
    rotation = np.array([[cos, -sin], [sin, cos]])
    to_picture = np.eye(3)
    to_picture[:2, :2] = rotation
    to_picture[:2, 2] = centre - rotation @ middle
    return _warped(pixels, to_picture, (round(wide), round(high)))


def quarter_turns(pixels: Pixels, quarters: int) -> tuple[Pixels, Homography]:
    """Return the picture turned clockwise by quarters of a full turn."""
    height, width = pixels.shape
    back = {
        0: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
        1: [[0.0, 1.0, 0.0], [-1.0, 0.0, height]],
        2: [[-1.0, 0.0, width], [0.0, -1.0, height]],
        3: [[0.0, -1.0, width], [1.0, 0.0, 0.0]],
    }[quarters % 4]
    return np.ascontiguousarray(np.rot90(pixels, -quarters)), np.array([*back, [0.0, 0.0, 1.0]])


def _homography(source: Quad, target: Quad) -> Homography:
    found = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    return found.astype(np.float64, copy=False)


def _warped(pixels: Pixels, to_picture: Homography, size: tuple[int, int]) -> tuple[Pixels, Homography]:
    # OpenCV counts from the middles of pixels, everything here from their corners.
    half = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])
    between_middles = np.linalg.inv(half) @ to_picture @ half
    paper = float(np.percentile(pixels[::16, ::16], 90))
    warped = cv2.warpPerspective(
        pixels,
        between_middles,
        size,
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=paper,
    )
    return warped.astype(np.uint8, copy=False), to_picture

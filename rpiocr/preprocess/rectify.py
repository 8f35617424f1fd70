"""Rectifies document regions and rotates images, with the transform back to the original image."""

from __future__ import annotations

import cv2
import numpy as np

from rpiocr.model import Homography, Pixels
from rpiocr.preprocess.quads import Quad, side_lengths

MARGIN = 0.015
"""Margin around a document, as a share of its width: outlines of curved paper are not quite straight."""

WHOLE = 0.04
"""Maximum distance of all corners from those of the image, as a share of its sides, for a document that fills it."""


def fills_image(corners: Quad, shape: tuple[int, ...]) -> bool:
    """Return whether a document fills its image, upright."""
    size = np.array([shape[1], shape[0]], np.float64)
    rim = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    return bool((np.abs(corners / size - rim) < WHOLE).all())


def rectify(pixels: Pixels, corners: Quad) -> tuple[Pixels, Homography]:
    """Return the document within four corners (clockwise from its top left) as an upright image.

    The size of its print stays about the same. The second value maps pixels of the new image to those of ``pixels``.
    Parts outside of the original image are filled with the colour of paper.
    """
    top, right, bottom, left = side_lengths(corners)
    width, height = max(top, bottom), max(left, right)
    margin = MARGIN * width
    target = np.array([[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]]) + margin
    size = (round(width + 2 * margin), round(height + 2 * margin))
    return _warped(pixels, _homography(target, corners), size)


def rotate(pixels: Pixels, angle_deg: float) -> tuple[Pixels, Homography]:
    """Return the whole image rotated so that lines that fall to the right by ``angle_deg`` become horizontal."""
    height, width = pixels.shape
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    wide, high = abs(width * cos) + abs(height * sin), abs(width * sin) + abs(height * cos)
    centre, middle = np.array([width / 2, height / 2]), np.array([wide / 2, high / 2])
    rotation = np.array([[cos, -sin], [sin, cos]])
    to_image = np.eye(3)
    to_image[:2, :2] = rotation
    to_image[:2, 2] = centre - rotation @ middle
    return _warped(pixels, to_image, (round(wide), round(high)))


def rotate_quarters(pixels: Pixels, quarters: int) -> tuple[Pixels, Homography]:
    """Return the image rotated clockwise by ``quarters`` quarter turns."""
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


def _warped(pixels: Pixels, to_image: Homography, size: tuple[int, int]) -> tuple[Pixels, Homography]:
    # The origin of OpenCV is the centre of a pixel, that of all coordinates here its corner.
    half = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])
    between_middles = np.linalg.inv(half) @ to_image @ half
    paper = float(np.percentile(pixels[::16, ::16], 90))
    warped = cv2.warpPerspective(
        pixels,
        between_middles,
        size,
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=paper,
    )
    return warped.astype(np.uint8, copy=False), to_image

"""Intensity transforms: from an image to one of the same size, both uint8 with 0 black and 255 white."""

from __future__ import annotations

import cv2
import numpy as np

from rpiocr.model import Pixels
from rpiocr.preprocess.scale import scaled

SHARPEN_KERNEL = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], dtype=np.float32)


def normalise(pixels: Pixels, low: float = 0.5, high: float = 99.5) -> Pixels:
    """Stretch the grey values so that the percentiles ``low`` and ``high`` become black and white."""
    sample = pixels[::4, ::4]
    dark, light = np.percentile(sample, [low, high])
    if light - dark < 1:
        return pixels
    ramp = (np.arange(256, dtype=np.float32) - dark) * (255.0 / (light - dark))
    return cv2.LUT(pixels, np.clip(ramp, 0, 255).astype(np.uint8)).astype(np.uint8, copy=False)


def contrast(pixels: Pixels, gain: float, brightness: float = 0.0, pivot: float = 160.0) -> Pixels:
    """Multiply the distance from ``pivot`` by ``gain`` and add ``brightness`` (a share of 255).

    The pivot is above the middle because thermal ink is grey (80 to 180): this separates ink from paper rather than
    the light from the dark half of the ink.
    """
    ramp = (np.arange(256, dtype=np.float32) - pivot) * gain + pivot + brightness * 255.0
    return cv2.LUT(pixels, np.clip(ramp, 0, 255).astype(np.uint8)).astype(np.uint8, copy=False)


def flatten_illumination(pixels: Pixels, window: int) -> Pixels:
    """Divide by the brightness of the paper around each pixel, which removes shadows and keeps ink.

    ``window`` is the side in pixels of the neighbourhood from which the brightness of paper is estimated; several times
    the height of a character.
    """
    small = scaled(pixels, 0.125, cv2.INTER_AREA)
    side = max(3, window // 8) | 1
    paper = cv2.dilate(small, np.ones((side, side), np.uint8))
    paper = cv2.blur(paper, (side, side))
    height, width = pixels.shape
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(pixels, np.maximum(paper, 32), scale=255).astype(np.uint8, copy=False)


def threshold(pixels: Pixels, window: int, share: float) -> Pixels:
    """Make pixels black that are darker than ``share`` of the mean of the ``window`` around them, and others white."""
    mean = cv2.blur(pixels, (window | 1, window | 1))
    limit = cv2.convertScaleAbs(mean, alpha=share)
    return np.where(pixels < limit, 0, 255).astype(np.uint8)


def sharpen(pixels: Pixels) -> Pixels:
    """Sharpen each pixel by its four neighbours (kernel 0 -1 0 / -1 5 -1 / 0 -1 0)."""
    return cv2.filter2D(pixels, -1, SHARPEN_KERNEL).astype(np.uint8, copy=False)


def blur(pixels: Pixels, radius: int = 1) -> Pixels:
    """Apply a Gaussian blur of ``radius`` pixels."""
    side = 2 * radius + 1
    return cv2.GaussianBlur(pixels, (side, side), 0).astype(np.uint8, copy=False)

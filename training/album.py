"""Albums: files of images with the corners of the documents on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 480
"""Longer side of an image in pixels."""

MAX_SHEETS = 4

Pixels = NDArray[np.uint8]
Corners = NDArray[np.float64]
"""Shape (4, 2)."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledImage:
    """A grey image, and the corners in pixels of every document on it, which can be outside of the image."""

    pixels: Pixels
    sheets: tuple[Corners, ...]

    @staticmethod
    def of(pixels: NDArray[np.integer], sheets: Sequence[Corners]) -> LabelledImage:
        """Scale an image and its corners to SIDE pixels."""
        factor = SIDE / max(pixels.shape)
        how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=how)
        return LabelledImage(small.astype(np.uint8, copy=False), tuple(np.asarray(sheet) * factor for sheet in sheets))


def save(path: Path, album: Sequence[LabelledImage]) -> None:
    """Write images to a file."""
    pixels = np.zeros((len(album), SIDE, SIDE), np.uint8)
    sheets = np.full((len(album), MAX_SHEETS, 4, 2), np.nan)
    for number, shown in enumerate(album):
        height, width = shown.pixels.shape
        pixels[number, :height, :width] = shown.pixels
        sheets[number, : len(shown.sheets)] = np.reshape(shown.sheets, (-1, 4, 2))
    np.savez_compressed(path, pixels=pixels, sizes=[shown.pixels.shape for shown in album], sheets=sheets)


def load(paths: Sequence[Path]) -> list[LabelledImage]:
    """Read the images of several files."""
    album = []
    for path in paths:
        with np.load(path) as held:
            pixels, sizes, sheets = held["pixels"], held["sizes"], held["sheets"]
        for number, (height, width) in enumerate(sizes):
            there = tuple(sheet for sheet in sheets[number] if np.isfinite(sheet).all())
            album.append(LabelledImage(pixels[number, :height, :width], there))
    return album

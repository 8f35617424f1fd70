"""Converts pixels of 16 and 32 bits to 8-bit grey."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpiocr.decode.wire import Layout
from rpiocr.model import Pixels

FULL_SCALES = (1.0, 255.0, 65535.0)
"""Usual values of white in images of 32 bits per pixel, whose files do not state it."""

DTYPES: dict[Layout, np.dtype[Any]] = {
    Layout.GREY_8: np.dtype(np.uint8),
    Layout.LITTLE_16: np.dtype("<u2"),
    Layout.BIG_16: np.dtype(">u2"),
    Layout.INT_32: np.dtype(np.int32),
    Layout.FLOAT_32: np.dtype(np.float32),
}


def to_8_bits(values: NDArray[Any]) -> Pixels:
    """Return pixels of any of DTYPES as 8-bit grey; those of 32 bits are scaled by their range.

    White is the smallest of FULL_SCALES that covers all values; if none does, the values are stretched to their range.
    Works row by row, because a copy in floats would take four times the memory of a page.
    """
    if values.dtype == np.uint8:
        return values
    grey: Pixels = np.empty(values.shape, np.uint8)
    convert = _from_16_bits if values.dtype.itemsize == 2 else _scale(values)
    for source, target in zip(values, grey, strict=True):
        target[:] = convert(source)
    return grey


def _from_16_bits(row: NDArray[Any]) -> NDArray[Any]:
    return row // 257


def _scale(values: NDArray[Any]) -> Callable[[NDArray[Any]], NDArray[Any]]:
    low = min(float(_floats(row).min()) for row in values)
    high = max(float(_floats(row).max()) for row in values)
    black = min(low, 0.0)
    white = next((scale for scale in FULL_SCALES if black == 0.0 and high <= scale), high)
    gain = np.float32(255.0 / max(white - black, 1e-30))

    def convert(row: NDArray[Any]) -> NDArray[Any]:
        scaled = _floats(row)
        scaled -= np.float32(black)
        scaled *= gain
        return np.clip(np.rint(scaled), 0, 255)

    return convert


def _floats(row: NDArray[Any]) -> NDArray[np.float32]:
    floats: NDArray[np.float32] = np.nan_to_num(np.asarray(row, dtype=np.float32), nan=0.0)
    return floats

"""Pixels of 16 and 32 bits as 8-bit grey."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rpiocr.decode.wire import Layout
from rpiocr.model import Pixels

FULL_SCALES = (1.0, 255.0, 65535.0)
"""Values that stand for white in pictures of 32 bits per pixel, which do not say it themselves."""

DTYPES: dict[Layout, np.dtype[Any]] = {
    Layout.GREY_8: np.dtype(np.uint8),
    Layout.LITTLE_16: np.dtype("<u2"),
    Layout.BIG_16: np.dtype(">u2"),
    Layout.INT_32: np.dtype(np.int32),
    Layout.FLOAT_32: np.dtype(np.float32),
}


def toned(values: NDArray[Any]) -> Pixels:
    """Return pixels of any of DTYPES as grey; those of 32 bits are scaled by their range.

    The smallest usual full scale that covers all values is taken for white; others are stretched to their range. It is
    done row by row, for a copy in floats takes four times the memory of a page.
    """
    if values.dtype == np.uint8:
        return values
    grey: Pixels = np.empty(values.shape, np.uint8)
    tone = _by_16_bits if values.dtype.itemsize == 2 else _scale(values)
    for source, target in zip(values, grey, strict=True):
        target[:] = tone(source)
    return grey


def _by_16_bits(row: NDArray[Any]) -> NDArray[Any]:
    return row // 257


def _scale(values: NDArray[Any]) -> Callable[[NDArray[Any]], NDArray[Any]]:
    low = min(float(_floats(row).min()) for row in values)
    high = max(float(_floats(row).max()) for row in values)
    black = min(low, 0.0)
    white = next((scale for scale in FULL_SCALES if black == 0.0 and high <= scale), high)
    gain = np.float32(255.0 / max(white - black, 1e-30))

    def tone(row: NDArray[Any]) -> NDArray[Any]:
        scaled = _floats(row)
        scaled -= np.float32(black)
        scaled *= gain
        return np.clip(np.rint(scaled), 0, 255)

    return tone


def _floats(row: NDArray[Any]) -> NDArray[np.float32]:
    floats: NDArray[np.float32] = np.nan_to_num(np.asarray(row, dtype=np.float32), nan=0.0)
    return floats

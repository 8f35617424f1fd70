"""Whether a QR code is seen in a mirror image: it shows through from the back of the paper, or is in a photo of one.

A mirrored code is transposed: rows and columns change places. Its format information, whose level and mask the decoder
reports, then stands along the column where the row is expected (ISO/IEC 18004, 7.9).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEVELS = {"L": 1, "M": 0, "Q": 3, "H": 2}
"""The two bits of each level of error correction."""

GENERATOR, GENERATOR_BITS, MASK = 0x537, 10, 0x5412
"""The BCH code of the format information, its number of check bits, and the mask over all 15 bits."""

CELLS = (*((8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)), *((row, 8) for row in (7, 5, 4, 3, 2, 1, 0)))
"""Row and column of the 15 modules around the upper left finder pattern, the most significant bit first."""


def is_transposed(dark: NDArray[np.bool_], level: str, mask: int) -> bool:
    """Return whether a QR code was read with rows for columns.

    ``dark`` has shape (n, n) and is true for dark modules, without the quiet zone, as they were sampled; ``level`` is
    L, M, Q or H, ``mask`` 0 to 7, both as decoded.
    """
    expected = _format_bits(level, mask)
    return _distance(dark.T, expected) < _distance(dark, expected)


def _distance(dark: NDArray[np.bool_], expected: int) -> int:
    read = 0
    for row, column in CELLS:
        read = read << 1 | int(dark[row, column])
    return (read ^ expected).bit_count()


def _format_bits(level: str, mask: int) -> int:
    data = (LEVELS[level] << 3 | mask) << GENERATOR_BITS
    rest = data
    for place in range(14, GENERATOR_BITS - 1, -1):
        if rest >> place & 1:
            rest ^= GENERATOR << place - GENERATOR_BITS
    return (data | rest) ^ MASK

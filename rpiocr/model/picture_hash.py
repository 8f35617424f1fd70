"""A perceptual hash (difference hash): similar for two pictures of one thing.

Not the package imagehash, which needs SciPy and PyWavelets for what is a resize and a comparison.
"""

from __future__ import annotations

import cv2

from rpiocr.model import Pixels

HASH_SIDE = 8


def picture_hash(pixels: Pixels) -> str:
    """Return the difference hash of a grey picture, 64 bits as 16 hexadecimal digits.

    Each bit tells whether a cell of an 8 by 8 grid is lighter than its right neighbour (Krawetz, "Kind of Like That",
    2013).
    """
    small = cv2.resize(pixels, (HASH_SIDE + 1, HASH_SIDE), interpolation=cv2.INTER_AREA).astype(int)
    bits = (small[:, :-1] > small[:, 1:]).ravel()
    return f"{sum(1 << int(place) for place in bits.nonzero()[0]):016x}"


def bits_apart(one: str, other: str) -> int:
    """Return how many of the 64 bits of two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()

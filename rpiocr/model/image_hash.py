"""A perceptual hash (difference hash): similar for two images of the same thing.

The package imagehash is not used: it needs SciPy and PyWavelets for what is a resize and a comparison.
"""

from __future__ import annotations

from rpiocr.model import Pixels

HASH_SIDE = 8


def image_hash(pixels: Pixels) -> str:
    """Return the difference hash of a grey image, 64 bits as 16 hexadecimal digits.

    Each bit is whether a cell of an 8 by 8 grid is lighter than its right neighbour (Krawetz, "Kind of Like That",
    2013).
    """
    import cv2  # whoever only compares hashes does not need its 30 MB

    small = cv2.resize(pixels, (HASH_SIDE + 1, HASH_SIDE), interpolation=cv2.INTER_AREA).astype(int)
    bits = (small[:, :-1] > small[:, 1:]).ravel()
    return f"{sum(1 << int(place) for place in bits.nonzero()[0]):016x}"


def bits_apart(one: str, other: str) -> int:
    """Return the Hamming distance of two hashes, 0 to 64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()

"""How likely an outline is right."""

from __future__ import annotations

import numpy as np

from rpiocr.preprocess.bearing import FEATURES
from rpiocr.preprocess.flanks import Floats
from rpiocr.preprocess.outlines import Outlines

CONSTANT = -7.421
SUMS = {"strong": -0.85, "sharp": 1.14, "margin": 0.29, "cut off": -4.77, "unhindered": 3.57, "partly seen": -4.26}
"""What one more of a feature, summed over the sides, adds to the logit."""

CUT_AGAIN = 0.29
"""What each side adds that was cut off, but for the first."""

CONVERGING = -2.58
"""What a difference of the slopes of bottom and top adds."""

LEAST = {"clear and free": (4.42, 0.5), "clear": (5.5, 0.5), "strong": (3.05, 0.5)}
"""What the least of a feature over the sides adds, and what it is where none is seen: one bad side is a bad outline."""

MOST = {"goes on": -3.1, "letters outside": -4.82, "others": -2.0}
"""What the greatest of a feature over the sides adds. Others count more than fitted: print of the same direction that
goes on beyond a side is rare on the generated photos, but usual where a flat scan is taken apart."""


def scores(outlines: Outlines, evidence: Floats) -> Floats:
    """Return for n outlines how likely all corners are right within 2 % of the picture's diagonal, 0 to 1.

    ``evidence``: shape (n, 4, FEATURES). A logit, fitted to 820 generated pictures of receipts of 33 countries: photos
    on eleven surfaces, photos that cut some of the receipt off, and flat scans.
    """
    cut = evidence[..., FEATURES.index("cut off")] > 0
    logits = CONSTANT + CUT_AGAIN * np.maximum(0, cut.sum(axis=1) - 1)
    for name, weight in SUMS.items():
        logits += weight * evidence[..., FEATURES.index(name)].sum(axis=1)
    for name, (weight, unknown) in LEAST.items():
        least = np.where(cut, np.inf, evidence[..., FEATURES.index(name)]).min(axis=1)
        logits += weight * np.where(np.isfinite(least), np.minimum(1, least), unknown)
    for name, weight in MOST.items():
        logits += weight * evidence[..., FEATURES.index(name)].max(axis=1)
    logits += CONVERGING * np.abs(outlines.curves[:, 1, 1] - outlines.curves[:, 3, 1])
    likely: Floats = 1 / (1 + np.exp(-logits))
    return likely

"""Estimates the probability that the outline of a document is right."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rpiocr.preprocess.outlines import Traits

CONSTANT = -59.8
WEIGHTS: Mapping[str, float] = {"sure": 45.0, "rim": 8.3, "worst rim": 11.4, "outside": -28.7}
"""Weights of the logistic model. Fitted by ``python -m training.trust`` to 355 outlines on 650 drawn photos and flat
scans of 27 countries that were not in the training set; the other features did not improve the fit. The network has
been trained further since. Of 1195 outlines on 1200 drawn photos, 1168 have a score of at least 0.5, of which 29 are
wrong, mostly by little; 12 right ones have less. Fitted to these photos alone, ``outside`` would have no weight, and 19
of 211 flat scans would get outlines."""


def features_of(traits: Traits, astray: float) -> Mapping[str, float]:
    """Return the features of an outline; ``astray`` is the share of its main group of glyphs that is outside of it."""
    return {
        "filled": traits.filled,
        "sure": traits.sure,
        "beyond": traits.beyond,
        "rim": traits.rim,
        "worst rim": traits.worst_rim,
        "outside": traits.outside,
        "astray": astray,
    }


def score(features: Mapping[str, float]) -> float:
    """Return the probability, 0 to 1, that an outline is right.

    An outline is right if all corners are within 2 % of the image diagonal or, for a document that is cut off, if it
    covers the same part of the image.
    """
    logit = CONSTANT + sum(weight * features[name] for name, weight in WEIGHTS.items())
    return 1 / (1 + math.exp(-logit))

"""How likely an outline is right."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rpiocr.preprocess.outlines import Traits

CONSTANT = -59.8
WEIGHTS: Mapping[str, float] = {"sure": 45.0, "rim": 8.3, "worst rim": 11.4, "outside": -28.7}
"""What a feature adds to the logit. Fitted by ``python -m training.trust`` to 355 outlines on 650 drawn photos and flat
scans of 27 countries that the network had not seen; the other features said nothing more. The network has learnt more
since. Of 1195 outlines on 1200 drawn photos, 1168 have 0.5 or more, of which 29 are wrong, mostly by little; 12 right
ones have less. Fitted to these photos alone, the share outside would count for nothing, and 19 of 211 flat scans would
be given outlines."""


def features_of(traits: Traits, astray: float) -> Mapping[str, float]:
    """Return what speaks for an outline and against it; ``astray`` is the share of its group of letters outside."""
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
    """Return how likely an outline is right, 0 to 1.

    Right are corners that are all within 2 % of the picture's diagonal or, where the sheet is cut off, sides that show
    of it what is on the picture.
    """
    logit = CONSTANT + sum(weight * features[name] for name, weight in WEIGHTS.items())
    return 1 / (1 + math.exp(-logit))

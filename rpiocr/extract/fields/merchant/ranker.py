"""The fitted model that ranks names: a weighted sum of features, and the share of each in the exponentials of all.

``bench/fit_names.py`` fits the weights, by the likelihood of the right names among the candidates of labelled receipts.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from rpiocr.model import Candidate


@dataclass(frozen=True, slots=True)
class Named:
    """A candidate for the name with its features; its own score is not set yet."""

    candidate: Candidate[str]
    features: Mapping[str, float]

    @property
    def name(self) -> str:
        """The name as it would be answered."""
        return self.candidate.value


@cache
def weights() -> Mapping[str, float]:
    """Load the fitted weights by feature; features without one do not count."""
    raw = tomllib.loads((resources.files(__package__) / "weights.toml").read_text("utf-8"))
    found: Mapping[str, float] = raw["weights"]
    return found


def probabilities(found: Sequence[Mapping[str, float]], by: Mapping[str, float]) -> list[float]:
    """Return the probability of each candidate, by its features, that it is the right one of them; their sum is 1."""
    scores = [sum(by.get(name, 0.0) * value for name, value in one.items()) for one in found]
    top = max(scores, default=0.0)
    shares = [math.exp(score - top) for score in scores]
    return [share / sum(shares) for share in shares]


def ranked(found: Sequence[Named]) -> tuple[Candidate[str], ...]:
    """Return candidates with their probability as score, best first, of equal ones the longest."""
    chances = probabilities([one.features for one in found], weights())
    scored = (replace(one.candidate, score=chance) for one, chance in zip(found, chances, strict=True))
    return tuple(sorted(scored, key=lambda one: (-one.score, -len(one.value))))

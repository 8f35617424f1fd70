"""Lets the passes vote on each field, with the candidates that every pass found by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace
from statistics import mean
from typing import TypeVar

from rpiocr.extract.arithmetic.sums import PROVING
from rpiocr.model import Ballot, Candidate, Field, PassId

T = TypeVar("T", bound=Hashable)

RANK_SHARE = (1.0, 0.25, 0.1)
"""What a pass gives to its first, second and third candidate."""

LEAST, MOST = 0.05, 1.6
"""Bounds of the weight of one vote; a candidate proved by sums weighs more than one that is merely read."""


PROVED = 0.3
"""What each sum that agrees adds to the weight of a value: a total that is proved beats one that is merely read."""

SHARE_OF_TESSERACT = 1.5
"""What all passes of Tesseract weigh together at most: they share their errors, passes of two engines do not."""


def vote(
    ballots: Sequence[tuple[PassId, Sequence[Candidate[T]]]], merged: Sequence[Candidate[T]], usual_score: float
) -> Field[T] | None:
    """Choose among the candidates of all passes; ``None`` where there are none.

    Each ballot holds one pass and its candidates, best first; ``merged`` holds those of the merged reading,
    which weigh like one more pass but cast no ballot. A vote weighs as much as the candidate's score in units of
    ``usual_score``, and the passes of one engine together at most SHARE_OF_TESSERACT.
    """
    weights: dict[T, float] = {}
    best: dict[T, Candidate[T]] = {}
    weight_of = _weights([one for one, _ in ballots])
    usual = mean(weight_of.values()) if weight_of else 1.0
    for weight, candidates in (*((weight_of[one], found) for one, found in ballots), (usual, merged)):
        for share, candidate in zip(RANK_SHARE, candidates, strict=False):
            value = candidate.value
            strength = min(MOST, max(LEAST, candidate.score / usual_score))
            weights[value] = weights.get(value, 0.0) + weight * share * strength
            if value not in best or candidate.score > best[value].score:
                best[value] = candidate
    if not best:
        return None
    for value, candidate in best.items():
        weights[value] *= 1.0 + PROVED * len(PROVING & set(candidate.checks))
    total = sum(weight_of.values()) + usual
    ranked = sorted(best, key=lambda value: -weights[value])
    ordered = [replace(best[value], score=weights[value] / total) for value in ranked]
    cast = tuple(Ballot(one, found[0] if found else None) for one, found in ballots)
    return Field(ordered[0], tuple(ordered[1:]), cast)


def _weights(passes: Sequence[PassId]) -> dict[PassId, float]:
    families = Counter(one.engine.family for one in passes)
    if len(families) < 2:
        return dict.fromkeys(passes, 1.0)
    return {one: min(1.0, SHARE_OF_TESSERACT / families[one.engine.family]) for one in passes}

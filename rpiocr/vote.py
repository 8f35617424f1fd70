"""Lets the passes vote on each field, with the candidates that every pass found by itself."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import TypeVar

from rpiocr.model import Candidate, Field

T = TypeVar("T", bound=Hashable)

RANK_SHARE = (1.0, 0.25, 0.1)
"""What a pass gives to its first, second and third candidate."""

LEAST, MOST = 0.05, 1.6
"""Bounds of the weight of one vote; a candidate proved by sums weighs more than one that is merely read."""


def vote(
    ballots: Sequence[Sequence[Candidate[T]]], merged: Sequence[Candidate[T]], usual_score: float
) -> Field[T] | None:
    """Choose among the candidates of all passes; ``None`` where there are none.

    Each ballot holds one pass's candidates, best first; ``merged`` holds those of the merged reading, which weigh
    like one more pass but are not counted. A vote weighs as much as the candidate's score in units of
    ``usual_score``. ``votes`` of the result counts the passes whose first candidate has the chosen value;
    ``passes`` is the number of ballots.
    """
    weights: dict[T, float] = {}
    best: dict[T, Candidate[T]] = {}
    for ballot in (*ballots, merged):
        for share, candidate in zip(RANK_SHARE, ballot, strict=False):
            value = candidate.value
            weights[value] = weights.get(value, 0.0) + share * min(MOST, max(LEAST, candidate.score / usual_score))
            if value not in best or candidate.score > best[value].score:
                best[value] = candidate
    if not best:
        return None
    ranked = sorted(best, key=lambda value: -weights[value])
    ordered = [replace(best[value], score=weights[value] / (len(ballots) + 1)) for value in ranked]
    votes = sum(1 for ballot in ballots if ballot and ballot[0].value == ordered[0].value)
    return Field(ordered[0], tuple(ordered[1:]), votes, len(ballots))

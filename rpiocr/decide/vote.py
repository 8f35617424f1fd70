"""Weighted vote of the passes on each field, each with the candidates found in its text alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace
from statistics import mean
from typing import TypeVar

from rpiocr.model import Ballot, Candidate, Field, PassId
from rpiocr.model.provenance import PAGE_DOUBTS, PAGE_SUPPORTS, PROVING

T = TypeVar("T", bound=Hashable)

RANK_SHARE = (1.0, 0.25, 0.1)
"""Share of a pass's vote for its first, second and third candidate."""

MIN_WEIGHT, MAX_WEIGHT = 0.05, 1.6
"""Bounds of the weight that a candidate's score gives to one vote."""

PROVED = 0.3
"""Relative increase of a value's weight for each sum that agrees: a proved total beats one that is merely read."""

SHARE_OF_TESSERACT = 1.5
"""Maximum total weight of the passes of one engine: they share their errors, passes of two engines do not."""


def vote(
    ballots: Sequence[tuple[PassId, Sequence[Candidate[T]]]], merged: Sequence[Candidate[T]], usual_score: float
) -> Field[T] | None:
    """Choose among the candidates of all passes; ``None`` if there are none.

    ``ballots`` pairs each pass with its candidates, best first; ``merged`` holds those of the merged reading, which
    count like one more pass but are not listed as a vote. A vote is weighted by the candidate's score in units of
    ``usual_score``; the passes of one engine together weigh at most SHARE_OF_TESSERACT.
    """
    weights: dict[T, float] = {}
    best: dict[T, Candidate[T]] = {}
    weight_of = weights_of([one for one, _ in ballots])
    usual = mean(weight_of.values()) if weight_of else 1.0
    for weight, candidates in (*((weight_of[one], found) for one, found in ballots), (usual, merged)):
        for share, candidate in zip(RANK_SHARE, candidates, strict=False):
            value = candidate.value
            strength = min(MAX_WEIGHT, max(MIN_WEIGHT, candidate.score / usual_score))
            weights[value] = weights.get(value, 0.0) + weight * share * strength
            if value not in best or candidate.score > best[value].score:
                best[value] = candidate
    if not best:
        return None
    for value, candidate in best.items():
        weights[value] *= 1.0 + PROVED * len(PROVING & set(candidate.checks))
    for candidate in merged:
        if candidate.value in best:
            best[candidate.value] = _with_remarks(best[candidate.value], candidate)
    total = sum(weight_of.values()) + usual
    ranked = sorted(best, key=lambda value: -weights[value])
    ordered = [replace(best[value], score=weights[value] / total) for value in ranked]
    cast = tuple(Ballot(one, found[0] if found else None) for one, found in ballots)
    return Field(ordered[0], tuple(ordered[1:]), cast)


def _with_remarks(best: Candidate[T], merged: Candidate[T]) -> Candidate[T]:
    """Return the best candidate of a value with what the merged reading, which has all lines, says about it."""
    own = (check for check in best.checks if check not in PAGE_DOUBTS)
    remarks = (check for check in merged.checks if check in PAGE_SUPPORTS or check in PAGE_DOUBTS)
    return replace(best, checks=tuple(dict.fromkeys((*own, *remarks))))


def weights_of(passes: Sequence[PassId]) -> dict[PassId, float]:
    """Return the weight of each pass; those of one of several engines together weigh at most SHARE_OF_TESSERACT."""
    families = Counter(one.engine.family for one in passes)
    if len(families) < 2:
        return dict.fromkeys(passes, 1.0)
    return {one: min(1.0, SHARE_OF_TESSERACT / families[one.engine.family]) for one in passes}

"""The vote on the merchant's name: passes that read it alike, but for a letter or a blank, vote for the same name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from statistics import mean

from rpiocr.decide.vote import weights_of
from rpiocr.extract.fields.merchant.evidence import is_alike
from rpiocr.model import Ballot, Candidate, Field, PassId

LEAST_RIVAL = 0.01
"""Minimum probability of a name that is offered beside the chosen one; most lines of the head have less."""


@dataclass(slots=True)
class _Name:
    """One name in all its spellings; ``weight`` is the sum of the votes for it."""

    spellings: list[tuple[float, Candidate[str]]] = field(default_factory=list)

    @property
    def weight(self) -> float:
        return sum(weight for weight, _ in self.spellings)

    @property
    def best(self) -> Candidate[str]:
        """The spelling with the most votes, each weighted by the confidence with which it was read."""
        votes: dict[str, float] = {}
        for weight, candidate in self.spellings:
            votes[candidate.value] = votes.get(candidate.value, 0.0) + weight * candidate.confidence
        value = max(votes, key=lambda one: votes[one])
        return max((one for _, one in self.spellings if one.value == value), key=lambda one: one.score)

    def has(self, candidate: Candidate[str]) -> bool:
        return is_alike(candidate.value, self.spellings[0][1].value)


def vote_names(
    ballots: Sequence[tuple[PassId, Sequence[Candidate[str]]]], merged: Sequence[Candidate[str]]
) -> Field[str] | None:
    """Choose among the names that the passes and the merged reading rank; None if there are none.

    A candidate's score is its probability by the text of its pass; that of the one chosen is the mean of those of all
    passes, in the weights of ``vote``. A ballot for another spelling of the chosen name counts for it, with what its
    pass read as its raw text.
    """
    weight_of = weights_of([one for one, _ in ballots])
    usual = mean(weight_of.values()) if weight_of else 1.0
    names: list[_Name] = []
    for weight, found in (*((weight_of[one], found) for one, found in ballots), (usual, merged)):
        _add(names, weight, found)
    if not names:
        return None
    total = sum(weight_of.values()) + usual
    ordered = sorted(names, key=lambda one: -one.weight)
    chosen, *others = (replace(one.best, score=one.weight / total) for one in ordered)
    rivals = (one for one in others if one.score >= LEAST_RIVAL)
    cast = tuple(Ballot(one, _vote(found, chosen)) for one, found in ballots)
    return Field(chosen, tuple(rivals), cast)


def _add(names: list[_Name], weight: float, found: Iterable[Candidate[str]]) -> None:
    for candidate in found:
        known = next((name for name in names if name.has(candidate)), None)
        if known is None:
            known = _Name()
            names.append(known)
        known.spellings.append((weight * candidate.score, candidate))


def _vote(found: Sequence[Candidate[str]], chosen: Candidate[str]) -> Candidate[str] | None:
    if not found:
        return None
    first = found[0]
    return replace(first, value=chosen.value) if is_alike(first.value, chosen.value) else first

"""Evidence for a value: candidates, the votes of the passes, vetoes, and the field that they decide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from rpiocr.model.engine import PassId
from rpiocr.model.geometry import Box
from rpiocr.model.provenance import Check, Provenance

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """One value that a field might have.

    ``raw`` is the text as read, ``provenance`` how the value was recognised, ``score`` its rank among the candidates of
    the same pass (any scale, higher is better), ``corrected`` whether characters were replaced to read it.
    ``probability`` is that by the text of that pass, for values that are inferred and not read, such as the currency.
    """

    value: T
    raw: str
    box: Box
    confidence: float
    provenance: Provenance
    score: float
    corrected: bool = False
    checks: tuple[Check, ...] = ()
    probability: float | None = None


class Verdict(StrEnum):
    """The judge's decision on a result, or on one field of it."""

    ACCEPT = "ACCEPT"
    RETRY = "RETRY"
    ESCALATE = "ESCALATE"


class VetoKind(StrEnum):
    """What a veto questions.

    ``READING``: whether the text was read correctly; another engine that reads the same value lifts the veto.
    ``MEANING``: what the text means, however well it was read; only a person can lift the veto.
    """

    READING = "reading"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class Veto:
    """An upper bound on the probability of a value; ``why`` completes the sentence "It is uncertain, because ..."."""

    kind: VetoKind
    max_probability: float
    why: str


@dataclass(frozen=True, slots=True)
class Ballot(Generic[T]):
    """The vote of one pass on a field; ``candidate`` is None if the pass found no value."""

    source: PassId
    candidate: Candidate[T] | None


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """The value chosen for a field, its evidence, and the alternatives (``rivals``, best first).

    ``ballots`` holds the vote of every pass; ``probability`` is that of the value being right, 0 to 1, and ``verdict``
    the judge's decision based on it; ``vetoes`` bound the probability from above. ``page`` is the page on which the
    value is printed, if that is not the page of the receipt: then all boxes are in pixels of that page.
    """

    chosen: Candidate[T]
    rivals: tuple[Candidate[T], ...]
    ballots: tuple[Ballot[T], ...]
    probability: float = 0.0
    verdict: Verdict = Verdict.ESCALATE
    vetoes: tuple[Veto, ...] = ()
    page: int | None = None

    @property
    def votes(self) -> int:
        """The number of passes that voted for this value."""
        return len(self.supporters)

    @property
    def passes(self) -> int:
        """The number of passes that took part in the vote."""
        return len(self.ballots)

    @property
    def supporters(self) -> tuple[str, ...]:
        """The names of the passes that voted for this value."""
        return tuple(str(b.source) for b in self.ballots if b.candidate and b.candidate.value == self.chosen.value)

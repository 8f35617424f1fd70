"""What speaks for a value: candidates, ballots, and the field that they decide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from rpiocr.model.engine import PassId
from rpiocr.model.geometry import Box

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """One value that a field might have.

    ``raw`` is the text as read, ``rule`` the table entry or reasoning that proposed it, ``score`` its rank among
    the candidates of the same pass (any scale, higher is better), ``corrected`` whether characters were
    replaced to read it.
    """

    value: T
    raw: str
    box: Box
    confidence: float
    rule: str
    score: float
    corrected: bool = False
    checks: tuple[str, ...] = ()


class Verdict(StrEnum):
    """What the judge says of an answer, or of one field of it."""

    ACCEPT = "ACCEPT"
    RETRY = "RETRY"
    ESCALATE = "ESCALATE"


class VetoKind(StrEnum):
    """What a veto is about.

    ``READING``: whether the text was read rightly, so that another engine that reads the same value lifts it.
    ``MEANING``: what the text means however well it was read, so that nothing but a person lifts it.
    """

    READING = "reading"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class Veto:
    """A reason why a value is never more probable than ``most``; ``why`` continues "is in doubt, because"."""

    kind: VetoKind
    most: float
    why: str


@dataclass(frozen=True, slots=True)
class Ballot(Generic[T]):
    """What one pass by itself takes for a field's value; ``candidate`` is None where it found nothing."""

    source: PassId
    candidate: Candidate[T] | None


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """The value chosen for a field, why, and what it was chosen over.

    ``ballots`` holds the vote of every pass; ``probability`` is that of the value being right, 0 to 1, and ``verdict``
    what the judge concludes from it; ``vetoes`` bound the probability from above.
    """

    chosen: Candidate[T]
    rivals: tuple[Candidate[T], ...]
    ballots: tuple[Ballot[T], ...]
    probability: float = 0.0
    verdict: Verdict = Verdict.ESCALATE
    vetoes: tuple[Veto, ...] = ()

    @property
    def votes(self) -> int:
        """The number of passes that read this value."""
        return len(self.supporters)

    @property
    def passes(self) -> int:
        """The number of passes that were asked."""
        return len(self.ballots)

    @property
    def supporters(self) -> tuple[str, ...]:
        """The names of the passes that read this value."""
        return tuple(str(b.source) for b in self.ballots if b.candidate and b.candidate.value == self.chosen.value)

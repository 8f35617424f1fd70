"""Decides between sources of evidence about a field, by one order of authority.

A source does not change a value: it yields a claim, and ``decide`` chooses among the claims.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

from rpiocr.model import Field, Notice, Verdict
from rpiocr.model.provenance import PROVED_CODE, PROVING

T = TypeVar("T", bound=Hashable)


class Authority(IntEnum):
    """What a claim rests on, from the weakest to the strongest.

    ``IN_DOUBT``: engines on this machine read it, but the judge does not accept it. ``OTHER_RECEIPTS``: values that
    people entered for other receipts. ``AGREEMENT``: two engines read it, or the file has its characters. ``CODE``: a
    machine-readable code that verifies itself, such as by a signature.
    ``PERSON``: a value that a person entered or confirmed for this receipt.
    """

    IN_DOUBT = 0
    CLOUD_ALONE = 1
    ONE_ENGINE = 2
    OTHER_RECEIPTS = 3
    AGREEMENT = 4
    ARITHMETIC = 5
    CODE = 6
    PERSON = 7


READ = frozenset({Authority.IN_DOUBT, Authority.CLOUD_ALONE, Authority.ONE_ENGINE, Authority.AGREEMENT})
"""Authorities of values that were only read: two sources that read the same value make an agreement."""


PROVING_NAMES = frozenset(check.name.value for check in PROVING)


@dataclass(frozen=True, slots=True)
class Claim(Generic[T]):
    """The value of a field according to one source; ``field`` holds its evidence, if it has any."""

    value: T
    authority: Authority
    field: Field[T] | None = None


@dataclass(frozen=True, slots=True)
class Decision(Generic[T]):
    """The claim that was chosen and its authority, with the claims that agree and those that contradict it.

    The authority is higher than the claim's own if other sources read the same value. Claims are sorted by authority,
    strongest first.
    """

    claim: Claim[T]
    authority: Authority
    agreeing: tuple[Claim[T], ...]
    contradicting: tuple[Claim[T], ...]

    def notice(self, name: str) -> Notice | None:
        """Return a warning about a person's value of the field ``name`` that contradicts a proof; else None."""
        if self.authority is not Authority.PERSON or not self.contradicting:
            return None
        other = self.contradicting[0]
        if other.authority < Authority.ARITHMETIC:
            return None
        proof = "a code on it" if other.authority is Authority.CODE else "its sums"
        message = f"{name} {self.claim.value} contradicts the receipt, where {proof} prove {other.value}; yours is kept"
        return Notice("contradicts_proof", message)


def decide(claims: Sequence[Claim[T]]) -> Decision[T]:
    """Choose the claim of the highest authority, the first on a tie; at least one claim, and one per source."""
    values = dict.fromkeys(claim.value for claim in claims)
    supporters = {value: tuple(claim for claim in claims if claim.value == value) for value in values}
    authorities = {value: _together(found) for value, found in supporters.items()}
    ranked = sorted(values, key=lambda value: -authorities[value])
    chosen, *others = ranked
    claim, *agreeing = sorted(supporters[chosen], key=lambda claim: -claim.authority)
    contradicting = [claim for value in others for claim in supporters[value]]
    contradicting.sort(key=lambda claim: -claim.authority)
    return Decision(claim, authorities[chosen], tuple(agreeing), tuple(contradicting))


def _together(claims: Sequence[Claim[T]]) -> Authority:
    """Return the combined authority of claims of the same value."""
    strongest = max(claim.authority for claim in claims)
    read = sum(claim.authority in READ for claim in claims)
    return max(strongest, Authority.AGREEMENT) if read > 1 else strongest


def local_claim(field: Field[T], *, stands: bool = False) -> Claim[T]:
    """Return the claim of the engines on this machine.

    It is in doubt unless sums or a code prove it, the judge accepts it, or the caller's policy is to keep it
    (``stands``).
    """
    if PROVED_CODE in field.chosen.checks:
        return Claim(field.chosen.value, Authority.CODE, field)
    if PROVING & set(field.chosen.checks):
        return Claim(field.chosen.value, Authority.ARITHMETIC, field)
    if not stands and field.verdict is not Verdict.ACCEPT:
        return Claim(field.chosen.value, Authority.IN_DOUBT, field)
    votes = (ballot for ballot in field.ballots if ballot.candidate and ballot.candidate.value == field.chosen.value)
    engines = {ballot.source.engine.family for ballot in votes}
    is_sure = len(engines) > 1 or any(engine.exact for engine in engines)
    authority = Authority.AGREEMENT if is_sure else Authority.ONE_ENGINE
    return Claim(field.chosen.value, authority, field)


def cloud_claim(field: Field[T]) -> Claim[T]:
    """Return the claim of a cloud engine."""
    proved = PROVING & set(field.chosen.checks)
    return Claim(field.chosen.value, Authority.ARITHMETIC if proved else Authority.CLOUD_ALONE, field)


def stored_claim(value: T, checks: Iterable[str]) -> Claim[T]:
    """Return the claim of a value read from a stored receipt; ``checks`` are the public names of its checks."""
    names = frozenset(checks)
    if PROVED_CODE.name.value in names:
        return Claim(value, Authority.CODE)
    return Claim(value, Authority.IN_DOUBT if PROVING_NAMES.isdisjoint(names) else Authority.ARITHMETIC)


def person_claim(value: T) -> Claim[T]:
    """Return the claim of a person who entered or confirmed a value for this receipt."""
    return Claim(value, Authority.PERSON)

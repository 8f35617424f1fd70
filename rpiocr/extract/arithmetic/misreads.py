"""Corrects a total that lost or changed a character, by the sums that agree with what it must have been."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from string import digits

from rpiocr.extract.arithmetic.ledger import Ledger, proofs
from rpiocr.model import Check, CheckKind
from rpiocr.model.provenance import PROVING, SUBTOTAL_AND_TAX

DIGITS = re.compile(r"[0-9][0-9.,]*")

Given = tuple[Decimal, tuple[Check, ...]]
"""A value and the sums that result in it."""


@dataclass(frozen=True)
class Misreads:
    """What a total may have been before it was misread: the values that the sums of a ledger make."""

    ledger: Ledger

    @cached_property
    def given(self) -> Mapping[str, Given]:
        """Every value of the total that results from some sum, by its digits as text, with the sums that agree."""
        single = (value for value in (self.ledger.gross, self.ledger.items) if value is not None)
        found = {}
        for value in {*self.ledger.differences, *self.ledger.totals[SUBTOTAL_AND_TAX], *single}:
            proving = tuple(check for check in proofs(value, self.ledger) if check.kind is CheckKind.PROOF)
            if proving:
                found[f"{value:f}"] = value, proving
        return found

    @cached_property
    def shortened(self) -> Mapping[str, Set[str]]:
        """The keys of ``given`` by the characters that are left if one digit, or all cents, are lost.

        A trailing point represents lost cents.
        """
        found: dict[str, set[str]] = {}
        for written in self.given:
            for left in _with_a_loss(written):
                found.setdefault(left, set()).add(written)
        return found

    def repaired(self, total: Decimal) -> Given | None:
        """Return the corrected total if exactly one digit of it was misread, and the sums that agree with it.

        A single sum does not show which of its amounts was misread; two that agree on a value do, if none agrees with
        the total as it was read.
        """
        if PROVING & set(proofs(total, self.ledger)):
            return None
        found = [self.given[other] for other in _one_digit_apart(f"{abs(total):f}") if other in self.given]
        return _only(dict(one for one in found if len(one[1]) > 1))

    def completed(self, label: str) -> Given | None:
        """Return the total of a line that lost one character, or all cents, and the sums that determine it.

        ``label`` is the text of a total's line without a legible amount: 306.7 is 306.71 if subtotal and tax add up to
        it, and so is 306. with nothing after the point.
        """
        found: set[str] = set()
        for read in DIGITS.findall(label):
            figures = re.sub(r"[.,]", "", read)
            found.update(self.shortened.get(figures, ()))
            if read[-1] in ".,":
                found.update(self.shortened.get(f"{figures}.", ()))
        return _only(dict(self.given[written] for written in found))


def _only(found: Mapping[Decimal, tuple[Check, ...]]) -> Given | None:
    return next(iter(found.items())) if len(found) == 1 else None


def _with_a_loss(written: str) -> Iterator[str]:
    """Yield what may be left of an amount: all but one of its characters, or all up to the point."""
    whole, point, cents = written.partition(".")
    if point and len(whole) > 1:
        yield f"{whole}."
    figures = whole + cents
    if len(figures) > 2:
        yield from (figures[:place] + figures[place + 1 :] for place in range(len(figures)))


def _one_digit_apart(written: str) -> Iterator[str]:
    """Yield all amounts as text that differ in one digit."""
    for place, char in enumerate(written):
        if char.isdigit():
            yield from (written[:place] + other + written[place + 1 :] for other in digits if other != char)

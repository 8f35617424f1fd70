"""What the codes of one receipt state together: which claim counts, how much, and what holds the receipt back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from rpiocr.model.codes import Code, CodeClaim, Document
from rpiocr.model.geometry import Box


class Strength(IntEnum):
    """How much a claim counts: an amount that is asked for, the words of a code, or words that a check proves."""

    ASKED = 1
    READ = 2
    PROVED = 3


PURCHASES = frozenset({Document.SALE, Document.REFUND})


@dataclass(frozen=True, slots=True)
class Witness:
    """The claim that counts for a receipt, and the box of its code on the page of the receipt.

    ``others`` is whether codes of another receipt are on the same paper: their totals, dates or numbers differ.
    """

    claim: CodeClaim
    box: Box
    others: bool = False

    @property
    def document(self) -> Document:
        """What kind of document the code says that it is printed on."""
        return self.claim.document

    def strength(self, name: str) -> Strength:
        """Return how much the claim counts for its attribute ``name``."""
        if self.claim.document is Document.REQUEST:
            return Strength.ASKED
        return Strength.PROVED if name in self.claim.proved else Strength.READ


def witness_of(codes: Sequence[Code]) -> Witness | None:
    """Return the claim that counts among those of a receipt, or None without one.

    That of a purchase comes before a document that is none, and both before the request of a payment; then a proved one
    before others, and one with a total before others; else the first on the page.
    """
    claimed = [(code, code.claim) for code in codes if code.claim is not None]
    if not claimed:
        return None
    ranked = sorted(claimed, key=lambda one: _rank(one[1]), reverse=True)
    code, claim = ranked[0]
    others = any(_is_of_other_receipt(claim, other) for _, other in ranked[1:])
    return Witness(claim, code.found.box, others)


def proved_purchase(codes: Sequence[Code]) -> CodeClaim | None:
    """Return the claim of the purchase whose total a code proves, if the codes are of one receipt."""
    witness = witness_of(codes)
    if witness is None or witness.others or witness.document not in PURCHASES:
        return None
    is_proved = witness.claim.total is not None and witness.strength("total") is Strength.PROVED
    return witness.claim if is_proved else None


def _rank(claim: CodeClaim) -> tuple[bool, bool, bool, bool]:
    is_request = claim.document is Document.REQUEST
    return claim.document in PURCHASES, not is_request, bool(claim.proved), claim.total is not None


def _is_of_other_receipt(one: CodeClaim, other: CodeClaim) -> bool:
    """Whether two fiscal codes are of different receipts; a payment code beside one belongs to the same."""
    if Document.REQUEST in (one.document, other.document):
        return False
    pairs: list[tuple[object, object]] = [(one.total, other.total), (one.date, other.date)]
    if one.kind == other.kind:
        pairs.append((one.receipt_number, other.receipt_number))
    return any(first is not None and second is not None and first != second for first, second in pairs)

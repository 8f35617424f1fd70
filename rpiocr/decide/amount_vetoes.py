"""Vetoes on a total by what the receipt says itself: another payment, another amount due, no support at all."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rpiocr.model import Candidate, Check, CheckName, Field, Kind, Veto, VetoKind
from rpiocr.model.provenance import (
    CARD,
    OTHER_DUE,
    OTHER_PAYMENT,
    PARTS,
    PAYMENTS,
    PROVING,
    REPEATED,
    SETTLED,
    TAX_RATE,
    THOUSANDS,
)

MAX_CONTRADICTED = 0.6
"""Below the minimum for any accepted risk: of drawn receipts with such a contradiction, most totals were wrong."""

MAX_UNSUPPORTED = 0.7
"""As above; of 53 such totals on real receipts 52 were right, of those on receipts drawn to mislead, few."""

SUPPORTING = frozenset({*PROVING, CARD, REPEATED, TAX_RATE, PARTS, PAYMENTS, SETTLED})
"""Checks that support a total: a sum, a payment, a second printing, or the share that a tax rate makes."""

ANOTHER_PAYMENT = Veto(
    VetoKind.MEANING, MAX_CONTRADICTED, "the payment has another amount, and nothing explains the difference"
)
ANOTHER_DUE = Veto(
    VetoKind.MEANING,
    MAX_CONTRADICTED,
    "words for money owed or paid are next to another amount, without a reason",
)
UNSUPPORTED = Veto(VetoKind.MEANING, MAX_UNSUPPORTED, "neither a sum, nor a payment, nor a second printing supports it")
RIVAL_PROVED = Veto(VetoKind.MEANING, MAX_CONTRADICTED, "more speaks for another amount")
THOUSANDS_OPEN = Veto(
    VetoKind.MEANING, MAX_CONTRADICTED, "a space in it may separate thousands, or a number of articles from the amount"
)


def amount_vetoes(field: Field[Decimal]) -> Sequence[Veto]:
    """Return the vetoes on a total that its own receipt gives reason for."""
    checks = set(field.chosen.checks)
    holding = (
        (ANOTHER_PAYMENT, OTHER_PAYMENT in checks),
        (ANOTHER_DUE, OTHER_DUE in checks),
        (THOUSANDS_OPEN, THOUSANDS in checks),
        (UNSUPPORTED, not _is_supported(field.chosen)),
        (RIVAL_PROVED, _has_better_rival(field)),
    )
    return tuple(veto for veto, holds in holding if holds)


def _is_supported(total: Candidate[Decimal]) -> bool:
    """Whether something else than the line of the total supports it."""
    return bool(SUPPORTING & _others(total))


def _others(total: Candidate[Decimal]) -> set[Check]:
    """Return the checks of a total without that of its own line: a payment does not support itself."""
    own = {CARD} if total.provenance.kind is Kind.CARD else set()
    return set(total.checks) - own


def _has_better_rival(field: Field[Decimal]) -> bool:
    """Whether more sums prove another amount that may be the total, or any does and none proves the chosen one."""
    own = _weight(field.chosen)
    return any(_weight(rival) > own for rival in field.rivals if _may_be_total(rival))


def _may_be_total(rival: Candidate[Decimal]) -> bool:
    return rival.provenance.is_total or CARD in rival.checks


def _weight(candidate: Candidate[Decimal]) -> int:
    """Return the number of sums and payments that agree; a step from a total to what was paid outweighs its sums."""
    agreeing = {*PROVING, CARD, PAYMENTS} & _others(candidate)
    against = {CheckName.OTHER_PAYMENT, CheckName.OTHER_DUE} & {check.name for check in candidate.checks}
    return len(agreeing) + len(PROVING) * (SETTLED in candidate.checks) - len(against)

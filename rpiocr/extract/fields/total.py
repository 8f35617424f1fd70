"""Finds the total that was paid: candidates from labelled lines, scored by label, position and sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median

from rpiocr.extract.arithmetic.ledger import Ledger, gather, proofs
from rpiocr.extract.arithmetic.payments import doubts, payments_of
from rpiocr.extract.arithmetic.support import support_of
from rpiocr.extract.fields.refund import refund_evidence, signed, with_other_sign
from rpiocr.extract.fields.total_reasoning import (
    CHECK_SCORE,
    PROVENANCE,
    REASONING,
    ROLE_SCORE,
    Draft,
    currency_of_amount,
    is_foreign,
)
from rpiocr.extract.locale.conversion import names_rate
from rpiocr.extract.roles import DUE_NOW, TOTALS, ReceiptLine, Role
from rpiocr.extract.text.amounts import Amount, find_whole_amounts
from rpiocr.model import Candidate, Check, Kind
from rpiocr.model.provenance import (
    CARD,
    CASH_LESS_CHANGE,
    ITEMS,
    OTHER_DUE,
    PAYMENTS,
    PROVING,
    THOUSANDS,
    TWO_CURRENCIES,
)


@dataclass(frozen=True, slots=True)
class Printed:
    """An amount where it is printed, and what its features are measured against: the page's sums, letters, currency."""

    row: ReceiptLine
    amount: Amount
    ledger: Ledger
    usual_height: float
    currency: str | None

    @property
    def is_main(self) -> bool:
        """Whether it is the main amount of its line; a whole number is the only one."""
        return not self.row.amounts or self.amount is self.row.main

    @property
    def is_foreign(self) -> bool:
        """Whether it is in another currency than the page's, or an exchange rate."""
        return is_foreign(self.row, self.amount, self.currency)


def _replaces_foreign(one: Printed) -> bool:
    """Whether it stands beside the main amount of its line, which is in another currency."""
    return not one.is_main and not one.is_foreign and is_foreign(one.row, one.row.main, one.currency)


def _is_nothing(one: Printed) -> bool:
    """Whether it is zero, and no word says that nothing is due on the day, nor do the items make nothing."""
    is_told = DUE_NOW in one.row.groups or (one.row.role in TOTALS and one.ledger.items == 0)
    return not one.amount.value and not is_told


def _is_of_tax(one: Printed) -> bool:
    return one.row.role in TOTALS and "tax" in one.row.groups and "including" not in one.row.groups


FEATURES: Mapping[str, tuple[float, Callable[[Printed], bool]]] = {
    "not the main amount of its line": (-3.0, lambda one: not one.is_main and not _replaces_foreign(one)),
    "in another currency": (-5.0, lambda one: one.is_foreign),
    "in a tax summary": (-5.0, lambda one: one.row.in_tax_table),
    "a total of tax": (-1.0, _is_of_tax),
    "nothing": (-8.0, _is_nothing),
    "negative": (-3.0, lambda one: one.amount.value < 0),
    "a whole number": (-5.0, lambda one: one.amount.whole_only),
    "corrected": (-0.5, lambda one: one.amount.corrected),
    "in large letters": (1.0, lambda one: one.row.box.height > 1.4 * one.usual_height),
}
"""What raises or lowers the score of an amount as the total, next to its label and the sums that agree."""

CONFIDENCE, USUAL_CONFIDENCE = 2.0, 0.8
"""Score of an engine's confidence over the usual one."""

ANOTHER_ROLE, MAX_OTHER_ROLES = 1.2, 3
"""Score of a value for each further role in which it is printed, and how many count."""

LARGEST = 1.0
"""Score of the largest amount of the page."""

PRINTED_AGAIN = 4.5
"""Score of the largest amount where it is on several lines, but no word beside it was read. It comes before an amount
with a weak word: of "сумма НДС", a tax, worn print leaves "сумма", and no total is that small."""

MAX_EXAMINED = 4
"""Number of candidates that are searched for support and contradictions: the others get no vote."""


def find_totals(rows: Sequence[ReceiptLine], currency: str | None = None) -> tuple[Candidate[Decimal], ...]:
    """Return candidates for the total, best first; each value once, from the best of its lines.

    ``currency`` is the page's (None: unknown); amounts in another one are penalised. If nothing indicates which of two
    was paid, the totals have the check TWO_CURRENCIES; other doubts and supports are checks as well.
    """
    ledger = gather(rows)
    draft = Draft(rows, ledger, currency)
    heights = [row.box.height for row in rows]
    usual = median(heights) if heights else 1.0
    printed = [Printed(row, amount, ledger, usual, currency) for row, amount in _amounts(rows)]
    for one in printed:
        draft.propose(_candidate(one))
    for reason in REASONING:
        reason(draft)
    ranked = sorted(_with_bonus(draft, printed), key=lambda candidate: -candidate.score)
    unsettled = _unsettled(rows, currency)
    given_back = refund_evidence(rows)
    examined = [*_examined(ranked[:MAX_EXAMINED], draft), *ranked[MAX_EXAMINED:]]
    return with_other_sign([signed(_marked(candidate, unsettled), given_back) for candidate in examined])


def _amounts(rows: Sequence[ReceiptLine]) -> Iterator[tuple[ReceiptLine, Amount]]:
    """Yield amounts with decimals of every line that may contain a total; whole ones only next to a word for it."""
    decimals = sum(len(row.amounts) for row in rows)
    for row in rows:
        if row.role not in ROLE_SCORE:
            continue
        for amount in row.amounts:
            yield row, amount
            if amount.cut:
                yield row, amount.cut
        if not row.amounts and row.role in TOTALS and decimals < 3:
            for amount in find_whole_amounts(row.text, row.lexicon):
                yield row, amount


def _candidate(one: Printed) -> Candidate[Decimal]:
    row, amount = one.row, one.amount
    checks = proofs(amount.value, one.ledger)
    if row.role is Role.SUBTOTAL:
        checks = tuple(check for check in checks if check != ITEMS)
    score = ROLE_SCORE[row.role] * row.likeness + sum(CHECK_SCORE[check] for check in checks)
    score += sum(weight for weight, holds in FEATURES.values() if holds(one))
    score += CONFIDENCE * (amount.confidence - USUAL_CONFIDENCE)
    if amount.cut:
        checks = (*checks, THOUSANDS)
    return Candidate(
        amount.value,
        amount.raw,
        amount.box,
        amount.confidence,
        PROVENANCE[row.role],
        score,
        amount.corrected,
        checks,
    )


def _with_bonus(draft: Draft, printed: Sequence[Printed]) -> Iterator[Candidate[Decimal]]:
    """Raise values that are printed in several roles, and the largest one of the page's currency."""
    roles: dict[Decimal, set[Role]] = {}
    for one in printed:
        roles.setdefault(abs(one.amount.value), set()).add(one.row.role)
    largest = max((abs(one.amount.value) for one in printed if not one.is_foreign), default=None)
    for value, candidate in draft.best.items():
        others = len(roles.get(value, set())) - 1
        bonus = ANOTHER_ROLE * max(0, min(MAX_OTHER_ROLES, others))
        if value == largest:
            bonus += LARGEST + (PRINTED_AGAIN if _is_printed_again(candidate, draft.rows) else 0.0)
        yield replace(candidate, score=candidate.score + bonus)


def _is_printed_again(candidate: Candidate[Decimal], rows: Sequence[ReceiptLine]) -> bool:
    """Return whether an amount without a word is on several lines: its total, subtotal or payment was not read."""
    lines = sum(bool(row.amounts) and abs(row.main.value) == abs(candidate.value) for row in rows)
    return candidate.provenance.kind is Kind.UNNAMED and lines > 1


def _examined(candidates: Sequence[Candidate[Decimal]], draft: Draft) -> Iterator[Candidate[Decimal]]:
    """Add what supports and what contradicts each candidate to its checks."""
    support, payments = support_of(draft.rows), payments_of(draft.rows)
    for candidate in candidates:
        several = (PAYMENTS,) if payments.add_up_to(abs(candidate.value)) else ()
        found = tuple(dict.fromkeys((*candidate.checks, *support.checks(candidate), *several)))
        against = tuple(doubts(candidate.value, draft.rows, payments, draft.ledger))
        if _is_settled(found):
            against = tuple(check for check in against if check is not OTHER_DUE)
        yield replace(candidate, checks=(*found, *against))


def _is_settled(checks: Sequence[Check]) -> bool:
    """Return whether a payment and something else agree with an amount: another total on the page was misread."""
    return bool({CARD, CASH_LESS_CHANGE} & set(checks)) and len(set(checks) - {THOUSANDS, OTHER_DUE}) > 1


def _unsettled(rows: Sequence[ReceiptLine], currency: str | None) -> frozenset[Decimal]:
    """Return the totals in two currencies if no other line indicates which of them is the page's."""
    totals, seen = _totals_by_currency(rows)
    if len(totals) < 2 or len(set().union(*totals.values())) < 2:
        return frozenset()
    most = max(seen[code] for code in totals if code != currency)
    is_decided = currency in totals and seen[currency] > most
    return frozenset() if is_decided else frozenset().union(*totals.values())


def _totals_by_currency(rows: Sequence[ReceiptLine]) -> tuple[dict[str, set[Decimal]], Counter[str]]:
    """Return the totals by the currency named beside them, and the number of lines that name each currency."""
    totals: dict[str, set[Decimal]] = {}
    seen: Counter[str] = Counter()
    for row in rows:
        if names_rate(row.text.text, row.lexicon) or row.in_tax_table:
            continue
        named = {code: abs(amount.value) for amount in row.amounts if (code := currency_of_amount(row, amount))}
        seen.update(named.keys())
        for code, value in named.items() if row.role in TOTALS else ():
            totals.setdefault(code, set()).add(value)
    return totals, seen


def _marked(candidate: Candidate[Decimal], unsettled: Set[Decimal]) -> Candidate[Decimal]:
    if abs(candidate.value) not in unsettled or PROVING & set(candidate.checks):
        return candidate
    return replace(candidate, checks=(*candidate.checks, TWO_CURRENCIES))

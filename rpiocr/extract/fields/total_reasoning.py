"""What the amounts of a page say about each other as totals: rounding, lost digits, what was paid in the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from rpiocr.extract.arithmetic.ledger import Ledger, proofs
from rpiocr.extract.arithmetic.misreads import Misreads
from rpiocr.extract.arithmetic.payments import payments_of
from rpiocr.extract.arithmetic.rounding import find_rounding
from rpiocr.extract.arithmetic.settlement import settlements
from rpiocr.extract.locale.conversion import names_rate
from rpiocr.extract.locale.currency_signs import currency_next_to, currency_of
from rpiocr.extract.roles import DUE_NOW, TOTALS, ReceiptLine, Role
from rpiocr.extract.tables.countries import cash_rounding
from rpiocr.extract.text.amounts import Amount
from rpiocr.model import Candidate, Check, Kind, Provenance
from rpiocr.model.provenance import (
    CARD,
    CASH_LESS_CHANGE,
    DIGIT_REPAIRED,
    ITEMS,
    NET_AND_TAX,
    OTHER_DUE,
    PROVING,
    ROUNDING,
    SETTLED,
    SUBTOTAL_AND_TAX,
    SURE_TOTAL_KINDS,
    TELLING,
    TOTAL_KINDS,
    TWO_CURRENCIES,
)

PROVENANCE = {
    Role.TOTAL_SURE: Provenance(Kind.TOTAL_SURE),
    Role.TOTAL: Provenance(Kind.TOTAL),
    Role.SHARE: Provenance(Kind.TOTAL_WEAK),
    Role.GIVEN: Provenance(Kind.TOTAL_WEAK),
    Role.TOTAL_WEAK: Provenance(Kind.TOTAL_WEAK),
    Role.CARD: Provenance(Kind.CARD),
    Role.SUBTOTAL: Provenance(Kind.SUBTOTAL),
    Role.CASH: Provenance(Kind.CASH),
    Role.PRICE: Provenance(Kind.UNNAMED),
    Role.NONE: Provenance(Kind.UNNAMED),
}
"""How amounts were recognised, by the role that the words of their line give them."""

WORKED_OUT = Provenance(Kind.WORKED_OUT)

ROLE_SCORE = {
    Role.TOTAL_SURE: 10.0,
    Role.TOTAL: 9.0,
    Role.TOTAL_WEAK: 6.0,
    Role.CARD: 5.0,
    Role.SUBTOTAL: 4.5,
    Role.CASH: 3.5,
    Role.SHARE: 3.0,
    Role.PRICE: 3.0,
    Role.GIVEN: 1.0,
    Role.NONE: 1.0,
}
"""Priority of the label of an amount; roles that are not listed are never the total."""

CHECK_SCORE = {
    CASH_LESS_CHANGE: 4.0,
    SUBTOTAL_AND_TAX: 2.5,
    NET_AND_TAX: 2.5,
    ITEMS: 3.0,
    CARD: 1.5,
    ROUNDING: 2.0,
}
"""Increase of a candidate's score for each sum that agrees."""

NOT_PAID = 5.0
"""Penalty of a total that is rounded, discounted or split below, or that was tendered: the amount is what was paid."""

UNREAD_SCORE = 4.0
"""Base score of a total that was not read itself, but is computed from cash tendered and change."""

THOUSAND = Decimal(1000)


@dataclass(slots=True)
class Draft:
    """The candidates of a page so far, the best one of each value, with its lines, sums and currency."""

    rows: Sequence[ReceiptLine]
    ledger: Ledger
    currency: str | None
    best: dict[Decimal, Candidate[Decimal]] = field(default_factory=dict)
    misreads: Misreads = field(init=False)

    def __post_init__(self) -> None:
        self.misreads = Misreads(self.ledger)

    def propose(self, candidate: Candidate[Decimal]) -> None:
        """Add a candidate, unless there is a better one of its value."""
        known = self.best.get(abs(candidate.value))
        if known is None or candidate.score > known.score:
            self.best[abs(candidate.value)] = candidate

    def penalise(self, value: Decimal) -> None:
        """Lower the score of a value that was not paid."""
        if value in self.best:
            self.best[value] = replace(self.best[value], score=self.best[value].score - NOT_PAID)


def _penalise_tendered(draft: Draft) -> None:
    """Penalise cash on the line of a total, and amounts whose label the sums disprove."""
    for value in {*draft.ledger.tendered, *_disproved(draft)}:
        draft.penalise(value)


def _disproved(draft: Draft) -> set[Decimal]:
    """Return the values whose label was misread: no sum proves them, while another amount is proved.

    A subtotal or cash needs one telling sum against it. A total needs cash less change and another sum, as it may be
    the cash on a page whose labels are worn away; or cash and change that prove more than an item costs, while it is
    less: the total of the discounts lost that word.
    """
    told = [one for one in draft.best.values() if one.value > 0 and TELLING & set(one.checks)]
    if not told:
        return set()
    paid = [one for one in told if CASH_LESS_CHANGE in one.checks]
    is_told_twice = any(len(set(CHECK_SCORE) & set(one.checks)) > 1 for one in paid)
    price = _dearest(draft, max((one.value for one in paid), default=Decimal(0)))

    def is_misread(value: Decimal, candidate: Candidate[Decimal]) -> bool:
        if candidate.provenance.kind in TOTAL_KINDS:
            return value < price or (is_told_twice and not candidate.checks)
        return candidate.provenance.kind in (Kind.SUBTOTAL, Kind.CASH)

    unproved = {value: one for value, one in draft.best.items() if not TELLING & set(one.checks)}
    return {value for value, one in unproved.items() if is_misread(value, one)}


def _dearest(draft: Draft, below: Decimal) -> Decimal:
    """Return the largest amount without a label that is less than ``below``; 0 if there is none."""
    unnamed = (value for value, one in draft.best.items() if one.provenance.kind is Kind.UNNAMED)
    return max((value for value in unnamed if value < below), default=Decimal(0))


def _repair(draft: Draft) -> None:
    """Propose the corrected value of a total with one misread digit according to the sums."""
    for value, candidate in list(draft.best.items()):
        found = draft.misreads.repaired(value) if candidate.provenance.kind in TOTAL_KINDS else None
        if found and found[0] not in draft.best:
            checks = (*found[1], DIGIT_REPAIRED)
            score = candidate.score + sum(CHECK_SCORE[check] for check in found[1])
            draft.propose(replace(candidate, value=found[0], checks=checks, score=score, corrected=True))


def _complete(draft: Draft) -> None:
    """Propose the total of a line whose amount lost a character, if the sums determine it."""
    for row in draft.rows:
        found = draft.misreads.completed(row.text.text) if row.role in TOTALS and not row.amounts else None
        if found and found[0] not in draft.best:
            value, sums = found
            score = ROLE_SCORE[row.role] * row.likeness + sum(CHECK_SCORE[check] for check in sums)
            confidence = min(word.confidence for word in row.line.words)
            origin = PROVENANCE[row.role]
            checks = (*sums, DIGIT_REPAIRED)
            found_at = Candidate(
                value, row.text.text, row.box, confidence, origin, score, corrected=True, checks=checks
            )
            draft.propose(found_at)


def _work_out(draft: Draft) -> None:
    """Propose the cash tendered minus the change, if no line has that amount."""
    given, back = _first(draft.rows, Role.CASH), _first(draft.rows, Role.CHANGE)
    if given is None or back is None or not back.value:
        return
    paid = abs(given.value) - abs(back.value)
    if paid <= 0 or paid in draft.best:
        return
    checks = proofs(paid, draft.ledger)
    raw = f"{given.raw} - {back.raw}"
    confidence = min(given.confidence, back.confidence)
    score = UNREAD_SCORE + sum(CHECK_SCORE[check] for check in checks)
    draft.propose(Candidate(paid, raw, given.box, confidence, WORKED_OUT, score, corrected=True, checks=checks))


def _first(rows: Sequence[ReceiptLine], role: Role) -> Amount | None:
    return next((row.amounts[-1] for row in rows if row.role is role and row.amounts), None)


def _restore_thousands(draft: Draft) -> None:
    """Rank 7391.00 above a total of 391.00 if both are on the page: 7 391.00 was split at its space.

    Not if anything contradicts: a sum or a payment agrees with 391.00, or 7000.00 is printed, as where a price of
    1,099.00 less 1,000.00 leaves 99.00.
    """
    printed = {abs(amount.value) for row in draft.rows for amount in row.amounts}
    longer: dict[Decimal, list[Decimal]] = {}
    for value, known in draft.best.items():
        if value > THOUSAND and known.provenance.kind is not Kind.CASH:
            longer.setdefault(value % THOUSAND, []).append(value)
    for value, candidate in list(draft.best.items()):
        if value >= THOUSAND or candidate.provenance.kind not in TOTAL_KINDS or candidate.checks:
            continue
        for whole in longer.get(value, ()):
            if whole - value not in printed:
                score = max(draft.best[whole].score, candidate.score)
                found = replace(draft.best[whole], provenance=candidate.provenance, score=score, corrected=True)
                draft.best[whole] = found
                draft.penalise(value)


def _round(draft: Draft) -> None:
    """Rank the amount paid above the total that it was rounded from, even if it was not read itself."""
    rounding = find_rounding(draft.rows, draft.ledger.differences)
    if rounding is None:
        return
    paid = abs(rounding.paid)
    draft.penalise(abs(rounding.before.value))
    origin, least = PROVENANCE[rounding.row.role], ROLE_SCORE[rounding.row.role] * rounding.row.likeness
    known = draft.best.get(paid)
    if known is None:
        checks = proofs(paid, draft.ledger)
        raw, before = f"{rounding.before.raw} {rounding.raw}", rounding.before
        score = least + sum(CHECK_SCORE[check] for check in checks)
        box, confidence = before.box, before.confidence
        known = Candidate(rounding.paid, raw, box, confidence, origin, score, corrected=True, checks=checks)
    elif known.score < least:
        # "Total cash" states the method; the rounding shows that it is the total.
        known = replace(known, score=least, provenance=origin)
    draft.best[paid] = replace(known, score=known.score + CHECK_SCORE[ROUNDING], checks=(*known.checks, ROUNDING))


def _settle(draft: Draft) -> None:
    """Rank what was paid in the end above the total that it follows from."""
    for settlement in settlements(draft.rows, draft.ledger.differences):
        before, known = draft.best.get(settlement.before), draft.best.get(settlement.paid)
        if before and not settlement.is_sure:
            draft.best[settlement.before] = replace(before, checks=(*before.checks, OTHER_DUE))
        elif before and known:
            checks = tuple(dict.fromkeys((*known.checks, SETTLED)))
            draft.best[settlement.paid] = replace(known, score=max(known.score, before.score), checks=checks)
            # The same total before and after rounding.
            alike = cash_rounding().between_totals
            for value in [value for value in draft.best if abs(value - settlement.before) < alike]:
                draft.penalise(value)


def _prefer_paid(draft: Draft) -> None:
    """Rank the one of several totals that a card paid above the others, as those with and without a loyalty card."""
    paid = [
        value for value, one in draft.best.items() if CARD in one.checks and one.provenance.kind in SURE_TOTAL_KINDS
    ]
    others = [value for value, one in draft.best.items() if one.provenance.kind in SURE_TOTAL_KINDS]
    payments = payments_of(draft.rows)
    unpaid = [value for value in others if not payments.settle(value)]
    if len(paid) == 1 and unpaid:
        known, score = draft.best[paid[0]], max(draft.best[value].score for value in (*paid, *unpaid))
        checks = tuple(dict.fromkeys((*known.checks, SETTLED)))
        draft.best[paid[0]] = replace(known, score=score, checks=checks)
        for value in unpaid:
            draft.penalise(value)


def _owe_nothing(draft: Draft) -> None:
    """Rank zero first where words say that it is due on the day, and nothing was paid: the price is for later."""
    is_later = any(row.role is Role.LATER and row.amounts for row in draft.rows)
    named = next((row for row in draft.rows if row.amounts and _is_due_now(row, is_later=is_later)), None)
    paid = any(row.amounts and row.main.value for row in draft.rows if row.role in (Role.CARD, Role.CASH))
    if named is not None and not named.main.value and not paid:
        _raise_first(draft, named.main.value, SETTLED)


def _is_due_now(row: ReceiptLine, *, is_later: bool) -> bool:
    return DUE_NOW in row.groups or (is_later and row.role in TOTALS and not row.in_tax_table)


def _exchange(draft: Draft) -> None:
    """Rank the money given at an exchange office above the money got: the page has a rate, and names both.

    Where only a rate connects two amounts, nothing tells which was given.
    """
    given = next((row for row in draft.rows if row.role is Role.GIVEN and row.amounts), None)
    if given is not None and any(names_rate(row.text.text, row.lexicon) for row in draft.rows):
        _raise_first(draft, abs(given.main.value), TWO_CURRENCIES)
    for value in _converted(draft):
        draft.best[value] = replace(draft.best[value], checks=(*draft.best[value].checks, TWO_CURRENCIES))


def _raise_first(draft: Draft, value: Decimal, check: Check) -> None:
    most = max(candidate.score for candidate in draft.best.values())
    known = draft.best[value]
    draft.best[value] = replace(known, score=most + NOT_PAID, checks=(*known.checks, check))


RATE_NUMBER = re.compile(r"(?<![0-9.,])[0-9]{1,4}[.,][0-9]{3,6}(?![0-9.,])")

CONVERTED = Decimal("0.005")
"""Maximum difference, as a share, of a converted amount from the product with a rate of four figures."""


def _converted(draft: Draft) -> list[Decimal]:
    """Return amounts that a printed rate connects with one in another currency, and that no sum proves."""
    products = tuple(_products(draft))
    unproved = (value for value, candidate in draft.best.items() if not PROVING & set(candidate.checks))
    return [value for value in unproved if any(abs(product - value) <= CONVERTED * value for product in products)]


def _products(draft: Draft) -> Iterator[Decimal]:
    """Yield the amounts in other currencies multiplied with and divided by every rate that is printed."""
    figures = [found.replace(",", ".") for row in draft.rows for found in RATE_NUMBER.findall(row.text.text)]
    rates = [rate for rate in map(Decimal, figures) if rate][:MAX_RATES]
    for row in draft.rows if rates else ():
        for amount in row.amounts:
            if is_foreign(row, amount, draft.currency):
                yield from (abs(amount.value) * rate for rate in rates)
                yield from (abs(amount.value) / rate for rate in rates)


MAX_RATES = 6
"""Maximum number of exchange rates that are tried; most numbers with so many decimals are weights."""


REASONING: tuple[Callable[[Draft], None], ...] = (
    _penalise_tendered,
    _repair,
    _complete,
    _work_out,
    _restore_thousands,
    _round,
    _settle,
    _prefer_paid,
    _owe_nothing,
    _exchange,
)
"""The steps that change the candidates of a page after its lines, in this order."""


def currency_of_amount(row: ReceiptLine, amount: Amount) -> str | None:
    """Return the currency that is named next to an amount, else elsewhere on its line."""
    return currency_next_to(row.text.text, amount) or currency_of(row.text.text)


def is_foreign(row: ReceiptLine, amount: Amount, currency: str | None) -> bool:
    """Return whether an amount is in another currency than ``currency``, or is an exchange rate."""
    named = currency_of_amount(row, amount)
    return bool(currency and named and named != currency) or (bool(named) and names_rate(row.text.text, row.lexicon))

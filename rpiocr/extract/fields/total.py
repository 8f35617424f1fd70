"""Finds the total that was paid: candidates from labelled lines, scored by label, position and sums."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from statistics import median

from rpiocr.extract.arithmetic.rounding import Rounding, find_rounding
from rpiocr.extract.arithmetic.sums import PROVING, TELLING, Ledger, completed, gather, proofs, repaired
from rpiocr.extract.fields.refund import refund_evidence, signed, with_other_sign
from rpiocr.extract.locale.inference import currency_next_to, currency_of
from rpiocr.extract.receipt_lines import TOTALS, ReceiptLine, Role
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import Amount, find_whole_amounts
from rpiocr.extract.text.patterns import whole_words
from rpiocr.model import Candidate, Kind, Provenance
from rpiocr.model.provenance import (
    CARD,
    CASH_LESS_CHANGE,
    DIGIT_REPAIRED,
    ITEMS,
    NET_AND_TAX,
    ROUNDING,
    SUBTOTAL_AND_TAX,
    TOTAL_KINDS,
    TWO_CURRENCIES,
)

PROVENANCE = {
    Role.TOTAL_SURE: Provenance(Kind.TOTAL_SURE),
    Role.TOTAL: Provenance(Kind.TOTAL),
    Role.TOTAL_WEAK: Provenance(Kind.TOTAL_WEAK),
    Role.CARD: Provenance(Kind.CARD),
    Role.SUBTOTAL: Provenance(Kind.SUBTOTAL),
    Role.CASH: Provenance(Kind.CASH),
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
"""Penalty of a total that is rounded on a later line, or that was tendered: the amount is what was paid."""

NOT_MAIN = 3.0
"""Penalty of an amount that is not the main amount of its line."""

PRINTED_AGAIN = 4.5
"""Increase of the score of the largest amount where it is on several lines, but no word beside it was read. It comes
before an amount with a weak word: of "сумма НДС", a tax, worn print leaves "сумма", and no total is that small."""

FOREIGN = 5.0
"""Penalty of an amount in another currency than the page's, or of an exchange rate."""

RATE_IN_FIGURES = r"(?<![0-9])1(?:[.,]0+)? ?(?:€|[A-Z]{3}) ?="
"""An exchange rate without a label: 1 EUR = 1.0812 USD."""


@lru_cache(maxsize=4)
def _rates(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(f"{whole_words(lexicon.exchange.rate)}|{RATE_IN_FIGURES}", re.IGNORECASE)


def find_totals(rows: Sequence[ReceiptLine], currency: str | None = None) -> tuple[Candidate[Decimal], ...]:
    """Return candidates for the total, best first; each value once, from the best of its lines.

    ``currency`` is the page's (None: unknown); amounts in another one are penalised. If nothing indicates which of two
    was paid, the totals have the check TWO_CURRENCIES.
    """
    ledger = gather(rows)
    heights = [row.box.height for row in rows]
    usual = median(heights) if heights else 1.0
    best: dict[Decimal, Candidate[Decimal]] = {}
    support: dict[Decimal, set[Role]] = {}
    for row, amount in _amounts(rows):
        candidate = _candidate(row, amount, ledger, usual)
        if _is_foreign(row, amount, currency):
            candidate = replace(candidate, score=candidate.score - FOREIGN)
        elif row.amounts and amount is not row.main and _is_foreign(row, row.main, currency):
            candidate = replace(candidate, score=candidate.score + NOT_MAIN)
        support.setdefault(abs(amount.value), set()).add(row.role)
        known = best.get(abs(amount.value))
        if known is None or candidate.score > known.score:
            best[abs(amount.value)] = candidate
    own = (amount for row, amount in _amounts(rows) if not _is_foreign(row, amount, currency))
    largest = max((abs(amount.value) for amount in own), default=None)
    for value in {*ledger.tendered, *_disproved(best)}:
        best[value] = replace(best[value], score=best[value].score - NOT_PAID)
    for candidate in (
        *_repaired(best, ledger),
        *_completed(rows, ledger, set(best)),
        *_unread(rows, ledger, set(best)),
    ):
        best.setdefault(candidate.value, candidate)
    _apply_lost_thousands(best)
    rounding = find_rounding(rows, ledger.differences)
    if rounding:
        _apply_rounding(best, rounding, ledger)
    ranked = []
    for value, candidate in best.items():
        bonus = 1.2 * max(0, min(3, len(support.get(value, set()) & set(ROLE_SCORE)) - 1))
        if value == largest:
            bonus += 1.0 + (PRINTED_AGAIN if _is_printed_again(candidate, rows) else 0.0)
        ranked.append(replace(candidate, score=candidate.score + bonus))
    ranked.sort(key=lambda candidate: -candidate.score)
    unsettled = _unsettled(rows, currency)
    given_back = refund_evidence(rows)
    return with_other_sign([signed(_marked(candidate, unsettled), given_back) for candidate in ranked])


def _is_printed_again(candidate: Candidate[Decimal], rows: Sequence[ReceiptLine]) -> bool:
    """Return whether an amount without a word is on several lines: its total, subtotal or payment was not read."""
    lines = sum(bool(row.amounts) and abs(row.main.value) == abs(candidate.value) for row in rows)
    return candidate.provenance.kind is Kind.UNNAMED and lines > 1


def _disproved(best: Mapping[Decimal, Candidate[Decimal]]) -> Iterator[Decimal]:
    """Return amounts that no sum proves while another amount is proved: their label was misread.

    That is so of subtotals and cash, and of a total below the price of an item if cash and change prove a higher one:
    the total of the discounts lost that word.
    """
    told = [value for value, one in best.items() if one.value > 0 and TELLING & set(one.checks)]
    if not told:
        return
    paid = max((value for value in told if CASH_LESS_CHANGE in best[value].checks), default=Decimal(0))
    prices = (value for value, one in best.items() if one.provenance.kind is Kind.UNNAMED and value < paid)
    price = max(prices, default=Decimal(0))
    for value, candidate in best.items():
        kind, is_proved = candidate.provenance.kind, TELLING & set(candidate.checks)
        if not is_proved and (kind in (Kind.SUBTOTAL, Kind.CASH) or (kind in TOTAL_KINDS and value < price)):
            yield value


def _is_foreign(row: ReceiptLine, amount: Amount, currency: str | None) -> bool:
    """Return whether an amount is in another currency than ``currency``, or is an exchange rate."""
    named = _currency(row, amount)
    return bool(currency and named and named != currency) or (bool(named) and _names_rate(row.text.text, row.lexicon))


@lru_cache(maxsize=1024)
def _names_rate(text: str, lexicon: Lexicon) -> bool:
    """Return whether a line contains an exchange rate; next to a currency that is not a total."""
    return bool(_rates(lexicon).search(text))


def _currency(row: ReceiptLine, amount: Amount) -> str | None:
    return currency_next_to(row.text.text, amount) or currency_of(row.text.text)


def _unsettled(rows: Sequence[ReceiptLine], currency: str | None) -> frozenset[Decimal]:
    """Return the totals in two currencies if no other line indicates which of them is the page's."""
    totals: dict[str, set[Decimal]] = {}
    seen: Counter[str] = Counter()
    for row in rows:
        if _names_rate(row.text.text, row.lexicon) or row.in_tax_table:
            continue
        named = {code: abs(amount.value) for amount in row.amounts if (code := _currency(row, amount))}
        seen.update(named.keys())
        for code, value in named.items() if row.role in TOTALS else ():
            totals.setdefault(code, set()).add(value)
    if len(totals) < 2 or len(set().union(*totals.values())) < 2:
        return frozenset()
    most = max(seen[code] for code in totals if code != currency)
    is_decided = currency in totals and seen[currency] > most
    return frozenset() if is_decided else frozenset().union(*totals.values())


def _marked(candidate: Candidate[Decimal], unsettled: Set[Decimal]) -> Candidate[Decimal]:
    if abs(candidate.value) not in unsettled or PROVING & set(candidate.checks):
        return candidate
    return replace(candidate, checks=(*candidate.checks, TWO_CURRENCIES))


UNREAD_SCORE = 4.0
"""Base score of a total that was not read itself, but is computed from cash tendered and change."""


def _repaired(best: Mapping[Decimal, Candidate[Decimal]], ledger: Ledger) -> Iterator[Candidate[Decimal]]:
    """Propose the corrected value of a total with one misread digit according to the sums."""
    for value, candidate in best.items():
        found = repaired(value, ledger) if candidate.provenance.kind in TOTAL_KINDS else None
        if found and found[0] not in best:
            checks = (*found[1], DIGIT_REPAIRED)
            score = candidate.score + sum(CHECK_SCORE[check] for check in found[1])
            yield replace(candidate, value=found[0], checks=checks, score=score, corrected=True)


def _completed(rows: Sequence[ReceiptLine], ledger: Ledger, known: Set[Decimal]) -> Iterator[Candidate[Decimal]]:
    """Propose the total of a line whose amount lost a character, if the sums determine it."""
    for row in rows:
        found = completed(row.text.text, ledger) if row.role in TOTALS and not row.amounts else None
        if found and found[0] not in known:
            value, sums = found
            score = ROLE_SCORE[row.role] * row.likeness + sum(CHECK_SCORE[check] for check in sums)
            confidence = min(word.confidence for word in row.line.words)
            checks = (*sums, DIGIT_REPAIRED)
            yield Candidate(
                value, row.text.text, row.box, confidence, PROVENANCE[row.role], score, corrected=True, checks=checks
            )


def _unread(rows: Sequence[ReceiptLine], ledger: Ledger, known: Set[Decimal]) -> Iterator[Candidate[Decimal]]:
    """Propose the cash tendered minus the change, if no line has that amount."""
    given = next((row for row in rows if row.role is Role.CASH and row.amounts), None)
    back = next((row for row in rows if row.role is Role.CHANGE and row.amounts), None)
    if given is None or back is None:
        return
    paid = abs(given.amounts[-1].value) - abs(back.amounts[-1].value)
    if paid <= 0 or paid in known or not back.amounts[-1].value:
        return
    checks = proofs(paid, ledger)
    read = (given.amounts[-1], back.amounts[-1])
    yield Candidate(
        paid,
        " - ".join(amount.raw for amount in read),
        read[0].box,
        min(amount.confidence for amount in read),
        WORKED_OUT,
        UNREAD_SCORE + sum(CHECK_SCORE[check] for check in checks),
        corrected=True,
        checks=checks,
    )


THOUSAND = Decimal(1000)


def _apply_lost_thousands(best: dict[Decimal, Candidate[Decimal]]) -> None:
    """Rank 7391.00 above a total of 391.00 if both are on the page: 7 391.00 was split at its space."""
    longer: dict[Decimal, list[Decimal]] = {}
    for value, known in best.items():
        if value > THOUSAND and known.provenance.kind is not Kind.CASH:
            longer.setdefault(value % THOUSAND, []).append(value)
    for value, candidate in list(best.items()):
        if value >= THOUSAND or candidate.provenance.kind not in TOTAL_KINDS:
            continue
        for whole in longer.get(value, ()):
            score = max(best[whole].score, candidate.score)
            best[whole] = replace(best[whole], provenance=candidate.provenance, score=score, corrected=True)
            best[value] = replace(candidate, score=candidate.score - NOT_PAID)


def _apply_rounding(best: dict[Decimal, Candidate[Decimal]], rounding: Rounding, ledger: Ledger) -> None:
    """Rank the amount paid above the total that it was rounded from, even if it was not read itself."""
    before, paid = abs(rounding.before.value), abs(rounding.paid)
    if before in best:
        best[before] = replace(best[before], score=best[before].score - NOT_PAID)
    known = best.get(paid)
    if known is not None and known.score < (least := ROLE_SCORE[rounding.row.role] * rounding.row.likeness):
        # "Total cash" states the method; the rounding shows that it is the total.
        known = replace(known, score=least, provenance=PROVENANCE[rounding.row.role])
    if known is None:
        checks = proofs(paid, ledger)
        known = Candidate(
            rounding.paid,
            f"{rounding.before.raw} {rounding.raw}",
            rounding.before.box,
            rounding.before.confidence,
            PROVENANCE[rounding.row.role],
            ROLE_SCORE[rounding.row.role] * rounding.row.likeness + sum(CHECK_SCORE[check] for check in checks),
            corrected=True,
            checks=checks,
        )
    best[paid] = replace(known, score=known.score + CHECK_SCORE[ROUNDING], checks=(*known.checks, ROUNDING))


def _amounts(rows: Sequence[ReceiptLine]) -> Iterator[tuple[ReceiptLine, Amount]]:
    """Yield amounts with decimals of every line that may contain a total; whole ones only next to a word for it."""
    decimals = sum(len(row.amounts) for row in rows)
    for row in rows:
        if row.role not in ROLE_SCORE:
            continue
        for amount in row.amounts:
            yield row, amount
        if not row.amounts and row.role in TOTALS and decimals < 3:
            for amount in find_whole_amounts(row.text, row.lexicon):
                yield row, amount


def _candidate(row: ReceiptLine, amount: Amount, ledger: Ledger, usual_height: float) -> Candidate[Decimal]:
    checks = proofs(amount.value, ledger)
    if row.role is Role.SUBTOTAL:
        checks = tuple(check for check in checks if check != ITEMS)
    score = ROLE_SCORE[row.role] * row.likeness + sum(CHECK_SCORE[check] for check in checks)
    if row.amounts and amount is not row.main:
        score -= NOT_MAIN
    if row.in_tax_table:
        score -= 5.0
    if row.role in TOTALS and "tax" in row.groups and "including" not in row.groups:
        score -= 1.0
    if not amount.value:
        score -= 8.0
    if amount.value < 0:
        score -= 3.0
    if amount.whole_only:
        score -= 5.0
    if amount.corrected:
        score -= 0.5
    if row.box.height > 1.4 * usual_height:
        score += 1.0
    score += 2.0 * (amount.confidence - 0.8)
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

"""Vetoes: upper bounds on confidence for failure modes that the data of the confidence model do not cover.

They are set by hand. Each came from a receipt, real or generated, whose wrong answer was accepted without it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Generic, TypeVar

from rpiocr.decide import date_vetoes
from rpiocr.decide.amount_vetoes import amount_vetoes
from rpiocr.decide.features import Facts, is_single_engine, votes_for
from rpiocr.extract.fields.date import by_default
from rpiocr.extract.tables.countries import cash_rounding
from rpiocr.extract.text.amounts import fold
from rpiocr.model import Candidate, Check, Field, Fields, Kind, Veto, VetoKind
from rpiocr.model.currency import decimals_of
from rpiocr.model.provenance import (
    CARD,
    CASH_LESS_CHANGE,
    DIGIT_REPAIRED,
    ITEMS,
    MAYBE_REFUND,
    OPEN_DECIMALS,
    PROVING,
    REPEATED,
    SETTLED,
    SURE_TOTAL_KINDS,
    TELLING,
    TWO_CURRENCIES,
)

T = TypeVar("T")

MAX_DOUBTFUL = 0.7
"""Well below the minimum for any accepted risk, and still more likely right than wrong."""

MAX_COUNT = 0.5
"""A whole number that no sum proves is a total as often as a count."""

MAX_SINGLE_ENGINE_ON_PHOTO = 0.87
"""Of 38 single-engine dates on generated photos 33 were right; of 18 on labelled scans, all."""

AGREEING = PROVING | {CARD}
"""Checks by which another amount of the receipt agrees with a total."""

DECIMALS = re.compile(r"[.,·_ €$£][0-9OolISBZ]{2}(?![0-9])|[.,][-\u2013]")
THREE_DECIMALS = re.compile(r"[.,·_ ][0-9OolISBZ]{2,3}(?![0-9])")

READ_WELL = 0.15
"""Minimum score, as a share of the total's, at which another amount labelled as a total competes with it."""


SURE_OF_CURRENCY = 0.95
"""Minimum probability by one pass's text of a currency that puts another one in doubt."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """A veto and when it holds for a field of a receipt."""

    veto: Veto
    holds: Callable[[Field[T], Fields, Facts], bool]


def _mixed(_field: Field[Decimal], _fields: Fields, facts: Facts) -> bool:
    return facts.mixed


def _is_count(field: Field[Decimal], fields: Fields, _facts: Facts) -> bool:
    """Whether a total may be a count: no decimals although its currency has some, and no sum proves it."""
    total = field.chosen
    decimals = decimals_of(fields.currency_code)
    printed = THREE_DECIMALS if decimals == 3 else DECIMALS
    return decimals > 0 and not printed.search(fold(total.raw)) and not PROVING & set(total.checks)


def _is_disputed(field: Field[Decimal], _fields: Fields, _facts: Facts) -> bool:
    """Whether another amount competes with the total: at least as many sums agree with it, labelled or not.

    This happens if a deposit was paid before, or a tip after; the amount charged to a card counts as a sum too. Totals
    before and after rounding do not compete, unless the other one was paid. Totals in two currencies do, unless
    something indicates which was paid; so does an amount that may have lost its thousands, or of which less was paid.
    A total does not compete with what was paid of it if the lines between them explain the difference.
    """
    total = field.chosen
    if SETTLED in total.checks and _is_last_word(total, field.rivals):
        return TWO_CURRENCIES in total.checks
    return (
        TWO_CURRENCIES in total.checks
        or any(_is_only_one_proved(rival, total) for rival in field.rivals)
        or any(_is_paid_less(rival, total) or _is_lower_total(rival, total) for rival in field.rivals)
        or any(_has_lost_thousands(total, rival) for rival in field.rivals)
        or any(_is_proved_as_well(rival, total) for rival in field.rivals)
    )


def _is_last_word(total: Candidate[Decimal], rivals: Sequence[Candidate[Decimal]]) -> bool:
    """Whether what was left of a total was paid, or a word names it and it is less: more may be only suggested."""
    is_paid = bool({CARD, CASH_LESS_CHANGE} & set(total.checks))
    is_less = any(rival.provenance.names_total and rival.value > total.value for rival in rivals)
    return is_paid or (is_less and total.provenance.kind in SURE_TOTAL_KINDS)


def _is_only_one_proved(rival: Candidate[Decimal], total: Candidate[Decimal]) -> bool:
    """Whether sums prove an amount that is not labelled as a total, and none proves the chosen one."""
    proved = set(total.checks) & PROVING
    return not proved and rival.provenance.kind in (Kind.UNNAMED, Kind.CARD) and bool(TELLING & set(rival.checks))


def _is_paid_less(payment: Candidate[Decimal], total: Candidate[Decimal]) -> bool:
    """Whether less was paid than a total, and the sums prove that payment, as after a discount."""
    less = payment.provenance.kind in (Kind.CASH, Kind.CARD) and 0 < payment.value < total.value
    return less and bool(PROVING & set(payment.checks)) and not TELLING & set(total.checks)


def _is_lower_total(rival: Candidate[Decimal], total: Candidate[Decimal]) -> bool:
    """Whether a lower amount is labelled as a total, while only the items prove the higher: a discount is possible."""
    named = rival.provenance.names_total and rival.score >= READ_WELL * total.score
    items_alone = set(total.checks) & AGREEING == {ITEMS}
    return (
        named
        and items_alone
        and 0 < rival.value < total.value
        and _apart(rival, total) >= cash_rounding().between_totals
    )


def _has_lost_thousands(total: Candidate[Decimal], rival: Candidate[Decimal]) -> bool:
    """Whether a total may be another amount that lost its thousands, as 391.00 from 7 391.00.

    Not if a sum or a payment agrees with the shorter amount alone: 1,099.00 less 1,000.00 is 99.00.
    """
    amount, longer = abs(total.value), abs(rival.value)
    if _agreeing(total, AGREEING) and not _agreeing(rival, AGREEING):
        return False
    return rival.provenance.kind is not Kind.CASH and amount < 1000 < longer and longer % 1000 == amount


def _is_proved_as_well(rival: Candidate[Decimal], total: Candidate[Decimal]) -> bool:
    """Whether at least as many sums, but one or more, agree with another total, and rounding does not explain it."""
    named = rival.provenance.is_total
    apart = _paid(rival) > _paid(total) or _apart(rival, total) >= cash_rounding().between_totals
    if _is_sum_of_items(rival, total):
        return False
    return named and apart and any(_agreeing(rival, sums) >= max(1, _agreeing(total, sums)) for sums in KINDS_OF_SUMS)


def _is_sum_of_items(rival: Candidate[Decimal], total: Candidate[Decimal]) -> bool:
    """Whether a lower amount with a weaker word is what the items come to before the tax of a total that was paid."""
    weaker = rival.provenance.kind is Kind.TOTAL_WEAK and total.provenance.kind in SURE_TOTAL_KINDS
    lower = 0 < rival.value < total.value and set(rival.checks) & AGREEING == {ITEMS}
    return weaker and lower and {ITEMS, CARD} <= set(total.checks)


KINDS_OF_SUMS = (PROVING, AGREEING)


def _agreeing(total: Candidate[Decimal], sums: frozenset[Check]) -> int:
    return len(sums & set(total.checks))


def _paid(total: Candidate[Decimal]) -> bool:
    return CASH_LESS_CHANGE in total.checks


def _apart(one: Candidate[Decimal], other: Candidate[Decimal]) -> Decimal:
    return abs(abs(one.value) - abs(other.value))


def _is_nameless(field: Field[Decimal], _fields: Fields, _facts: Facts) -> bool:
    """Whether neither a word nor a sum identifies a total, nor a payment together with another line."""
    kind, checks = field.chosen.provenance.kind, set(field.chosen.checks)
    is_paid = CARD in checks and (kind is Kind.TOTAL_WEAK or bool({REPEATED, SETTLED} & checks))
    return kind not in SURE_TOTAL_KINDS and not PROVING & checks and not is_paid


def _is_named_once(field: Field[Decimal], _fields: Fields, facts: Facts) -> bool:
    """Whether only one pass read the label of a total that nothing else proves.

    This happens if an engine does not know the script of the page: its passes get their labels from the others.
    """
    if AGREEING & set(field.chosen.checks):
        return False
    named = [ballot for ballot in field.ballots if ballot.source.engine.knows(facts.script)]
    return len(named) < len(field.ballots) and sum(votes_for(ballot, field.chosen.value) for ballot in named) < 2


def _is_maybe_refund(field: Field[Decimal], _fields: Fields, _facts: Facts) -> bool:
    """Whether a line may mark the receipt as a refund, in the text of any pass that read the same amount."""
    read = (ballot.candidate for ballot in field.ballots if votes_for(ballot, field.chosen.value))
    return any(one is not None and MAYBE_REFUND in one.checks for one in (field.chosen, *read))


def _has_both_signs(field: Field[Decimal], _fields: Fields, _facts: Facts) -> bool:
    """Whether a pass voted for the same amount with the opposite sign: thin dashes get lost."""
    values = {ballot.candidate.value for ballot in field.ballots if ballot.candidate}
    return field.chosen.value != 0 and -field.chosen.value in values


def _is_changed_text(field: Field[Decimal], _fields: Fields, _facts: Facts) -> bool:
    """Whether a digit was changed to fit the sums although the file has the characters, which are not misread."""
    return DIGIT_REPAIRED in field.chosen.checks and any(one.source.engine.family.exact for one in field.ballots)


def _has_open_decimals(field: Field[Decimal], _fields: Fields, _facts: Facts) -> bool:
    return OPEN_DECIMALS in field.chosen.checks


def _is_contradicted(field: Field[str], _fields: Fields, _facts: Facts) -> bool:
    """Whether a sign of another currency stands beside an amount, and the chosen one has none, or is not far surer."""
    least = MIN_OTHER_COUNTRY if field.chosen.provenance.kind is Kind.CURRENCY_SIGN else MIN_OTHER_SIGN
    signed = (rival for rival in field.rivals if rival.provenance.kind is Kind.CURRENCY_SIGN)
    return any((rival.probability or 0.0) >= least for rival in signed)


def _has_other_country(field: Field[str], _fields: Fields, _facts: Facts) -> bool:
    """Whether evidence for the country of another currency is not far weaker, and no sign of its own decides."""
    if field.chosen.provenance.kind in (Kind.CURRENCY_SIGN, Kind.SETTING):
        return False
    return any(
        rival.provenance.kind in TELLING_COUNTRY and (rival.probability or 0.0) >= MIN_OTHER_COUNTRY
        for rival in field.rivals
    )


TELLING_COUNTRY = frozenset({Kind.COUNTRY, Kind.SIGN_AND_COUNTRY, Kind.ONE_CLUE})
MIN_OTHER_COUNTRY = 0.01
"""Minimum probability of another country with evidence of its own, by which the chosen one is in doubt: the weights of
the evidence are guesses, and an error of a factor of five must not make a receipt accepted."""


MIN_OTHER_SIGN = 0.001
"""The same for a sign beside an amount: a lower probability is that of a misread one, such as € in an item."""


def _is_read_otherwise(field: Field[str], _fields: Fields, _facts: Facts) -> bool:
    """Whether a pass is as sure of another currency as the merged reading is of this one."""
    return any(
        ballot.candidate is not None
        and ballot.candidate.value != field.chosen.value
        and (ballot.candidate.probability or 0.0) >= max(SURE_OF_CURRENCY, field.chosen.probability or 0.0)
        for ballot in field.ballots
    )


def _has_open_order(field: Field[dt.date], _fields: Fields, _facts: Facts) -> bool:
    return by_default(field.chosen)


def _is_single_engine_on_photo(field: Field[dt.date], _fields: Fields, facts: Facts) -> bool:
    return facts.photo and is_single_engine(field)


def _is_other_day(field: Field[dt.date], _fields: Fields, _facts: Facts) -> bool:
    return field.chosen.provenance.kind is Kind.OTHER_DATE


# Sums and dates of one receipt are not evidence for another.
SEVERAL = Veto(
    VetoKind.MEANING, MAX_DOUBTFUL, "the image may show several receipts, which are better photographed one by one"
)
# "Total staff: 14" is read correctly, but is not an amount.
COUNT = Veto(VetoKind.MEANING, MAX_COUNT, "it has no decimals and no sum proves it, so it may be a count")
# Better reading does not show which of two amounts was paid.
DISPUTED = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "at least as many sums agree with another amount")
# Typical of words in a language or script that was not read.
NAMELESS = Veto(VetoKind.READING, MAX_DOUBTFUL, "neither a word nor a sum identifies it as the total")
# "Total quantity 5" was misread as "total 5" by the only pass that knows its script; two passes read the number.
NAMED_ONCE = Veto(
    VetoKind.READING,
    MAX_DOUBTFUL,
    "its label was read only once, in a script that the other engine does not know, and no sum proves it",
)
# A refund taken for a purchase is wrong by twice its amount; another engine that misses the word too proves nothing.
MAYBE_A_REFUND = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "a line, or the sign of an amount, may mark it as a refund")
BOTH_SIGNS = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "it was also read with the opposite sign, so it may be a refund")
# The sums of the receipt are wrong then, or lack something.
CHANGED_TEXT = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "the text of the file has another digit than its sums")
# 12.750 is 12 dinars and 750 fils in Kuwait, and twelve thousand in Indonesia.
DECIMALS_OPEN = Veto(
    VetoKind.MEANING, MAX_DOUBTFUL, "nothing indicates whether three digits behind its mark are decimals or thousands"
)
# The shop is in one country by all that it prints, and the price in the currency of another.
OTHER_SIGN = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "the sign of another currency is printed beside an amount")
OTHER_COUNTRY = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "there is evidence for the country of another currency as well")
READ_OTHERWISE = Veto(VetoKind.READING, MAX_DOUBTFUL, "one pass read evidence for another currency")
# 04/05 is 4 May in one country, and April 5 in another.
OPEN_ORDER = Veto(
    VetoKind.MEANING, MAX_DOUBTFUL, "nothing on the receipt indicates which number is the day and which the month"
)
SINGLE_ENGINE_ON_PHOTO = Veto(VetoKind.READING, MAX_SINGLE_ENGINE_ON_PHOTO, "only one engine read it, from a photo")
# As by "return until": the date of purchase was not read.
OTHER_DAY = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "the words next to it indicate another day than that of the purchase")

AMOUNT_RULES: tuple[Rule[Decimal], ...] = (
    Rule(SEVERAL, _mixed),
    Rule(COUNT, _is_count),
    Rule(DISPUTED, _is_disputed),
    Rule(NAMELESS, _is_nameless),
    Rule(NAMED_ONCE, _is_named_once),
    Rule(MAYBE_A_REFUND, _is_maybe_refund),
    Rule(BOTH_SIGNS, _has_both_signs),
    Rule(CHANGED_TEXT, _is_changed_text),
    Rule(DECIMALS_OPEN, _has_open_decimals),
)
CURRENCY_RULES: tuple[Rule[str], ...] = (
    Rule(OTHER_SIGN, _is_contradicted),
    Rule(OTHER_COUNTRY, _has_other_country),
    Rule(READ_OTHERWISE, _is_read_otherwise),
)
DATE_RULES: tuple[Rule[dt.date], ...] = (
    Rule(OPEN_ORDER, _has_open_order),
    Rule(SINGLE_ENGINE_ON_PHOTO, _is_single_engine_on_photo),
    Rule(OTHER_DAY, _is_other_day),
    *(Rule(veto, holds) for veto, holds in date_vetoes.RULES),
)


def vetoes_on(fields: Fields, facts: Facts) -> Mapping[str, tuple[Veto, ...]]:
    """Return the vetoes that hold, by the name of the field, for every field with rules."""
    by_itself = amount_vetoes(fields.amount) if fields.amount else ()
    return {
        "amount": (*_holding(AMOUNT_RULES, fields.amount, fields, facts), *by_itself),
        "currency": _holding(CURRENCY_RULES, fields.currency, fields, facts),
        "date": (*_holding(DATE_RULES, fields.date, fields, facts), *date_vetoes.guessed_country(fields.date)),
    }


def _holding(rules: tuple[Rule[T], ...], field: Field[T] | None, fields: Fields, facts: Facts) -> tuple[Veto, ...]:
    return tuple(rule.veto for rule in rules if rule.holds(field, fields, facts)) if field else ()


def bounded(field: Field[T]) -> Field[T]:
    """Return the field with its probability bounded by its vetoes."""
    bound = min((veto.max_probability for veto in field.vetoes), default=1.0)
    return field if field.probability <= bound else replace(field, probability=bound)


def lifted(local: Field[T], other: Field[T]) -> tuple[Veto, ...]:
    """Return the vetoes on a value that remain when another engine reads the same value.

    Vetoes about the reading are lifted, unless one of that kind holds for the other engine's reading as well. Vetoes
    about the meaning remain: the same characters mean the same, whichever engine reads them.
    """
    unclear = any(veto.kind is VetoKind.READING for veto in other.vetoes)
    return tuple(veto for veto in local.vetoes if veto.kind is VetoKind.MEANING or unclear)

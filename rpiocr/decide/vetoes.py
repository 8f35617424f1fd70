"""Vetoes: upper bounds on confidence for failure modes that the data of the confidence model do not cover.

They are set by hand. Each came from a receipt, real or generated, whose wrong answer was accepted without it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Generic, TypeVar

from rpiocr.decide.features import Facts, is_lone, votes_for
from rpiocr.extract.arithmetic.sums import PROVING, TELLING
from rpiocr.extract.fields.date import by_default
from rpiocr.extract.tables.countries import cash_rounding
from rpiocr.extract.tables.currencies import currencies
from rpiocr.extract.text.amounts import fold
from rpiocr.model import Candidate, Check, Field, Fields, Kind, Veto, VetoKind
from rpiocr.model.provenance import (
    CARD,
    CASH_LESS_CHANGE,
    ITEMS,
    MAYBE_REFUND,
    SURE_TOTAL_KINDS,
    TWO_CURRENCIES,
)

T = TypeVar("T")

DOUBTFUL_MOST = 0.7
"""Far below what any accepted risk asks for, and still more likely right than wrong."""

COUNT_MOST = 0.5
"""A whole number without a sum is a total as often as a number of things."""

LONE_ON_PHOTO_MOST = 0.87
"""Of 38 dates on generated photos that one engine alone had read 33 were right; of 18 on labelled scans, all."""

AGREEING = PROVING | {CARD}
"""Checks that another amount of the receipt agrees with a total."""

DECIMALS = re.compile(r"[.,·_ €$£][0-9OolISBZ]{2}(?![0-9])|[.,][-\u2013]")

READ_WELL = 0.15
"""Minimum share of the votes for a total at which another amount that is named a total as well competes with it."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """A veto and when it holds for a field of a receipt."""

    veto: Veto
    holds: Callable[[Field[T], Fields, Facts], bool]


def _mixed(_field: Field[Decimal], _fields: Fields, facts: Facts) -> bool:
    return facts.mixed


def _is_count(field: Field[Decimal], fields: Fields, _facts: Facts) -> bool:
    """Whether a total may be a number of things: no decimals where its currency has some, and no sum proves it."""
    total = field.chosen
    known = currencies().get(fields.currency or "")
    has_decimals = known is None or known.decimals > 0
    return has_decimals and not DECIMALS.search(fold(total.raw)) and not PROVING & set(total.checks)


def _is_disputed(field: Field[Decimal], _fields: Fields, _facts: Facts) -> bool:
    """Whether another amount has as many sums on its side, though it may be named by a total's word or by none.

    So it is where a deposit was paid before, or a tip after; a card's amount counts as a sum as well. Totals before and
    after rounding are no dispute, unless it is the other one that was paid. Totals in two currencies are one, unless
    something tells which was paid; and so is an amount that may have lost its thousands, or of which less was paid.
    """
    total = field.chosen
    return (
        TWO_CURRENCIES in total.checks
        or any(_is_only_one_proved(rival, total) for rival in field.rivals)
        or any(_is_paid_less(rival, total) or _is_lower_total(rival, total) for rival in field.rivals)
        or any(_has_lost_thousands(total, rival) for rival in field.rivals)
        or any(_is_proved_as_well(rival, total) for rival in field.rivals)
    )


def _is_only_one_proved(rival: Candidate[Decimal], total: Candidate[Decimal]) -> bool:
    """Whether sums prove an amount that no word names a total, and none proves the one that was chosen."""
    proved = set(total.checks) & PROVING
    return not proved and rival.provenance.kind in (Kind.UNNAMED, Kind.CARD) and bool(TELLING & set(rival.checks))


def _is_paid_less(payment: Candidate[Decimal], total: Candidate[Decimal]) -> bool:
    """Whether less was paid than a total, and the sums make that the total, after a discount that they know."""
    less = payment.provenance.kind in (Kind.CASH, Kind.CARD) and 0 < payment.value < total.value
    return less and bool(PROVING & set(payment.checks)) and not TELLING & set(total.checks)


def _is_lower_total(rival: Candidate[Decimal], total: Candidate[Decimal]) -> bool:
    """Whether a lower amount is named a total, while only the items make the higher one that: less a discount."""
    named = rival.provenance.names_total and rival.score >= READ_WELL * total.score
    items_alone = set(total.checks) & AGREEING == {ITEMS}
    return (
        named
        and items_alone
        and 0 < rival.value < total.value
        and _apart(rival, total) >= cash_rounding().between_totals
    )


def _has_lost_thousands(total: Candidate[Decimal], rival: Candidate[Decimal]) -> bool:
    """Whether a total may be another amount that lost its thousands: 391.00 of 7 391.00."""
    amount, longer = abs(total.value), abs(rival.value)
    return rival.provenance.kind is not Kind.CASH and amount < 1000 < longer and longer % 1000 == amount


def _is_proved_as_well(rival: Candidate[Decimal], total: Candidate[Decimal]) -> bool:
    """Whether as many sums, at least one, agree with another total, and rounding does not explain the difference."""
    named = rival.provenance.is_total
    apart = _paid(rival) > _paid(total) or _apart(rival, total) >= cash_rounding().between_totals
    return named and apart and any(_agreeing(rival, sums) >= max(1, _agreeing(total, sums)) for sums in KINDS_OF_SUMS)


KINDS_OF_SUMS = (PROVING, AGREEING)


def _agreeing(total: Candidate[Decimal], sums: frozenset[Check]) -> int:
    return len(sums & set(total.checks))


def _paid(total: Candidate[Decimal]) -> bool:
    return CASH_LESS_CHANGE in total.checks


def _apart(one: Candidate[Decimal], other: Candidate[Decimal]) -> Decimal:
    return abs(abs(one.value) - abs(other.value))


def _is_nameless(field: Field[Decimal], _fields: Fields, _facts: Facts) -> bool:
    return field.chosen.provenance.kind not in SURE_TOTAL_KINDS and not PROVING & set(field.chosen.checks)


def _is_named_once(field: Field[Decimal], _fields: Fields, facts: Facts) -> bool:
    """Whether one pass alone read the word that makes an amount the total, and nothing proves the amount.

    So it may be where an engine does not know the script of the page: its passes have their labels from the others.
    """
    if AGREEING & set(field.chosen.checks):
        return False
    named = [ballot for ballot in field.ballots if ballot.source.engine.family.knows(facts.script)]
    return len(named) < len(field.ballots) and sum(votes_for(ballot, field.chosen.value) for ballot in named) < 2


def _is_maybe_refund(field: Field[Decimal], _fields: Fields, _facts: Facts) -> bool:
    return MAYBE_REFUND in field.chosen.checks


def _has_both_signs(field: Field[Decimal], _fields: Fields, _facts: Facts) -> bool:
    """Whether a pass takes the same amount with the other sign for the total: thin dashes get lost."""
    values = {ballot.candidate.value for ballot in field.ballots if ballot.candidate}
    return field.chosen.value != 0 and -field.chosen.value in values


def _has_open_order(field: Field[dt.date], _fields: Fields, _facts: Facts) -> bool:
    return by_default(field.chosen)


def _is_lone_on_photo(field: Field[dt.date], _fields: Fields, facts: Facts) -> bool:
    return facts.photo and is_lone(field)


def _is_other_day(field: Field[dt.date], _fields: Fields, _facts: Facts) -> bool:
    return field.chosen.provenance.kind is Kind.OTHER_DATE


# Sums and dates of one receipt are no evidence for another.
SEVERAL = Veto(
    VetoKind.MEANING, DOUBTFUL_MOST, "the picture may show several receipts, which are better taken one by one"
)
# "Total staff: 14" is read well, and is no amount.
COUNT = Veto(VetoKind.MEANING, COUNT_MOST, "it has no decimals and no sum proves it, so that it may count things")
# Which of two was paid is no question of reading.
DISPUTED = Veto(VetoKind.MEANING, DOUBTFUL_MOST, "another amount is proved as well, or better")
# So it is where the words are of a language, or in characters, that were not read.
NAMELESS = Veto(VetoKind.READING, DOUBTFUL_MOST, "neither a word nor a sum says that it is the total")
# "Total quantity 5", misread by the one pass that knows its characters, was "total 5", and the number was read twice.
NAMED_ONCE = Veto(
    VetoKind.READING,
    DOUBTFUL_MOST,
    "the word beside it was read once only, in letters that the other engine does not know, and no sum proves it",
)
# A refund that is taken for a purchase counts twice over: an engine that misses the word as well is no proof.
MAYBE_A_REFUND = Veto(VetoKind.MEANING, DOUBTFUL_MOST, "a line that was not read clearly may say that it is a refund")
BOTH_SIGNS = Veto(
    VetoKind.MEANING, DOUBTFUL_MOST, "it was read with the other sign as well, so that it may be a refund"
)
# One country's April is another one's May.
OPEN_ORDER = Veto(
    VetoKind.MEANING, DOUBTFUL_MOST, "nothing on the receipt tells which number is the day and which the month"
)
LONE_ON_PHOTO = Veto(VetoKind.READING, LONE_ON_PHOTO_MOST, "one engine alone read it off a photo")
# "Return until": the day of purchase was not read then.
OTHER_DAY = Veto(VetoKind.MEANING, DOUBTFUL_MOST, "words beside it say that it is not the day of the purchase")

AMOUNT_RULES: tuple[Rule[Decimal], ...] = (
    Rule(SEVERAL, _mixed),
    Rule(COUNT, _is_count),
    Rule(DISPUTED, _is_disputed),
    Rule(NAMELESS, _is_nameless),
    Rule(NAMED_ONCE, _is_named_once),
    Rule(MAYBE_A_REFUND, _is_maybe_refund),
    Rule(BOTH_SIGNS, _has_both_signs),
)
DATE_RULES: tuple[Rule[dt.date], ...] = (
    Rule(OPEN_ORDER, _has_open_order),
    Rule(LONE_ON_PHOTO, _is_lone_on_photo),
    Rule(OTHER_DAY, _is_other_day),
)


def vetoes_on(fields: Fields, facts: Facts) -> Mapping[str, tuple[Veto, ...]]:
    """Return the vetoes on every field that has any rules, by its name."""
    return {
        "amount": _standing(AMOUNT_RULES, fields.amount, fields, facts),
        "date": _standing(DATE_RULES, fields.date, fields, facts),
    }


def _standing(rules: tuple[Rule[T], ...], field: Field[T] | None, fields: Fields, facts: Facts) -> tuple[Veto, ...]:
    return tuple(rule.veto for rule in rules if rule.holds(field, fields, facts)) if field else ()


def bounded(field: Field[T]) -> Field[T]:
    """Return a field whose probability is at most what its vetoes allow."""
    most = min((veto.most for veto in field.vetoes), default=1.0)
    return field if field.probability <= most else replace(field, probability=most)


def lifted(local: Field[T], other: Field[T]) -> tuple[Veto, ...]:
    """Return the vetoes on a value that remain when another engine reads the same value.

    Vetoes about the reading are lifted, unless one of that kind holds for the other engine's reading as well. Vetoes
    about the meaning remain: the same characters mean the same, whoever reads them.
    """
    unclear = any(veto.kind is VetoKind.READING for veto in other.vetoes)
    return tuple(veto for veto in local.vetoes if veto.kind is VetoKind.MEANING or unclear)

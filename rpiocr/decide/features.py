"""What speaks for an answer and against it: who read it, which sums agree, and what else it could be."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from rpiocr.extract.arithmetic.rounding import MOST_ROUNDED
from rpiocr.extract.arithmetic.sums import PROVING, TELLING
from rpiocr.extract.fields.date import OTHER_DATE, by_default
from rpiocr.extract.fields.total import MAYBE_REFUND, TWO_CURRENCIES
from rpiocr.extract.locale.inference import currencies
from rpiocr.extract.text.amounts import fold
from rpiocr.model import Ballot, Candidate, EngineKind, Field, Fields, Reading
from rpiocr.recognise.tesseract import TESSERACT

T = TypeVar("T")

MAJORITY = 0.5
"""An engine says what at least this share of its passes says."""

AGREEING = PROVING | {"card"}

DECIMALS = re.compile(r"[.,·_ €$£][0-9OolISBZ]{2}(?![0-9])|[.,][-\u2013]")


def text_quality(reading: Reading, *, has_total: bool, has_date: bool) -> int:
    """Rate how well the text was read, 0 to 100, by confidence, digits and keywords.

    The points are those that the tool started from: mean confidence over 0.7: 40, over 0.5: 20; more than 60 % of
    the words above 0.8: 20; fewer than 20 % below 0.4: 10; digits over 15 % of the characters: 10; a total
    keyword: 10; a date: 5; a decimal amount: 5.
    """
    words = [word for line in reading.lines for word in line.words]
    if not words:
        return 0
    text = "".join(word.text for word in words)
    mean = sum(word.confidence for word in words) / len(words)
    points = 40 if mean > 0.7 else 20 if mean > 0.5 else 0
    points += 20 * (sum(word.confidence > 0.8 for word in words) > 0.6 * len(words))
    points += 10 * (sum(word.confidence < 0.4 for word in words) < 0.2 * len(words))
    points += 10 * (sum(char.isdigit() for char in text) > 0.15 * len(text))
    points += 10 * has_total + 5 * has_date
    return points + 5 * bool(re.search(r"[$€£]|\d[.,]\d\d\b", text))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page as a whole says about its reading.

    ``text_quality`` as of that function; ``unread_total``: a line with a word for the total has no amount that could
    be read; ``mixed``: the page may hold several receipts that were read as one; ``photo``: the receipt was cut out of
    a photo, or turned; ``lent``: one of two engines read no words, and was lent those of the other.
    """

    text_quality: int
    unread_total: bool
    mixed: bool = False
    photo: bool = False
    lent: bool = False


def amount_features(field: Field[Decimal], facts: Facts) -> dict[str, float]:
    """What tells a right total from a wrong one."""
    chosen = field.chosen
    return {
        **_common(field, facts),
        "sums": float(min(2, len(set(chosen.checks) & PROVING))),
        "paid": float("card" in chosen.checks),
        "sure_word": float(chosen.rule == "total_sure"),
        "total_word": float(chosen.rule in ("total_sure", "total")),
        "no_word": float(chosen.rule not in ("total_sure", "total", "total_weak")),
        "unread_total": float(facts.unread_total),
        "negative": float(chosen.value < 0),
    }


def date_features(field: Field[dt.date], facts: Facts) -> dict[str, float]:
    """What tells a right date from a wrong one."""
    chosen = field.chosen
    return {
        **_common(field, facts),
        "label": float(chosen.rule == "date label"),
        "lost_marks": float(chosen.rule == "lost marks"),
        "open_order": float(by_default(chosen)),
    }


def merchant_features(field: Field[str], facts: Facts) -> dict[str, float]:
    """What tells a right name from a wrong one."""
    return _common(field, facts)


def _common(field: Field[T], facts: Facts) -> dict[str, float]:
    chosen = field.chosen
    rival = field.rivals[0].score if field.rivals else 0.0
    first = [ballot for ballot in field.ballots if ballot.source.engine.family == TESSERACT]
    second = [one for one in field.ballots if _is_local(one) and one.source.engine.family != TESSERACT]
    share = _share(first, chosen.value)
    return {
        "share": share,
        "unanimous": float(share == 1.0 and len(first) > 1),
        "few_passes": 1.0 / max(1, len(first)),
        "lone": float(is_lone(field)),
        "elsewhere": float(is_elsewhere(field)),
        "margin": (chosen.score - rival) / max(0.1, chosen.score),
        "confidence": _confidence(first, chosen.value),
        "second_confidence": _confidence(second, chosen.value),
        "corrected": float(chosen.corrected),
        "text_quality": facts.text_quality / 100,
    }


def is_lone(field: Field[T]) -> bool:
    """Tell whether a value was read by one engine only, and no sum proves it."""
    if PROVING & set(field.chosen.checks):
        return False
    by_engine: dict[bool, list[Ballot[T]]] = {True: [], False: []}
    for ballot in filter(_is_local, field.ballots):
        by_engine[ballot.source.engine.family == TESSERACT].append(ballot)
    return not all(_share(ballots, field.chosen.value) >= MAJORITY for ballots in by_engine.values())


def _is_local(ballot: Ballot[Any]) -> bool:
    """Tell whether an engine on this machine read it: the models were fitted on those alone."""
    return ballot.source.engine.family.kind is EngineKind.LOCAL


def is_elsewhere(field: Field[T]) -> bool:
    """Tell whether some pass takes another place for the field: in doubt is what is meant, not what is read."""
    chosen = field.chosen
    others = (b.candidate for b in field.ballots if b.candidate and b.candidate.value != chosen.value)
    return any(not chosen.box.meets(other.box) for other in others)


def _says(ballot: Ballot[T], value: T) -> bool:
    return ballot.candidate is not None and ballot.candidate.value == value


def _confidence(ballots: Sequence[Ballot[T]], value: T) -> float:
    return max((b.candidate.confidence for b in ballots if b.candidate and b.candidate.value == value), default=0.0)


def _share(ballots: Sequence[Ballot[T]], value: T) -> float:
    return sum(_says(ballot, value) for ballot in ballots) / max(1, len(ballots))


def features_of(fields: Fields, facts: Facts) -> dict[str, dict[str, float]]:
    """Return what the judge sees of every field that was found."""
    features = {}
    if fields.amount:
        features["amount"] = amount_features(fields.amount, facts)
    if fields.date:
        features["date"] = date_features(fields.date, facts)
    if fields.merchant:
        features["merchant"] = merchant_features(fields.merchant, facts)
    return features


def engines_of(fields: Fields) -> str:
    """Return ``both`` where two local engines were asked for the fields, else ``one``."""
    found = [field for field in (fields.amount, fields.date, fields.merchant) if field]
    families = {one.source.engine.family for field in found for one in field.ballots if _is_local(one)}
    return "both" if len(families) > 1 else "one"


def is_count(total: Candidate[Decimal], currency: str | None) -> bool:
    """Tell whether a total may be a number of things: no decimals where its currency has some, and no sum proves it."""
    known = currencies().get(currency or "")
    has_decimals = known is None or known.decimals > 0
    return has_decimals and not DECIMALS.search(fold(total.raw)) and not PROVING & set(total.checks)


def is_other_day(date: Candidate[dt.date]) -> bool:
    """Tell whether a date stands beside words that say it is another day than that of the purchase."""
    return date.rule == OTHER_DATE


def is_maybe_refund(total: Candidate[Decimal]) -> bool:
    """Tell whether a line may say that a total is a refund, so that its sign is open."""
    return MAYBE_REFUND in total.checks


def is_of_both_signs(total: Field[Decimal]) -> bool:
    """Tell whether a pass takes the same amount with the other sign for the total: thin dashes get lost."""
    values = {ballot.candidate.value for ballot in total.ballots if ballot.candidate}
    return total.chosen.value != 0 and -total.chosen.value in values


def is_nameless(total: Candidate[Decimal]) -> bool:
    """Tell whether neither a word that surely means the total nor a sum says that an amount is the total."""
    return total.rule not in ("total_sure", "total") and not PROVING & set(total.checks)


def is_named_once(total: Field[Decimal]) -> bool:
    """Tell whether one pass of Tesseract alone read the word that makes an amount the total, and nothing proves it."""
    if AGREEING & set(total.chosen.checks):
        return False
    named = [ballot for ballot in total.ballots if ballot.source.engine.family == TESSERACT]
    return sum(_says(ballot, total.chosen.value) for ballot in named) < 2


def _is_end_of(amount: Decimal, longer: Decimal) -> bool:
    """Tell whether an amount may be another one that lost its thousands: 391.00 of 7 391.00."""
    return abs(amount) < 1000 < abs(longer) and abs(longer) % 1000 == abs(amount)


def _is_paid_less(payment: Candidate[Decimal], total: Candidate[Decimal]) -> bool:
    """Tell whether less was paid than a total, and the sums make that the total, after a discount that they know."""
    less = payment.rule in ("cash", "card") and 0 < payment.value < total.value
    return less and bool(PROVING & set(payment.checks)) and not TELLING & set(total.checks)


READ_WELL = 0.15
"""Share of the votes for a total from which on another one counts that a word names as well."""


def _is_lower_total(rival: Candidate[Decimal], total: Candidate[Decimal]) -> bool:
    """Tell whether a lower amount is named a total, while only the items make the higher one that: less a discount."""
    named = rival.rule.startswith("total") and rival.score >= READ_WELL * total.score
    items_alone = set(total.checks) & AGREEING == {"items"}
    return named and items_alone and 0 < rival.value < total.value and _apart(rival, total) >= MOST_ROUNDED


def _paid(total: Candidate[Decimal]) -> bool:
    return "cash - change" in total.checks


def _apart(one: Candidate[Decimal], other: Candidate[Decimal]) -> Decimal:
    return abs(abs(one.value) - abs(other.value))


def is_disputed(field: Field[Decimal]) -> bool:
    """Tell whether another amount has as many sums on its side, though it may be named by a total's word or by none.

    So it is where a deposit was paid before, or a tip after; a card's amount counts as a sum as well. Totals before and
    after rounding are no dispute, unless it is the other one that was paid. Totals in two currencies are one, unless
    something tells which was paid; and so is an amount that may have lost its thousands, or of which less was paid.
    """
    proved = set(field.chosen.checks) & PROVING
    if TWO_CURRENCIES in field.chosen.checks:
        return True
    if not proved and any(rival.rule in ("none", "card") and TELLING & set(rival.checks) for rival in field.rivals):
        return True
    if any(_is_paid_less(rival, field.chosen) or _is_lower_total(rival, field.chosen) for rival in field.rivals):
        return True
    if any(rival.rule != "cash" and _is_end_of(field.chosen.value, rival.value) for rival in field.rivals):
        return True
    return any(
        rival.rule.startswith(("total", "sums"))
        and (_paid(rival) > _paid(field.chosen) or _apart(rival, field.chosen) >= MOST_ROUNDED)
        and any(
            len(sums & set(rival.checks)) >= max(1, len(sums & set(field.chosen.checks)))
            for sums in (PROVING, AGREEING)
        )
        for rival in field.rivals
    )

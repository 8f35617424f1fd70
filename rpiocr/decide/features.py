"""Features of the confidence model: agreement of engines, arithmetic checks, competing candidates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from rpiocr.extract.fields.date import by_default
from rpiocr.model import Ballot, EngineKind, Field, Fields, Kind, Reading
from rpiocr.model.provenance import CARD, PROVING, SURE_TOTAL_KINDS, TOTAL_KINDS
from rpiocr.recognise.tesseract import TESSERACT
from rpiocr.recognise.tesseract_models import Script

T = TypeVar("T")

MAJORITY = 0.5
"""Minimum share of an engine's passes that have to agree on a value for the engine to have read it."""


def text_quality(reading: Reading, *, has_total: bool, has_date: bool) -> int:
    """Rate how well the text was read, 0 to 100, by confidence, digits and keywords.

    The points are those of the first version. Mean confidence over 0.7: 40, over 0.5: 20; more than 60 %
    of the words above 0.8: 20; fewer than 20 % below 0.4: 10; digits over 15 % of the characters: 10; a total
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
    """Facts about the page as a whole that the judge considers.

    ``text_quality``: see the function of that name; ``unread_total``: a line with a word for the total has no legible
    amount; ``mixed``: the page may show several receipts that were read as one; ``photo``: the receipt was cropped from
    a photo, or rotated; ``script``: that of the page, if known.
    """

    text_quality: int
    unread_total: bool
    mixed: bool = False
    photo: bool = False
    script: Script | None = None


def amount_features(field: Field[Decimal], facts: Facts) -> dict[str, float]:
    """Return the features that distinguish right totals from wrong ones."""
    chosen = field.chosen
    kind = chosen.provenance.kind
    return {
        **_common(field, facts),
        "sums": float(min(2, len(set(chosen.checks) & PROVING))),
        "paid": float(CARD in chosen.checks),
        "sure_word": float(kind is Kind.TOTAL_SURE),
        "total_word": float(kind in SURE_TOTAL_KINDS),
        "no_word": float(kind not in TOTAL_KINDS),
        "unread_total": float(facts.unread_total),
        "negative": float(chosen.value < 0),
    }


def date_features(field: Field[dt.date], facts: Facts) -> dict[str, float]:
    """Return the features that distinguish right dates from wrong ones."""
    chosen = field.chosen
    return {
        **_common(field, facts),
        "label": float(chosen.provenance.kind is Kind.DATE_LABEL),
        "lost_marks": float(chosen.provenance.kind is Kind.LOST_MARKS),
        "open_order": float(by_default(chosen)),
    }


def merchant_features(field: Field[str], facts: Facts) -> dict[str, float]:
    """Return the features that distinguish right merchant names from wrong ones; its score is a probability."""
    return {**_common(field, facts), "chance": field.chosen.score}


def _common(field: Field[T], facts: Facts) -> dict[str, float]:
    chosen = field.chosen
    runner_up = field.rivals[0].score if field.rivals else 0.0
    first, second = _by_engine(field.ballots)
    share = _share(first, chosen.value)
    return {
        "share": share,
        "unanimous": float(share == 1.0 and (len(first) > 1 or any(map(_is_exact, first)))),
        "few_passes": 1.0 / max(1, len(first)),
        "single_engine": float(is_single_engine(field)),
        "elsewhere": float(is_elsewhere(field)),
        "margin": (chosen.score - runner_up) / max(0.1, chosen.score),
        "confidence": _confidence(first, chosen.value),
        "second_confidence": _confidence(second, chosen.value),
        "corrected": float(chosen.corrected),
        "text_quality": facts.text_quality / 100,
    }


def is_single_engine(field: Field[T]) -> bool:
    """Return whether only one engine read a value, and no sum proves it."""
    if PROVING & set(field.chosen.checks):
        return False
    return not all(_share(ballots, field.chosen.value) >= MAJORITY for ballots in _by_engine(field.ballots))


def _by_engine(ballots: Sequence[Ballot[T]]) -> tuple[list[Ballot[T]], list[Ballot[T]]]:
    """Return the votes of Tesseract, and those of the second engine; a pass that reads no errors counts as both."""
    local = [ballot for ballot in ballots if _is_local(ballot)]
    first = [ballot for ballot in local if ballot.source.engine.family == TESSERACT or _is_exact(ballot)]
    return first, [ballot for ballot in local if ballot.source.engine.family != TESSERACT]


def _is_exact(ballot: Ballot[Any]) -> bool:
    return ballot.source.engine.family.exact


def _is_local(ballot: Ballot[Any]) -> bool:
    """Return whether the vote is of an engine on this machine, with the models of the page: the fit was on those alone.

    A pass with other models adds its vote, but what it did not read is no doubt about what the better model read.
    """
    engine = ballot.source.engine
    return engine.family.kind is EngineKind.LOCAL and engine.scripts is None


def is_elsewhere(field: Field[T]) -> bool:
    """Return whether some pass found the field elsewhere on the page: its location is uncertain, not its reading."""
    chosen = field.chosen
    others = (b.candidate for b in field.ballots if b.candidate and b.candidate.value != chosen.value)
    return any(not chosen.box.meets(other.box) for other in others)


def votes_for(ballot: Ballot[T], value: T) -> bool:
    """Return whether a pass voted for ``value``."""
    return ballot.candidate is not None and ballot.candidate.value == value


def _confidence(ballots: Sequence[Ballot[T]], value: T) -> float:
    return max((b.candidate.confidence for b in ballots if b.candidate and b.candidate.value == value), default=0.0)


def _share(ballots: Sequence[Ballot[T]], value: T) -> float:
    return sum(votes_for(ballot, value) for ballot in ballots) / max(1, len(ballots))


def features_of(fields: Fields, facts: Facts) -> dict[str, dict[str, float]]:
    """Return the features of every judged field that was found."""
    features = {}
    if fields.amount:
        features["amount"] = amount_features(fields.amount, facts)
    if fields.date:
        features["date"] = date_features(fields.date, facts)
    if fields.merchant:
        features["merchant"] = merchant_features(fields.merchant, facts)
    return features


def engines_of(fields: Fields) -> str:
    """Return ``both`` if two local engines voted on the fields, or one that reads no errors; else ``one``."""
    found = [field for field in (fields.amount, fields.date, fields.merchant) if field]
    families = {one.source.engine.family for field in found for one in field.ballots if _is_local(one)}
    return "both" if len(families) > 1 or any(family.exact for family in families) else "one"

"""How far an answer can be trusted."""

from __future__ import annotations

import datetime as dt
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TypeVar

from rpiocr.extract.locale import currencies
from rpiocr.extract.rounding import MOST_ROUNDED
from rpiocr.extract.sums import PROVING
from rpiocr.model import Ballot, Candidate, Field, Fields, Judgement, Reading, Verdict
from rpiocr.vote import engine_of

ACCEPT_OVER = 70
ESCALATE_UNDER = 40

TESSERACT = "tesseract"

T = TypeVar("T")


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
class Model:
    """A logistic model: the chance that a value is right is 1 / (1 + exp(-(bias + sum of weight x feature))).

    A lone value, however well it looks, has at most the chance ``lone_most``: that share of those was right.
    """

    bias: float
    weights: Mapping[str, float]
    lone_most: float = 1.0

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the chance, 0 to 1; features without a weight do not count."""
        total = self.bias + sum(weight * features.get(name, 0.0) for name, weight in self.weights.items())
        chance = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
        return min(chance, self.lone_most) if features.get("lone") else chance


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was fitted: models by engines (``one`` or ``both``) and field, and which chance keeps to which risk.

    ``least_chance`` holds, by engines, pairs (share of wrong answers among the accepted, least chance that an accepted
    answer has), by falling risk.
    """

    models: Mapping[str, Mapping[str, Model]]
    least_chance: Mapping[str, tuple[tuple[float, float], ...]]


@cache
def fitted() -> Fitted:
    """Read the fitted numbers."""
    raw = tomllib.loads((resources.files("rpiocr") / "judge.toml").read_text("utf-8"))
    return Fitted(
        {
            engines: {
                field: Model(table["bias"], table["weights"], table["lone_most"])
                for field, table in raw[engines].items()
            }
            for engines in ("one", "both")
        },
        {engines: tuple((pair[0], pair[1]) for pair in pairs) for engines, pairs in raw["risk"].items()},
    )


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page as a whole says about its reading.

    ``text_quality`` as of that function; ``unread_total``: a line with a word for the total has no amount that could
    be read.
    """

    text_quality: int
    unread_total: bool


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
        "open_order": float(_is_open(chosen)),
    }


def merchant_features(field: Field[str], facts: Facts) -> dict[str, float]:
    """What tells a right name from a wrong one."""
    return _common(field, facts)


def _common(field: Field[T], facts: Facts) -> dict[str, float]:
    chosen = field.chosen
    rival = field.rivals[0].score if field.rivals else 0.0
    first = [ballot for ballot in field.ballots if engine_of(ballot.source) == TESSERACT]
    second = [ballot for ballot in field.ballots if engine_of(ballot.source) != TESSERACT]
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
    for ballot in field.ballots:
        by_engine[engine_of(ballot.source) == TESSERACT].append(ballot)
    return not all(_share(ballots, field.chosen.value) >= MAJORITY for ballots in by_engine.values())


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


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges answers for a user who bears ``accept_risk`` wrong ones among the accepted (a share, 0 to 1)."""

    accept_risk: float

    def judge(self, fields: Fields, facts: Facts) -> tuple[Fields, Judgement]:
        """Give every field its probability and verdict, and the receipt its quality and verdict."""
        engines = engines_of(fields)
        models = fitted().models[engines]
        chances = {name: models[name].probability(found) for name, found in features_of(fields, facts).items()}
        if fields.amount and _is_count(fields.amount.chosen, fields.currency):
            chances["amount"] = min(chances["amount"], COUNT_MOST)
        if fields.amount and _is_disputed(fields.amount):
            chances["amount"] = min(chances["amount"], DISPUTED_MOST)
        if fields.date and _is_open(fields.date.chosen):
            chances["date"] = min(chances["date"], OPEN_MOST)
        stated = Fields(
            amount=fields.amount and replace(fields.amount, probability=chances["amount"]),
            date=fields.date and replace(fields.date, probability=chances["date"]),
            merchant=fields.merchant and replace(fields.merchant, probability=chances["merchant"]),
        )
        return self.rate(replace(fields, amount=stated.amount, date=stated.date, merchant=stated.merchant))

    def rate(self, fields: Fields) -> tuple[Fields, Judgement]:
        """Give every field the verdict that follows from its probability, and the receipt its quality and verdict.

        Total and date found: the chance that both are right, stretched so that the least chance that the accepted risk
        asks for becomes 71, and DOUBTFUL 40. One missing: 40 to 60 by the other's chance, so never accepted. Neither:
        0.
        """
        sure = least_chance(self.accept_risk, engines_of(fields))
        amount, date = fields.amount, fields.date
        if amount is None and date is None:
            quality = 0.0
        elif amount is None or date is None:
            quality = 40.0 + 20.0 * max(found.probability for found in (amount, date) if found)
        else:
            quality = _stretch(amount.probability * date.probability, sure)
        rated = replace(
            fields,
            amount=amount and _rated(amount, sure),
            date=date and _rated(date, sure),
            merchant=fields.merchant and _rated(fields.merchant, sure),
        )
        return rated, Judgement(math.floor(quality), _verdict(quality))


def _is_count(total: Candidate[Decimal], currency: str | None) -> bool:
    """Tell whether a total may be a number of things: no decimals where its currency has some, and no sum proves it."""
    known = currencies().get(currency or "")
    has_decimals = known is None or known.decimals > 0
    return has_decimals and not DECIMALS.search(total.raw) and not PROVING & set(total.checks)


def _is_disputed(field: Field[Decimal]) -> bool:
    """Tell whether another amount beside a word for the total has as many sums on its side.

    So it is where a deposit was paid before, or a tip after; a card's amount counts as a sum as well. Totals before and
    after rounding are no dispute.
    """
    return any(
        rival.rule.startswith("total")
        and abs(abs(rival.value) - abs(field.chosen.value)) >= MOST_ROUNDED
        and any(
            len(sums & set(rival.checks)) >= max(1, len(sums & set(field.chosen.checks)))
            for sums in (PROVING, AGREEING)
        )
        for rival in field.rivals
    )


def _is_open(date: Candidate[dt.date]) -> bool:
    """Tell whether a date of numbers could be another day, and nothing but the default decided."""
    return any("nothing" in check for check in date.checks)


def _rated(field: Field[T], sure: float) -> Field[T]:
    return replace(field, verdict=_verdict(_stretch(field.probability, sure)))


def _verdict(quality: float) -> Verdict:
    if math.floor(quality) > ACCEPT_OVER:
        return Verdict.ACCEPT
    return Verdict.RETRY if math.floor(quality) >= ESCALATE_UNDER else Verdict.ESCALATE


def _stretch(chance: float, sure: float) -> float:
    points = ((0.0, 0.0), (DOUBTFUL, float(ESCALATE_UNDER)), (sure, ACCEPT_OVER + 1.0), (1.0, 100.0))
    for (low, start), (high, end) in pairwise(points):
        if chance < high:
            return start + (chance - low) / max(1e-9, high - low) * (end - start)
    return 100.0


AGREEING = PROVING | {"card"}

DISPUTED_MOST = 0.7
"""The chance at most of a total beside another that as many sums prove: which one was paid is no question of reading.
No labelled receipt has one."""

OPEN_MOST = 0.7
"""The chance at most of a date whose day and month only the default told apart. However well it was read, one country's
April is another one's May; the labelled receipts, most of which tell their country, have too few of them to learn."""

COUNT_MOST = 0.5
"""The chance of a total without decimals at most: "Total staff: 14" is read well, and is no amount. The labelled
receipts have none, so that nothing can be learnt of them."""

DECIMALS = re.compile(r"[.,·_ ][0-9OolISBZ]{2}(?![0-9])|[.,][-\u2013]")

MAJORITY = 0.5
"""An engine says what at least this share of its passes says."""

DOUBTFUL = 0.5
"""Below this chance other preprocessing rarely helps; somebody else has to look."""


def least_chance(risk: float, engines: str) -> float:
    """Return the chance that an answer needs so that of all accepted ones the share ``risk`` is wrong.

    ``engines`` is ``one`` or ``both``. Between fitted points the logarithm of the risk counts; risks outside of them
    give the outermost.
    """
    points = fitted().least_chance[engines]
    if risk >= points[0][0]:
        return points[0][1]
    for (high, chance), (low, surer) in pairwise(points):
        if risk >= low:
            part = math.log(risk / high) / math.log(low / high)
            return chance + part * (surer - chance)
    return points[-1][1]


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
    """Return ``both`` where two engines were asked for the fields, else ``one``."""
    found = [field for field in (fields.amount, fields.date, fields.merchant) if field]
    engines = {engine_of(ballot.source) for field in found for ballot in field.ballots}
    return "both" if len(engines) > 1 else "one"

"""How far an answer can be trusted."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TypeVar

from rpiocr.extract.date import by_default
from rpiocr.features import Facts, engines_of, features_of, is_count, is_disputed, is_lone, is_nameless, is_other_day
from rpiocr.model import Field, Fields, Judgement, Verdict

ACCEPT_OVER = 70
ESCALATE_UNDER = 40

T = TypeVar("T")


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
class Judge:
    """Judges answers for a user who bears ``accept_risk`` wrong ones among the accepted (a share, 0 to 1)."""

    accept_risk: float

    def judge(self, fields: Fields, facts: Facts) -> tuple[Fields, Judgement]:
        """Give every field its probability and verdict, and the receipt its quality and verdict."""
        engines = engines_of(fields)
        models = fitted().models[engines]
        chances = {name: models[name].probability(found) for name, found in features_of(fields, facts).items()}
        if fields.amount and is_count(fields.amount.chosen, fields.currency):
            chances["amount"] = min(chances["amount"], COUNT_MOST)
        if fields.amount and is_disputed(fields.amount):
            chances["amount"] = min(chances["amount"], DISPUTED_MOST)
        if fields.amount and facts.mixed:
            chances["amount"] = min(chances["amount"], MIXED_MOST)
        if fields.amount and is_nameless(fields.amount.chosen):
            chances["amount"] = min(chances["amount"], NAMELESS_MOST)
        if fields.date and by_default(fields.date.chosen):
            chances["date"] = min(chances["date"], OPEN_MOST)
        if fields.date and facts.photo and is_lone(fields.date):
            chances["date"] = min(chances["date"], LONE_ON_PHOTO_MOST)
        if fields.date and is_other_day(fields.date.chosen):
            chances["date"] = min(chances["date"], OTHER_DAY_MOST)
        stated = replace(
            fields,
            amount=fields.amount and replace(fields.amount, probability=chances["amount"]),
            date=fields.date and replace(fields.date, probability=chances["date"]),
            merchant=fields.merchant and replace(fields.merchant, probability=chances["merchant"]),
        )
        return self.rate(stated)

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


DISPUTED_MOST = 0.7
"""The chance at most of a total beside another that as many sums prove: which one was paid is no question of reading.
No labelled receipt has one."""

MIXED_MOST = 0.7
"""The chance at most of a total from a page that may hold several receipts: sums and dates of one tell of another."""

NAMELESS_MOST = 0.7
"""The chance at most of a total that no word and no sum says is one: so it is where the words are of a language, or in
letters, that were not read. Of the labelled receipts, all of which are English or German, few have one."""

OPEN_MOST = 0.7
"""The chance at most of a date whose day and month only the default told apart. However well it was read, one country's
April is another one's May; the labelled receipts, most of which tell their country, have too few of them to learn."""

LONE_ON_PHOTO_MOST = 0.87
"""The chance at most of a date that one engine alone read off a photo: of 38 such on generated photos 33 were right, on
labelled scans all of 18."""

OTHER_DAY_MOST = 0.7
"""The chance at most of a date beside words such as "return until": the day of purchase was not read then."""

COUNT_MOST = 0.5
"""The chance of a total without decimals at most: "Total staff: 14" is read well, and is no amount. The labelled
receipts have none, so that nothing can be learnt of them."""


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

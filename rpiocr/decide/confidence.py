"""How far an answer can be trusted.

Inference is a sum and an exponential: scikit-learn would be a large dependency for it, and its models are no text that
can be read and compared. The weights are fitted with SciPy, by ``bench/fit_judge.py``.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any, TypeVar

from rpiocr.decide.features import Facts, engines_of, features_of
from rpiocr.decide.vetoes import bounded, vetoes_on
from rpiocr.model import Field, Fields, Judgement, Verdict
from rpiocr.model.fields import JUDGED

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
    raw = tomllib.loads((resources.files("rpiocr.decide") / "weights.toml").read_text("utf-8"))
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
        models = fitted().models[engines_of(fields)]
        features, vetoes = features_of(fields, facts), vetoes_on(fields, facts)

        def judged(name: str, field: Field[Any]) -> Field[Any]:
            probability = models[name].probability(features[name])
            return replace(field, probability=probability, vetoes=vetoes.get(name, ()))

        return self.rate(_with_judged(fields, judged))

    def rate(self, fields: Fields) -> tuple[Fields, Judgement]:
        """Bound every probability by the vetoes on its field; return the verdicts that follow, and the judgement.

        Whoever changes a probability calls this afterwards. Total and date found: the probability that both are right,
        stretched so that the minimum that the accepted risk asks for becomes 71, and DOUBTFUL 40. One missing: 40 to 60
        by the other's probability, so never accepted. Neither: 0.
        """
        sure = least_chance(self.accept_risk, engines_of(fields))
        fields = _with_judged(fields, lambda _name, field: bounded(field))
        amount, date = fields.amount, fields.date
        if amount is None and date is None:
            quality = 0.0
        elif amount is None or date is None:
            quality = 40.0 + 20.0 * max(found.probability for found in (amount, date) if found)
        else:
            quality = _stretch(amount.probability * date.probability, sure)
        rated = _with_judged(fields, lambda _name, field: _rated(field, sure))
        return rated, Judgement(math.floor(quality), _verdict(quality))


def _with_judged(fields: Fields, change: Callable[[str, Field[Any]], Field[Any]]) -> Fields:
    """Return the fields with every judged one that was found replaced by ``change``, given its name and itself."""
    found: dict[str, Any] = {spec.name: getattr(fields, spec.name) for spec in JUDGED}
    changed: dict[str, Any] = {name: change(name, field) for name, field in found.items() if field}
    return replace(fields, **changed)


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

"""The confidence model: calibrated probabilities, verdicts and quality.

Inference is a sum and an exponential: scikit-learn would be a large dependency for it, and its models are not text that
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

from rpiocr.decide.currency import currency_probability
from rpiocr.decide.features import Facts, engines_of, features_of
from rpiocr.decide.vetoes import bounded, vetoes_on
from rpiocr.model import Field, Fields, Judgement, Verdict
from rpiocr.model.fields import JUDGED

ACCEPT_OVER = 70
ESCALATE_UNDER = 40

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model: the probability that a value is right is 1 / (1 + exp(-(bias + sum of weight x feature))).

    The probability of a single-engine value is at most ``single_engine_max``: the share of those that were right.
    """

    bias: float
    weights: Mapping[str, float]
    single_engine_max: float = 1.0

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the probability, 0 to 1; features without a weight are ignored."""
        total = self.bias + sum(weight * features.get(name, 0.0) for name, weight in self.weights.items())
        probability = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
        return min(probability, self.single_engine_max) if features.get("single_engine") else probability


@dataclass(frozen=True, slots=True)
class Fitted:
    """Fitted parameters: models by engines (``one`` or ``both``) and field, and the acceptance threshold for each risk.

    ``min_probability`` holds, by engines, pairs (error rate among accepted results, minimum probability of an accepted
    result), by falling risk.
    """

    models: Mapping[str, Mapping[str, Model]]
    min_probability: Mapping[str, tuple[tuple[float, float], ...]]


@cache
def fitted() -> Fitted:
    """Load the fitted parameters."""
    raw = tomllib.loads((resources.files("rpiocr.decide") / "weights.toml").read_text("utf-8"))
    return Fitted(
        {
            engines: {
                field: Model(table["bias"], table["weights"], table["single_engine_max"])
                for field, table in raw[engines].items()
            }
            for engines in ("one", "both")
        },
        {engines: tuple((pair[0], pair[1]) for pair in pairs) for engines, pairs in raw["risk"].items()},
    )


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges results; ``accept_risk`` is the maximum error rate among accepted ones (0 to 1)."""

    accept_risk: float

    def judge(self, fields: Fields, facts: Facts) -> tuple[Fields, Judgement]:
        """Return the fields with their probabilities, vetoes and verdicts, and the judgement of the receipt."""
        models = fitted().models[engines_of(fields)]
        features, vetoes = features_of(fields, facts), vetoes_on(fields, facts)

        def judged(name: str, field: Field[Any]) -> Field[Any]:
            known = models.get(name)
            probability = known.probability(features[name]) if known else currency_probability(field)
            return replace(field, probability=probability, vetoes=vetoes.get(name, ()))

        return self.rate(_with_judged(fields, judged))

    def rate(self, fields: Fields) -> tuple[Fields, Judgement]:
        """Bound every probability by the vetoes on its field; return the resulting verdicts, and the judgement.

        Has to be called after every change of a probability. Quality with total and date: the probability that both are
        right, scaled piecewise so that the minimum for the accepted risk becomes 71, and DOUBTFUL 40; but not more than
        that of the currency, and than 60 without one. With one of them missing: 40 to 60 by the other's probability, so
        never accepted. With neither: 0.
        """
        sure = min_probability(self.accept_risk, engines_of(fields))
        fields = _with_judged(fields, lambda _name, field: bounded(field))
        amount, date = fields.amount, fields.date
        if amount is None and date is None:
            quality = 0.0
        elif amount is None or date is None:
            quality = 40.0 + 20.0 * max(found.probability for found in (amount, date) if found)
        else:
            quality = min(_stretch(amount.probability * date.probability, sure), _quality_of_currency(fields, sure))
        rated = _with_judged(fields, lambda _name, field: _rated(field, sure))
        return rated, Judgement(math.floor(quality), _verdict(quality))


def _quality_of_currency(fields: Fields, sure: float) -> float:
    """Return the maximum quality by the currency: its probability is not yet calibrated, and not multiplied in."""
    return _stretch(fields.currency.probability, sure) if fields.currency else WITHOUT_CURRENCY


WITHOUT_CURRENCY = 60.0
"""Maximum quality of an answer without a currency: as with a total and no date."""


def _with_judged(fields: Fields, change: Callable[[str, Field[Any]], Field[Any]]) -> Fields:
    """Return the fields with ``change``, which gets name and field, applied to every judged one that was found."""
    found: dict[str, Any] = {spec.name: getattr(fields, spec.name) for spec in JUDGED}
    changed: dict[str, Any] = {name: change(name, field) for name, field in found.items() if field}
    return replace(fields, **changed)


def _rated(field: Field[T], sure: float) -> Field[T]:
    return replace(field, verdict=_verdict(_stretch(field.probability, sure)))


def _verdict(quality: float) -> Verdict:
    if math.floor(quality) > ACCEPT_OVER:
        return Verdict.ACCEPT
    return Verdict.RETRY if math.floor(quality) >= ESCALATE_UNDER else Verdict.ESCALATE


def _stretch(probability: float, sure: float) -> float:
    points = ((0.0, 0.0), (DOUBTFUL, float(ESCALATE_UNDER)), (sure, ACCEPT_OVER + 1.0), (1.0, 100.0))
    for (low, start), (high, end) in pairwise(points):
        if probability < high:
            return start + (probability - low) / max(1e-9, high - low) * (end - start)
    return 100.0


DOUBTFUL = 0.5
"""Below this probability other preprocessing rarely helps; the receipt needs another engine or a person."""


def min_probability(risk: float, engines: str) -> float:
    """Return the minimum probability of an accepted result so that the share ``risk`` of accepted ones is wrong.

    ``engines`` is ``one`` or ``both``. Interpolates between the fitted points by the logarithm of the risk; risks
    outside of their range give the outermost.
    """
    points = fitted().min_probability[engines]
    if risk >= points[0][0]:
        return points[0][1]
    for (high, chance), (low, surer) in pairwise(points):
        if risk >= low:
            part = math.log(risk / high) / math.log(low / high)
            return chance + part * (surer - chance)
    return points[-1][1]

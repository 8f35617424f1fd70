"""How far stated probabilities hold: bins of similar probability, and the risk of accepting the surest answers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

BINS = 10
MINIMUM_IN_BIN = 10.0
"""Fewer bins are made rather than bins that are worth fewer receipts than this."""

Z = 1.96
"""Half the width of the interval that holds 95 % of a normal distribution, in standard deviations."""

Judged = tuple[Sequence[float], Sequence[float], Sequence[float]]
"""Stated probabilities 0 to 1, whether each was right (1) or not (0), and weights; of equal length."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of similar probability: mean of the stated ones, share that was right, receipts they are worth."""

    stated: float
    right: float
    receipts: float

    @property
    def interval(self) -> tuple[float, float]:
        """The interval that holds the true share of right answers with 95 %."""
        return wilson_interval(self.right, self.receipts)

    @property
    def holds(self) -> bool:
        """Whether the share that was right agrees with what was stated, as far as this number of receipts can show."""
        low, high = self.interval
        return low <= self.stated <= high


@dataclass(frozen=True, slots=True)
class RiskCurve:
    """What happens as answers are accepted in order of falling probability.

    ``points`` are pairs (accepted so far, wrong among those); ``answers`` counts all, those never accepted too.
    """

    answers: int
    points: tuple[tuple[int, int], ...]

    def coverage_at(self, risk: float) -> float:
        """Return the largest share accepted (0 to 1) with at most the share ``risk`` wrong, 0 where there is none."""
        return max(
            (accepted / self.answers for accepted, wrong in self.points if wrong <= risk * accepted), default=0.0
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """All that the charts show: bins by field, and risk curves by name."""

    reliability: Mapping[str, tuple[Bin, ...]]
    risk: Mapping[str, RiskCurve]


def wilson_interval(share: float, count: float) -> tuple[float, float]:
    """Return the interval that holds the true share with 95 % where ``share`` of ``count`` > 0 was seen."""
    middle = share + Z * Z / (2 * count)
    reach = Z * math.sqrt(share * (1 - share) / count + (Z / (2 * count)) ** 2)
    whole = 1 + Z * Z / count
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def bins_of(probabilities: Sequence[float], right: Sequence[float], weights: Sequence[float]) -> tuple[Bin, ...]:
    """Sort answers by probability into at most ten bins of equal weight; equal probabilities stay together.

    The weights are positive and in receipts: they add up to the number of receipts.
    """
    rows = sorted(zip(probabilities, right, weights, strict=True))
    whole = sum(weights)
    wanted = max(1, min(BINS, int(whole / MINIMUM_IN_BIN)))
    bins: dict[int, list[tuple[float, float, float]]] = {}
    before = 0.0
    for _, group in groupby(rows, key=lambda row: row[0]):
        same = list(group)
        weight = sum(row[2] for row in same)
        place = int(wanted * (before + weight / 2) / whole)
        bins.setdefault(place, []).extend(same)
        before += weight
    return tuple(_bin(inside) for inside in bins.values())


def _bin(rows: Sequence[tuple[float, float, float]]) -> Bin:
    weight = sum(row[2] for row in rows)
    # Unequal weights are worth less than equal ones (Kish), and several answers to one receipt no more than one.
    worth = min(weight, weight**2 / sum(row[2] ** 2 for row in rows))
    stated, right = (sum(row[index] * row[2] for row in rows) / weight for index in (0, 1))
    return Bin(stated, right, worth)


def risk_curve(probabilities: Sequence[float], right: Sequence[float]) -> RiskCurve:
    """Accept answers in order of falling probability, equal ones together.

    A probability of 0 is never accepted, and counts against coverage.
    """
    rows = sorted(((stated, bool(true)) for stated, true in zip(probabilities, right, strict=True)), reverse=True)
    points = []
    accepted = wrong = 0
    for stated, group in groupby(rows, key=lambda row: row[0]):
        if stated > 0:
            outcomes = [true for _, true in group]
            accepted += len(outcomes)
            wrong += outcomes.count(False)
            points.append((accepted, wrong))
    return RiskCurve(len(rows), tuple(points))


def figures_of(fields: Mapping[str, Judged], answers: Mapping[str, Iterable[tuple[float, bool | None]]]) -> Figures:
    """Count what the charts show.

    ``answers`` has for each curve the probability of every answer and whether it is right; answers of which this is
    not known (``None``) are left out.
    """
    curves = {}
    for name, pairs in answers.items():
        known = [(stated, float(right)) for stated, right in pairs if right is not None]
        curves[name] = risk_curve([stated for stated, _ in known], [right for _, right in known])
    return Figures({name: bins_of(*judged) for name, judged in fields.items()}, curves)


def to_json(figures: Figures) -> str:
    """Write figures as JSON with a line for each bin and each curve: no receipt can be recognised in them."""
    fields = {
        name: [{key: round(value, 4) for key, value in asdict(one).items()} for one in bins]
        for name, bins in figures.reliability.items()
    }
    curves = {name: asdict(curve) for name, curve in figures.risk.items()}
    reliability = ",\n".join(
        f"{json.dumps(name)}: [\n{_lines(map(json.dumps, rows))}\n]" for name, rows in fields.items()
    )
    risk = _lines(f"{json.dumps(name)}: {json.dumps(curve)}" for name, curve in curves.items())
    return f'{{"reliability": {{\n{reliability}\n}},\n"risk": {{\n{risk}\n}}}}\n'


def _lines(parts: Iterable[str]) -> str:
    return ",\n".join(parts)


def from_json(text: str) -> Figures:
    """Read what ``to_json`` wrote."""
    raw: Mapping[str, Any] = json.loads(text)
    return Figures(
        {name: tuple(Bin(**one) for one in bins) for name, bins in raw["reliability"].items()},
        {
            name: RiskCurve(curve["answers"], tuple((accepted, wrong) for accepted, wrong in curve["points"]))
            for name, curve in raw["risk"].items()
        },
    )

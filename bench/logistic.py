"""Logistic regression for few features and few examples: ridge penalty, implausible signs refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

MAX_STEPS = 100
CONVERGED = 1e-9

NOTHING = 1e-9
"""Standard deviation under which a feature is constant and says nothing."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Bias and weights for features as they come, and the features that were refused for their sign."""

    bias: float
    weights: Mapping[str, float]
    refused: tuple[str, ...]

    def chances(self, rows: Sequence[Mapping[str, float]]) -> Vector:
        """Return the chance of each row, 0 to 1; a feature that is absent counts as 0."""
        names = list(self.weights)
        slopes = np.array([self.weights[name] for name in names])
        return sigmoid(self.bias + table(rows, names) @ slopes)


def sigmoid(values: Vector) -> Vector:
    """Map log odds to chances; cut at 30, where doubles still tell the chance from 1."""
    result: Vector = 1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0)))
    return result


def table(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> Vector:
    """Return shape (rows, names)."""
    values = [[float(row.get(name, 0.0)) for name in names] for row in rows]
    return np.array(values, dtype=np.float64).reshape(len(rows), len(names))


def fit(
    rows: Sequence[Mapping[str, float]],
    right: Vector,
    weights: Vector,
    signs: Mapping[str, int],
    ridge: float,
) -> Fit:
    """Fit chances to rows of features.

    ``right`` is 0 or 1 and ``weights`` the weight of each row; ``ridge`` penalises half the squared weight of
    each standardised feature, against a log loss summed over weighted rows. ``signs`` says which features may
    only have a positive (1) or a negative (-1) weight: while one has the other sign, the one that is furthest
    off is left out, and the rest is fitted again.

    One more example with mean features, half right and half wrong, keeps a model modest that was fitted to
    few examples, or to examples that are all right.
    """
    names = sorted({name for row in rows for name in row})
    values = table(rows, names)
    share = weights / weights.sum()
    mean = share @ values
    spread = np.sqrt(share @ (values - mean) ** 2)
    scaled = (values - mean) / np.where(spread > NOTHING, spread, 1.0)
    scaled = np.vstack([scaled, np.zeros((2, len(names)))])
    right = np.append(right, [1.0, 0.0])
    weights = np.append(weights, [0.5, 0.5])
    kept = [index for index in range(len(names)) if spread[index] > NOTHING]
    refused: list[int] = []
    while True:
        bias, slopes = newton(scaled[:, kept], right, weights, ridge)
        wrong = {
            place: abs(slopes[place])
            for place, index in enumerate(kept)
            if _against(slopes[place], signs.get(names[index]))
        }
        if not wrong:
            break
        refused.append(kept.pop(max(wrong, key=lambda place: wrong[place])))
    found = dict.fromkeys(names, 0.0)
    for index, slope in zip(kept, slopes, strict=True):
        found[names[index]] = float(slope / spread[index])
        bias -= float(slope * mean[index] / spread[index])
    return Fit(bias, found, tuple(names[index] for index in refused))


def _against(slope: float, sign: int | None) -> bool:
    return sign is not None and slope * sign < 0


def newton(values: Vector, right: Vector, weights: Vector, ridge: float) -> tuple[float, Vector]:
    """Minimise the penalised log loss by Newton's method; the bias is not penalised.

    Steps are halved until the loss falls, so that it ends also where the data can be told apart perfectly.
    """
    design = np.hstack([np.ones((len(values), 1)), values])
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 0.0
    beta = np.zeros(design.shape[1])
    loss = _loss(design, right, weights, penalty, beta)
    for _ in range(MAX_STEPS):
        chance = sigmoid(design @ beta)
        gradient = design.T @ (weights * (chance - right)) + penalty * beta
        curvature = (design * (weights * chance * (1 - chance))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while (lower := _loss(design, right, weights, penalty, beta - size * step)) > loss and size > CONVERGED:
            size /= 2
        if loss - lower <= CONVERGED * max(1.0, abs(loss)):
            break
        beta = beta - size * step
        loss = lower
    return float(beta[0]), beta[1:]


def _loss(design: Vector, right: Vector, weights: Vector, penalty: Vector, beta: Vector) -> float:
    odds = design @ beta
    return float(weights @ (np.logaddexp(0.0, odds) - right * odds) + 0.5 * penalty @ beta**2)

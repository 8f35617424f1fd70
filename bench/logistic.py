"""Logistic regression for few features and few examples: ridge penalty, and weights of a plausible sign only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Vector = NDArray[np.float64]

CONSTANT = 1e-9
"""Standard deviation below which a feature is constant and gets no weight."""

PRECISION = {"ftol": 1e-14, "gtol": 1e-9, "maxiter": 10_000, "maxfun": 100_000}
"""Weights are written with three decimals; this finds them to six."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Bias and weights for unscaled features, and the features whose weight is 0 because of their sign."""

    bias: float
    weights: Mapping[str, float]
    refused: tuple[str, ...]

    def probabilities(self, rows: Sequence[Mapping[str, float]]) -> Vector:
        """Return the probability of each row, 0 to 1; a feature that is absent counts as 0."""
        names = list(self.weights)
        slopes = np.array([self.weights[name] for name in names])
        result: Vector = expit(self.bias + table(rows, names) @ slopes)
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
    """Fit probabilities to rows of features; the loss is convex, so there is one best fit, and this is it.

    ``right`` is 0 or 1 and ``weights`` the weight of each row; ``ridge`` penalises half the squared weight of
    each standardised feature, against a log loss summed over weighted rows. ``signs`` names features that may
    only have a positive (1) or a negative (-1) weight; where the rows ask for the other sign it is 0.

    One more example with mean features, half right and half wrong, keeps a model modest that was fitted to
    few examples, or to examples that are all right.
    """
    names = sorted({name for row in rows for name in row})
    values = table(rows, names)
    share = weights / weights.sum()
    mean = share @ values
    spread = np.sqrt(share @ (values - mean) ** 2)
    spread = np.where(spread > CONSTANT, spread, np.inf)
    bounds = [_bounds(signs.get(name)) for name in names]
    bias, slopes = _minimum((values - mean) / spread, right, weights, bounds, ridge)
    slopes = slopes / spread
    refused = tuple(
        name
        for name, slope, deviation in zip(names, slopes, spread, strict=True)
        if name in signs and slope == 0.0 and np.isfinite(deviation)
    )
    return Fit(bias - float(slopes @ mean), dict(zip(names, map(float, slopes), strict=True)), refused)


def _bounds(sign: int | None) -> tuple[float | None, float | None]:
    return (0.0 if sign == 1 else None), (0.0 if sign == -1 else None)


def _minimum(
    scaled: Vector,
    right: Vector,
    weights: Vector,
    bounds: Sequence[tuple[float | None, float | None]],
    ridge: float,
) -> tuple[float, Vector]:
    """Minimise the penalised log loss within the bounds; the bias is neither penalised nor bounded."""
    design = np.hstack([np.ones((len(scaled), 1)), scaled])
    middle = np.zeros((2, design.shape[1]))
    middle[:, 0] = 1.0
    design = np.vstack([design, middle])
    right = np.append(right, [1.0, 0.0])
    weights = np.append(weights, [0.5, 0.5])
    penalty = np.full(design.shape[1], ridge)
    penalty[0] = 0.0

    def loss(beta: Vector) -> tuple[float, Vector]:
        odds = design @ beta
        gradient = design.T @ (weights * (expit(odds) - right)) + penalty * beta
        return float(weights @ (np.logaddexp(0.0, odds) - right * odds) + 0.5 * penalty @ beta**2), gradient

    start = np.zeros(design.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None), *bounds], options=PRECISION)
    return float(found.x[0]), found.x[1:]

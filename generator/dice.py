"""Random choices from a seed, reproducible across runs and platforms."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Dice:
    """A random number stream of one receipt; streams are independent of each other."""

    def __init__(self, *key: int) -> None:
        self._key = key
        self.generator = np.random.default_rng(key)

    def side(self, number: int) -> Dice:
        """Return another stream of the same receipt; drawing from it does not affect this one."""
        return Dice(*self._key, number)

    def chance(self, probability: float) -> bool:
        """Return True with the given probability, 0 to 1."""
        return bool(self.generator.random() < probability)

    def between(self, low: int, high: int) -> int:
        """Return an integer from low to high, inclusive."""
        return int(self.generator.integers(low, high + 1))

    def real(self, low: float, high: float) -> float:
        """Return a float from low to high, exclusive."""
        return float(self.generator.uniform(low, high))

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices with equal probability."""
        return choices[self.between(0, len(choices) - 1)]

    def choose(self, choices: Sequence[T]) -> T:
        """Return one of the choices as ``pick`` does, but draw nothing if there is only one."""
        return choices[0] if len(choices) == 1 else self.pick(choices)

    def sample(self, choices: Sequence[T], count: int) -> list[T]:
        """Return ``count`` different choices, or all of them if there are fewer."""
        order = self.generator.permutation(len(choices))
        return [choices[int(i)] for i in order[:count]]

    def amount(self, low: Decimal, high: Decimal) -> Decimal:
        """Return an amount from low to high, inclusive, in whole cents."""
        return Decimal(self.between(int(low * 100), int(high * 100))) / 100

    def fill(self, pattern: str) -> str:
        """Return the pattern with a random digit for each # and a random capital letter for each Z."""
        letters = {"#": "0123456789", "Z": "ABDEFGHJLNPQRSTUWXY"}
        return "".join(self.pick(letters[c]) if c in letters else c for c in pattern)

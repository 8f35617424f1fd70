"""Evidence for the country of a receipt: what was seen, where, and how much it counts for each country.

A weight is the natural logarithm of a likelihood ratio: how much more often a receipt of that country shows the same
than one of any other country. Weights of different kinds add up, and their sum yields a probability. They are set by
hand and bounded by kind, as evidence of one kind is not independent: an address has a town, a postcode and a street.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum


class Clue(Enum):
    """A kind of evidence: its name for people, and the maximum that it can count.

    Tables and shapes of a country's own, such as numbers that only its offices give, can decide alone; what customers
    and suppliers print too (a telephone number, a web address, a town in a name) needs a second kind beside it.
    ``LANGUAGE`` and ``STYLE`` are shared by several countries, and tills are sold and set up across borders.
    """

    CODE = "code on the receipt", 9.0
    TAX_NUMBER = "tax number", 7.0
    WORD = "word", 10.0
    SHAPE = "number of an office or address", 9.0
    TAX_RATE = "tax rate", 5.0
    CALLING_CODE = "calling code", 6.5
    PHONE = "telephone number", 1.5
    TOWN = "town", 5.5
    NAME = "country", 4.0
    DOMAIN = "web address", 5.0
    PAYMENT = "way of payment", 5.0
    DATE_ORDER = "order of a date", 3.0
    STYLE = "number style", 4.0
    COIN = "smallest coin", 2.0
    LANGUAGE = "language", 4.2

    def __init__(self, title: str, largest: float) -> None:
        self.title = title
        self.largest = largest

    @property
    def is_weak(self) -> bool:
        """Whether this kind never makes a country sure by itself, nor together with others of these kinds."""
        return self in (Clue.STYLE, Clue.COIN, Clue.LANGUAGE, Clue.PHONE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence: its kind, the text that was seen, the weight for each country, and the line's index."""

    clue: Clue
    said: str
    weights: Mapping[str, float]
    line: int | None = None


def totals(found: Iterable[Evidence], countries: Iterable[str]) -> dict[str, float]:
    """Return the weight of all evidence for each country, each kind bounded in both directions."""
    by_kind: dict[Clue, dict[str, float]] = {}
    for one in found:
        sums = by_kind.setdefault(one.clue, {})
        for code, weight in one.weights.items():
            sums[code] = sums.get(code, 0.0) + weight
    return {
        code: sum(max(-clue.largest, min(clue.largest, sums.get(code, 0.0))) for clue, sums in by_kind.items())
        for code in countries
    }

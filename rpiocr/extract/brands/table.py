"""The table of brands: read when a receipt first needs it; its lines are parsed when they are hit.

``scripts/brands.py`` writes it; the notices beside it say what it is made from.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rpiocr.extract.tables.files import read_compressed
from rpiocr.extract.text.scripts import is_dense

EVERYWHERE = "*"

LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand: its name as its owner writes it, the kinds of its shops, the usual one first, and where it is.

    ``kinds`` are tags of OpenStreetMap such as ``shop/supermarket``. ``countries`` are ISO 3166 codes; ``*`` is every
    country but those with a minus.
    """

    name: str
    kinds: tuple[str, ...]
    countries: frozenset[str]

    def fits(self, country: str) -> bool:
        """Return whether it has shops in a country."""
        if EVERYWHERE in self.countries:
            return f"-{country}" not in self.countries
        return country in self.countries


@dataclass(frozen=True, slots=True, eq=False)
class BrandTable:
    """All brands by the keys of their names.

    ``keys`` are sorted, ``backwards`` are the same from the last character to the first, sorted too. ``places`` maps a
    key to its line of ``meant``, which has the numbers of its brands and the weight of the name in percent.
    ``domains`` maps names of domains that are no names of brands to numbers.
    """

    keys: Sequence[str]
    backwards: Sequence[str]
    places: Mapping[str, int]
    meant: Sequence[str]
    domains: Mapping[str, str]
    brands: Sequence[str]
    kinds: Sequence[str]
    areas: Sequence[str]

    def weight(self, key: str) -> float:
        """Return how specific a key is, from 0 to 1."""
        return int(self.meant[self.places[key]].partition("\t")[2]) / 100

    def brands_of(self, key: str) -> tuple[Brand, ...]:
        """Return the brands that a key of ``keys`` or ``domains`` names."""
        line = self.meant[self.places[key]].partition("\t")[0] if key in self.places else self.domains[key]
        return tuple(self._brand(int(place)) for place in line.split(","))

    def near(self, key: str) -> list[str]:
        """Return the keys that begin or end as a key does: one misread character leaves one of the two intact."""
        size = 2 if is_dense(key) else 3
        ends = _beginning_with(self.backwards, key[: -size - 1 : -1])
        return [*_beginning_with(self.keys, key[:size]), *(one[::-1] for one in ends)]

    def _brand(self, place: int) -> Brand:
        name, kinds, area = self.brands[place].split("\t")
        return Brand(name, tuple(self.kinds[int(kinds)].split()), frozenset(self.areas[int(area)].split()))


def _beginning_with(keys: Sequence[str], start: str) -> Sequence[str]:
    return keys[bisect_left(keys, start) : bisect_left(keys, start + LAST_CHARACTER)]


@cache
def brand_table() -> BrandTable:
    """Return the table."""
    parts = [part.split("\n") for part in read_compressed("brands/brands.tsv.gz").rstrip("\n").split("\n\n")]
    _, kinds, areas, brands, keys, meant, domains, owners = parts
    return BrandTable(
        keys=keys,
        backwards=sorted(key[::-1] for key in keys),
        places=dict(zip(keys, range(len(keys)), strict=True)),
        meant=meant,
        domains=dict(zip(domains, owners, strict=True)),
        brands=brands,
        kinds=kinds,
        areas=areas,
    )

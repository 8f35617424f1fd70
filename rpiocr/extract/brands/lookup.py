"""Finds brands in the lines of a receipt, as evidence for the merchant's name: most are right, none is certain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rpiocr.extract.brands.misreading import misreading_of
from rpiocr.extract.brands.table import Brand, brand_table
from rpiocr.extract.locale.keyword_tables import built_in_lexicon
from rpiocr.extract.text.domains import Domain, find_domains
from rpiocr.extract.text.folding import Piece, key, pieces

MAX_WORDS = 8
MAX_MISREAD_WORDS = 4
"""Maximum number of words of a name, and of one that is misread."""

MAX_LINE = 400
"""Maximum number of characters of a line that are searched: a longer one is no line of a receipt."""

IN_DOMAIN = 0.75
SHORT_DOMAIN = 0.5
"""Minimum weight of a whole domain that is a name of four letters or more, and of a shorter one: few own those."""

PART_OF_DOMAIN = 0.8
BESIDE_PRICE = 0.4
IN_STREET = 0.3
"""What is left of the weight of a part of a domain, of a name beside a price, and of one in the name of a street."""

OUT_OF_LINE = 0.6
"""What is left of the weight of a name that says nothing by itself in a long line; of others more is left."""

JOINED = 0.55
"""Minimum weight of initials that are joined by a sign, such as C&A: the sign is rare, the letters are not."""

MIN_WEIGHT = 0.05
"""Lighter hits are noise: single letters, and short names among other words."""

PRICE = re.compile(
    r"(?<![\d.,:/-])\d{1,6}[.,] ?\d{2}(?![\d/:-])(?![.,]\d)|[$¢-¥฿₠-⃀] ?\d|\d ?[$¢-¥฿₠-⃀円원元]|\d[.,]-(?!\d)"
)
"""An amount with cents, or beside a sign of a currency; no date and no time."""


@dataclass(frozen=True, slots=True)
class BrandHit:
    """A brand that a line may name.

    ``name`` is as its owner writes it, ``matched`` as it was read, from character ``start`` to before ``end`` of line
    number ``line``. ``similarity``, 0 to 1, is 1 where only characters that look alike differ. ``kinds`` are kinds
    of its shops as tags of OpenStreetMap, the usual one first. ``fits_country`` is whether it has shops in the country,
    None if that is unknown. ``weight``, 0 to 1, is how much the hit says: little for short names, ordinary words, and
    names among other words. ``in_domain``: it is the name of a domain. ``beside_price``: the line has an amount, as
    those of goods have.
    """

    name: str
    line: int
    matched: str
    similarity: float
    kinds: tuple[str, ...]
    fits_country: bool | None
    weight: float
    in_domain: bool
    beside_price: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Match:
    """What a part of a line may be in the table: one key, or several that it is as similar to."""

    keys: tuple[str, ...]
    start: int
    end: int
    similarity: float
    weight: float
    in_domain: bool = False


def find_brands(lines: Sequence[str], country: str | None) -> tuple[BrandHit, ...]:
    """Return the brands that lines of a receipt name, best first; of names that overlap only the best.

    ``country`` is the ISO 3166 code of the receipt's country, None if it is unknown.
    """
    cut = [line[:MAX_LINE] for line in lines]
    hits = [_hit(match, line, number, country) for number, line in enumerate(cut) for match in _matches(line)]
    return tuple(sorted(hits, key=lambda hit: (-_strength(hit), hit.line, hit.start)))


ELSEWHERE = 0.5
"""A brand that has no shops in the receipt's country is ranked by this part of its weight."""


def _strength(hit: BrandHit) -> float:
    return hit.weight * (ELSEWHERE if hit.fits_country is False else 1.0)


def _hit(match: _Match, line: str, number: int, country: str | None) -> BrandHit:
    brand = _meant(match.keys, country)
    matched = line[match.start : match.end]
    return BrandHit(
        name=brand.name,
        line=number,
        matched=matched,
        similarity=match.similarity,
        kinds=brand.kinds,
        fits_country=brand.fits(country) if country else None,
        weight=match.weight,
        in_domain=match.in_domain,
        beside_price=_has_price(line, match),
        start=match.start,
        end=match.end,
    )


ARMS = ("amenity/fuel", "shop/convenience", "amenity/charging_station", "amenity/post_office", "amenity/car_wash")
"""What an owner may have besides its shops under the same name, from the likeliest to the unlikeliest to be meant."""


@lru_cache(maxsize=256)
def _meant(keys: tuple[str, ...], country: str | None) -> Brand:
    """Return the brand that a key most likely names.

    One in the country precedes others, one that is named for it those that are everywhere, the shops of an owner its
    pumps, and one in many countries those in few.
    """

    def order(brand: Brand) -> tuple[bool, bool, int, int]:
        fits = country is not None and brand.fits(country)
        listed = country in brand.countries
        arm = 1 + ARMS.index(brand.kinds[0]) if brand.kinds[0] in ARMS else 0
        return not fits, not listed, arm, -len(brand.countries)

    return min((brand for key in keys for brand in brand_table().brands_of(key)), key=order)


def _has_price(line: str, match: _Match) -> bool:
    return any(price.end() <= match.start or match.end <= price.start() for price in PRICE.finditer(line))


@lru_cache(maxsize=2048)
def _matches(line: str) -> tuple[_Match, ...]:
    """Return what a line names, without overlaps. Cached, because passes read most lines alike."""
    domains = find_domains(line)
    words = pieces(line)
    free = [word for word in words if not any(word.start in one.whole for one in domains)]
    letters = sum(len(word.text) for word in free if not word.text.isdigit())
    found = [
        *(match for domain in domains if not domain.is_provider for match in _in_domain(domain)),
        *(_in_context(match, line, letters) for match in _windows(free, exact_only=bool(PRICE.search(line)))),
    ]
    found.sort(key=_precedence)
    chosen: list[_Match] = []
    for match in found:
        apart = all(match.end <= other.start or other.end <= match.start for other in chosen)
        if match.weight >= MIN_WEIGHT and apart:
            chosen.append(match)
    return tuple(chosen)


EXACT = 0.4
"""Minimum weight of a name that was read exactly and precedes misread ones that overlap it."""


def _precedence(match: _Match) -> tuple[bool, float]:
    is_exact = match.similarity == 1.0 and match.weight >= EXACT
    return not is_exact, -(match.end - match.start) * match.similarity * (0.2 + match.weight)


def _windows(words: Sequence[Piece], *, exact_only: bool) -> Iterator[_Match]:
    table = brand_table()
    for first in range(len(words)):
        text = ""
        for last in range(first, min(len(words), first + MAX_WORDS)):
            text += words[last].text
            start, end = words[first].start, words[last].end
            if text in table.places:
                yield _Match((text,), start, end, 1.0, table.weight(text))
            elif not exact_only and last - first < MAX_MISREAD_WORDS:
                near = misreading_of([word.text for word in words[first : last + 1]])
                if near:
                    yield _Match(near.keys, start, end, near.similarity, near.weight)


def _in_context(match: _Match, line: str, letters: int) -> _Match:
    """Return a match with the weight that the rest of its line leaves it: ordinary words lose most among others."""
    weight = max(match.weight, JOINED) if _is_joined(match, line) else match.weight
    inside = sum(char.isalpha() for char in line[match.start : match.end])
    share = min(1.0, inside / letters) if letters else 1.0
    weight *= share + (1.0 - share) * (OUT_OF_LINE + (1.0 - OUT_OF_LINE) * weight)
    if _has_price(line, match):
        weight *= BESIDE_PRICE
    if _is_in_street(match, line):
        weight *= IN_STREET
    return _Match(match.keys, match.start, match.end, match.similarity, weight)


def _is_joined(match: _Match, line: str) -> bool:
    """Return whether a sign joins the words of a name, in the line as in the name itself."""
    if "&" not in line[match.start : match.end]:
        return False
    return any("&" in brand.name for key in match.keys for brand in brand_table().brands_of(key))


HOUSE_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?!\d)")


def _is_in_street(match: _Match, line: str) -> bool:
    """Return whether a line with the number of a house has a word for a street beside the name."""
    if not HOUSE_NUMBER.search(line):
        return False
    before, behind = pieces(line[: match.start]), pieces(line[match.end :])
    return any(word.text in _street_words() for word in (*before[-2:], *behind[:1]))


@cache
def _street_words() -> frozenset[str]:
    address = built_in_lexicon().address
    return frozenset(map(key, (*address.street, *address.before_number)))


def _in_domain(domain: Domain) -> Iterator[_Match]:
    """Yield what a domain names: all of it, or what is between its hyphens from the left."""
    table = brand_table()
    words = pieces(domain.name)
    for end in range(len(words), 0, -1):
        name = "".join(word.text for word in words[:end])
        if name not in table.places and name not in table.domains:
            continue
        whole = end == len(words)
        least = (IN_DOMAIN if len(name) > 3 else SHORT_DOMAIN) if whole else 0.0
        own = table.weight(name) if name in table.places else IN_DOMAIN
        stop = domain.start + words[end - 1].end
        yield _Match(
            (name,), domain.start, stop, 1.0, max(own, least) * (1.0 if whole else PART_OF_DOMAIN), in_domain=True
        )
        return

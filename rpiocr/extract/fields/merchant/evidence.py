"""What names the shop beside the lines at the head: domains, sentences such as "thank you for shopping at", repeats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from rpiocr.extract.brands import BrandHit, find_brands
from rpiocr.extract.fields.merchant.names import tidy
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.files import document_facts
from rpiocr.extract.text.domains import find_domains, mail_providers
from rpiocr.extract.text.keywords import Tables
from rpiocr.extract.text.phrases import PIECE

ALIKE = 85.0
"""Minimum similarity (0 to 100, rapidfuzz) of two names, letters and digits only, that are the same one misread."""

SHORTEST_INSIDE = 5
"""Minimum number of characters of a name that is found inside of another text: shorter ones are there by chance."""

SHORTEST_DOMAIN = 3
"""Minimum number of characters of the name of a domain; shorter ones, such as co, are a part of the ending."""

MISREAD = 80.0
"""Minimum similarity (0 to 100) of the name of a provider that was misread: one letter of five."""

BLANK_IN_DOMAIN = re.compile(r"(?<=[a-z0-9-]) ?\. ?(?=[a-z])|(?<=[a-z0-9]) ?@ ?(?=[a-z0-9])")

LONGEST_NAME = 40
"""Maximum number of characters of a name after the words of a sentence: more is the rest of the sentence."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in another place than a line of its own: its text, and the line that it stands on."""

    name: str
    row: ReceiptLine


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the whole receipt says about the name.

    ``domains`` are the names in addresses of websites and mails, without their endings; ``named`` those that a sentence
    names; ``below`` is the text of each line below the head, squashed. ``brands`` are those that lines may name, best
    first, by the number of the line among ``rows``, which are all lines.
    """

    rows: tuple[ReceiptLine, ...]
    domains: tuple[Mention, ...]
    named: tuple[Mention, ...]
    below: tuple[str, ...]
    brands: tuple[BrandHit, ...]

    def brand_on(self, rows: Sequence[ReceiptLine], name: str) -> float:
        """Return how sure a brand is that fills a name on some lines, 0 to 1."""
        size = max(1, len(squash(name)))
        on = (one for one in self.brands if self.rows[one.line] in rows)
        return max((strength_of(one) * min(1.0, len(squash(one.matched)) / size) for one in on), default=0.0)

    def brand_elsewhere(self, rows: Sequence[ReceiptLine], name: str) -> float:
        """Return how sure a brand is that other lines name, and that a name begins with or is; 0 to 1."""
        short = squash(name)
        off = (one for one in self.brands if self.rows[one.line] not in rows)
        return max((strength_of(one) for one in off if _is_or_begins(short, squash(one.name))), default=0.0)

    def of_domain(self, name: str, rows: Sequence[ReceiptLine]) -> float:
        """Return how alike a name and a domain are, 0 to 1: a domain has the name, its main word or its beginning.

        A domain on ``rows``, the lines of the name, says nothing.
        """
        others = (one for one in self.domains if one.row not in rows)
        return max((_in_domain(squash(name), squash(one.name)) for one in others), default=0.0)

    def is_named(self, name: str) -> bool:
        """Whether a sentence names the shop so."""
        return any(is_alike(name, one.name) for one in self.named)

    def is_repeated(self, name: str) -> bool:
        """Whether a line below the head has the name too."""
        short = squash(name)
        return len(short) >= SHORTEST_INSIDE and any(
            len(text) >= len(short) and fuzz.partial_ratio(short, text) >= ALIKE for text in self.below
        )


@lru_cache(maxsize=4096)
def squash(text: str) -> str:
    """Return the letters and digits of a text in lower case."""
    return "".join(char for char in text.casefold() if char.isalnum())


def is_alike(one: str, other: str) -> bool:
    """Whether two names are the same, apart from marks, blanks and a misread letter or two."""
    return fuzz.ratio(squash(one), squash(other)) >= ALIKE


OTHER_COUNTRY = 0.5
"""What is left of the weight of a brand that has no shops in the country of the receipt."""

MISREAD_POWER = 3
"""By which power the similarity of a brand counts: of 20,000 names there is one that is like almost anything."""

LIGHTEST = 0.2
"""Minimum weight of a brand: lighter ones are ordinary words."""


def strength_of(hit: BrandHit) -> float:
    """Return how much a brand says, 0 to 1, by its name, how it was read, and the country."""
    return hit.weight * hit.similarity**MISREAD_POWER * (OTHER_COUNTRY if hit.fits_country is False else 1.0)


def _is_or_begins(name: str, brand: str) -> bool:
    if fuzz.ratio(name, brand) >= ALIKE:
        return True
    return len(brand) >= SHORTEST_INSIDE and fuzz.ratio(name[: len(brand)], brand) >= ALIKE


def evidence_of(
    rows: Sequence[ReceiptLine], head: Sequence[ReceiptLine], tables: Tables, country: str | None
) -> Evidence:
    """Collect what a receipt says about the name.

    ``head`` are the first of its lines, ``country`` is that of the shop, None if it is unknown.
    """
    last = head[-1] if head else None
    place = next((number for number, row in enumerate(rows) if row is last), -1)
    below = tuple(filter(None, (squash(row.text.text) for row in rows[place + 1 :] if not row.amounts)))
    domains = tuple(Mention(name, row) for row in rows for name in _domain_names(row.text.text))
    found = find_brands([row.text.text for row in rows], country)
    brands = tuple(one for one in found if one.weight >= LIGHTEST and not one.beside_price)
    return Evidence(tuple(rows), domains, tuple(_named(rows, tables)), below, brands)


@lru_cache(maxsize=1024)
def _domain_names(text: str) -> tuple[str, ...]:
    """Return the names of the domains in a line, each once; not those of providers of mail, and of platforms.

    Engines put blanks around the full stops of an address.
    """
    if "." not in text:
        return ()
    joined = BLANK_IN_DOMAIN.sub(lambda found: found[0].strip().replace(" ", ""), text.lower())
    known = (*document_facts()["domains"]["everybody"], *mail_providers())
    names = dict.fromkeys(one.name for one in find_domains(joined) if not one.is_provider)
    return tuple(name for name in names if len(name) >= SHORTEST_DOMAIN and not _is_misread(name, known))


def _is_misread(name: str, known: Sequence[str]) -> bool:
    return name in known or (len(name) >= SHORTEST_INSIDE and any(fuzz.ratio(name, one) >= MISREAD for one in known))


def _in_domain(name: str, domain: str) -> float:
    if min(len(name), len(domain)) < 3:
        return 0.0
    likeness = fuzz.ratio(name, domain)
    shorter, longer = sorted((name, domain), key=len)
    if len(shorter) >= SHORTEST_INSIDE - 1 and longer.startswith(shorter):
        likeness = max(likeness, ALIKE + 5.0)
    elif len(shorter) >= SHORTEST_INSIDE:
        likeness = max(likeness, fuzz.partial_ratio(shorter, longer) - 5.0)
    return likeness / 100 if likeness >= ALIKE else 0.0


def _named(rows: Sequence[ReceiptLine], tables: Tables) -> Iterator[Mention]:
    """Yield the names that follow words such as "thank you for shopping at", on the same line or alone on the next."""
    for place, row in enumerate(rows):
        text = row.text.text
        ends = [hit.end for hit in tables.merchant.find(text) if hit.group == "before_name"]
        if not ends:
            continue
        rest, owner = _after_word(text, max(ends)), row
        if not squash(rest) and place + 1 < len(rows) and not rows[place + 1].amounts:
            owner = rows[place + 1]
            rest = owner.text.text
        name = tidy(rest.rstrip("!"))
        if 3 <= len(squash(name)) <= LONGEST_NAME:
            yield Mention(name, owner)


def _after_word(text: str, count: int) -> str:
    """Return what follows the first ``count`` words of a text; words are those of ``tokens``."""
    pieces = list(PIECE.finditer(text))
    return text[pieces[count - 1].end() :] if 0 < count <= len(pieces) else ""

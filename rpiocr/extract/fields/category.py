"""Finds the category of a purchase: from the brand of the shop, or from words for kinds of shops in its name and head.

What was bought does not decide: bread is sold by bakeries, supermarkets and petrol stations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from rpiocr.extract.brands import BrandHit, find_brands
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.categories import Categories, category_ids
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.folding import folded_words
from rpiocr.extract.text.shop_words import ShopWords

HEAD_LINES = 8
"""Number of lines at the top whose words name the kind of the shop; below, goods and advertisements do."""

MOST_DIGITS = 4
"""Maximum number of digits of such a line: one with more is an address, a number or a date."""

WHOLE_NAME = 0.75
"""A brand is the merchant's name if it has at least this part of the name's letters; the rest is a branch, a form."""

LEAST_OF_NAME = 0.3
"""Minimum weight of a brand that is the merchant's name, where it is not known in the country."""

SURE_IN_NAME = 0.53
SURE_IN_HEAD = 0.65
"""Minimum weight of a brand that is a part of the merchant's name, and of one on another line of the head or as domain:
above what words of ordinary lines get, see tests/extract/brands."""


def find_category(
    rows: Sequence[ReceiptLine],
    merchant: str | None,
    country: str | None,
    lexicon: Lexicon,
    categories: Categories,
) -> str | None:
    """Return the category of a purchase as it is shown, None if neither a brand nor a word names it.

    ``merchant`` is the name of the merchant, ``country`` the ISO 3166 code of the receipt's country, each None if it is
    not known. What the user's file names counts first, then the merchant's name, then the rest of the head.
    """
    clues = _Clues(
        merchant or "",
        country,
        [row.text.text for row in rows[:HEAD_LINES] if not row.amounts and _digits(row.text.text) <= MOST_DIGITS],
        [row.text.text for row in rows[HEAD_LINES:] if not row.amounts and "." in row.text.text],
    )
    found = next(chain(_of_user(clues, categories), _by_evidence(clues, _shop_words(lexicon), categories)), None)
    return categories.shown(found) if found else None


@dataclass(frozen=True, slots=True)
class _Clues:
    """Where a receipt may name the kind of the shop; ``foot`` are lines below its head that may have a domain."""

    merchant: str
    country: str | None
    head: Sequence[str]
    foot: Sequence[str]


def _by_evidence(clues: _Clues, words: ShopWords, categories: Categories) -> Iterator[str]:
    """Yield what the evidence indicates, the best first."""
    named = find_brands((clues.merchant,), clues.country)
    yield from _of_brands((hit for hit in named if _is_name(hit, clues.merchant)), categories)
    yield from filter(None, (words.find(clues.merchant),))
    yield from _of_brands((hit for hit in named if _is_sure(hit, SURE_IN_NAME)), categories)
    yield from filter(None, map(words.find, clues.head))
    hits = find_brands((*clues.head, *clues.foot), clues.country)
    in_place = (hit for hit in hits if hit.in_domain or hit.line < len(clues.head))
    yield from _of_brands((hit for hit in in_place if _is_sure(hit, SURE_IN_HEAD)), categories)


def _is_name(hit: BrandHit, merchant: str) -> bool:
    letters = sum(map(str.isalpha, merchant))
    is_whole = sum(map(str.isalpha, hit.matched)) >= WHOLE_NAME * letters
    return is_whole and hit.similarity == 1.0 and (bool(hit.fits_country) or hit.weight >= LEAST_OF_NAME)


def _is_sure(hit: BrandHit, least: float) -> bool:
    return hit.weight >= least and hit.fits_country is not False and not hit.beside_price


def _of_brands(hits: Iterable[BrandHit], categories: Categories) -> Iterator[str]:
    """Yield the categories of brands by the usual kind of their shops."""
    return (categories.of_kind[kind] for hit in hits for kind in hit.kinds[:1] if kind in categories.of_kind)


def _of_user(clues: _Clues, categories: Categories) -> Iterator[str]:
    """Yield the categories that the user's file names: by the merchant, by a word in the name, by one in the head."""
    for name, merchants in categories.merchants.items():
        if any(_contains(clues.merchant, one) for one in merchants):
            yield name
    yield from filter(None, map(_user_words(categories).find, (clues.merchant, *clues.head)))


def _contains(text: str, name: str) -> bool:
    """Return whether the words of a name follow one another in a text."""
    words, wanted = folded_words(text), folded_words(name)
    return bool(wanted) and any(
        words[start : start + len(wanted)] == wanted for start in range(len(words) - len(wanted) + 1)
    )


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


@lru_cache(maxsize=4)
def _shop_words(lexicon: Lexicon) -> ShopWords:
    return ShopWords({name: getattr(lexicon.shops, name, ()) for name in category_ids()})


@lru_cache(maxsize=4)
def _user_words(categories: Categories) -> ShopWords:
    return ShopWords(categories.words)

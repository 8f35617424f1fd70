"""Patterns of addresses, of the street and of the web."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from rpiocr.extract.tables.countries import countries
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.patterns import any_of, split_by_script

HOUSE_NUMBER = re.compile(r"[^\W\d_]{4,}\.?,? \d{1,4} ?[a-zA-Z]?(?:[/-]\d{1,3}[a-zA-Z]?)?,?$")
"""A word and the number of a house at the end of a line."""

COMMON_DOMAINS = ("com", "net", "org", "info", "shop", "eu")


@cache
def web() -> re.Pattern[str]:
    """Return the pattern of what shows an address of the web or of mail."""
    domains = any_of((*COMMON_DOMAINS, *(country.domain for country in countries().values() if country.domain)))
    return re.compile(rf"www|https?|@|[a-z0-9-]{{4,}}\.{domains}\b", re.IGNORECASE)


def begins_with_number(country: str) -> bool:
    """Return whether addresses of a country begin with the number of the house: its postcodes follow the town."""
    own = countries()[country].postcodes
    return own.behind_town is not None and own.before_town is None


@cache
def postcode(country: str | None = None) -> re.Pattern[str]:
    """Return the pattern of the postcodes of all countries, next to their town or alone.

    In a ``country`` whose postcodes are behind the town, a number before a word is that of a house.
    """
    known = [one.postcodes for one in countries().values()]
    if country is not None and begins_with_number(country):
        known = [countries()[country].postcodes]
    before = "|".join(dict.fromkeys(one.before_town for one in known if one.before_town))
    behind = "|".join(dict.fromkeys(one.behind_town for one in known if one.behind_town))
    alone = "|".join(dict.fromkeys(one.alone for one in known if one.alone))
    forms = (
        rf"^\W*(?:[A-Z]{{1,2}}-)?(?:{before})[ ,] ?[^\W\d_]{{2,}}" if before else "",
        alone,
        rf"(?:{behind})\W*$" if behind else "",
    )
    return re.compile("|".join(filter(None, forms)))


@lru_cache(maxsize=4)
def dense_address(lexicon: Lexicon) -> re.Pattern[str]:
    """Return the pattern of a number in an address, in scripts without spaces between words."""
    before = any_of(lexicon.address.before_number)
    spaced, dense = split_by_script(lexicon.address.behind_number)
    return re.compile(rf"{before}.{{0,8}}[0-9]|[0-9][ -]?(?:{any_of(dense)}|{any_of(spaced)}\b)")

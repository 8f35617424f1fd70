"""Addresses of websites and mails in the text of a receipt."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from rpiocr.extract.tables.countries import countries
from rpiocr.extract.tables.files import document_facts
from rpiocr.extract.text.patterns import any_of

SHORTEST = 3
"""Minimum number of characters of a name; shorter ones, such as co, are a part of the ending."""


@lru_cache(maxsize=1024)
def domain_names(text: str) -> tuple[str, ...]:
    """Return the names in the addresses of a text without their endings, each once, in lower case.

    Those of providers of mail and of platforms that everybody uses are left out. Engines put blanks around the full
    stops of an address.
    """
    lower = text.lower()
    if "." not in lower:
        return ()
    joined = re.sub(r"(?<=[a-z0-9-]) ?\. ?(?=[a-z])|(?<=[a-z0-9]) ?@ ?(?=[a-z0-9])", _without_blanks, lower)
    return tuple(
        name
        for name in dict.fromkeys(_domain().findall(joined))
        if len(name) >= SHORTEST and name not in _of_everybody()
    )


@cache
def _domain() -> re.Pattern[str]:
    of_countries = (one.domain for one in countries().values() if one.domain)
    endings = any_of((*document_facts()["web"]["endings"], *of_countries))
    return re.compile(rf"(?:[a-z0-9-]+\.)*?([a-z0-9][a-z0-9-]+)\.(?:(?:com?|net|org|gov|edu)\.)?(?:{endings})\b")


@cache
def _of_everybody() -> frozenset[str]:
    return frozenset(document_facts()["web"]["of_everybody"])


def _without_blanks(found: re.Match[str]) -> str:
    return found[0].strip().replace(" ", "")

"""The names that domains in a line are registered by: of www.lidl.de, shop.rewe.de and info@saturn.co.uk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from rpiocr.extract.tables.countries import countries
from rpiocr.extract.tables.files import document_facts
from rpiocr.extract.text.addresses import COMMON_DOMAINS
from rpiocr.extract.text.patterns import any_of


@dataclass(frozen=True, slots=True)
class Domain:
    """The name that a domain is registered by, such as ``lidl``, which begins at character ``start`` of the line.

    The address of a page or of mail that it is part of is in ``whole``. ``is_provider``: it is that of an address of
    mail with a provider that anybody has mail at.
    """

    name: str
    start: int
    whole: range
    is_provider: bool


@cache
def _pattern() -> re.Pattern[str]:
    domains = document_facts()["domains"]
    top = any_of((*COMMON_DOMAINS, *(country.domain for country in countries().values() if country.domain)))
    second = any_of(domains["second"])
    return re.compile(
        rf"(?P<mail>[\w.+-]{{1,64}}@)?(?<![\w-])(?:[a-z0-9-]{{1,30}}\.){{0,3}}?(?P<name>[a-z0-9-]{{2,40}})(?:\.{second})?\.{top}(?![\w.-]*\w)",
        re.IGNORECASE,
    )


@cache
def mail_providers() -> frozenset[str]:
    """Return the names of providers that anybody has mail at."""
    return frozenset(document_facts()["domains"]["mail"])


def find_domains(line: str) -> tuple[Domain, ...]:
    """Return the domains in a line, of pages and of addresses of mail."""
    if "." not in line:
        return ()
    return tuple(
        Domain(
            match["name"],
            match.start("name"),
            range(*match.span()),
            bool(match["mail"]) and match["name"].lower() in mail_providers(),
        )
        for match in _pattern().finditer(line)
    )

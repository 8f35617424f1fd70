"""Finds the domain of the seller, in an address of the web or of mail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from rapidfuzz import fuzz

from rpiocr.extract.fields.seller.lines import foot_of, head_of, is_of_another
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.countries import countries
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.addresses import COMMON_DOMAINS
from rpiocr.extract.text.amounts import NARROW
from rpiocr.extract.text.domains import mail_providers
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.phrases import plain

SHORTEST_NAME = 4
"""Minimum number of letters of a name without www or @ before it, and of what it shares with the merchant's."""


MIN_LIKENESS = 80.0
"""Minimum likeness, of 100, of a word of the merchant's name and a part of a domain that may be misread."""

LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
END = r"(?![\w@]|\.\w|-\w)"


@cache
def _domain() -> re.Pattern[str]:
    """Return the pattern of a domain: with any ending behind www, http or @, else with a usual one."""
    known = countries().values()
    every = any_of({*COMMON_DOMAINS, *(one.places.ending for one in known if one.places.ending)})
    usual = any_of({*COMMON_DOMAINS, *(one.domain for one in known if one.domain)})
    marked = rf"(?P<before>https?://(?:www\.)?|www\.|@)(?P<name>(?:{LABEL}\.)+{every}){END}"
    return re.compile(rf"{marked}|(?<![\w.@-])(?P<bare>(?:{LABEL}\.)+{usual}){END}", re.IGNORECASE)


def find_website(rows: Sequence[ReceiptLine], lexicon: Lexicon, names: Sequence[str]) -> str | None:
    """Return a domain in lower case without www: in the foot only one that resembles one of the seller's names.

    The domain of an address of mail counts where no other was found, unless it is that of a provider of mail.
    """
    found = []
    for place, part in enumerate((head_of(rows), foot_of(rows))):
        for row in part:
            for domain, is_mail in () if is_of_another(row, lexicon) else _domains(row, lexicon):
                is_alike = _resembles(domain, names)
                if is_alike or place == 0:
                    found.append((is_mail, not is_alike, domain))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _domains(row: ReceiptLine, lexicon: Lexicon) -> Iterator[tuple[str, bool]]:
    """Yield the domains on a line, each with whether it is that of an address of mail."""
    text = row.text.text.replace(NARROW, "")
    for match in _domain().finditer(text):
        name, is_mail = (match["name"] or match["bare"]).lower().removeprefix("www."), match["before"] == "@"
        parts = name.split(".")
        if match["bare"] and len(parts[0]) < SHORTEST_NAME:
            continue
        if is_mail and _is_provider(parts[0]):
            continue
        if not any(part.startswith(lexicon.web.never) for part in parts) and any(map(str.isalpha, parts[0])):
            yield name, is_mail


def _is_provider(name: str) -> bool:
    """Return whether a name is that of a provider of mail; a longer one may be misread."""
    known = mail_providers()
    longer = [one for one in known if len(one) > SHORTEST_NAME]
    return name in known or any(fuzz.ratio(name, one) >= MIN_LIKENESS for one in longer)


def _resembles(domain: str, names: Sequence[str]) -> bool:
    """Return whether a word of the seller's names is in the domain, or almost."""
    words = ("".join(filter(str.isalnum, plain(word))) for name in names for word in name.split())
    squeezed = "".join(filter(str.isalnum, domain))
    return any(
        len(word) >= SHORTEST_NAME and fuzz.partial_ratio(word, squeezed, score_cutoff=MIN_LIKENESS) for word in words
    )

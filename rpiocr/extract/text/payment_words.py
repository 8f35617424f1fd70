"""Phrases for methods of payment, in all languages: they count on every page, whatever its language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rpiocr.extract.tables.files import document_facts
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.phrases import Labels, plain
from rpiocr.model import Method

METHODS = (Method.CASH, Method.CARD, Method.MOBILE, Method.VOUCHER, Method.TRANSFER)

BRAND = "brand "
"""Prefix of the name of a group of phrases for a brand."""

MOSTLY = 0.6
"""Minimum share of a line's letters in payment words, above which it is neither a sentence nor an item."""

CASHLESS = frozenset({Method.CARD, Method.MOBILE})


@dataclass(frozen=True, slots=True)
class MethodWords:
    """Payment phrases and the group of each; ``numbers`` are those next to numbers of cards and others."""

    labels: Labels
    groups: Mapping[str, frozenset[str]]
    numbers: Labels
    number_groups: Mapping[str, str]
    chips: tuple[tuple[str, str], ...]
    misread: frozenset[str]
    whole_number: re.Pattern[str]


@lru_cache(maxsize=4)
def payment_words(lexicon: Lexicon) -> MethodWords:
    """Return the phrases for payment methods and brands of a lexicon."""
    facts = document_facts()
    groups: dict[str, set[str]] = {}
    for group in (*METHODS, "never", "label"):
        for phrase in getattr(lexicon.payment, group):
            groups.setdefault(phrase, set()).add(group)
    for brand, phrases in facts["brands"].items():
        for phrase in phrases:
            groups.setdefault(phrase, set()).update({Method.CARD, BRAND + brand})
    numbers: dict[str, str] = {}
    for group in ("never", "ending", "words"):
        for phrase in getattr(lexicon.card_number, group):
            numbers.setdefault(phrase, group)
    chips = tuple((start.casefold(), brand) for brand, start in facts["chips"].items())
    whole_number = re.compile(
        r"[^0-9]*(?<![0-9.,*x#-])(?P<number>[0-9]{1,3}(?:,[0-9]{3})+|[1-9][0-9]{2,6}|0)"
        rf"[ \u2009]?(?:{any_of(lexicon.payment.money)}|-)?[ .]*"
    )
    return MethodWords(
        Labels(groups),
        {phrase: frozenset(found) for phrase, found in groups.items()},
        Labels(numbers),
        numbers,
        chips,
        frozenset(lexicon.payment.misread),
        whole_number,
    )


def letters_in(text: str) -> int:
    """Return the number of letters of a text."""
    return sum(map(str.isalpha, text))


@lru_cache(maxsize=2048)
def methods_named(label: str, lexicon: Lexicon) -> frozenset[str]:
    """Return the groups of payment words that a label mostly consists of; none if a word speaks against a payment."""
    words = payment_words(lexicon)
    text = plain(label)
    hits = [hit for hit in words.labels.find(text) if text[hit.start : hit.end] not in words.misread]
    groups = frozenset[str]().union(*(words.groups[hit.phrase] for hit in hits))
    named = sum(letters_in(text[hit.start : hit.end]) for hit in hits)
    return groups if "never" not in groups and named > MOSTLY * letters_in(text) else frozenset()


def is_cashless(label: str, lexicon: Lexicon) -> bool:
    """Return whether a label consists mostly of words for payment by card or telephone."""
    return bool(methods_named(label, lexicon) & CASHLESS)


def is_voucher(label: str, lexicon: Lexicon) -> bool:
    """Return whether a label consists mostly of words for a voucher or a gift card."""
    return Method.VOUCHER in methods_named(label, lexicon)

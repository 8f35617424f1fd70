"""Numbers that are no money: what is counted in kilometres, kilowatt hours, pieces, points or nights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import Amount
from rpiocr.extract.text.patterns import NEVER, whole_words
from rpiocr.extract.text.payment_words import letters_in
from rpiocr.extract.text.phrases import plain

MOSTLY = 0.6
"""Minimum share of a label's letters in words for a quantity, above which it names nothing else."""

QUANTITY_BEFORE = re.compile(r"[0-9][\s.,x×]*$")
"""A number in front of a unit takes it: "20 km" beside an amount says what was bought, not what the amount counts."""


@lru_cache(maxsize=4)
def _quantities(lexicon: Lexicon) -> re.Pattern[str]:
    words = [plain(word) for word in lexicon.units.label]
    return re.compile(whole_words(words) if words else NEVER)


@lru_cache(maxsize=4096)
def _named(label: str, lexicon: Lexicon) -> int:
    """Return how many letters of a label are in words for a quantity; 0 if each of them belongs to a number."""
    text = plain(label)
    hits = [hit for hit in _quantities(lexicon).finditer(text) if not QUANTITY_BEFORE.search(text[: hit.start()])]
    if not hits or any(char.isdigit() for char in text[hits[-1].end() :]):
        return 0
    return sum(max(1, letters_in(hit.group())) for hit in hits)


def names_quantity(label: str, lexicon: Lexicon, *, is_sum: bool) -> bool:
    """Return whether the label in front of a number says that the number counts something else than money.

    ``is_sum``: a word for a total or a number of pieces is in the label too, so that the unit says of what; else the
    label must name little else, as "TOMATOES KG 2.50" is the price of some.
    """
    named = _named(label, lexicon)
    return bool(named) and (is_sum or named > MOSTLY * letters_in(label))


def only_money(text: str, amounts: Sequence[Amount], lexicon: Lexicon, *, is_sum: bool) -> tuple[Amount, ...]:
    """Return the amounts of a line without those that count a quantity; one with a currency sign is money."""
    kept, at = [], 0
    for amount in amounts:
        if amount.money or not names_quantity(text[at : amount.start], lexicon, is_sum=is_sum):
            kept.append(amount)
        at = amount.end
    return tuple(kept)

"""The lines of a receipt that are about the seller, and phrases in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import NARROW
from rpiocr.extract.text.patterns import NEVER, split_by_script
from rpiocr.extract.text.phrases import plain
from rpiocr.extract.text.scripts import is_dense
from rpiocr.model import Box

HEAD_LINES = 14
"""Maximum number of lines at the top that are about the seller: name, company, numbers and an address of six lines."""

FOOT_LINES = 12
"""Maximum number of lines at the end that may be about the seller."""

MIN_CONFIDENCE = 0.5
"""Minimum mean confidence of a line, from 0 to 1; a fact from letters that were guessed is worse than none."""

LONGEST_TAX_MARK = 4
"""Maximum number of characters behind the price of an item, such as those of a tax or a currency."""

BEHIND_LABEL = re.compile(r"\W*(?:[:：]|$)")
"""Behind a word that is a label is a colon, or nothing."""

MARKS = " .,:;*-_=~'\"|#·•・　：，、。；"


NOISE = 0.7
"""A character by itself at the beginning of a line, read with less confidence, is a speck or a part of a logo."""


def text_of(row: ReceiptLine) -> str:
    """Return the text of a line with usual spaces, without noise at its beginning."""
    text, words = row.text.text.replace(NARROW, " "), row.line.words
    while len(words) > 1 and len(words[0].text) == 1 and words[0].confidence < NOISE:
        text, words = text[2:], words[1:]
    return text


def head_of(rows: Sequence[ReceiptLine]) -> Sequence[ReceiptLine]:
    """Return the legible lines above the first item."""
    legible = [row for row in rows if _is_legible(row)][:HEAD_LINES]
    first = next((place for place, row in enumerate(legible) if place and ends_in_price(row)), len(legible))
    return legible[:first]


def foot_of(rows: Sequence[ReceiptLine]) -> Sequence[ReceiptLine]:
    """Return the legible lines below the last amount; none if there is no amount."""
    with_amount = [place for place, row in enumerate(rows) if row.amounts]
    if not with_amount:
        return ()
    return [row for row in rows[with_amount[-1] + 1 :] if _is_legible(row)][-FOOT_LINES:]


def has_price(row: ReceiptLine) -> bool:
    """Return whether a line has an amount with decimals, thousands or a currency: a number alone may be of a house."""
    return any(amount.money or not amount.raw.replace(" ", "").replace(NARROW, "").isdigit() for amount in row.amounts)


def ends_in_price(row: ReceiptLine) -> bool:
    """Return whether a line ends with a price, but for the mark of a tax: others are numbers of an address."""
    return has_price(row) and len(row.text.text) - row.amounts[-1].end <= LONGEST_TAX_MARK


def _is_legible(row: ReceiptLine) -> bool:
    words = row.line.words
    sure = sum(word.confidence for word in words) / len(words)
    return sure >= MIN_CONFIDENCE and sum(char.isalnum() for char in row.text.text) >= 2


@lru_cache(maxsize=64)
def phrases(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of some phrases in plain text, the longest first, none inside a longer word.

    Blanks in a phrase stand for up to three blanks and marks, or nothing; a phrase with other marks has to have them.
    """
    spaced, dense = split_by_script(words)
    return re.compile(rf"(?<![^\W_])(?:{_any_of(spaced)})|(?:{_any_of(dense)})")


def _any_of(words: Iterable[str]) -> str:
    known = sorted({plain(word) for word in words}, key=lambda word: (-len(word), word))
    return "|".join(map(_phrase, known)) or NEVER


def _phrase(phrase: str) -> str:
    parts = phrase.split()
    end = r"(?![^\W_])" if phrase[-1:].isalnum() and not is_dense(phrase[-1]) else ""
    if not all(part.isalnum() for part in parts):
        return re.escape(phrase).replace(r"\ ", r"\W{0,3}") + end
    return r"[\W_]{0,3}".join(map(re.escape, parts)) + end


def is_of_customer(row: ReceiptLine, lexicon: Lexicon) -> bool:
    """Return whether a line names the customer, whose address and telephone follow."""
    alone, others = _of_customer(lexicon.address.not_seller)
    text = plain(text_of(row)).lstrip(MARKS)
    hit = phrases(alone).match(text)
    return phrases(others).search(text) is not None or (
        hit is not None and BEHIND_LABEL.match(text, hit.end()) is not None
    )


@lru_cache(maxsize=4)
def _of_customer(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Separate single words from phrases: a word is a label only with a colon or alone, as in no "customer copy"."""
    return tuple(word for word in words if word.isalpha()), tuple(word for word in words if not word.isalpha())


def is_of_another(row: ReceiptLine, lexicon: Lexicon) -> bool:
    """Return whether a line names the customer, or a company that is not the seller."""
    return is_of_customer(row, lexicon) or phrases(lexicon.company.never).search(plain(text_of(row))) is not None


def holds(row: ReceiptLine, boxes: Iterable[Box]) -> bool:
    """Return whether the middle of one of some boxes is on a line; those of lines above and below may overlap it."""
    return any(row.box.meets(box) and row.box.top <= box.middle[1] <= row.box.bottom for box in boxes)


def is_number_of(folded: str, lexicon: Lexicon) -> bool:
    """Return whether a text names the number of a receipt, a till or a member."""
    words = lexicon.receipt_number
    known = (*words.receipt, *words.check, *words.transaction, *words.whole, *words.never)
    return phrases(known).search(folded) is not None

"""What a row says besides its numbers: the description of an item, the code of the article, a mark of its tax."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache

from rpiocr.extract.items.row import NUMERAL, ItemRow, Multiple, Span, number, unit_words, without
from rpiocr.extract.roles import ITEM_ROLES, Role
from rpiocr.extract.tables.currencies import amount_signs
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import Amount
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.payment_words import letters_in

CODE = re.compile(
    r"(?:[0-9]{1,2}[.)])?[#*]?[0-9]{3,}[-/0-9]*|[A-Z]{1,3}[0-9]{4,}|[0-9]+-[0-9][-0-9]{2,}|[A-Z]{1,3}-[A-Z]?[0-9]{4,}|[0-9]{1,2}[.)]"
)
"""The number of an article, or of a line."""

GLUED = re.compile(r"^([0-9]{6,})[-:](?=[^\W\d]{2})")
"""A code that a sign joins to the description."""

SHORT_CODE = 4
"""Minimum number of characters of a code behind a description: a shorter one may be its size."""

TAX_CODE = 4
"""Maximum number of characters of a mark behind the amount."""

LETTERS = re.compile(r"[A-Za-z]{1,2}")
"""A flag, such as F for food."""


MAX_KEPT = 4096
"""How many texts are kept with what they say: each layout reads the same rows again."""

QUANTITY = re.compile(r"(?P<quantity>[0-9]{1,3}|[iIlt|])[ \u2009]?[xX×*][ \u2009]+(?=\S)")
"""A number of pieces with a sign, before a code or a description; an engine may read 1 as a letter."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a row; ``description`` is empty without any, ``quantity`` is a number of pieces before them.

    ``is_negative``: a minus is between the amount and the mark of its tax. ``description_read`` is the description as
    it was read, None if it was not repaired.
    """

    description: str
    code: str | None = None
    tax_code: str | None = None
    quantity: Decimal | None = None
    is_negative: bool = False
    description_read: str | None = None


def wording(one: ItemRow, amount: Amount, spans: Sequence[Span] = ()) -> Wording:
    """Return what a row says besides its amounts and the characters in ``spans``.

    Behind ``amount`` there is only the mark of its tax.
    """
    blank = (*((other.start, other.end) for other in one.own_amounts), *spans, *one.margin)
    return _worded(one.row.text.text, blank, amount.end if amount in one.own_amounts else None)


@lru_cache(maxsize=MAX_KEPT)
def _worded(written: str, blank: tuple[Span, ...], end: int | None) -> Wording:
    """Return what a text says besides some of its characters; the amount is before ``end``, if it is in the text."""
    text = without(written, blank)
    if end is None:
        return cleaned(text)
    behind = text[end:].split()
    mark = behind[0] if behind and len(behind[0]) <= TAX_CODE else ""
    return replace(cleaned(text[:end]), tax_code=mark.strip("-*|.:") or None, is_negative=mark.startswith(("-", "−")))


def left_of(one: ItemRow, amount: Amount, left: float) -> Wording | None:
    """Return what a row says left of a position, where its columns of numbers begin; None if that is no description."""
    words = wording(one, amount, [span for span, box in one.words if box.middle[0] >= left])
    return words if letters_in(words.description) >= MIN_LETTERS else None


@lru_cache(maxsize=MAX_KEPT)
def cleaned(text: str) -> Wording:
    """Return a text without signs of currencies, a quantity before it, and stray symbols and codes around it."""
    plain = GLUED.sub(r"\1 ", _currency().sub(" ", text).strip())
    leading = QUANTITY.match(plain)
    tokens, before = _without_leading(plain[leading.end() if leading else 0 :].split())
    tokens, behind = _without_trailing(tokens)
    quantity = pieces(leading["quantity"]) if leading else None
    return Wording(" ".join(tokens), before or behind, quantity=quantity)


def _without_leading(tokens: Sequence[str]) -> tuple[Sequence[str], str | None]:
    """Return words without codes, symbols and flags before them, and the first code."""
    code = None
    while tokens:
        first = tokens[0]
        if CODE.fullmatch(first):
            code = code or first
        elif not (_is_symbol(first) and len(tokens) > 1) and not _is_flag_of(tokens):
            break
        tokens = tokens[1:]
    return tokens, code


def _without_trailing(tokens: Sequence[str]) -> tuple[Sequence[str], str | None]:
    """Return words without codes and symbols behind them, and a flag behind a code; and the last code."""
    code = None
    while tokens:
        last = tokens[-1]
        is_flag = len(tokens) > 1 and _is_code_behind(tokens[-2]) and LETTERS.fullmatch(last)
        if _is_code_behind(last):
            code = code or last
        elif not _is_symbol(last) and not is_flag:
            break
        tokens = tokens[:-1]
    return tokens, code


def pieces(text: str) -> Decimal:
    """Return a number of pieces as it is read: a letter is a misread 1."""
    return Decimal(text if text.isdigit() else 1)


def _is_symbol(token: str) -> bool:
    return not any(char.isalnum() for char in token)


def _is_flag_of(tokens: Sequence[str]) -> bool:
    """Return whether a text begins with a flag before the code of the article: E 190235 HBO."""
    return len(tokens) > 2 and len(tokens[0]) == 1 and not tokens[0].isdigit() and bool(CODE.fullmatch(tokens[1]))


def _is_code_behind(token: str) -> bool:
    return len(token) >= SHORT_CODE and CODE.fullmatch(token) is not None


@cache
def _currency() -> re.Pattern[str]:
    words = any_of((*amount_signs().symbols, *amount_signs().letters))
    return re.compile(rf"(?<![^\W_]){words}(?![^\W_])", re.IGNORECASE)


MIN_LETTERS = 3
"""Minimum number of letters of a description."""


def is_text(one: ItemRow) -> bool:
    """Return whether a row has a description besides a code, and no word for a sum, a payment or a count."""
    return one.row.role in ITEM_ROLES and _is_description(one.text)


def is_name(one: ItemRow) -> bool:
    """Return whether a row has a description, perhaps with a word for a payment or a measure: name cards, MX Master."""
    is_other = one.row.role in (Role.CARD, Role.MEASURE) and not one.amounts
    return is_text(one) or (is_other and _is_description(one.text))


@lru_cache(maxsize=MAX_KEPT)
def _is_description(text: str) -> bool:
    description = cleaned(text).description
    return letters_in(description) >= max(MIN_LETTERS, sum(char.isdigit() for char in description))


def is_bare(description: str, lexicon: Lexicon) -> bool:
    """Return whether a row has no description of its own: no words besides units."""
    return letters_in(without_units(description, lexicon)) < MIN_LETTERS


def without_units(text: str, lexicon: Lexicon) -> str:
    """Return a text without names of units."""
    return _units(lexicon).sub(" ", text)


@lru_cache(maxsize=4)
def _units(lexicon: Lexicon) -> re.Pattern[str]:
    units = any_of(unit_words(lexicon))
    return re.compile(rf"(?<![^\W\d_])(?i:{units})(?![^\W\d_])")


def with_name(words: Wording, one: ItemRow, amount: Amount, multiple: Multiple | None) -> Wording:
    """Return the words of a purchase without its quantity at the end, or with its codes as the name if it has no other.

    "/ 190235" names the article that a discount is on.
    """
    description, _, last = words.description.rpartition(" ")
    if multiple and description and NUMERAL.fullmatch(last) and number(last) == multiple.quantity:
        return replace(words, description=description)
    if letters_in(words.description) > 1 or words.code is None:
        return words
    own = [(other.start, other.end) for other in one.own_amounts]
    text = without(one.row.text.text, [*own, *(multiple.spans if multiple else ()), *one.margin])
    text = " ".join((text[: amount.start] if amount in one.own_amounts else text).split())
    return replace(words, description=text.partition(words.code)[2].strip() or text)

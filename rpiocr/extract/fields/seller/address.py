"""Finds the address of the seller: lines in the head with a street, the number of a house, a postcode or a town."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz

from rpiocr.extract.fields.seller.lines import (
    MARKS,
    ends_in_price,
    head_of,
    holds,
    is_number_of,
    is_of_another,
    is_of_customer,
    phrases,
    text_of,
)
from rpiocr.extract.fields.seller.phone import before_numbers
from rpiocr.extract.locale.country_evidence import name_index, pieces_of, town_index, word_index
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.addresses import HOUSE_NUMBER, begins_with_number, dense_address, postcode, web
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.phrases import plain, tokens
from rpiocr.extract.text.scripts import is_dense
from rpiocr.model import Box

MAX_LINES = 6
MAX_LENGTH = 200
"""Maximum number of lines of an address, and of characters: a person could not correct a longer one."""

FIRST_BEFORE = 12
"""The address begins within this number of lines of the head."""

STREET, POSTCODE, TOWN, UNIT, HOUSE = 3, 3, 1, 2, 2
"""What the cues of a line count; a block of lines is an address from ENOUGH on, with a street or a postcode."""

ENOUGH = 3
MOST_WORDS_BETWEEN = 6
"""Maximum number of words of a line without any cue between two others."""

LONGEST_FORM = 5
"""Number of letters of a legal form on a line of its own."""

MIN_LIKENESS = 88.0
"""Minimum likeness, of 100, of a line and the legal name: one letter in eight may be misread."""

LONGEST_NUMBER = 6
"""A line with a number of more digits has no postcode, but a telephone or registration number."""

SHOP_NUMBER = re.compile(r"^\W*#\s?\d+\s+")
POSTCODE_ALONE = re.compile(r"〒?\(?\d{3,5}(?:-\d{3,4})?\)?")
"""A postcode on a line of its own, below its town."""

HOUSE_FIRST = re.compile(r"\d{1,5}[A-Z]?(?: [A-Z][\w.'>-]*){2,5}")
"""The number of a house and the name of a street without a word for one."""

ENDS_OPEN = re.compile(r",$|, \d{4,6}$")
"""The end of a line whose address goes on: a comma, or the postcode of the town on the next one."""

HOUSE_AND_COMMA = re.compile(r"\d{1,4}[A-Z]?, ?[A-Z]")
MIN_POSTCODE = 4

ELSE = re.compile(r"[:：]|[^\W\d_]#|\d{5,} ?-? ?[A-Z]\b\)?$")
"""Behind a label, which no address has inside; the number of a company at the end of a line."""

TOWN_THEN_NUMBER = re.compile(r"[^\W\d][^\d:#]{2,30}[ -]\d{4,6}")
"""What may be a town and its postcode, below a street."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A line as a part of an address: its text, what its cues count, and whether something else follows on the line.

    ``has_street`` and ``has_postcode`` are the cues that show an address, ``is_place`` is a town or country alone.
    """

    text: str
    cues: int
    has_street: bool
    has_postcode: bool
    is_place: bool
    is_last: bool

    @property
    def is_certain(self) -> bool:
        """Whether the line can only be part of an address."""
        return self.has_street or self.has_postcode


@dataclass(frozen=True, slots=True)
class Known:
    """What was found before: where the merchant's name and tax numbers are printed, the legal name, the country."""

    names: Sequence[Box] = ()
    numbers: Sequence[Box] = ()
    legal_name: str | None = None
    country: str | None = None

    def has(self, row: ReceiptLine, lexicon: Lexicon) -> bool:
        """Return whether a line is about one of these; what was taken for the merchant's name may be a street."""
        if self.legal_name and _overlap(_squeezed(text_of(row)), _squeezed(self.legal_name)):
            return True
        return holds(row, (*self.names, *self.numbers)) and not _is_street(row, lexicon)


def _squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, plain(text)))


def _overlap(one: str, other: str) -> bool:
    """Return whether one text is in the other, but for a misread letter or two."""
    return min(len(one), len(other)) > LONGEST_FORM and fuzz.partial_ratio(one, other) >= MIN_LIKENESS


def find_address(rows: Sequence[ReceiptLine], lexicon: Lexicon, known: Known) -> str | None:
    """Return the address in the head in one line, its parts after commas; None if there is none."""
    parts: list[_Part | None] = []
    for row in head_of(rows):
        if is_of_customer(row, lexicon):
            break
        is_other = is_of_another(row, lexicon) or known.has(row, lexicon)
        parts.append(None if is_other else _part(row, lexicon, known.country))
    found = next((block for block in _blocks(parts) if _is_address(block)), ())
    address = ", ".join(part.text for part in found)
    return address if 0 < len(address) <= MAX_LENGTH else None


def _is_address(block: Sequence[_Part]) -> bool:
    return sum(part.cues for part in block) >= ENOUGH and any(part.is_certain for part in block)


def _is_street(row: ReceiptLine, lexicon: Lexicon) -> bool:
    """Return whether a line is a street with the number of a house."""
    text = text_of(row)
    return _street_cue(plain(text), lexicon) or _is_dense_address(text, lexicon)


def _blocks(parts: Sequence[_Part | None]) -> Iterator[Sequence[_Part]]:
    """Yield runs of lines with cues, of which the first is no town alone, and the line before that ends in a comma."""
    place = 0
    while place < min(len(parts), FIRST_BEFORE):
        first = parts[place]
        if first is None or not _can_begin(first, parts[place + 1 : place + 2]):
            place += 1
            continue
        before = parts[place - 1] if place else None
        block = [before, first] if before and before.text.endswith(",") else [first]
        place += 1
        while place < len(parts) and len(block) < MAX_LINES and not block[-1].is_last:
            part = parts[place]
            if part is None or not _goes_on(block, part, parts[place + 1 : place + 2]):
                break
            block.append(part)
            place += 1
        yield [replace(one, text=one.text.strip(MARKS)) for one in block]


def _can_begin(part: _Part, behind: Sequence[_Part | None]) -> bool:
    """Return whether an address can begin with a line: a postcode needs a town that is known, or a street below."""
    if part.has_postcode and not part.has_street and part.cues == POSTCODE:
        return any(one.has_street or one.cues >= HOUSE for one in behind if one)
    return part.is_certain or part.cues > TOWN


def _goes_on(block: Sequence[_Part], part: _Part, behind: Sequence[_Part | None]) -> bool:
    """Return whether a line continues an address.

    Behind the postcode it does only if it is a street and none is above, a place, or words after a comma.
    """
    if POSTCODE_ALONE.fullmatch(part.text):
        return len(part.text) > MIN_POSTCODE and block[-1].cues > 0 and not any(one.has_postcode for one in block)
    if any(one.has_postcode for one in block):
        if part.has_street and not any(one.has_street for one in block):
            return True
        is_open = ENDS_OPEN.search(block[-1].text) is not None
        is_word = is_open and not any(map(str.isdigit, part.text))
        return part.is_place or (is_word and len(part.text.split()) <= MOST_WORDS_BETWEEN)
    return part.cues > 0 or part.is_place or _is_between(part, behind)


def _is_between(part: _Part, behind: Sequence[_Part | None]) -> bool:
    """Return whether a line without a cue is short, and followed by one with a cue."""
    return len(part.text.split()) <= MOST_WORDS_BETWEEN and any(one.cues for one in behind if one)


def _part(row: ReceiptLine, lexicon: Lexicon, country: str | None) -> _Part | None:
    """Return a line as part of an address without its label and what follows it; None if it is about something else."""
    written, is_last = _written(row, lexicon)
    if POSTCODE_ALONE.fullmatch(written):
        return _Part(written, 0, has_street=False, has_postcode="〒" in written, is_place=False, is_last=is_last)
    digits = max(map(len, re.findall(r"\d+", written)), default=0)
    is_text = sum(map(str.isalpha, written)) >= 2 and digits <= LONGEST_NUMBER
    if not is_text or _is_else(written, lexicon) or ends_in_price(row):
        return None
    folded = plain(written)
    street = _street_cue(folded, lexicon) or _is_dense_address(written, lexicon)
    post = _has_postcode(written, country, has_street=street)
    if is_number_of(folded, lexicon) and not (street or post):
        return None
    town = _has_town(written) or TOWN_THEN_NUMBER.fullmatch(written) is not None
    unit = _unit(lexicon.address.unit).search(folded) is not None
    house = HOUSE_NUMBER.search(written) is not None or _begins_with_house(written, country)
    cues = STREET * street + POSTCODE * post + TOWN * town + UNIT * unit + HOUSE * (house and not town)
    is_place = _is_place(written)
    return _Part(written, cues, has_street=street, has_postcode=post, is_place=is_place, is_last=is_last)


def _written(row: ReceiptLine, lexicon: Lexicon) -> tuple[str, bool]:
    """Return what a line has of an address, and whether a telephone number or a web address follows it."""
    text = text_of(row)
    end = before_numbers(row, lexicon)
    found = web().search(text[:end])
    is_last = found is not None or end < len(text)
    text = SHOP_NUMBER.sub("", text[: found.start() if found else end])
    label = phrases(lexicon.address.label).match(plain(text).lstrip(MARKS))
    if label:
        text = text.lstrip(MARKS)[label.end() :]
    return " ".join(text.strip().lstrip(MARKS).rstrip(MARKS.replace(",", "")).split()), is_last


def _is_else(text: str, lexicon: Lexicon) -> bool:
    """Return whether a text has a label that is not one of a house, or a number of a company."""
    label = _unit_label(lexicon.address.unit).search(plain(text))
    return ELSE.search(text[: label.start()] + text[label.end() :] if label else text) is not None


def _has_postcode(text: str, country: str | None, *, has_street: bool) -> bool:
    """Return whether a part of a line between commas has a postcode; a number before a street is that of the house."""
    others = [one.strip(MARKS) for one in text.split(",")[1:]]
    form = postcode(country)
    is_alone = any(one.isdigit() and len(one) > MIN_POSTCODE for one in others)
    return is_alone or bool(form.search(text, 1 if has_street else 0) or any(form.search(one) for one in others))


def _begins_with_house(text: str, country: str | None) -> bool:
    if HOUSE_AND_COMMA.match(text):
        return True
    return country is not None and begins_with_number(country) and HOUSE_FIRST.fullmatch(text) is not None


def _has_town(text: str) -> bool:
    return not pieces_of(text).isdisjoint(town_index()) or "".join(tokens(text)) in name_index()


def _is_place(text: str) -> bool:
    """Return whether a text is the name of a town, a region or a country, or several after commas."""
    names = ["".join(tokens(part)) for part in text.split(",") if part.strip(MARKS)]
    return all(name in town_index() or name in name_index() or name in word_index() for name in names)


def _street_cue(folded: str, lexicon: Lexicon) -> bool:
    """Return whether a text has a word for a street, and a number or another part beside it."""
    words = lexicon.address
    if not phrases(words.street).search(folded) and not _endings(words.street_ending).search(folded):
        return False
    return any(map(str.isdigit, folded)) or "," in folded


@lru_cache(maxsize=4)
def _endings(endings: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"[^\W\d_]{{3,}}{any_of(map(plain, endings))}(?![^\W\d_])")


@lru_cache(maxsize=4)
def _unit_label(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){any_of(map(plain, words))}\W{{0,2}}:")


@lru_cache(maxsize=4)
def _unit(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){any_of(map(plain, words))}[\W_]{{0,3}}(?:[a-z]{{0,2}}-?)?\d")


def _is_dense_address(text: str, lexicon: Lexicon) -> bool:
    """Return whether a text has a number in an address, and two of the characters that end the names of its parts."""
    known = {char for char in text if char in lexicon.address.before_number}
    return is_dense(text) and len(known) >= 2 and bool(dense_address(lexicon).search(text))

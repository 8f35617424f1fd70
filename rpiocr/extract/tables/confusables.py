"""The table of characters that engines confuse, for each of its uses; see confusables.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any

from rpiocr.extract.tables.files import read_text


class Use(Enum):
    """Where look-alike characters are replaced."""

    AMOUNT = "amount"
    DATE = "date"
    TAX_NUMBER = "tax_number"
    SIZE = "size"
    MONTH = "month"
    LABEL = "label"
    KEYWORD = "keyword"


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(read_text("confusables.toml"))


def digit_for(use: Use) -> dict[int, str]:
    """Return the digit for each character that is misread for one, as a translation table."""
    pairs = {char: digit for digit, chars in _table()["digit"].items() for char in chars}
    return str.maketrans(_adapted(pairs, use))


def letter_for(use: Use) -> dict[int, str]:
    """Return the letter for each digit or mark that is misread for one inside a word, as a translation table."""
    return str.maketrans(_adapted(_table()["letter"], use))


def letters_in_words(script: str) -> Mapping[str, str]:
    """Return, for each digit or mark that is misread for letters of a script, those letters."""
    found: Mapping[str, str] = _table()["word"][script]
    return found


def _adapted(pairs: Mapping[str, str], use: Use) -> dict[str, str]:
    different = _table()["use"][use.value]
    instead: Mapping[str, str] = different.get("instead", {})
    return {char: other for char, other in pairs.items() if char not in different.get("without", "")} | dict(instead)


def digit_class(use: Use) -> str:
    """Return a regular expression character class of digits and characters that are misread for them."""
    return f"[0-9{''.join(map(chr, digit_for(use)))}]"


def look_alikes(use: Use) -> Mapping[str, str]:
    """Return, for each digit or character that is misread for one, all others of its group."""
    groups: dict[str, str] = {}
    for point, digit in digit_for(use).items():
        groups[digit] = groups.get(digit, digit) + chr(point)
    return {char: group.replace(char, "") for group in groups.values() for char in group}


def spelled_out() -> dict[int, str]:
    """Return the spelling of letters with diacritics where there are none, such as ae for ä."""
    return str.maketrans(_table()["spelled_out"])


def one_for_one() -> Mapping[str, str]:
    """Return the base letter of characters that Unicode does not decompose."""
    found: Mapping[str, str] = _table()["one_for_one"]
    return found


def across_scripts() -> dict[int, str]:
    """Return the characters that those of other scripts are compared as."""
    return {ord(char): other for pair in _table()["scripts"].values() for char, other in zip(*pair, strict=True)}


def sign(name: str) -> str:
    """Return the characters that are misread for a sign."""
    found: str = _table()["signs"][name]
    return found

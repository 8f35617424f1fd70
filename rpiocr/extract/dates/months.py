"""Reads names of months: those of the languages of a page, and of countries whose language has no keyword table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from rpiocr.extract.tables.confusables import Use, letter_for
from rpiocr.extract.tables.files import cldr
from rpiocr.extract.text.phrases import spellings, tokens

LETTER_FOR = letter_for(Use.MONTH)

MIN_LIKENESS = 0.75
"""Minimum similarity of a name that was misread: one letter of four may differ, two of eight."""

SHORTEST_MISREAD = 4
"""Minimum number of letters of a name that may be misread; abbreviations of three differ by one letter."""

SHORTEST_FOREIGN = 3
"""Minimum number of letters of a name in a language that the page does not show."""


def parse_month(text: str, months: Mapping[str, int], country: str | None = None) -> tuple[int | None, bool]:
    """Read the name of a month; the flag is False if a letter was corrected. (None, True): no month.

    ``months`` are the names in the languages of the page, ``country`` is where it is from, if that is known: listopad
    is October in Croatia, and November in Poland.
    """
    if sum(char.isalpha() for char in text) < 2:
        return None, True
    written = text.casefold().strip(".")
    plain = "".join(tokens(text)) or written
    there = _names_in(country or "")
    if written in there or plain in there:
        return there.get(written) or there[plain], True
    if plain in months:
        return months[plain], not any(char.isdigit() for char in text)
    foreign = _foreign().get(written) or _foreign().get(plain)
    if foreign:
        return foreign, True
    return _misread_month(written, months)


def _misread_month(written: str, months: Mapping[str, int]) -> tuple[int | None, bool]:
    fixed = written.translate(LETTER_FOR)
    if fixed in months:
        return months[fixed], False
    if len(fixed) < SHORTEST_MISREAD:
        return None, True
    scorer = Levenshtein.normalized_similarity
    best = process.extractOne(fixed, months.keys(), scorer=scorer, score_cutoff=MIN_LIKENESS)
    return (months[best[0]], False) if best and len(best[0]) >= SHORTEST_MISREAD else (None, True)


def month_named(text: str) -> int | None:
    """Return the month that a name means without a misread letter, in whatever language; None if it is none, or two."""
    written = text.casefold().strip(".")
    return _known().get("".join(tokens(text)) or written) or _foreign().get(written)


@cache
def _known() -> Mapping[str, int]:
    """Return the names in all languages with a keyword table, and in other countries where they mean one month only."""
    named = (
        (spelled, number)
        for months in cldr()["months"].values()
        for number, names in enumerate(months, 1)
        for name in names
        for spelled in spellings(name)
    )
    return {**_foreign(), **dict(named)}


def marked_names() -> tuple[str, ...]:
    """Return the names that contain vowel signs or full stops, as in Thai, which no pattern of letters matches."""
    names = (name for country in cldr()["other_months"] for name, _ in _written_in(country))
    return tuple(name for name in dict.fromkeys(names) if not name.isalnum())


def _written_in(country: str) -> Iterator[tuple[str, int]]:
    for number, names in enumerate(cldr()["other_months"].get(country, ()), 1):
        for name in names:
            # Capital sigma has two small forms; Unicode folds both to the same.
            yield name.replace("ς", "σ"), number


@cache
def _names_in(country: str) -> Mapping[str, int]:
    """Return the names in a country without a keyword table, as written, and plainly where that is no other month."""
    return _unambiguous((country,))


@cache
def _foreign() -> Mapping[str, int]:
    """Return the names of all such countries that are the name of one month only, in every language known."""
    found = _unambiguous(cldr()["other_months"])
    for months in cldr()["months"].values():
        for number, names in enumerate(months, 1):
            for spelled in {name for one in names for name in spellings(one)}:
                if found.get(spelled, number) != number:
                    del found[spelled]
    return {name: number for name, number in found.items() if len(name) >= SHORTEST_FOREIGN}


def _unambiguous(countries: Iterable[str]) -> dict[str, int]:
    numbers: dict[str, set[int]] = {}
    for country in countries:
        for name, number in _written_in(country):
            for spelled in (name, *spellings(name)):
                numbers.setdefault(spelled, set()).add(number)
    return {name: next(iter(found)) for name, found in numbers.items() if len(found) == 1}

"""Non-Gregorian calendars (Japanese eras, Minguo, Buddhist), and dates with labelled parts, as by 年, 月 and 日."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache, lru_cache

from rpiocr.extract.locale.inference import Locale
from rpiocr.extract.tables.confusables import sign
from rpiocr.extract.tables.countries import EraTable, countries
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.patterns import any_of

BUDDHIST_AHEAD = 543
BUDDHIST = range(2560, 2581)
"""Years 2017 to 2037 of the Buddhist calendar, which cannot mean anything else on a receipt."""

B = r"[ \u2009]?"
NUMBER = "[0-9]{1,2}"


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The calendar of a country: ``eras`` by name and by initial, and the formats of dates in them."""

    country: str
    table: EraTable
    eras: Mapping[str, int]
    named: re.Pattern[str]
    bare: re.Pattern[str] | None


@cache
def _calendars() -> tuple[_Calendar, ...]:
    known = ((country.code, country.calendar) for country in countries().values())
    return tuple(_calendar(code, table) for code, table in known if table)


def _calendar(country: str, table: EraTable) -> _Calendar:
    year, month, day = table.parts
    initials = rf"|(?<![A-Za-z])[{''.join(table.initials)}](?=[0-9])" if table.initials else ""
    first = f"|{table.first_year}" if table.first_year else ""
    named = re.compile(
        rf"(?P<era>{any_of(table.eras)}{initials}){B}(?P<y>{table.year}{first}){B}(?:{year}|[./-]){B}(?P<a>{NUMBER})"
        rf"{B}(?:{month}|[./-]){B}(?P<b>{NUMBER})(?:{B}{day})?(?![0-9])"
    )
    bare = (
        rf"(?<![0-9A-Za-z.,/-])(?<![0-9]:)(?P<y>{table.bare_year})"
        rf"(?:{B}{year}{B}(?P<a>{NUMBER}){B}{month}{B}(?P<b>{NUMBER})(?:{B}{day})?"
        rf"|(?P<s>[./-])(?P<a2>{NUMBER})(?P=s)(?P<b2>{NUMBER}))(?![0-9A-Za-z/-])"
    )
    return _Calendar(
        country, table, {**table.eras, **table.initials}, named, re.compile(bare) if table.bare_year else None
    )


@dataclass(frozen=True, slots=True)
class EraDate:
    """A date whose parts are labelled: Gregorian year, month and day as printed, and the characters that it covers."""

    year: int
    month: int
    day: int
    start: int
    end: int


def any_calendar() -> frozenset[str]:
    """Return the codes of all countries with a calendar of their own."""
    return frozenset(calendar.country for calendar in _calendars())


def calendars_of(locale: Locale) -> frozenset[str]:
    """Return the countries whose calendar a receipt may use: its own, or those of its language or currency."""
    table = countries()
    return frozenset(
        code
        for code in any_calendar()
        if code == locale.country
        or table[code].currency == locale.currency
        or not set(table[code].languages).isdisjoint(locale.languages)
    )


def common_year(written: int) -> int:
    """Return the Gregorian year for a printed year: two digits belong to this century, 2567 is Buddhist."""
    if written in BUDDHIST:
        return written - BUDDHIST_AHEAD
    return written + 2000 if written < 100 else written


@lru_cache(maxsize=4)
def _worded(lexicon: Lexicon) -> re.Pattern[str]:
    words = lexicon.written_date
    day = any_of((*words.day, *sign("day")))
    return re.compile(
        rf"(?<![0-9])(?P<y>2[0-9]{{3}}|'?[0-9]{{2}}){B}{any_of(words.year)}{B}(?P<a>{NUMBER}){B}{any_of(words.month)}"
        rf"{B}(?P<b>{NUMBER})(?:{B}{day})?(?![0-9])"
    )


def find_era_dates(text: str, calendars: Set[str], lexicon: Lexicon) -> Iterator[EraDate]:
    """Find dates whose parts are labelled, or whose years are those of one of ``calendars``; they may overlap.

    ``calendars`` are codes of countries. The name of an era is recognised on every page.
    """
    for calendar in _calendars():
        for match in calendar.named.finditer(text):
            era = match["era"]
            if era in calendar.table.eras or calendar.country in calendars:
                year = 1 if match["y"] == calendar.table.first_year else int(match["y"])
                yield _era_date(match, calendar.eras[era] + year)
        if calendar.bare and calendar.country in calendars:
            for match in calendar.bare.finditer(text):
                yield _era_date(match, calendar.table.bare + int(match["y"]))
    for match in _worded(lexicon).finditer(text):
        yield _era_date(match, common_year(int(match["y"].strip("'"))))


def _era_date(match: re.Match[str], year: int) -> EraDate:
    groups = match.groupdict()
    month, day = groups["a"] or groups["a2"], groups["b"] or groups["b2"]
    return EraDate(year, int(month), int(day), match.start(), match.end())

"""Non-Gregorian calendars, and dates with labelled parts, as by 年, 月 and 日.

The conversions are those of nepali-datetime (Bikram Sambat, by the table of its months), hijridate (Umm al-Qura, the
calendar of Saudi Arabia) and persiantools, which are imported when such a year is read.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from typing import Any

from rpiocr.extract.locale.inference import Locale
from rpiocr.extract.tables.confusables import sign
from rpiocr.extract.tables.countries import EraTable, countries
from rpiocr.extract.tables.files import read_text
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.patterns import any_of

BUDDHIST_AHEAD = 543

B = r"[ \u2009]?"
NUMBER = "[0-9]{1,2}"


class Calendar(Enum):
    """A calendar that tells itself by its years; the values are the sections of calendars.toml."""

    GREGORIAN = "gregorian"
    BUDDHIST = "buddhist"
    BIKRAM_SAMBAT = "bikram_sambat"
    HIJRI = "hijri"
    PERSIAN = "persian"

    def day(self, year: int, month: int, day: int) -> dt.date | None:
        """Return the Gregorian day of a date in this calendar; None if there is no such day.

        A calendar whose package is missing is not read: every page has numbers that could be one of its years.
        """
        try:
            return CONVERSIONS[self](year, month, day)
        except (ValueError, OverflowError, KeyError, IndexError, ImportError):
            return None


def _bikram_sambat(year: int, month: int, day: int) -> dt.date:
    import nepali_datetime

    found: dt.date = nepali_datetime.date(year, month, day).to_datetime_date()
    return found


def _hijri(year: int, month: int, day: int) -> dt.date:
    from hijridate import Hijri

    found = Hijri(year, month, day).to_gregorian()
    return dt.date(found.year, found.month, found.day)


def _persian(year: int, month: int, day: int) -> dt.date:
    from persiantools import jdatetime

    make: Any = jdatetime.JalaliDate
    found: dt.date = make(year, month, day).to_gregorian()
    return found


CONVERSIONS: Mapping[Calendar, Callable[[int, int, int], dt.date]] = {
    Calendar.GREGORIAN: dt.date,
    Calendar.BUDDHIST: lambda year, month, day: dt.date(year - BUDDHIST_AHEAD, month, day),
    Calendar.BIKRAM_SAMBAT: _bikram_sambat,
    Calendar.HIJRI: _hijri,
    Calendar.PERSIAN: _persian,
}


@dataclass(frozen=True, slots=True)
class _Years:
    """How a calendar shows: its years, its countries, and what is printed on their pages; see calendars.toml."""

    first: int
    last: int
    countries: frozenset[str]
    shown_by: re.Pattern[str]
    short: int | None
    everywhere: bool


@cache
def _years() -> Mapping[Calendar, _Years]:
    return {
        Calendar(name): _Years(
            entry["years"][0],
            entry["years"][1],
            frozenset(entry["countries"]),
            re.compile("|".join(f"(?:{_local(shape)})" for shape in entry["shown_by"])),
            entry.get("short"),
            entry.get("everywhere", False),
        )
        for name, entry in tomllib.loads(read_text("calendars.toml")).items()
    }


def _local(shape: str) -> str:
    """Return a regular expression with its flag for capitals in the form that may stand inside another one."""
    return f"(?i:{shape.removeprefix('(?i)')})" if shape.startswith("(?i)") else shape


def calendar_of(year: int) -> Calendar:
    """Return the calendar of a year of four digits: the one among whose years it is, else the Gregorian one."""
    return next((known for known, years in _years().items() if years.first <= year <= years.last), Calendar.GREGORIAN)


def calendars_shown(texts: Iterable[str], country: str | None) -> frozenset[Calendar]:
    """Return the calendars that a page shows by its country, or by what is printed on it."""
    page = "\n".join(texts)
    return frozenset(
        known for known, years in _years().items() if country in years.countries or years.shown_by.search(page)
    )


def counts_everywhere(calendar: Calendar) -> bool:
    """Return whether a year of four digits in a calendar counts on pages that do not show the calendar."""
    return calendar is Calendar.GREGORIAN or _years()[calendar].everywhere


def full_year(written: int, shown: Set[Calendar]) -> int:
    """Return the year for one of two digits: of this century, or of a calendar of the page that prints it so.

    29/11/69 in Thailand is 2569; 26 stays 2026, as many tills there print Gregorian years.
    """
    for known in shown:
        short = _years()[known].short
        if short and _years()[known].first <= short + written <= _years()[known].last:
            return short + written
    return 2000 + written


@dataclass(frozen=True, slots=True)
class _EraCalendar:
    """The calendar of a country: ``eras`` by name and by initial, and the formats of dates in them."""

    country: str
    table: EraTable
    eras: Mapping[str, int]
    named: re.Pattern[str]
    bare: re.Pattern[str] | None


@cache
def _era_calendars() -> tuple[_EraCalendar, ...]:
    known = ((country.code, country.calendar) for country in countries().values())
    return tuple(_era_calendar(code, table) for code, table in known if table)


def _era_calendar(country: str, table: EraTable) -> _EraCalendar:
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
    return _EraCalendar(
        country, table, {**table.eras, **table.initials}, named, re.compile(bare) if table.bare_year else None
    )


@dataclass(frozen=True, slots=True)
class WordedDate:
    """A date whose parts are labelled: Gregorian year, month and day as printed, and the characters that it covers."""

    year: int
    month: int
    day: int
    start: int
    end: int


def any_era() -> frozenset[str]:
    """Return the codes of all countries that count eras."""
    return frozenset(calendar.country for calendar in _era_calendars())


def eras_of(locale: Locale) -> frozenset[str]:
    """Return the countries whose eras a receipt may use: its own, or those of its language or currency."""
    table = countries()
    return frozenset(
        code
        for code in any_era()
        if code == locale.country
        or table[code].currency == locale.currency
        or not set(table[code].languages).isdisjoint(locale.languages)
    )


@lru_cache(maxsize=4)
def _worded(lexicon: Lexicon) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of 2026年11月4日, and of ngày 4 tháng 11 năm 2026."""
    words = lexicon.written_date
    day = any_of((*words.day, *sign("day")))
    return (
        re.compile(
            rf"(?<![0-9])(?P<y>2[0-9]{{3}}|'?[0-9]{{2}}){B}{any_of(words.year)}{B}(?P<a>{NUMBER}){B}{any_of(words.month)}"
            rf"{B}(?P<b>{NUMBER})(?:{B}{day})?(?![0-9])"
        ),
        re.compile(
            rf"(?<![0-9/.-])(?P<b>{NUMBER}),?{B}(?i:{any_of(words.before_month)}){B}(?P<a>{NUMBER}),?{B}"
            rf"(?i:{any_of(words.before_year)}){B}(?P<y>2[0-9]{{3}})(?![0-9])"
        ),
    )


def find_worded_dates(text: str, eras: Set[str], lexicon: Lexicon) -> Iterator[WordedDate]:
    """Find dates whose parts are labelled, or whose years are those of one of ``eras``; they may overlap.

    ``eras`` are codes of countries. The name of an era is recognised on every page.
    """
    for calendar in _era_calendars():
        for match in calendar.named.finditer(text):
            era = match["era"]
            if era in calendar.table.eras or calendar.country in eras:
                year = 1 if match["y"] == calendar.table.first_year else int(match["y"])
                yield _worded_date(match, calendar.eras[era] + year)
        if calendar.bare and calendar.country in eras:
            for match in calendar.bare.finditer(text):
                yield _worded_date(match, calendar.table.bare + int(match["y"]))
    for pattern in _worded(lexicon):
        for match in pattern.finditer(text):
            written = int(match["y"].strip("'"))
            buddhist = calendar_of(written) is Calendar.BUDDHIST
            year = written - BUDDHIST_AHEAD if buddhist else written + 2000 if written < 100 else written
            yield _worded_date(match, year)


def _worded_date(match: re.Match[str], year: int) -> WordedDate:
    groups = match.groupdict()
    month, day = groups["a"] or groups["a2"], groups["b"] or groups["b2"]
    return WordedDate(year, int(month), int(day), match.start(), match.end())

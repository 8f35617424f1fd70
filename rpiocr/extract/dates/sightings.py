"""Finds everything on a line that is printed as a date, and tells times, versions and numbers of documents from it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rpiocr.extract.dates.calendars import Calendar, WordedDate, calendar_of, find_worded_dates, full_year
from rpiocr.extract.dates.clock import parse_time
from rpiocr.extract.dates.formats import Format, Layout, date_formats
from rpiocr.extract.dates.months import parse_month
from rpiocr.extract.tables.confusables import Use, digit_for
from rpiocr.extract.tables.countries import DateOrder
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import NARROW, LineText, fold
from rpiocr.extract.text.keywords import Tables
from rpiocr.extract.text.patterns import any_of, whole_words
from rpiocr.extract.text.phrases import tokens

DIGIT_FOR = digit_for(Use.DATE)

ORDERS = (DateOrder.DMY, DateOrder.MDY, DateOrder.YMD)

DANISH = ("/", "-")
"""Separators as in 21/4-2018, a handwritten format in Denmark and Norway."""

SLASHES = frozenset("/|\\")
STOPS = frozenset(".,")
"""Separators that are misread as one another; any other two different ones separate numbers that are not a date."""

MIN_DIGITS = 3
"""Minimum number of true digits: with fewer, letters that look like digits make up most of a date."""

LAST_HOUR, LAST_MINUTE = 23, 59


@dataclass(frozen=True, slots=True)
class Sighting:
    """A date as printed: day, month and year, or numbers whose order is open.

    ``first`` and ``second`` are month and day in NAMED and YEAR_FIRST. ``weekdays`` are the days of the week (1 is
    Monday) that its word for one can mean, empty without one; ``may_be_time``: 10.11.12 is a time of day as well.
    """

    first: int
    second: int
    year: int
    layout: Layout
    raw: str
    start: int
    end: int
    calendar: Calendar = Calendar.GREGORIAN
    short_year: bool = False
    corrected: bool = False
    weak: bool = False
    may_be_time: bool = False
    weekdays: frozenset[int] = frozenset()

    def read(self, order: DateOrder) -> dt.date | None:
        """Return the day with the numbers in this order; None if there is no such day.

        The order year first applies only if all numbers could be a year; a year of four digits keeps its position.
        """
        if order is DateOrder.YMD and self.short_year:
            return Calendar.GREGORIAN.day(2000 + self.first, self.second, self.year % 100)
        month_first = self.layout in (Layout.NAMED, Layout.YEAR_FIRST) or order is DateOrder.MDY
        month, day = (self.first, self.second) if month_first else (self.second, self.first)
        return self.calendar.day(self.year, month, day)

    @property
    def orders(self) -> tuple[DateOrder, ...]:
        """The orders in which it can be read, the most frequent worldwide first."""
        if self.layout is not Layout.OPEN:
            return (DateOrder.DMY,)
        return ORDERS if self.short_year and self.calendar is Calendar.GREGORIAN else ORDERS[:2]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a page tells about its dates: its words, the country, and the eras and calendars that it shows."""

    tables: Tables
    country: str | None = None
    eras: frozenset[str] = frozenset()
    calendars: frozenset[Calendar] = field(default_factory=frozenset)


def sightings_on(line: LineText, page: Surroundings) -> Iterator[Sighting]:
    """Yield the dates on a line, the most reliable formats first; none overlaps another."""
    text = plain_digits(line.text)
    taken: list[tuple[int, int]] = []
    for sighting in _all_on(text, line, page):
        if not any(sighting.start < end and start < sighting.end for start, end in taken):
            taken.append((sighting.start, sighting.end))
            seen = _examined(sighting, text, page.tables, taken)
            if seen:
                yield seen


def plain_digits(text: str) -> str:
    """Return a text of the same length with the digits of every script as 0 to 9, and narrow forms of characters."""
    folded = fold(text)
    if folded.isascii():
        return folded
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in folded)


STROKE_BEHIND_NUMBER = re.compile(r"(?<=[0-9]{4})[/|](?=[0-9])")
"""The stroke between the number of a document and the date: 80101911/26.06.26."""


def _all_on(text: str, line: LineText, page: Surroundings) -> Iterator[Sighting]:
    yield from _formatted(text, line, page)
    strokes = {match.end() for match in STROKE_BEHIND_NUMBER.finditer(text)}
    if strokes:
        apart = STROKE_BEHIND_NUMBER.sub(" ", text)
        yield from (one for one in _formatted(apart, line, page) if one.start in strokes and not one.weak)


def _formatted(text: str, line: LineText, page: Surroundings) -> Iterator[Sighting]:
    for worded in find_worded_dates(text, page.eras, page.tables.lexicon):
        yield _worded(worded, line)
    for form in date_formats(page.tables.lexicon):
        for match in form.pattern.finditer(text):
            sighting = _named(match, line, page) if form.layout is Layout.NAMED else _numeric(match, form, line, page)
            if sighting:
                yield sighting


def _worded(worded: WordedDate, line: LineText) -> Sighting:
    raw = _raw(line, worded.start, worded.end)
    return Sighting(worded.month, worded.day, worded.year, Layout.YEAR_FIRST, raw, worded.start, worded.end)


def _raw(line: LineText, start: int, end: int) -> str:
    return line.text[start:end].replace(NARROW, "")


def _named(match: re.Match[str], line: LineText, page: Surroundings) -> Sighting | None:
    month, exact = parse_month(match["m"], page.tables.months, page.country)
    if month is None:
        return None
    year = _year(match["y"], page)
    plain = all(part.isdigit() for part in (match["a"], match["y"].strip("'")))
    return _printed(
        Sighting(
            month,
            _number(match["a"]),
            year,
            Layout.NAMED,
            _raw(line, *match.span()),
            *match.span(),
            calendar=calendar_of(year),
            short_year=_is_short(match),
            corrected=not (exact and plain),
        ),
        match["a"] + match["y"],
    )


def _numeric(match: re.Match[str], form: Format, line: LineText, page: Surroundings) -> Sighting | None:
    marks = _marks(match)
    danish = (match["s"], match["t"]) == DANISH
    if not _is_one_date(match, form, page.tables.lexicon):
        return None
    first, second, mended = _number(match["a"]), _number(match["b"]), False
    if form.layout is Layout.OPEN and not form.weak:
        first, second, mended = _correct_zeros(first, second)
    year = _year(match["y"], page)
    printed = match["a"] + match["b"] + match["y"].strip("'")
    unusual = (len(marks) > 1 and not danish) or bool(marks & {",", "|", "\\"})
    return _printed(
        Sighting(
            first,
            second,
            year,
            Layout.DAY_FIRST if danish else form.layout,
            _raw(line, *match.span()),
            *match.span(),
            calendar=calendar_of(year),
            short_year=_is_short(match),
            corrected=unusual or mended or not printed.isdigit(),
            weak=form.weak,
            may_be_time=_is_short(match) and _fits_a_clock(match, first, second),
        ),
        printed,
    )


def _printed(sighting: Sighting, characters: str) -> Sighting | None:
    return sighting if sum(char.isdigit() for char in characters) >= MIN_DIGITS else None


def _number(text: str) -> int:
    return int(text.translate(DIGIT_FOR))


def _year(text: str, page: Surroundings) -> int:
    written = _number(text.strip("'"))
    return full_year(written, page.calendars) if written < 100 else written


def _is_short(match: re.Match[str]) -> bool:
    return len(match["y"].strip("'")) <= 2


def _marks(match: re.Match[str]) -> set[str]:
    return {match[group].strip(" " + NARROW) for group in ("s", "t")}


def _is_one_date(match: re.Match[str], form: Format, lexicon: Lexicon) -> bool:
    """Return whether the separators are those of one date, and a weak format has what it needs."""
    marks = _marks(match)
    if form.weak:
        spoilt = form.one_mark_at_most and match["s"] and match["t"]
        without_time = form.short_needs_time and _is_short(match) and not parse_time(match.string, lexicon)
        return not (spoilt or without_time)
    return len(marks) == 1 or marks <= SLASHES or marks <= STOPS or (match["s"], match["t"]) == DANISH


def _correct_zeros(first: int, second: int) -> tuple[int, int, bool]:
    """Correct a leading 6, 8 or 9, with which no day or month begins, to 0: slashed zeros look like them."""
    if first <= 31 and second <= 31:
        return first, second, False
    fixed = [number % 10 if number // 10 in (6, 8, 9) else number for number in (first, second)]
    return fixed[0], fixed[1], True


def _fits_a_clock(match: re.Match[str], first: int, second: int) -> bool:
    """Return whether numbers between full stops are hours, minutes and seconds as well."""
    seconds = match["y"]
    return match["s"] == match["t"] == "." and first <= LAST_HOUR and second <= LAST_MINUTE and seconds.isdigit()


def _examined(sighting: Sighting, text: str, tables: Tables, taken: Sequence[tuple[int, int]]) -> Sighting | None:
    """Return what was taken for a date with its day of the week; None if it is a time, a version or another number."""
    before, behind = text[: sighting.start], text[sighting.end :]
    patterns = _patterns(tables.lexicon)
    if patterns.version.search(before):
        return None
    if (sighting.short_year or sighting.weak) and patterns.number.search(before):
        return None
    if sighting.short_year and patterns.minutes.match(behind):
        return None
    if sighting.may_be_time and sighting.year % 100 <= LAST_MINUTE:
        follows_date = any(
            end <= sighting.start and not text[end : sighting.start].strip(" ,-T" + NARROW) for _, end in taken
        )
        if follows_date or _names_time(before, tables) or patterns.behind_time.match(behind):
            return None
    return replace(sighting, weekdays=_weekdays(before, behind, tables.weekdays))


def _names_time(before: str, tables: Tables) -> bool:
    """Return whether the words before numbers name a time of day, and not a date as well, as "date/time" does."""
    if not _patterns(tables.lexicon).before_time.search(before):
        return False
    return all(hit.phrase in tables.lexicon.clock.label for hit in tables.dates.find(before))


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Words directly before or behind numbers: of a version or a serial, of a document, of a time of day.

    ``minutes`` follow a number that is an hour, not a year of two digits, as in 18.03. 21:15; a word for the time that
    is followed by one belongs to that.
    """

    version: re.Pattern[str]
    number: re.Pattern[str]
    before_time: re.Pattern[str]
    behind_time: re.Pattern[str]
    minutes: re.Pattern[str]


@lru_cache(maxsize=4)
def _patterns(lexicon: Lexicon) -> _Patterns:
    clock, end = lexicon.clock, rf"[.:#]?[ {NARROW}]*$"
    no_time = r"(?!.{0,3}[0-9]{1,2}[:.][0-9]{2})"
    return _Patterns(
        re.compile(rf"(?i:{whole_words(lexicon.written_date.not_before)}){end}"),
        re.compile(rf"(?i:{whole_words(lexicon.receipt_number.number)}){end}"),
        re.compile(rf"(?i:{whole_words((*clock.before_point, *clock.label))}){end}"),
        re.compile(rf"[ {NARROW}]?(?:{any_of(clock.after_time)}\b|[AaPp]\.?[Mm]\b){no_time}"),
        re.compile(rf":[0-9]|[ {NARROW}]?(?:[hH](?![A-Za-z])|{any_of((*clock.hour, *clock.after_time))}\b){no_time}"),
    )


SHORT_WORD = 2
"""Length of the shortest abbreviations of days of the week; in small letters they are other words: di, do, so."""

WORD_BEFORE = re.compile(r"([^\W\d_]+)[.,:)）]{0,2}[ \u2009]?$")
WORD_BEHIND = re.compile(r"[ \u2009]?[,.]?[ \u2009]?[(（\[]?([^\W\d_]+)")


def without_weekday(before: str, names: Mapping[str, Set[int]]) -> str:
    """Return what is before a date without the day of the week: "Date: Tue" is not "date due"."""
    match = WORD_BEFORE.search(before)
    return before[: match.start()] if match and "".join(tokens(match[1])) in names else before


def _weekdays(before: str, behind: str, names: Mapping[str, Set[int]]) -> frozenset[int]:
    """Return the days of the week that the word directly before or behind a date can mean; none if it is another."""
    for match in (WORD_BEFORE.search(before), WORD_BEHIND.match(behind)):
        if match and not (len(match[1]) == SHORT_WORD and match[1].islower()):
            days = names.get("".join(tokens(match[1])))
            if days:
                return frozenset(days)
    return frozenset()

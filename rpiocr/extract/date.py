"""The day of purchase: every date on the receipt, in whatever form, and which of them it is."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from dateutil import parser as dateutil_parser
from rapidfuzz.distance import Levenshtein

from rpiocr.extract.keywords import Tables, tokens
from rpiocr.extract.locale import DateOrder, Locale
from rpiocr.extract.numbers import NARROW, LineText
from rpiocr.extract.rows import Row
from rpiocr.model import Candidate

EARLIEST = dt.date(2000, 1, 1)
FUTURE = dt.timedelta(days=7)
"""Dates from EARLIEST to a week ahead of today count: clocks of tills go wrong, by a little."""

DIGIT = "[0-9OolISBZ|]"
DIGIT_FOR = str.maketrans("OolISBZ|", "01115821")

SEPARATOR = r"[ \u2009]?[/.\\|\-\u2013,][ \u2009]?"
NUMERIC = re.compile(
    rf"(?<![0-9A-Za-z.,/:-])(?P<a>D{{1,2}})(?P<s>{SEPARATOR})(?P<b>D{{1,2}})(?P<t>{SEPARATOR})"
    r"(?P<y>2[0Oo]D{2}|'?D{2}(?=$|[^0-9A-Za-z]|[0-9]{1,2}:[0-9]{2}))".replace("D", DIGIT)
)
NUMERIC_RUN_ON = re.compile(
    r"(?<![0-9])(?P<a>[0-9]{1,2})(?P<s>[/.-])(?P<b>[0-9]{1,2})(?P<t>[/.-])(?P<y>20[0-9]{2}|[0-9]{2})(?=[^0-9/.-]|$|[0-9]{1,2}:)"
)
YEAR_FIRST = re.compile(
    rf"(?<![0-9A-Za-z.,/:-])(?P<y>2[0Oo]D{{2}})(?P<s>{SEPARATOR})(?P<a>D{{1,2}})".replace("D", DIGIT)
    + rf"(?P<t>{SEPARATOR})(?P<b>D{{1,2}})(?![0-9])".replace("D", DIGIT)
)
# A time of day, where the blank before it was lost.
CLOCK = r"(?:[01][0-9]|2[0-3])[:.][0-5][0-9]"
# Beside a name the day ends, or begins, with a true digit or apart: the O of 5Oct and the l of April are letters.
GAP = r"[ \u2009]?[-/., ]?[ \u2009]?"
MONTH = r"(?P<m>[A-Za-z0-9äÄ]{3,10}?)"
NAMED_DAY_FIRST = re.compile(
    r"(?<![0-9A-Za-z.,/:])(?P<a>D{1,2}(?:(?<=[0-9])|(?![0-9A-Za-z])))(?:st|nd|rd|th|\.)?".replace("D", DIGIT)
    + rf"{GAP}{MONTH}\.?,?{GAP}(?P<y>20[0-9]{{2}}|'?[0-9]{{2}})(?:(?={CLOCK})|(?![0-9]|[.,][0-9]))"
)
NAMED_MONTH_FIRST = re.compile(
    rf"(?<![0-9A-Za-z]){MONTH}\.?{GAP}"
    + r"(?P<a>(?:(?=[0-9])|(?<![A-Za-z]))D{1,2})(?:st|nd|rd|th)?(?:[.,'][ \u2009]?|[ \u2009-])".replace("D", DIGIT)
    + rf"'?(?P<y>20[0-9]{{2}}|[0-9]{{2}})(?:(?={CLOCK})|(?![0-9:]|[.,][0-9]))"
)
# Where the marks were lost: numbers apart, and digits in one. Weak, and believed only where nothing else is a date.
SPACED = re.compile(
    r"(?<![0-9A-Za-z.,/:-])(?P<a>[0-9]{2})(?P<s>[ \u2009]|[-/.](?=[0-9]{2}[ \u2009]))(?P<b>[0-9]{2})"
    r"(?P<t>[ \u2009]|[-/.])(?P<y>20[0-9]{2}|[0-9]{2})(?![0-9.,:/-])"
)
RUN_TOGETHER = re.compile(
    r"(?<![0-9A-Za-z./:-])(?<![0-9] )(?P<a>[0-3][0-9])(?P<s>[./ \u2009-]?)(?P<b>[01][0-9])(?P<t>[./-]?)"
    r"(?P<y>20[0-9]{2})(?![0-9A-Za-z./:-])"
)
# One of the two strokes taken for a figure: 13707/2017 and 13/0712017.
STROKE_AS_FIGURE = re.compile(
    r"(?<![0-9A-Za-z./:-])(?P<a>[0-3][0-9])(?P<s>/|[17](?=[0-9]{2}/))(?P<b>[01][0-9])(?P<t>(?<=/[0-9]{2})[17]|/)"
    r"(?P<y>20[0-9]{2})(?![0-9A-Za-z./:-])"
)
TIME = re.compile(
    r"(?<![0-9.,])(?P<h>[01]?[0-9]|2[0-3])(?P<s>[:;.])(?P<m>[0-5][0-9])(?:(?P=s)(?P<sec>[0-5][0-9]))?(?![0-9])"
    r"(?:[ \u2009]?(?P<half>[AaPp])\.?[ \u2009]?[Mm]\b)?(?P<uhr>[ \u2009]?Uhr)?"
)


@dataclass(frozen=True, slots=True)
class _Sighting:
    """A date as written: day, month and year, or two numbers whose order is open."""

    first: int
    second: int
    year: int
    named: bool
    year_first: bool
    short_year: bool
    corrected: bool
    weak: bool
    raw: str
    start: int
    end: int

    def read(self, order: DateOrder) -> dt.date | None:
        """The date in this order of its numbers; None where there is no such day.

        Year first is meant for numbers that could all be a year; a year of four digits stands where it stands.
        """
        if order is DateOrder.YMD and self.short_year:
            return _date(2000 + self.first, self.second, self.year - 2000)
        month_first = self.named or self.year_first or order is DateOrder.MDY
        month, day = (self.first, self.second) if month_first else (self.second, self.first)
        return _date(self.year, month, day)

    @property
    def open(self) -> bool:
        """Whether both orders give a day, and not the same one."""
        return (
            not (self.named or self.year_first) and self.first <= 12 and self.second <= 12 and self.first != self.second
        )


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def parse_time(text: str) -> dt.time | None:
    """Read the first time of day in a text, 12 or 24 hours, with or without seconds."""
    for match in TIME.finditer(text):
        if match["s"] == "." and not (match["half"] or match["uhr"] or match["sec"]):
            continue
        clock = f"{match['h']}:{match['m']}" + (f":{match['sec']}" if match["sec"] else "")
        hour = int(match["h"])
        half = f" {match['half']}m" if match["half"] and 1 <= hour <= 12 else ""
        return dateutil_parser.parse(clock + half).time()
    return None


def find_dates(
    rows: Sequence[Row], tables: Tables, locale: Locale, today: dt.date, order: DateOrder | None = None
) -> tuple[Candidate[dt.date], ...]:
    """Return every date that can be the day of purchase, best first, each once.

    ``order`` is the user's choice; without it a date that only works one way, here or elsewhere on the page,
    decides, then the locale, then day first. ``checks`` of a candidate says what decided.
    """
    seen = [(row, sighting) for row in rows for sighting in _sightings(row.text, tables.months)]
    settled, reason = _order(seen, locale, today, order)
    best: dict[dt.date, Candidate[dt.date]] = {}
    counts: Counter[dt.date] = Counter()
    for row, sighting in seen:
        value, why = _settle(sighting, settled, reason, today)
        if value is None:
            continue
        counts[value] += 1
        candidate = _candidate(row, sighting, value, why, tables)
        if value not in best or candidate.score > best[value].score:
            best[value] = candidate
    ranked = [replace(c, score=c.score + 0.7 * min(2, counts[c.value] - 1)) for c in best.values()]
    return tuple(sorted(ranked, key=lambda candidate: -candidate.score))


def has_date(line: LineText, tables: Tables) -> bool:
    """Tell whether a line holds a date, or a word that stands beside one."""
    if next(_sightings(line, tables.months), None):
        return True
    return any(hit.group == "label" for hit in tables.dates.find(line.text))


NOTHING_TOLD = "nothing; day first is the default"


def by_default(candidate: Candidate[dt.date]) -> bool:
    """Tell whether a date could be another day, and nothing but the default decided."""
    return f"order: {NOTHING_TOLD}" in candidate.checks


def other_reading(candidate: Candidate[dt.date]) -> dt.date | None:
    """The date with day and month exchanged, where the text as read allows it."""
    if not any(check.startswith("order: ") for check in candidate.checks):
        return None
    value = candidate.value
    return dt.date(value.year, value.day, value.month)


def _valid(value: dt.date | None, today: dt.date) -> bool:
    return value is not None and EARLIEST <= value <= today + FUTURE


def _order(
    seen: Sequence[tuple[Row, _Sighting]], locale: Locale, today: dt.date, wanted: DateOrder | None
) -> tuple[DateOrder, str]:
    if wanted:
        return wanted, "the setting date_order"
    votes: Counter[DateOrder] = Counter()
    for _, sighting in seen:
        if sighting.named or sighting.year_first:
            continue
        fits = [o for o in (DateOrder.DMY, DateOrder.MDY) if _valid(sighting.read(o), today)]
        if len(fits) == 1:
            votes[fits[0]] += 1
    if len(votes) == 1:
        return next(iter(votes)), "another date on the page"
    if locale.order:
        return locale.order, locale.order_reason
    if locale.language == "de":
        return DateOrder.DMY, "language de"
    return DateOrder.DMY, NOTHING_TOLD


def _settle(
    sighting: _Sighting, order: DateOrder, reason: str, today: dt.date
) -> tuple[dt.date | None, tuple[str, ...]]:
    if order is DateOrder.YMD:
        year_first = sighting.read(order)
        if sighting.short_year and not sighting.named and _valid(year_first, today):
            return year_first, (f"order: {reason}",)
        order = DateOrder.DMY
    other = DateOrder.MDY if order is DateOrder.DMY else DateOrder.DMY
    value, swapped = sighting.read(order), sighting.read(other)
    if not _valid(value, today):
        return (swapped, ()) if _valid(swapped, today) else (None, ())
    if sighting.open and _valid(swapped, today):
        return value, (f"order: {reason}",)
    return value, ()


PATTERNS = (
    YEAR_FIRST,
    NUMERIC,
    NUMERIC_RUN_ON,
    NAMED_DAY_FIRST,
    NAMED_MONTH_FIRST,
    SPACED,
    RUN_TOGETHER,
    STROKE_AS_FIGURE,
)
"""All forms, the surest first; what one has taken is not read again by another."""

WEAK = (SPACED, RUN_TOGETHER, STROKE_AS_FIGURE)


def _sightings(line: LineText, months: Mapping[str, int]) -> Iterator[_Sighting]:
    taken: list[tuple[int, int]] = []
    for pattern in PATTERNS:
        for match in pattern.finditer(line.text):
            if any(match.start() < end and match.end() > start for start, end in taken):
                continue
            sighting = _sighting(match, months)
            if sighting:
                taken.append(match.span())
                yield sighting


def _sighting(match: re.Match[str], months: Mapping[str, int]) -> _Sighting | None:
    groups = match.groupdict()
    year_text, first_text = groups["y"].strip("'"), groups["a"]
    year = int(year_text.translate(DIGIT_FOR))
    year += 2000 if year < 100 else 0
    first = int(first_text.translate(DIGIT_FOR))
    month_name = groups.get("m")
    if month_name is not None:
        month, exact = parse_month(month_name, months)
        if month is None:
            return None
        parts: tuple[str, ...] = (first_text, year_text)
        second, first = first, month
        fixed = not exact
    else:
        marks = {groups.get("s", "").strip(" " + NARROW), groups.get("t", "").strip(" " + NARROW)}
        if match.re not in WEAK and len(marks) > 1 and not (marks <= SLASHES or marks <= STOPS):
            return None
        parts, second = (first_text, groups["b"], year_text), int(groups["b"].translate(DIGIT_FOR))
        fixed = len(marks) > 1 or bool(marks & {",", "|", "\\"})
    if month_name is None and match.re is not YEAR_FIRST and match.re not in WEAK:
        first, second, mended = _mend_zeros(first, second)
        fixed = fixed or mended
    corrected = fixed or not all(part.isdigit() for part in parts)
    if sum(char.isdigit() for part in parts for char in part) < 3:
        return None
    if match.re is SPACED and len(year_text) == 2 and not parse_time(match.string):
        return None
    if match.re is RUN_TOGETHER and groups["s"] and groups["t"]:
        return None
    raw = match.group().replace(NARROW, "")
    return _Sighting(
        first,
        second,
        year,
        named=month_name is not None,
        year_first=match.re is YEAR_FIRST,
        short_year=len(year_text) <= 2,
        corrected=corrected,
        weak=match.re in WEAK,
        raw=raw,
        start=match.start(),
        end=match.end(),
    )


def _mend_zeros(first: int, second: int) -> tuple[int, int, bool]:
    """Read a leading 6, 8 or 9 as the 0 it is where no day or month begins so: crossed zeros look like them."""
    if first <= 31 and second <= 31:
        return first, second, False
    fixed = [number % 10 if number // 10 in (6, 8, 9) else number for number in (first, second)]
    return fixed[0], fixed[1], True


SLASHES = frozenset("/|\\")
STOPS = frozenset(".,")
"""Marks that are taken for one another; any other two different marks stand between numbers, not in a date."""

LETTER_FOR = str.maketrans("0158|", "oisbl")


def parse_month(text: str, months: Mapping[str, int]) -> tuple[int | None, bool]:
    """Read a month's name; the flag is False where a letter had to be corrected. (None, True): no month."""
    if sum(char.isalpha() for char in text) < 2:
        return None, True
    plain = "".join(tokens(text)) or text.casefold()
    if plain in months:
        return months[plain], not any(char.isdigit() for char in text)
    fixed = text.casefold().translate(LETTER_FOR)
    if fixed in months:
        return months[fixed], False
    if len(fixed) < 4:
        return None, True
    best = max(months, key=lambda name: Levenshtein.normalized_similarity(name, fixed))
    if len(best) > 3 and Levenshtein.normalized_similarity(best, fixed) >= 0.75:
        return months[best], False
    return None, True


PROSE = 28
"""A line with more letters than this is a sentence, in which a date is mentioned rather than given."""


def _candidate(
    row: Row, sighting: _Sighting, value: dt.date, why: tuple[str, ...], tables: Tables
) -> Candidate[dt.date]:
    text = row.text.text
    groups = {hit.group for hit in tables.dates.find(text[: sighting.start] + " " + text[sighting.end :])}
    score = 5.0
    if "label" in groups:
        score += 2.0
    if "other" in groups:
        score -= 3.0
    if parse_time(text[: sighting.start] + " " + text[sighting.end :]):
        score += 1.5
    if sighting.corrected:
        score -= 1.0
    if len(sighting.raw) >= 8:
        score += 0.5
    if sighting.weak:
        score -= 3.0
    if sum(char.isalpha() for char in text) > PROSE:
        score -= 1.5
    confidence = row.text.confidence(sighting.start, sighting.end)
    score += confidence - 0.8
    box = row.text.box(sighting.start, sighting.end)
    rule = "lost marks" if sighting.weak else "date label" if "label" in groups else "date"
    return Candidate(value, sighting.raw, box, confidence, rule, score, sighting.corrected, why)


def find_time(rows: Sequence[Row], date: Candidate[dt.date] | None) -> dt.time | None:
    """The time of day that stands nearest to the date, on its line, or beside a word for it."""
    best: tuple[float, dt.time] | None = None
    for row in rows:
        text = row.text.text
        if date and row.box.top <= date.box.middle[1] <= row.box.bottom:
            text = text.replace(date.raw, " ")
        value = parse_time(text)
        if value is None:
            continue
        distance = abs(row.box.middle[1] - date.box.middle[1]) / max(1.0, row.box.height) if date else 10.0
        if re.search(r"\b(time|zeit|uhrzeit|uhr)\b", text, re.IGNORECASE):
            distance -= 2.0
        if _is_range(text):
            distance += 20.0
        if best is None or distance < best[0]:
            best = distance, value
    return best[1] if best and best[0] < 15.0 else None


BETWEEN_HOURS = re.compile(r"\s*(?:[-\u2013~]|to|till|until|bis)\s*", re.IGNORECASE)


def _is_range(text: str) -> bool:
    """Tell whether two times stand in a text as opening hours do, from one to the other."""
    times = list(TIME.finditer(text))
    return any(BETWEEN_HOURS.fullmatch(text[one.end() : other.start()]) for one, other in pairwise(times))

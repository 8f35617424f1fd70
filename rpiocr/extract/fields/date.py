"""Finds the date of purchase among all dates on the receipt, in any format."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, pairwise

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from rpiocr.extract.bounds import MAX_DATES
from rpiocr.extract.fields.calendars import EraDate, any_calendar, calendars_of, common_year, find_era_dates
from rpiocr.extract.fields.clock import has_time_label, is_range, parse_time, time_after
from rpiocr.extract.locale.inference import Locale
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.confusables import Use, digit_class, digit_for, letter_for
from rpiocr.extract.tables.countries import DateOrder, countries
from rpiocr.extract.tables.lexicon import DateWords, Lexicon
from rpiocr.extract.text.amounts import NARROW, LineText, fold
from rpiocr.extract.text.keywords import Tables
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.phrases import tokens
from rpiocr.model import Candidate, Check, Kind, Provenance
from rpiocr.model.provenance import DateOrderEvidence, OrderReason, date_order

EARLIEST = dt.date(2000, 1, 1)
FUTURE = dt.timedelta(days=7)
"""Dates from EARLIEST to a week after today are accepted: clocks of tills may be slightly wrong."""

DIGIT = digit_class(Use.DATE)
DIGIT_FOR = digit_for(Use.DATE)

SEPARATOR = r"[ \u2009]?[/.\\|\-\u2013,][ \u2009]?"
YEAR = r"2[0Oo]D{2}|25[678][0-9]"
"""A year of four digits, Gregorian or Buddhist."""

NO_WORD = "(?![A-Za-z]{2})"
"""At least one of two characters is an actual digit: "So" before a date is Sunday in German, not 50."""

ALONE = r"(?<![0-9A-Za-z.,/-])(?<![0-9]:)"
NUMERIC = re.compile(
    rf"{ALONE}(?P<a>{NO_WORD}D{{1,2}})(?P<s>{SEPARATOR})(?P<b>{NO_WORD}D{{1,2}})(?P<t>{SEPARATOR})"
    rf"(?P<y>{YEAR}|'?D{{2}}(?=$|[^0-9A-Za-z]|[0-9]{{1,2}}:[0-9]{{2}}))".replace("D", DIGIT)
)
NUMERIC_RUN_ON = re.compile(
    r"(?<![0-9])(?<![0-9][/.-])(?P<a>[0-9]{1,2})(?P<s>[/.-])(?P<b>[0-9]{1,2})(?P<t>[/.-])(?P<y>20[0-9]{2}|[0-9]{2})"
    r"(?=[^0-9/.-]|$|[0-9]{1,2}:)"
)
YEAR_FIRST = re.compile(
    rf"{ALONE}(?P<y>{YEAR})(?P<s>{SEPARATOR})(?P<a>{NO_WORD}D{{1,2}})".replace("D", DIGIT)
    + rf"(?P<t>{SEPARATOR})(?P<b>{NO_WORD}D{{1,2}})(?![0-9])".replace("D", DIGIT)
)
# No separators: accepted only before a time of day, because other numbers have eight digits too.
COMPACT = re.compile(
    r"(?<![0-9A-Za-z./:-])(?P<y>20[0-9]{2})(?P<s>)(?P<a>[01][0-9])(?P<t>)(?P<b>[0-3][0-9])"
    r"(?=[ \u2009]?[0-2][0-9]:[0-5][0-9])"
)
# A time of day from which the space before it was lost.
CLOCK = r"(?:[01][0-9]|2[0-3])[:.][0-5][0-9]"
MONTH = r"(?P<m>[^\W_]{3,13}?)"
NAMED_YEAR = r"20[0-9]{2}|25[678][0-9]"
# Lost separators: spaced numbers, and digits run together. Weak, accepted only if nothing else is a date.
SPACED = re.compile(
    r"(?<![0-9A-Za-z.,/:-])(?P<a>[0-9]{2})(?P<s>[ \u2009]|[-/.](?=[0-9]{2}[ \u2009]))(?P<b>[0-9]{2})"
    r"(?P<t>[ \u2009]|[-/.])(?P<y>20[0-9]{2}|[0-9]{2})(?![0-9.,:/-])"
)
RUN_TOGETHER = re.compile(
    r"(?<![0-9A-Za-z./:-])(?<![0-9] )(?P<a>[0-3][0-9])(?P<s>[./ \u2009-]?)(?P<b>[01][0-9])(?P<t>[./-]?)"
    r"(?P<y>20[0-9]{2})(?![0-9A-Za-z./:-])"
)
# As COMPACT, the only text after a word.
COMPACT_AFTER_WORD = re.compile(
    r"(?:(?<=[^\W\d_][ \u2009:])|(?<=[^\W\d_][:.\])][ \u2009]))"
    r"(?P<y>20[0-9]{2})(?P<s>)(?P<a>[01][0-9])(?P<t>)(?P<b>[0-3][0-9])$"
)
# Lost words for year, month and day, as of 2023년 09월 06일 by an engine without Hangul: only before a time of day.
SPACED_YEAR_FIRST = re.compile(
    r"(?<![0-9A-Za-z.,/:-])(?P<y>20[0-9]{2})(?P<s>[ \u2009])(?P<a>[01][0-9])(?P<t>[ \u2009])(?P<b>[0-3][0-9])"
    r"(?=[ \u2009][0-2][0-9]:[0-5][0-9])"
)
# One of the two slashes read as a digit: 13707/2017 and 13/0712017.
SLASH_AS_DIGIT = re.compile(
    r"(?<![0-9A-Za-z./:-])(?P<a>[0-3][0-9])(?P<s>/|[17](?=[0-9]{2}/))(?P<b>[01][0-9])(?P<t>(?<=/[0-9]{2})[17]|/)"
    r"(?P<y>20[0-9]{2})(?![0-9A-Za-z./:-])"
)


@dataclass(frozen=True, slots=True)
class _Sighting:
    """A date as printed: day, month and year, or numbers whose order is ambiguous."""

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
    day_first: bool = False

    def read(self, order: DateOrder) -> dt.date | None:
        """Return the date with its numbers in this order; None if there is no such day.

        The order year first applies only if all numbers could be a year; a year of four digits keeps its position.
        """
        if order is DateOrder.YMD and self.short_year:
            return _date(2000 + self.first, self.second, self.year - 2000)
        month_first = self.named or self.year_first or order is DateOrder.MDY
        month, day = (self.first, self.second) if month_first else (self.second, self.first)
        return _date(self.year, month, day)

    @property
    def orders(self) -> tuple[DateOrder, ...]:
        """The orders in which it can be read, the most frequent worldwide first."""
        if self.named or self.year_first or self.day_first:
            return (DateOrder.DMY,)
        return ORDERS if self.short_year else ORDERS[:2]


ORDERS = (DateOrder.DMY, DateOrder.MDY, DateOrder.YMD)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def find_dates(
    rows: Sequence[ReceiptLine], tables: Tables, locale: Locale, today: dt.date, order: DateOrder | None = None
) -> tuple[Candidate[dt.date], ...]:
    """Return every date that can be the date of purchase, best first, each once.

    ``order`` is the user's choice; without it a date that can be read in one order only, here or elsewhere on the page,
    decides, then the locale, then day first. A candidate's order evidence records what decided.
    """
    calendars = calendars_of(locale)
    seen = [(row, sighting) for row in rows for sighting in islice(_sightings(row.text, tables, calendars), MAX_DATES)]
    settled, reason = _order(seen, locale, today, order)
    shown = _order(seen, locale, today, None)
    best: dict[dt.date, Candidate[dt.date]] = {}
    counts: Counter[dt.date] = Counter()
    sure = set() if order else _sure(seen, today)
    dated = {id(row) for row, _ in seen}
    above = {id(row): before for before, row in pairwise(rows) if id(before) not in dated}
    for row, sighting in seen:
        usual, why_usual = settled, reason
        if _is_open_there(sighting, locale) and reason in (OrderReason.LOCALE, OrderReason.DAY_FIRST):
            iso = "-" in sighting.raw
            usual, why_usual = (DateOrder.YMD, OrderReason.YEAR_FIRST) if iso else (settled, OrderReason.DAY_FIRST)
        value, why = _settle(_readings(sighting, today), sighting.orders, sure, usual, why_usual, locale.order_reason)
        if value is None:
            continue
        if order and not _is_open_there(sighting, locale):
            why = _with_contradiction(value, why, _readings(sighting, today), shown, locale.order_reason)
        counts[value] += 1
        candidate = _candidate(row, above.get(id(row)), sighting, value, why, tables)
        if value not in best or candidate.score > best[value].score:
            best[value] = candidate
    ranked = [replace(c, score=c.score + 0.7 * min(2, counts[c.value] - 1)) for c in best.values()]
    return tuple(sorted(ranked, key=lambda candidate: -candidate.score))


def has_date(line: LineText, tables: Tables) -> bool:
    """Return whether a line contains a date, or a word that labels one."""
    if next(_sightings(line, tables, any_calendar()), None):
        return True
    return any(hit.group == "label" for hit in tables.dates.find(line.text))


def order_evidence(candidate: Candidate[dt.date]) -> DateOrderEvidence | None:
    """Return what decided the order of a date; None if it can be read in one order only."""
    return next((check.order for check in candidate.checks if check.order), None)


def by_default(candidate: Candidate[dt.date]) -> bool:
    """Return whether a date could be another day, and only the default order decided."""
    evidence = order_evidence(candidate)
    return evidence is not None and evidence.reason.is_default


def other_reading(candidate: Candidate[dt.date]) -> dt.date | None:
    """Return the date with its numbers in another order, if the text as read allows it."""
    evidence = order_evidence(candidate)
    return evidence.alternative if evidence else None


def _valid(value: dt.date | None, today: dt.date) -> bool:
    return value is not None and EARLIEST <= value <= today + FUTURE


def _readings(sighting: _Sighting, today: dt.date) -> dict[DateOrder, dt.date]:
    """Return the days that a printed date can mean, by order."""
    read = ((order, sighting.read(order)) for order in sighting.orders)
    return {order: value for order, value in read if value is not None and _valid(value, today)}


def _is_open_there(sighting: _Sighting, locale: Locale) -> bool:
    """Return whether the country leaves the order of a date with a two-digit year ambiguous."""
    if not sighting.short_year or "." in sighting.raw or locale.country is None:
        return False
    return countries()[locale.country].year_first_too


def _order(
    seen: Sequence[tuple[ReceiptLine, _Sighting]], locale: Locale, today: dt.date, wanted: DateOrder | None
) -> tuple[DateOrder, OrderReason]:
    if wanted:
        return wanted, OrderReason.SETTING
    found = _votes([_readings(sighting, today) for _, sighting in seen if len(sighting.orders) > 1], _sure(seen, today))
    if len(found) == 1:
        return next(iter(found)), OrderReason.ANOTHER_DATE
    if locale.order:
        return locale.order, OrderReason.LOCALE
    return DateOrder.DMY, OrderReason.DAY_FIRST


def _sure(seen: Sequence[tuple[ReceiptLine, _Sighting]], today: dt.date) -> set[dt.date]:
    """Return the days of dates that can be read in one way only, and not only with a two-digit year first."""
    readings = (_readings(sighting, today) for _, sighting in seen)
    days = (set(found.values()) for found in readings if found.keys() != {DateOrder.YMD})
    return {next(iter(found)) for found in days if len(found) == 1}


def _votes(readings: Sequence[Mapping[DateOrder, dt.date]], sure: Set[dt.date]) -> set[DateOrder]:
    """Return the orders of dates that can be read in no other order, or that are the same day as an unambiguous date.

    Only the latter indicates year first: two digits that can only be a year are as often a misread day.
    """
    votes: set[DateOrder] = set()
    for days in readings:
        if len(days) == 1:
            votes |= days.keys() - {DateOrder.YMD}
        same = [order for order, day in days.items() if day in sure]
        if len(days) > 1 and len(same) == 1:
            votes.add(same[0])
    return votes


def _settle(
    days: Mapping[DateOrder, dt.date],
    orders: Sequence[DateOrder],
    sure: Set[dt.date],
    order: DateOrder,
    reason: OrderReason,
    basis: str,
) -> tuple[dt.date | None, tuple[Check, ...]]:
    """Choose the day among those that a date can mean, with the evidence if there are several.

    ``basis`` is what the locale's order was inferred from.
    """
    same = [known for known, day in days.items() if day in sure]
    if len(same) == 1 and len(days) > 1:
        order, reason = same[0], OrderReason.ANOTHER_DATE
    elif order not in orders:
        order = DateOrder.DMY
    is_known = not reason.is_default
    if is_known and order is not DateOrder.YMD and days.keys() == {DateOrder.YMD}:
        return None, ()
    if order not in days:
        reason, is_known = OrderReason.DAY_FIRST, False
    chosen = order if order in days else next(iter(days), None)
    if chosen is None:
        return None, ()
    value = days[chosen]
    # On a receipt that shows day or month first, a two-digit year is not printed first.
    short = {DateOrder.YMD} if is_known and chosen is not DateOrder.YMD else set()
    others = [day for other, day in days.items() if day != value and other not in short]
    if not others:
        lone_year = chosen is DateOrder.YMD and not is_known
        lone = DateOrderEvidence(OrderReason.DAY_FIRST, alternative=swapped(value))
        return value, (date_order(lone),) if lone_year else ()
    exchanged = swapped(value)
    other = exchanged if exchanged in others else others[0]
    return value, (date_order(DateOrderEvidence(reason, basis if reason is OrderReason.LOCALE else "", other)),)


def _with_contradiction(
    value: dt.date,
    checks: tuple[Check, ...],
    days: Mapping[DateOrder, dt.date],
    shown: tuple[DateOrder, OrderReason],
    basis: str,
) -> tuple[Check, ...]:
    """Add what on the receipt indicates another day, if anything, to the evidence of a date that the setting decided.

    ``shown`` is the order that the receipt indicates, and the reason.
    """
    order, reason = shown
    other = days.get(order)
    if reason.is_default or other in (None, value) or not any(check.order for check in checks):
        return checks
    evidence = DateOrderEvidence(OrderReason.SETTING, basis if reason is OrderReason.LOCALE else "", other, reason)
    return (date_order(evidence),)


def swapped(value: dt.date) -> dt.date | None:
    """Return the date with day and month exchanged, None if that is not another date."""
    return None if value.day == value.month else _date(value.year, value.day, value.month)


YEARS_FIRST = (YEAR_FIRST, COMPACT, COMPACT_AFTER_WORD, SPACED_YEAR_FIRST)
WEAK = (SPACED, RUN_TOGETHER, SLASH_AS_DIGIT, COMPACT_AFTER_WORD, SPACED_YEAR_FIRST)


@lru_cache(maxsize=4)
def date_patterns(lexicon: Lexicon) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of all formats, the most reliable first; text that one has matched is not read by another."""
    return (YEAR_FIRST, COMPACT, NUMERIC, NUMERIC_RUN_ON, *_named(lexicon.written_date), *WEAK)


def _named(words: DateWords) -> Iterator[re.Pattern[str]]:
    """Return the patterns with the name of a month.

    Next to a name the day ends, or begins, with a true digit or a space: the O of 5Oct and the l of April are letters.
    """
    gap = rf"[ \u2009]?(?:[-/., ]|{any_of(words.of)})?[ \u2009]?"
    ordinal, before_month = any_of(words.ordinal), any_of((*words.ordinal, *words.ordinal_before_month))
    yield re.compile(
        r"(?<![0-9A-Za-z.,/])(?<![0-9]:)(?P<a>D{1,2}(?:(?<=[0-9])|(?![0-9A-Za-z])))".replace("D", DIGIT)
        + rf"(?:{before_month}|[.ºª°])?{gap}{MONTH}\.?,?{gap}(?P<y>{NAMED_YEAR}|'?[0-9]{{2}})"
        + rf"(?:(?={CLOCK})|(?![0-9]|[.,][0-9]))"
    )
    yield re.compile(
        rf"(?<![^\W_]){MONTH}\.?{gap}"
        + r"(?P<a>(?:(?=[0-9])|(?<![A-Za-z]))D{1,2})".replace("D", DIGIT)
        + rf"{ordinal}?(?:[.,'][ \u2009]?|[ \u2009-])"
        + rf"'?(?P<y>{NAMED_YEAR}|[0-9]{{2}})(?:(?={CLOCK})|(?![0-9:]|[.,][0-9]))"
    )
    yield re.compile(rf"{ALONE}(?P<y>{NAMED_YEAR})\.?{gap}{MONTH}\.?{gap}(?P<a>[0-9]{{1,2}})(?![0-9:]|[.,][0-9])")


def _sightings(line: LineText, tables: Tables, calendars: Set[str]) -> Iterator[_Sighting]:
    text = fold(line.text)
    taken: list[tuple[int, int]] = []
    for named in find_era_dates(text, calendars, tables.lexicon):
        if not _meets(named.start, named.end, taken):
            taken.append((named.start, named.end))
            yield _worded(named, line)
    for pattern in date_patterns(tables.lexicon):
        for match in pattern.finditer(text):
            if _meets(*match.span(), taken):
                continue
            sighting = _sighting(match, line, tables)
            if sighting:
                taken.append(match.span())
                yield sighting


def _meets(start: int, end: int, taken: Sequence[tuple[int, int]]) -> bool:
    return any(start < other_end and end > other_start for other_start, other_end in taken)


def _worded(named: EraDate, line: LineText) -> _Sighting:
    return _Sighting(
        named.month,
        named.day,
        named.year,
        named=False,
        year_first=True,
        short_year=False,
        corrected=False,
        weak=False,
        raw=_raw(line, named.start, named.end),
        start=named.start,
        end=named.end,
    )


def _raw(line: LineText, start: int, end: int) -> str:
    return line.text[start:end].replace(NARROW, "")


def _sighting(match: re.Match[str], line: LineText, tables: Tables) -> _Sighting | None:
    groups = match.groupdict()
    danish = False
    year_text, first_text = groups["y"].strip("'"), groups["a"]
    year = common_year(int(year_text.translate(DIGIT_FOR)))
    first = int(first_text.translate(DIGIT_FOR))
    month_name = groups.get("m")
    if month_name is not None:
        month, exact = parse_month(month_name, tables.months)
        if month is None:
            return None
        parts: tuple[str, ...] = (first_text, year_text)
        second, first = first, month
        fixed = not exact
    else:
        marks = {groups.get("s", "").strip(" " + NARROW), groups.get("t", "").strip(" " + NARROW)}
        danish = (groups.get("s"), groups.get("t")) == DANISH
        if match.re not in WEAK and len(marks) > 1 and not (danish or marks <= SLASHES or marks <= STOPS):
            return None
        parts, second = (first_text, groups["b"], year_text), int(groups["b"].translate(DIGIT_FOR))
        fixed = (len(marks) > 1 and not danish) or bool(marks & {",", "|", "\\"})
    if month_name is None and match.re not in YEARS_FIRST and match.re not in WEAK:
        first, second, mended = _correct_zeros(first, second)
        fixed = fixed or mended
    corrected = fixed or not all(part.isdigit() for part in parts)
    if sum(char.isdigit() for part in parts for char in part) < 3:
        return None
    if match.re is SPACED and len(year_text) == 2 and not parse_time(match.string, tables.lexicon):
        return None
    if match.re is RUN_TOGETHER and groups["s"] and groups["t"]:
        return None
    return _Sighting(
        first,
        second,
        year,
        named=month_name is not None,
        year_first=match.re in YEARS_FIRST,
        short_year=len(year_text) <= 2,
        corrected=corrected,
        weak=match.re in WEAK,
        raw=_raw(line, *match.span()),
        start=match.start(),
        end=match.end(),
        day_first=danish,
    )


def _correct_zeros(first: int, second: int) -> tuple[int, int, bool]:
    """Correct a leading 6, 8 or 9, with which no day or month begins, to 0: slashed zeros look like them."""
    if first <= 31 and second <= 31:
        return first, second, False
    fixed = [number % 10 if number // 10 in (6, 8, 9) else number for number in (first, second)]
    return fixed[0], fixed[1], True


DANISH = ("/", "-")
"""As in 21/4-2018, a handwritten format in Denmark and Norway."""

SLASHES = frozenset("/|\\")
STOPS = frozenset(".,")
"""Separators that are misread as one another; any other two different ones separate numbers that are not a date."""

LETTER_FOR = letter_for(Use.MONTH)


def parse_month(text: str, months: Mapping[str, int]) -> tuple[int | None, bool]:
    """Read the name of a month; the flag is False if a letter was corrected. (None, True): no month."""
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
    best = process.extractOne(fixed, months.keys(), scorer=Levenshtein.normalized_similarity, score_cutoff=0.75)
    return (months[best[0]], False) if best and len(best[0]) > 3 else (None, True)


PROSE = 28
"""Maximum number of letters on the line of a date; with more it is a sentence that only mentions the date."""

FEW_WORDS = 8
"""Maximum number of letters next to an unlabelled date; with more it ranks below a date on a line of its own."""


def _candidate(
    row: ReceiptLine,
    above: ReceiptLine | None,
    sighting: _Sighting,
    value: dt.date,
    why: tuple[Check, ...],
    tables: Tables,
) -> Candidate[dt.date]:
    text = row.text.text
    beside = text[: sighting.start] + " " + text[sighting.end :]
    groups = {hit.group for hit in tables.dates.find(beside)}
    if above and not any(char.isalpha() for char in beside) and _is_near(above, row):
        # A sentence about another day may be wrapped before the date.
        groups |= {hit.group for hit in tables.dates.find(above.text.text)} - {"label"}
    score = 5.0
    if "label" in groups:
        score += 2.0
    if "other" in groups:
        score -= 3.0
    if parse_time(text[: sighting.start] + " " + text[sighting.end :], tables.lexicon):
        score += 1.5
    if sighting.corrected:
        score -= 1.0
    if len(sighting.raw) >= 8:
        score += 0.5
    if sighting.weak:
        score -= 3.0
    if sum(char.isalpha() for char in text) > PROSE:
        score -= 1.5
    elif "label" not in groups and sum(char.isalpha() for char in beside) > FEW_WORDS:
        score -= 0.5
    confidence = row.text.confidence(sighting.start, sighting.end)
    score += confidence - 0.8
    box = row.text.box(sighting.start, sighting.end)
    provenance = Provenance(_kind(sighting, groups))
    return Candidate(value, sighting.raw, box, confidence, provenance, score, sighting.corrected, why)


def _kind(sighting: _Sighting, groups: Set[str]) -> Kind:
    """Return how a date was recognised; one next to words such as "valid until" is only chosen if there is no other."""
    if sighting.weak:
        return Kind.LOST_MARKS
    if "label" in groups:
        return Kind.DATE_LABEL
    return Kind.OTHER_DATE if "other" in groups else Kind.DATE


def _is_near(above: ReceiptLine, row: ReceiptLine) -> bool:
    return row.box.top - above.box.bottom < max(row.box.height, above.box.height)


def find_time(rows: Sequence[ReceiptLine], date: Candidate[dt.date] | None) -> dt.time | None:
    """Return the time of day nearest to the date, on its line, or next to a word for the time."""
    best: tuple[float, dt.time] | None = None
    for row in rows:
        text, value = row.text.text, None
        if date and row.box.top <= date.box.middle[1] <= row.box.bottom:
            _, found, behind = text.partition(date.raw)
            value = time_after(behind) if found else None
            text = text.replace(date.raw, " ")
        value = value or parse_time(text, row.lexicon)
        if value is None:
            continue
        distance = abs(row.box.middle[1] - date.box.middle[1]) / max(1.0, row.box.height) if date else 10.0
        if has_time_label(text, row.lexicon):
            distance -= 2.0
        if is_range(text, row.lexicon):
            distance += 20.0
        if best is None or distance < best[0]:
            best = distance, value
    return best[1] if best and best[0] < 15.0 else None

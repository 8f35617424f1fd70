"""The formats in which dates are printed, and how engines damage them.

A pattern has the groups ``y`` for the year, ``a`` and ``b`` for the other numbers as printed (or ``a`` and the name of
a month, ``m``), ``s`` and ``t`` for the separators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from rpiocr.extract.dates.months import marked_names
from rpiocr.extract.tables.confusables import Use, digit_class
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.patterns import any_of

DIGIT = digit_class(Use.DATE)

SEPARATOR = r"[ \u2009]?[/.\\|\-\u2013,][ \u2009]?"
YEAR = r"2[0Oo]D{2}|25[678][0-9]|1[34][0-9]{2}"
"""A year of four digits: Gregorian or Bikram Sambat, Buddhist, Hijri or Persian."""

NO_WORD = "(?![A-Za-z]{2})"
"""At least one of two characters is an actual digit: "So" before a date is Sunday in German, not 50."""

ALONE = r"(?<![0-9A-Za-z.,/-])(?<![0-9]:)"
CLOCK = r"(?:[01][0-9]|2[0-3])[:.][0-5][0-9]"
"""A time of day from which the space before it was lost."""

NAMED_YEAR = r"20[0-9]{2}|25[678][0-9]"


class Layout(Enum):
    """Which of the numbers of a format is what."""

    NAMED = "the month is a word"
    YEAR_FIRST = "year, month, day"
    DAY_FIRST = "day, month, year"
    OPEN = "day and month in either order, and a year of two digits before or behind them"


@dataclass(frozen=True, slots=True)
class Format:
    """A way in which dates are printed.

    ``weak``: separators were lost, so that other numbers look the same; ``one_mark_at_most``: a match with both of them
    is another format; ``short_needs_time``: a year of two digits counts only with a time of day on the line.
    """

    pattern: re.Pattern[str]
    layout: Layout
    weak: bool = False
    one_mark_at_most: bool = False
    short_needs_time: bool = False


def _digits(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("D", DIGIT))


NUMERIC = Format(
    _digits(
        rf"{ALONE}(?P<a>{NO_WORD}D{{1,2}})(?P<s>{SEPARATOR})(?P<b>{NO_WORD}D{{1,2}})(?P<t>{SEPARATOR})"
        rf"(?P<y>{YEAR}|'?D{{2}}(?=$|[^0-9A-Za-z]|[0-9]{{1,2}}:[0-9]{{2}}))"
    ),
    Layout.OPEN,
)
RUN_ON = Format(
    re.compile(
        r"(?<![0-9])(?<![0-9][/.-])(?P<a>[0-9]{1,2})(?P<s>[/.-])(?P<b>[0-9]{1,2})(?P<t>[/.-])"
        r"(?P<y>20[0-9]{2}|[0-9]{2})(?=[^0-9/.-]|$|[0-9]{1,2}:)"
    ),
    Layout.OPEN,
)
YEAR_FIRST = Format(
    _digits(
        rf"{ALONE}(?P<y>{YEAR})(?P<s>{SEPARATOR})(?P<a>{NO_WORD}D{{1,2}})(?P<t>{SEPARATOR})(?P<b>{NO_WORD}D{{1,2}})(?![0-9])"
    ),
    Layout.YEAR_FIRST,
)
# Without separators only before a time of day, because other numbers have eight digits too.
COMPACT = Format(
    re.compile(
        r"(?<![0-9A-Za-z./:-])(?P<y>20[0-9]{2})(?P<s>)(?P<a>[01][0-9])(?P<t>)(?P<b>[0-3][0-9])"
        r"(?=[ \u2009T]?[0-2][0-9]:?[0-5][0-9])"
    ),
    Layout.YEAR_FIRST,
)
# Behind the number of a document and a stroke that is none of the date's own: 80101911/26.06.2026, R-1042-26/06/2026;
# and behind the stroke of a range: 01.10.2026-31.10.2026.
BEHIND_NUMBER = (
    Format(
        re.compile(
            r"(?<=[0-9A-Za-z.][/|\u2013-])(?P<a>[0-3]?[0-9])(?P<s>\.)(?P<b>[01]?[0-9])(?P<t>\.)(?P<y>20[0-9]{2})(?![0-9A-Za-z/-])"
        ),
        Layout.OPEN,
    ),
    Format(
        re.compile(
            r"(?<=[0-9A-Za-z][|\u2013-])(?P<a>[0-3]?[0-9])(?P<s>/)(?P<b>[0-3]?[0-9])(?P<t>/)(?P<y>20[0-9]{2})(?![0-9A-Za-z./-])"
        ),
        Layout.OPEN,
    ),
    Format(
        re.compile(
            r"(?<=[0-9A-Za-z][/|])(?P<y>20[0-9]{2})(?P<s>[.-])(?P<a>[01][0-9])(?P<t>[.-])(?P<b>[0-3][0-9])(?![0-9A-Za-z./-])"
        ),
        Layout.YEAR_FIRST,
    ),
)
# Lost separators: spaced numbers, and digits run together. Weak, accepted only if nothing else is a date.
SPACED = Format(
    re.compile(
        r"(?<![0-9A-Za-z.,/:-])(?P<a>[0-9]{2})(?P<s>[ \u2009]|[-/.](?=[0-9]{2}[ \u2009]))(?P<b>[0-9]{2})"
        r"(?P<t>[ \u2009]|[-/.])(?P<y>20[0-9]{2}|[0-9]{2})(?![0-9.,:/-])"
    ),
    Layout.OPEN,
    weak=True,
    short_needs_time=True,
)
RUN_TOGETHER = Format(
    re.compile(
        r"(?<![0-9A-Za-z./:-])(?<![0-9] )(?P<a>[0-3][0-9])(?P<s>[./ \u2009-]?)(?P<b>[01][0-9])(?P<t>[./-]?)"
        r"(?P<y>20[0-9]{2})(?![0-9A-Za-z./:-])"
    ),
    Layout.OPEN,
    weak=True,
    one_mark_at_most=True,
)
# As COMPACT, the only text after a word.
COMPACT_AFTER_WORD = Format(
    re.compile(
        r"(?:(?<=[^\W\d_][ \u2009:])|(?<=[^\W\d_][:.\])][ \u2009]))"
        r"(?P<y>20[0-9]{2})(?P<s>)(?P<a>[01][0-9])(?P<t>)(?P<b>[0-3][0-9])$"
    ),
    Layout.YEAR_FIRST,
    weak=True,
)
# Lost words for year, month and day, as of 2023년 09월 06일 by an engine without Hangul: only before a time of day.
SPACED_YEAR_FIRST = Format(
    re.compile(
        r"(?<![0-9A-Za-z.,/:-])(?P<y>20[0-9]{2})(?P<s>[ \u2009])(?P<a>[01][0-9])(?P<t>[ \u2009])(?P<b>[0-3][0-9])"
        r"(?=[ \u2009][0-2][0-9]:[0-5][0-9])"
    ),
    Layout.YEAR_FIRST,
    weak=True,
)
# One of the two slashes read as a digit: 13707/2017 and 13/0712017.
SLASH_AS_DIGIT = Format(
    re.compile(
        r"(?<![0-9A-Za-z./:-])(?P<a>[0-3][0-9])(?P<s>/|[17](?=[0-9]{2}/))(?P<b>[01][0-9])(?P<t>(?<=/[0-9]{2})[17]|/)"
        r"(?P<y>20[0-9]{2})(?![0-9A-Za-z./:-])"
    ),
    Layout.OPEN,
    weak=True,
)


@lru_cache(maxsize=4)
def date_formats(lexicon: Lexicon) -> tuple[Format, ...]:
    """Return all formats, the most reliable first; text that one has matched is not read by another."""
    strong = (YEAR_FIRST, COMPACT, NUMERIC, RUN_ON, *BEHIND_NUMBER)
    weak = (SPACED, RUN_TOGETHER, SLASH_AS_DIGIT, COMPACT_AFTER_WORD, SPACED_YEAR_FIRST)
    named = (Format(pattern, Layout.NAMED) for pattern in _named(lexicon))
    return (*strong, *named, *weak)


def _named(lexicon: Lexicon) -> Iterator[re.Pattern[str]]:
    """Return the patterns with the name of a month.

    Next to a name the day ends, or begins, with a true digit or a space: the O of 5Oct and the l of April are letters.
    A year of two digits is none where the minutes of a time follow: 20-Nov 18:22.
    """
    words = lexicon.written_date
    month = rf"(?P<m>{any_of(marked_names())}|(?=[0-9]?[^\W\d_])[^\W_]{{3,13}}?)"
    gap = rf"[ \u2009]?(?:[-/., ]|{any_of(words.of)})?[ \u2009]?"
    ordinal, before_month = any_of(words.ordinal), any_of((*words.ordinal, *words.ordinal_before_month))
    hours = any_of((*lexicon.clock.hour, *lexicon.clock.after_time))
    no_time = rf"(?![ \u2009]?(?::[0-9]|[hH](?![A-Za-z])|[AaPp]\.?[Mm]\b|{hours}))"
    year = rf"(?P<y>{NAMED_YEAR}|'?[0-9]{{2}}{no_time})"
    day = r"(?<![0-9A-Za-z.,/])(?<![0-9]:)(?P<a>D{1,2}(?:(?<=[0-9])|(?![0-9A-Za-z])))"
    yield re.compile(
        day.replace("D", DIGIT)
        + rf"(?:{before_month}|[.ºª°])?{gap}{month}\.?,?{gap}{year}(?:(?={CLOCK})|(?![0-9]|[.,][0-9]))"
    )
    yield re.compile(
        rf"(?<![^\W_]){month}\.?{gap}"
        + r"(?P<a>(?:(?=[0-9])|(?<![A-Za-z]))D{1,2})".replace("D", DIGIT)
        + rf"{ordinal}?(?:[,'][ \u2009]?|\.(?:[ \u2009]|(?=2[05]))|[ \u2009-])'?{year}"
        + rf"(?:(?={CLOCK})|(?![0-9:]|[.,][0-9]))"
    )
    # Year first: 2026. november 4., 2026 m. lapkričio 4 d. and, with the word for the year, 2026. gada 4. novembris.
    behind_year = rf"(?:[ \u2009]?{any_of(words.after_year)})"
    yield re.compile(
        rf"{ALONE}(?P<y>{NAMED_YEAR})\.?{behind_year}?{gap}{month}\.?{gap}(?P<a>[0-9]{{1,2}})(?![0-9:]|[.,][0-9])"
    )
    yield re.compile(rf"{ALONE}(?P<y>{NAMED_YEAR})\.?{behind_year}{gap}(?P<a>[0-9]{{1,2}})\.?{gap}{month}(?![^\W_])")
    # Behind the day of the week from which the space was lost: Sun29Nov2026.
    yield re.compile(rf"(?<=[^\W\d_])(?P<a>[0-3]?[0-9])[.]?{month}[.]?(?P<y>20[0-9]{{2}})(?:(?={CLOCK})|(?![0-9]))")
    # The time between the day and the year: Fri Nov 20 18:22:05 UTC 2026.
    yield re.compile(
        rf"(?<![^\W_]){month} (?P<a>[0-9]{{1,2}}),? [0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?: ?[AaPp][Mm])?"
        r"(?: [A-Z]{2,4})?,? (?P<y>20[0-9]{2})(?![0-9:]|[.,][0-9])"
    )

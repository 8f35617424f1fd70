"""Finds times of day in a text, in the formats of all countries."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from dateutil import parser as dateutil_parser

from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import NARROW, fold
from rpiocr.extract.text.patterns import any_of, whole_words

AFTER_DATE = re.compile(
    r"[ \u2009,\-]*(?P<h>[01][0-9]|2[0-3])\.(?P<m>[0-5][0-9])(?![0-9.,])(?![ \u2009]?(?:€|\$|[A-Za-z]{2,3}\b|kr|zł|%))"
)
"""Hour and minutes separated by a full stop, directly after a date and not followed by a currency."""

HOUR = re.compile(r"(?<![0-9.,])(?:[01]?[0-9]|2[0-3]) ?[hH](?![0-9A-Za-z]| [0-5][0-9])")


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The formats of a time.

    ``digits``: 14:30; ``worded``: 14h30 or 14時30分; ``full_hour``: an hour without minutes, after a date or a word
    for "at" (21/11/2024 à 14h). ``before_point`` matches the end of a text before a time with a full stop, as in
    Finnish, Danish and Indonesian. ``between`` is what opening hours have between two times.
    """

    digits: re.Pattern[str]
    worded: re.Pattern[str]
    full_hour: re.Pattern[str]
    before_point: re.Pattern[str]
    label: re.Pattern[str]
    between: re.Pattern[str]


@lru_cache(maxsize=4)
def _patterns(lexicon: Lexicon) -> _Patterns:
    words = lexicon.clock
    half = rf"(?P<early>{any_of(words.before_noon)})[ \u2009]?|(?P<late>{any_of(words.after_noon)})[ \u2009]?"
    hour, minute, second = any_of(words.hour), any_of(words.minute), any_of(words.second)
    at = "|".join(f"(?<={re.escape(word)} )" for word in words.at)
    return _Patterns(
        re.compile(
            rf"(?:{half}|(?<![A-Za-z])(?P<first>[AaPp])\.?[Mm]\.?[ \u2009])?"
            r"(?<![0-9.,])(?P<h>[01]?[0-9]|2[0-3])(?P<s>[:;.])(?P<m>[0-5][0-9])(?:(?P=s)(?P<sec>[0-5][0-9]))?(?![0-9])"
            rf"(?:[ \u2009]?(?P<half>[AaPp])\.?[ \u2009]?[Mm]\b)?(?P<unit>[ \u2009]?{any_of(words.after_time)}\b)?"
        ),
        re.compile(
            rf"(?:{half})?(?<![0-9.,])(?P<h>[01]?[0-9]|2[0-3])"
            r"(?:[ \u2009]?[hH][ \u2009]?(?P<m>[0-5][0-9])(?:[m:]?(?P<sec>[0-5][0-9])s?)?(?![0-9A-Za-z])"
            rf"|[ \u2009]?{hour}[ \u2009]?(?P<m2>[0-5]?[0-9])[ \u2009]?{minute}"
            rf"(?:[ \u2009]?(?P<sec2>[0-5]?[0-9])[ \u2009]?{second})?)"
        ),
        re.compile(rf"(?:{at}|(?<=[0-9]{{2}} ))(?P<h>[01][0-9]|2[0-3])[ \u2009]?[hH](?![0-9A-Za-z/])"),
        re.compile(rf"\b{any_of(words.before_point)}\.?[ \u2009:]*$", re.IGNORECASE),
        re.compile(whole_words(words.label), re.IGNORECASE),
        re.compile(rf"[ \u2009]*(?:[-\u2013\u2014~〜～]|{any_of(words.to)})[ \u2009]*", re.IGNORECASE),
    )


def parse_time(text: str, lexicon: Lexicon) -> dt.time | None:
    """Read the first time of day in a text, 12 or 24 hours, with or without seconds."""
    text = fold(text)
    patterns = _patterns(lexicon)
    for match in patterns.digits.finditer(text):
        is_time = match["half"] or match["first"] or match["unit"] or match["sec"]
        if match["s"] == "." and not is_time and not patterns.before_point.search(text[: match.start()]):
            continue
        return _clock(match, match["m"], match["sec"], match["half"] or match["first"])
    for match in patterns.worded.finditer(text):
        return _clock(match, match["m"] or match["m2"], match["sec"] or match["sec2"], None)
    hour = patterns.full_hour.search(text)
    return dt.time(int(hour["h"])) if hour else None


def _clock(match: re.Match[str], minutes: str, seconds: str | None, half: str | None) -> dt.time:
    half = half or ("a" if match["early"] else "p" if match["late"] else None)
    clock = f"{match['h']}:{minutes}" + (f":{seconds}" if seconds else "")
    return dateutil_parser.parse(clock + (f" {half}m" if half and 1 <= int(match["h"]) <= 12 else "")).time()


def time_after(text: str) -> dt.time | None:
    """Read a time with a full stop between its parts, at the beginning of the text after a date."""
    match = AFTER_DATE.match(fold(text))
    return dt.time(int(match["h"]), int(match["m"])) if match else None


def has_time_label(text: str, lexicon: Lexicon) -> bool:
    """Return whether a text contains a word for the time of day."""
    return bool(_patterns(lexicon).label.search(fold(text)))


def is_range(text: str, lexicon: Lexicon) -> bool:
    """Return whether a text contains two times as a range, as opening hours do."""
    text = fold(text).replace(NARROW, " ")
    patterns = _patterns(lexicon)
    times = sorted(
        (*patterns.digits.finditer(text), *patterns.worded.finditer(text), *HOUR.finditer(text)),
        key=lambda match: match.start(),
    )
    return any(patterns.between.fullmatch(text[one.end() : other.start()]) for one, other in pairwise(times))

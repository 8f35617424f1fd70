"""Times of day in a text, in the forms of all countries."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

from dateutil import parser as dateutil_parser

from rpiocr.extract.text.amounts import NARROW, fold

BEFORE_NOON, AFTER_NOON = "오전|午前|上午", "오후|午後|下午"
TIME = re.compile(
    rf"(?:(?P<early>{BEFORE_NOON})[ \u2009]?|(?P<late>{AFTER_NOON})[ \u2009]?"
    r"|(?<![A-Za-z])(?P<first>[AaPp])\.?[Mm]\.?[ \u2009])?"
    r"(?<![0-9.,])(?P<h>[01]?[0-9]|2[0-3])(?P<s>[:;.])(?P<m>[0-5][0-9])(?:(?P=s)(?P<sec>[0-5][0-9]))?(?![0-9])"
    r"(?:[ \u2009]?(?P<half>[AaPp])\.?[ \u2009]?[Mm]\b)?(?P<uhr>[ \u2009]?(?:Uhr|Uhrzeit|WIB|WITA|WIT)\b)?"
)
WORDED = re.compile(
    rf"(?:(?P<early>{BEFORE_NOON})[ \u2009]?|(?P<late>{AFTER_NOON})[ \u2009]?)?(?<![0-9.,])(?P<h>[01]?[0-9]|2[0-3])"
    r"(?:[ \u2009]?[hH][ \u2009]?(?P<m>[0-5][0-9])(?:[m:]?(?P<sec>[0-5][0-9])s?)?(?![0-9A-Za-z])"
    r"|[ \u2009]?[時时点點시][ \u2009]?(?P<m2>[0-5]?[0-9])[ \u2009]?[分분]"
    r"(?:[ \u2009]?(?P<sec2>[0-5]?[0-9])[ \u2009]?[秒초])?)"
)
FULL_HOUR = re.compile(
    r"(?:(?<=[àa] )|(?<=às )|(?<=las )|(?<=[0-9]{2} ))(?P<h>[01][0-9]|2[0-3])[ \u2009]?[hH](?![0-9A-Za-z/])"
)
"""An hour without minutes, where a date or a word for "at" stands before it: 21/11/2024 à 14h."""

BEFORE_STOP = re.compile(
    r"\b(?:klo|kl|kello|or[ae]|alle|godz(?:ina)?|hod|pukul|jam|waktu|saat|time|tid|zeit|uhrzeit)\.?[ \u2009:]*$",
    re.IGNORECASE,
)
"""Words before a time whose hour and minutes a full stop divides, as in Finnish, Danish and Indonesian."""

LABEL = re.compile(
    r"(?<![^\W\d_])(?:time|zeit|uhrzeit|uhr|heure|ora|orario|hora|tijd|czas|godz|godzina|čas|tid|kl|klo|klockan|kello|aika|saat"
    r"|pukul|jam|waktu|idő|час|время)(?![^\W\d_])|시간|시각|時刻|時間|时间",
    re.IGNORECASE,
)
BETWEEN_HOURS = re.compile(
    r"[ \u2009]*(?:[-\u2013\u2014~〜～]|to|till|until|bis|à|a|al|alle|tot|do|til|från|do|-|до|から|至|부터)[ \u2009]*",
    re.IGNORECASE,
)
AFTER_DATE = re.compile(
    r"[ \u2009,\-]*(?P<h>[01][0-9]|2[0-3])\.(?P<m>[0-5][0-9])(?![0-9.,])(?![ \u2009]?(?:€|\$|[A-Za-z]{2,3}\b|kr|zł|%))"
)
"""Hour and minutes divided by a full stop right behind a date, and no currency behind them."""


def parse_time(text: str) -> dt.time | None:
    """Read the first time of day in a text, 12 or 24 hours, with or without seconds."""
    text = fold(text)
    for match in TIME.finditer(text):
        told = match["half"] or match["first"] or match["uhr"] or match["sec"]
        if match["s"] == "." and not told and not BEFORE_STOP.search(text[: match.start()]):
            continue
        return _clock(match, match["m"], match["sec"], match["half"] or match["first"])
    for match in WORDED.finditer(text):
        return _clock(match, match["m"] or match["m2"], match["sec"] or match["sec2"], None)
    hour = FULL_HOUR.search(text)
    return dt.time(int(hour["h"])) if hour else None


def _clock(match: re.Match[str], minutes: str, seconds: str | None, half: str | None) -> dt.time:
    half = half or ("a" if match["early"] else "p" if match["late"] else None)
    clock = f"{match['h']}:{minutes}" + (f":{seconds}" if seconds else "")
    return dateutil_parser.parse(clock + (f" {half}m" if half and 1 <= int(match["h"]) <= 12 else "")).time()


def time_behind(text: str) -> dt.time | None:
    """Read a time whose parts a full stop divides at the beginning of what stands behind a date."""
    match = AFTER_DATE.match(fold(text))
    return dt.time(int(match["h"]), int(match["m"])) if match else None


def has_time_label(text: str) -> bool:
    """Tell whether a word for the time of day stands in a text."""
    return bool(LABEL.search(fold(text)))


def is_range(text: str) -> bool:
    """Tell whether two times stand in a text as opening hours do, from one to the other."""
    text = fold(text).replace(NARROW, " ")
    times = sorted(
        (*TIME.finditer(text), *WORDED.finditer(text), *HOUR.finditer(text)), key=lambda match: match.start()
    )
    return any(BETWEEN_HOURS.fullmatch(text[one.end() : other.start()]) for one, other in pairwise(times))


HOUR = re.compile(r"(?<![0-9.,])(?:[01]?[0-9]|2[0-3]) ?[hH](?![0-9A-Za-z]| [0-5][0-9])")

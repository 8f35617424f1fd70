"""Reads the day on which a picture was made from the name that a camera, a phone, a scanner or a chat gave it."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath

from rpiocr.extract.dates.months import month_named
from rpiocr.extract.tables.files import read_text

MAX_NAME = 255
"""Characters of the longest file name."""

ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")

ISO = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

KEY = re.compile(r"\{\w+\}")

DIGITS = "0123456789"
MIN_DIGITS = 5
"""Digits of the shortest date, a year and a day. Other names need no patterns, which take long to compile."""

SEPARATOR = "[ _.,-]"

SOLID = "(?P<y1>[0-9]{4})(?P<m1>[0-9]{2})(?P<d1>[0-9]{2})"
PARTED = "(?P<y2>[0-9]{4})(?P<s2>[-_.])(?P<m2>[0-9]{2})(?P=s2)(?P<d2>[0-9]{2})"
YEAR_LAST = "(?P<a>[0-9]{1,2})(?P<s>[-_.])(?P<b>[0-9]{1,2})(?P=s)(?P<y3>[0-9]{4})"
MONTH = r"(?P<{}>[^\W\d_]{{3,12}})\.?"
DAY_FIRST = (
    rf"(?P<d4>[0-9]{{1,2}})(?:\.|st|nd|rd|th)?[ _-](?:de )?{MONTH.format('m4')},?[ _-](?:de )?(?P<y4>[0-9]{{4}})"
)
MONTH_FIRST = rf"{MONTH.format('m5')}[ _-](?P<d5>[0-9]{{1,2}})(?:st|nd|rd|th)?,?[ _-](?P<y5>[0-9]{{4}})"
DATE = f"(?:{SOLID}|{PARTED}|{YEAR_LAST}|{DAY_FIRST}|{MONTH_FIRST})"

HOUR, MINUTE = "(?:[01]?[0-9]|2[0-3])", "[0-5][0-9]"
SOLID_TIME = f"(?:[01][0-9]|2[0-3]){MINUTE}"
SOLID_SECONDS = f"{SOLID_TIME}{MINUTE}(?:[0-9]{{1,3}})?"
SECONDS = f"(?:{SOLID_SECONDS}|{HOUR}[-_.:]{MINUTE}[-_.:]{MINUTE})"
MINUTES = f"(?:{SOLID_TIME}|{HOUR}[-_.:h]{MINUTE})"
HALF = r"(?:[ _-]?[ap]\.?m\.?)?"

ANYTHING = "(?:[^0-9].*)?"
NUMBERED = rf"(?:[ _-]?\([0-9]{{1,4}}\)|~[0-9]{{1,3}}|{SEPARATOR}{{1,2}}(?:WA|p)?[0-9]{{1,4}}){{0,2}}"
"""What may follow a time with its seconds, which only a machine writes, and what any other date: the number of a copy
or of a page."""


def day_in_name(file: str, template: str = "") -> dt.date | None:
    """Return the day on which a picture was made, by its file name; ``file`` may have folders before it.

    None for any other name: one that a person gave, one whose numbers can be two days, and one whose date rpiocr itself
    may have written by ``template``, the setting ``file_name``, from what it had read.
    """
    name = _plain(PurePosixPath(file).name)
    stem = ENDING.sub("", name)
    if sum(char in DIGITS for char in stem) < MIN_DIGITS or _is_given_by(template, stem):
        return None
    for pattern in _patterns():
        match = pattern.fullmatch(stem)
        if match and len(days := set(_days(match))) == 1:
            return days.pop()
    return _since_1970(stem)


def _plain(name: str) -> str:
    """Return a name of at most the usual length, without invisible characters, with plain blanks and apostrophes."""
    composed = unicodedata.normalize("NFC", name[:MAX_NAME]).replace("’", "'")
    visible = "".join(char for char in composed if unicodedata.category(char) not in ("Cf", "Cs", "Cc"))
    return " ".join(visible.split())


def _is_given_by(template: str, stem: str) -> bool:
    """Return whether a name has a date where the template puts that of the receipt."""
    before, key, behind = template.partition("{date}")
    if not key:
        return False
    start = "" if KEY.search(before) else "^_?"
    literal = KEY.split(before)[-1]
    following = KEY.split(behind)[0]
    end = r"(?:_[0-9]+)?$" if not KEY.search(behind) else ""
    return bool(re.search(f"{start}{re.escape(literal)}{ISO}{re.escape(following)}{end}", stem))


@cache
def _table() -> Mapping[str, str]:
    """Return each list of photo_names.toml as a pattern of all its words."""
    table = tomllib.loads(read_text("photo_names.toml"))
    return {key: "(?:" + "|".join(words).replace(" ", "[ _-]") + ")" for key, words in table.items()}


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    table = _table()
    joint = rf"(?:{SEPARATOR}{{0,2}}|[ _]?{table['at']}[ _]?)"
    timed = f"(?:{joint}{SECONDS}{HALF}{ANYTHING}|{joint}{MINUTES}{HALF}{NUMBERED})"
    shapes = (
        f"{table['before']}{SEPARATOR}{{0,3}}{DATE}(?:{timed}|{NUMBERED})",
        f"{table['before_with_time']}{SEPARATOR}{{0,3}}{DATE}{timed}",
        f"{DATE}(?:{joint}(?:{SECONDS}|{MINUTES}){HALF})?{SEPARATOR}{{1,3}}{table['behind']}{NUMBERED}",
        f"{SOLID}[-_]?{SOLID_SECONDS}{ANYTHING}",
        # With hyphens in the time as well, it is a name that rpiocr gives by the template {date}_{time}.
        f"{PARTED}[ _T]{HOUR}[._]{MINUTE}[._]{MINUTE}{ANYTHING}",
    )
    return tuple(re.compile(shape, re.IGNORECASE) for shape in shapes)


def _days(match: re.Match[str]) -> Iterator[dt.date]:
    """Yield the days that the numbers of a date can be."""
    found = match.groupdict()
    parts = [(found.get(f"y{form}"), found.get(f"m{form}"), found.get(f"d{form}")) for form in (1, 2, 4, 5)]
    year, one, other = found.get("y3"), found.get("a"), found.get("b")
    for written in (*parts, (year, one, other), (year, other, one)):
        if None not in written and (day := _day(*map(str, written))):
            yield day


def _day(year: str, month: str, day: str) -> dt.date | None:
    number = int(month) if month.isdigit() else month_named(month)
    try:
        return dt.date(int(year), number or 0, int(day))
    except ValueError:
        return None


def _since_1970(stem: str) -> dt.date | None:
    """Return the day of a name that has milliseconds since 1970, by universal time."""
    match = re.fullmatch(rf"{_table()['epoch']}[ _-]?(?P<ms>1[0-9]{{12}}){NUMBERED}", stem, re.IGNORECASE)
    return (
        (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=int(match["ms"]))).date() if match else None
    )

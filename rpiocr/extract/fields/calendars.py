"""Years that are not counted from Christ, and dates whose parts are named by 年, 月 and 日 or their Korean words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from enum import Enum

from rpiocr.extract.locale.inference import Locale


class Calendar(Enum):
    """A way of counting years that numbers alone do not show."""

    JAPANESE = "japanese"
    MINGUO = "minguo"


ANY_CALENDAR = frozenset(Calendar)

ERAS: Mapping[str, int] = {"令和": 2018, "㋿": 2018, "R": 2018, "平成": 1988, "㍻": 1988, "H": 1988}
"""The year before the first one of an era; earlier eras ended before tills printed receipts that anybody keeps."""

MINGUO_ZERO = 1911
BUDDHIST_AHEAD = 543
BUDDHIST = range(2560, 2581)
"""Years that can mean nothing else on a receipt: 2017 to 2037."""

B = r"[ \u2009]?"
ERA = re.compile(
    rf"(?P<era>令和|平成|㋿|㍻|(?<![A-Za-z])[RH](?=[0-9])){B}(?P<y>[0-9]{{1,2}}|元){B}(?:年|[./-]){B}(?P<a>[0-9]{{1,2}})"
    rf"{B}(?:月|[./-]){B}(?P<b>[0-9]{{1,2}})(?:{B}[日曰目])?(?![0-9])"
)
MINGUO_NAMED = re.compile(
    rf"民[國国]{B}(?P<y>1?[0-9]{{2}}){B}(?:年|[./-]){B}(?P<a>[0-9]{{1,2}}){B}(?:月|[./-]){B}(?P<b>[0-9]{{1,2}})(?:{B}日)?(?![0-9])"
)
MINGUO_PLAIN = re.compile(
    rf"(?<![0-9A-Za-z.,/-])(?<![0-9]:)(?P<y>1[0-9]{{2}})(?:{B}年{B}(?P<a>[0-9]{{1,2}}){B}月{B}(?P<b>[0-9]{{1,2}})(?:{B}日)?"
    r"|(?P<s>[./-])(?P<a2>[0-9]{1,2})(?P=s)(?P<b2>[0-9]{1,2}))(?![0-9A-Za-z/-])"
)
WORDED = re.compile(
    rf"(?<![0-9])(?P<y>2[0-9]{{3}}|'?[0-9]{{2}}){B}[年년]{B}(?P<a>[0-9]{{1,2}}){B}[月월]{B}(?P<b>[0-9]{{1,2}})"
    rf"(?:{B}[日曰目일号號])?(?![0-9])"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A date whose parts are told by their words: year of our era, month and day as written, and where it stands."""

    year: int
    month: int
    day: int
    start: int
    end: int


def calendars_of(locale: Locale) -> frozenset[Calendar]:
    """Return the calendars of the country that a receipt comes from."""
    found: set[Calendar] = set()
    if "ja" in locale.languages or locale.currency == "JPY" or locale.country == "JP":
        found.add(Calendar.JAPANESE)
    if "zh-Hant" in locale.languages or locale.currency == "TWD" or locale.country == "TW":
        found.add(Calendar.MINGUO)
    return frozenset(found)


def common_year(written: int) -> int:
    """Return the year of our era for a year as written: two digits belong to this century, 2567 is Buddhist."""
    if written in BUDDHIST:
        return written - BUDDHIST_AHEAD
    return written + 2000 if written < 100 else written


def find_told(text: str, calendars: Set[Calendar]) -> Iterator[Told]:
    """Find dates whose parts are told by words, or by the calendars that the page may use; they may overlap."""
    for match in ERA.finditer(text):
        era = match["era"]
        if era not in ("R", "H") or Calendar.JAPANESE in calendars:
            year = 1 if match["y"] == "元" else int(match["y"])
            yield _told(match, ERAS[era] + year)
    for match in MINGUO_NAMED.finditer(text):
        yield _told(match, MINGUO_ZERO + int(match["y"]))
    for match in MINGUO_PLAIN.finditer(text) if Calendar.MINGUO in calendars else ():
        yield _told(match, MINGUO_ZERO + int(match["y"]))
    for match in WORDED.finditer(text):
        yield _told(match, common_year(int(match["y"].strip("'"))))


def _told(match: re.Match[str], year: int) -> Told:
    groups = match.groupdict()
    month, day = groups["a"] or groups["a2"], groups["b"] or groups["b2"]
    return Told(year, int(month), int(day), match.start(), match.end())

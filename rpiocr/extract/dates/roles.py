"""Tells what each date on a line is the day of, by the words beside it, above it, or above its column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rpiocr.extract.dates.clock import has_time_label, parse_time, time_after
from rpiocr.extract.dates.sightings import Sighting, plain_digits, without_weekday
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.files import built_in_names, language_file, read_sections
from rpiocr.extract.tables.lexicon import DATES, Lexicon
from rpiocr.extract.text.keywords import Tables
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.phrases import Labels, PhraseHit, plain
from rpiocr.extract.text.phrases import tokens as words_of
from rpiocr.extract.text.scripts import is_dense
from rpiocr.model.provenance import DateRole

SHORTEST_FOREIGN = 6
"""Minimum number of letters of a word in a language that the page does not show: shorter ones are words of others."""


@cache
def _foreign_words() -> tuple[Labels, Mapping[str, str]]:
    """Return the words beside dates of all languages, with the group of each that means the same in every language."""
    groups: dict[str, set[str]] = {}
    for name in built_in_names():
        for group, phrases in read_sections(language_file(name), ("dates",))["dates"].items():
            for phrase in phrases if group in DATES else ():
                groups.setdefault(phrase, set()).add(group)
    known = {
        phrase: next(iter(found))
        for phrase, found in groups.items()
        if len(found) == 1 and sum(map(str.isalpha, phrase)) >= SHORTEST_FOREIGN
    }
    return Labels(known), known


def _is_part_of_compound(hit: PhraseHit, text: str) -> bool:
    """Return whether a word for the day of purchase ends a longer word that no table has, as in 旅遊日期."""
    words = words_of(text)
    if ROLE_OF[hit.group] not in LABELLED or not hit.start or not is_dense(words[hit.start]):
        return False
    before = words[hit.start - 1]
    return is_dense(before) and before + words[hit.start] in text


def _found(text: str, tables: Tables) -> tuple[PhraseHit, ...]:
    """Return the words beside dates in a text: in the languages of the page, or spelled exactly in any other.

    An invoice of a few words may not show its language, and "Rechnungsdatum" means the same on every page.
    """
    hits = tuple(hit for hit in tables.dates.find(text) if not _is_part_of_compound(hit, text))
    if hits:
        return hits
    labels, groups = _foreign_words()
    folded = plain(text)
    return tuple(
        PhraseHit(groups[hit.phrase], hit.phrase, len(words_of(text[: hit.start])), len(words_of(text[: hit.end])), 1.0)
        for hit in labels.find(folded)
    )


ROLE_OF: Mapping[str, DateRole] = {group: DateRole(group) for group in DATES if group != "label"} | {
    "label": DateRole.PURCHASE
}
"""The role that each group of words of a table gives to a date."""

LABELLED = frozenset({DateRole.PURCHASE, DateRole.CLOSED, DateRole.PRINTED})
"""Roles whose words name the day of purchase."""

ON_THAT_DAY = LABELLED | {DateRole.OPENED, DateRole.TIMED, DateRole.PLAIN, DateRole.MENTIONED}
"""Roles of dates that may be the day of purchase; all others are another day."""

PROSE = 28
"""Maximum number of letters on the line of a date; with more it is a sentence that only mentions the date."""

FEW_WORDS = 8
"""Maximum number of letters next to an unlabelled date; with more it ranks below a date on a line of its own."""

NEXT_TO = 1
"""Maximum number of words between a date and a word behind it that gives it a role, such as a day of the week."""


@lru_cache(maxsize=4)
def _between(lexicon: Lexicon) -> re.Pattern[str]:
    """Return the pattern of what stands between the first and the last day of a period."""
    stroke = r"[-\u2013\u2014~〜～]"
    weekday = r"(?:[ \u2009]?[(（][^()（）]{1,4}[)）])?"
    return re.compile(
        rf"{weekday}[ \u2009]*(?:{stroke}|{any_of(lexicon.clock.to)})[-\u2013\u2014 \u2009]*", re.IGNORECASE
    )


DAY_OF_RANGE = re.compile(r"(?<![0-9])[0-3]?[0-9][./][01]?[0-9][./]?[ \u2009]?[-\u2013\u2014]+[ \u2009]?$")
"""The first day of a range that leaves the year to the second: 01.10. - 31.10.2026."""


@dataclass(frozen=True, slots=True)
class Context:
    """A date's role and its surroundings: ``letters`` are on its whole line, ``beside`` next to it.

    ``timed``: a time of day is on the line; ``is_utc``: the date is a timestamp of a machine, in universal time.
    """

    role: DateRole
    timed: bool
    letters: int
    beside: int
    is_utc: bool = False

    @property
    def labelled(self) -> bool:
        """Whether words name the day of purchase."""
        return self.role in LABELLED


RANGE_GOES_ON = re.compile(r"[ \u2009]*[-\u2013\u2014~〜～][ \u2009]*")

UTC = re.compile(r"[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?[ \u2009]?(?:Z(?![A-Za-z])|[+]00:?00|UTC)")


def contexts(
    row: ReceiptLine,
    sightings: Sequence[Sighting],
    above: ReceiptLine | None,
    tables: Tables,
    *,
    continued: bool = False,
) -> dict[int, Context]:
    """Return the context of each date on a line, by the position where it starts.

    ``above`` is the line just above, if it has no date of its own; ``continued``: the line above ends with the first
    day of a period.
    """
    ordered = sorted(sightings, key=lambda sighting: sighting.start)
    text = plain_digits(row.text.text)
    rest = text
    for sighting in reversed(ordered):
        rest = f"{rest[: sighting.start]} {rest[sighting.end :]}"
    timed = parse_time(rest, tables.lexicon) is not None or any(time_after(text[one.end :]) for one in ordered)
    line = _Line(row, tuple(ordered), text, rest, above, tables)
    found = {}
    for place, sighting in enumerate(ordered):
        role = line.role(place) or _unlabelled(text, timed=timed)
        if continued and not place:
            role = DateRole.PERIOD
        if role in LABELLED and not timed and line.is_in_sentence(place):
            role = DateRole.MENTIONED
        if role is DateRole.OPENED and not timed:
            # A shop is open since a day, a table since a time of day.
            role = DateRole.OTHER
        is_utc = UTC.match(text, sighting.end) is not None
        letters, beside = _letters(text), _letters(rest)
        found[sighting.start] = Context(role, timed, letters, beside, is_utc)
    return found


def ends_range(row: ReceiptLine, sightings: Sequence[Sighting]) -> bool:
    """Return whether a line ends with a date and a stroke, so that the last day of the period is on the next line."""
    end = max(sighting.end for sighting in sightings)
    return RANGE_GOES_ON.fullmatch(row.text.text[end:]) is not None


def _letters(text: str) -> int:
    return sum(char.isalpha() for char in text)


def _unlabelled(text: str, *, timed: bool) -> DateRole:
    if timed:
        return DateRole.TIMED
    return DateRole.MENTIONED if _letters(text) > PROSE else DateRole.PLAIN


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with its dates from left to right; ``rest`` is its text without them."""

    row: ReceiptLine
    sightings: tuple[Sighting, ...]
    text: str
    rest: str
    above: ReceiptLine | None
    tables: Tables

    def role(self, place: int) -> DateRole | None:
        """Return the role that words give to a date; None if there are none."""
        role = self._by_words(place)
        in_range = self._is_in_range(place)
        if in_range and role in (None, *ON_THAT_DAY):
            return DateRole.PERIOD
        return role

    def is_in_sentence(self, place: int) -> bool:
        """Return whether other words are before and behind a date: "Products of 28.01.2020 for the members of" ..."""
        before = self._before(place)
        named = sum(hit.end - hit.start for hit in _found(before, self.tables))
        words = [word for word in words_of(before) if word.isalpha()]
        behind = _letters(self.text[self.sightings[place].end :])
        return len(words) > named and behind > FEW_WORDS

    def _by_words(self, place: int) -> DateRole | None:
        if place and self._is_range_start(place - 1):
            return self._by_words(place - 1)
        before, behind = _found(self._before(place), self.tables), _found(self._behind(place), self.tables)
        close = [hit for hit in behind if hit.start <= NEXT_TO]
        if self._is_labelled_behind():
            before = ()
        named = _last(before)
        postponed = _first_other(close)
        if postponed and named in (None, *LABELLED):
            return postponed
        return named or _first(behind, close) or self._above(place)

    def _before(self, place: int) -> str:
        before = self.text[self.sightings[place - 1].end if place else 0 : self.sightings[place].start]
        return without_weekday(before, self.tables.weekdays)

    def _behind(self, place: int) -> str:
        """Return what follows a date; what is before another date belongs to that, unless labels stand behind."""
        last = place + 1 == len(self.sightings)
        if not last and not self._is_labelled_behind():
            return ""
        return self.text[self.sightings[place].end : None if last else self.sightings[place + 1].start]

    def _is_labelled_behind(self) -> bool:
        """Return whether the words of several dates stand behind them: none before the first, some after the last."""
        several = len(self.sightings) > 1
        return several and not _letters(self._before(0)) and bool(_letters(self.text[self.sightings[-1].end :]))

    def _is_in_range(self, place: int) -> bool:
        starts = self._is_range_start(place) or (place > 0 and self._is_range_start(place - 1))
        return starts or DAY_OF_RANGE.search(self._before(place)) is not None

    def _is_range_start(self, place: int) -> bool:
        """Return whether only a stroke, or a word such as "to", is between this date and the next one."""
        if place + 1 >= len(self.sightings):
            return False
        between = self.text[self.sightings[place].end : self.sightings[place + 1].start]
        return _between(self.tables.lexicon).fullmatch(between) is not None

    def _above(self, place: int) -> DateRole | None:
        """Return the role by the line above: a wrapped sentence about another day, or the heading of a column."""
        above = self.above
        if above is None or self._has_own_words() or not _is_near(above, self.row):
            return None
        several = len(self.sightings) > 1
        text = self._heading(above, place) if several else above.text.text
        role = _last(_found(text, self.tables))
        return role if several or role not in LABELLED else None

    def _has_own_words(self) -> bool:
        """Return whether the line has words other than days of the week and those of a time of day."""
        words = [word for word in words_of(self.rest) if word.isalpha()]
        return any(word not in self.tables.weekdays and not self._is_of_clock(word) for word in words)

    def _is_of_clock(self, word: str) -> bool:
        behind = {plain for one in self.tables.lexicon.clock.after_time for plain in words_of(one)}
        return word in behind or word in ("am", "pm") or has_time_label(word, self.tables.lexicon)

    def _heading(self, above: ReceiptLine, place: int) -> str:
        """Return the words of the line above that stand over a date."""
        sighting = self.sightings[place]
        box = self.row.text.box(sighting.start, sighting.end)
        over = (word for word in above.line.words if word.box.right > box.left and word.box.left < box.right)
        return " ".join(word.text for word in over)


def _last(hits: Sequence[PhraseHit]) -> DateRole | None:
    """Return the role by the words nearest before a date: "next visit date" is no label of the day of purchase."""
    if not hits:
        return None
    ordered = sorted(hits, key=lambda hit: hit.end)
    role = ROLE_OF[ordered[-1].group]
    if role in LABELLED and len(ordered) > 1 and ordered[-2].end >= ordered[-1].start - NEXT_TO:
        before = ROLE_OF[ordered[-2].group]
        return role if before in LABELLED else before
    return role


def _first_other(hits: Sequence[PhraseHit]) -> DateRole | None:
    """Return the role by words directly behind a date that make it another day: まで, asti, tarihine kadar."""
    roles = (ROLE_OF[hit.group] for hit in sorted(hits, key=lambda hit: hit.start))
    return next((role for role in roles if role not in ON_THAT_DAY), None)


def _first(behind: Sequence[PhraseHit], close: Sequence[PhraseHit]) -> DateRole | None:
    """Return the role by the first words behind a date: labels of the day of purchase anywhere, others close to it."""
    for hit in sorted(behind, key=lambda hit: hit.start):
        if ROLE_OF[hit.group] in ON_THAT_DAY or hit in close:
            return ROLE_OF[hit.group]
    return None


def _is_near(above: ReceiptLine, row: ReceiptLine) -> bool:
    return row.box.top - above.box.bottom < max(row.box.height, above.box.height)

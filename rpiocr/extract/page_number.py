"""Finds the number of a page, such as "Page 1 of 2", by which the pages of one invoice belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rpiocr.extract.continuation import without_references
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.patterns import any_of, whole_words
from rpiocr.extract.text.phrases import plain

MAX_COUNT = 50
"""Maximum number of pages: what a document feeder takes."""

GAP = r"[\s.:#]{0,3}"

NUMBER = r"[0-9]{1,2}|[il|](?![a-z0-9])"
"""A number of a page; 1 is misread as a letter."""

NOT_LONGER = r"(?![0-9]|[.,/-][0-9]|\s?[%])"
"""Behind a number of a page: it is no amount, date or longer number."""


@dataclass(frozen=True, slots=True)
class PageNumber:
    """The number of a page from 1, and how many there are; ``count`` is None if that is not printed.

    ``named``: a word for page stands with it; else it may be the date when a card expires, or a fraction.
    """

    number: int
    count: int | None
    named: bool = True

    @property
    def goes_on(self) -> bool:
        """Whether other pages follow this one."""
        return self.named and self.count is not None and self.number < self.count

    @property
    def is_last(self) -> bool:
        """Whether none follows."""
        return self.named and self.number == self.count


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Patterns of a page's number within a line, and of lines that have nothing else, with a word and without one."""

    within: tuple[re.Pattern[str], ...]
    alone: re.Pattern[str]
    bare: re.Pattern[str]


@lru_cache(maxsize=4)
def _patterns(lexicon: Lexicon) -> _Patterns:
    words = lexicon.pages
    page, short = (whole_words(map(plain, group)) for group in (words.page, words.short))
    of, behind = (any_of(map(plain, group)) for group in (words.of, words.behind))
    count = rf"(?P<count>[0-9]{{1,2}}){NOT_LONGER}(?:\s*{behind}|(?![^\W\d_]))"
    number = rf"(?P<number>{NUMBER})\s*{behind}?"
    in_words = rf"{number}\s*[/,]?\s*{of}\s*{count}"
    both = rf"(?:{in_words}|{number.replace('number', 'figure')}\s*[/\\(]\s*{count.replace('count', 'figures')}\s*\)?)"
    within = (
        rf"{page}{GAP}{both}",
        rf"{short}{GAP}{in_words}",
        rf"(?<![0-9.,/-])(?P<number>[0-9]{{1,2}})\s*/\s*(?P<count>[0-9]{{1,2}})\s*{behind}",
        rf"{page}{GAP}(?P<number>[0-9]{{1,2}}){NOT_LONGER}\s*{behind}?\s*$",
    )
    return _Patterns(
        tuple(map(re.compile, within)),
        re.compile(rf"\W*{short}{GAP}{both}\W*"),
        re.compile(rf"\W*{both}\W*"),
    )


def find_page_number(texts: Iterable[str], lexicon: Lexicon) -> PageNumber | None:
    """Return the number of the page that has these lines of text; None if there is none, or if several contradict.

    The number of another page, as in "continued on page 2", is not its own.
    """
    own = (without_references(plain(text), lexicon) for text in texts)
    found = {number for text in own for number in _in_line(text, _patterns(lexicon))}
    best = max((_rank(number) for number in found), default=None)
    candidates = [number for number in found if _rank(number) == best]
    return candidates[0] if len(candidates) == 1 else None


def _rank(number: PageNumber) -> tuple[bool, bool]:
    return number.named, number.count is not None


def _in_line(text: str, patterns: _Patterns) -> Iterator[PageNumber]:
    matches = (*(pattern.search(text) for pattern in patterns.within), patterns.alone.fullmatch(text))
    named = next(filter(None, matches), None)
    match = named or patterns.bare.fullmatch(text)
    if match is None:
        return
    groups = {name: value for name, value in match.groupdict().items() if value}
    digits, counted = groups.get("number") or groups["figure"], groups.get("count") or groups.get("figures")
    number = int(digits) if digits.isdigit() else 1
    count = int(counted) if counted else None
    if 1 <= number <= (count or MAX_COUNT) <= MAX_COUNT:
        yield PageNumber(number, count, named is not None)

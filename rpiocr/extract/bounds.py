"""Limits of what a line of a receipt can contain: beyond them rules do not search, so that their work stays linear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rpiocr.model import Line, Word

LONGEST_WORD = 100
"""Maximum length of a word that is searched: no amount, date, number or name without a space is longer, and the line
of a till has 32 to 48 characters."""

LONGEST_LINE = 300
"""Maximum number of characters of a line: A4 in small print has 130, two receipts side by side have fewer."""

MAX_DATES = 8
"""Maximum number of dates of one line that are considered."""

MAX_PARTS = 12
"""Maximum number of amounts of one line among which net, tax and gross are searched for: those of four rates."""

MAX_PER_ROLE = 40
"""Maximum number of different amounts of one role, such as discounts, whose sums are tried: the first ones."""

MAX_SUMS = 20_000
"""Maximum number of sums that are tried for one proof: among more, some agree with any amount."""

MAX_ROUNDINGS = 10
"""Maximum number of lines with a rounding that are tried."""

MAX_TAX_IDS = 30
"""Maximum number of tax numbers that are returned for one page: the first ones."""


def bounded(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield lines of at most LONGEST_LINE characters, without words of more than LONGEST_WORD.

    A longer line is split between words; one that contains only words that are too long is dropped.
    """
    for line in lines:
        words = [word for word in line.words if len(word.text) <= LONGEST_WORD]
        if len(words) == len(line.words) and sum(len(word.text) + 1 for word in words) <= LONGEST_LINE:
            yield line
        elif words:
            yield from map(Line, _parts(words))


def _parts(words: Iterable[Word]) -> Iterator[tuple[Word, ...]]:
    part: list[Word] = []
    size = 0
    for word in words:
        size += len(word.text) + 1
        if size > LONGEST_LINE:
            yield tuple(part)
            part, size = [], len(word.text) + 1
        part.append(word)
    yield tuple(part)

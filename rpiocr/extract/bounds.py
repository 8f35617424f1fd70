"""What a line of a receipt can hold: the rules look no further, so that their work grows with the text alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rpiocr.model import Line, Word

LONGEST_WORD = 100
"""Characters of a word in which anything is looked for: no amount, date, number or name without blanks is longer, and
the line of a till has 32 to 48."""

LONGEST_LINE = 300
"""Characters of a line that is looked at as one: A4 in small print has 130, two receipts side by side have fewer."""

MOST_DATES = 8
"""Dates of one line that are weighed."""

MOST_PARTS = 12
"""Amounts of one line among which net, tax and gross are looked for: those of four rates."""

MOST_OF_A_KIND = 40
"""Different amounts of one role, such as discounts, whose sums are tried: the first ones."""

MOST_SUMS = 20_000
"""Sums that are tried for one proof. Of more, some agree with any amount."""

MOST_ROUNDINGS = 10
"""Lines of a rounding that are tried."""

MOST_TAX_IDS = 30
"""Tax numbers that are told of one page: the first ones."""


def bounded(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield lines of at most LONGEST_LINE characters, without words of more than LONGEST_WORD.

    A longer line becomes several, which are parted between words; one that holds too long words alone is left out.
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

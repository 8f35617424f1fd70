"""Finds the rows of a receipt between its head and its sums, among which the items are."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rpiocr.extract.items.row import ItemRow, amounts_with_mark, item_row
from rpiocr.extract.roles import ITEM_ROLES, TOTALS, ReceiptLine, Role
from rpiocr.extract.tables.lexicon import Lexicon, Words
from rpiocr.extract.text.amounts import Amount, find_amounts, find_cents
from rpiocr.extract.text.patterns import NEVER, whole_words
from rpiocr.extract.text.payment_words import letters_in
from rpiocr.extract.text.phrases import plain
from rpiocr.model import Box

ENDS = (*TOTALS, Role.SUBTOTAL)
"""Roles of the amounts that items add up to."""

MAX_ENDS = 4
"""Maximum number of sums below which the items may end: groups of items have sums of their own."""

MIN_HEADINGS = 2
"""Minimum number of names of columns on the row above the items."""


WITH_LETTERS, WITH_DIGIT = 1.5, 0.35
"""Maximum distance of an amount whose mark has joined it from its column, in heights of its text. A mark that was read
as a digit is behind the column: a number with three decimals that ends in the column is a volume."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of amounts: between which positions their right edges are, and how many amounts it has."""

    left: float
    right: float
    amounts: int

    def is_near(self, box: Box, slack: float) -> bool:
        """Return whether an amount ends within ``slack`` heights of its text from the column."""
        return self.left - slack * box.height <= box.right <= self.right + slack * box.height

    def has(self, right: float) -> bool:
        """Return whether an amount that ends at ``right`` is in the column."""
        return self.left <= right <= self.right


@dataclass(frozen=True)
class Zone:
    """The rows of a page, and where its items are: from ``start`` to before one of ``ends``."""

    rows: tuple[ItemRow, ...]
    start: int
    ends: tuple[int, ...]
    columns: tuple[Column, ...] = ()

    @property
    def item_rows(self) -> tuple[ItemRow, ...]:
        """The rows above the last of the sums, whose amounts make the columns."""
        return self.rows[self.start : self.ends[-1]]

    def between(self, end: int) -> range:
        """Return the positions of the rows above a sum."""
        return range(self.start, end)


def find_zone(lines: Sequence[ReceiptLine]) -> Zone:
    """Find the rows of the items.

    They begin below a row with the names of columns, if there is one, and end above the first sum, or above a later one
    if groups of items have sums. A receipt without any sum ends with its rows.
    """
    sums = [place for place, line in enumerate(lines) if line.role in ENDS and line.amounts and not line.in_tax_table]
    sums = sums[:MAX_ENDS] or [len(lines)]
    rows = _without_margin(tuple(_item_rows(lines)))
    start = _below_heading(rows[: sums[0]], rows[: sums[-1]])
    ends = [end for end in sums if end > start] or [len(rows)]
    zone = Zone(rows, start, tuple(ends))
    return replace(zone, columns=tuple(_columns([amount for row in zone.item_rows for amount in row.amounts])))


def _more_amounts(line: ReceiptLine) -> tuple[Amount, ...]:
    """Return cents without a zero, or an amount whose label is a unit: jam, which is hours in Indonesian."""
    return find_amounts(line.text, line.lexicon) if line.role is Role.MEASURE else find_cents(line.text)


def _below_heading(above: Sequence[ItemRow], rows: Sequence[ItemRow]) -> int:
    """Return the row below that with most names of columns, of those above an item's amount; 0 if there is none."""
    names = {place: _headings(one.row) for place, one in enumerate(above) if not one.row.in_tax_table}
    last = max((place for place, one in enumerate(rows) if one.amounts and one.row.role in ITEM_ROLES), default=0)
    found = [place for place, count in names.items() if count >= MIN_HEADINGS and place < last]
    return max(found, key=lambda place: (names[place], place)) + 1 if found else 0


def _item_rows(lines: Sequence[ReceiptLine]) -> Iterator[ItemRow]:
    columns = tuple(_columns([amount for line in lines for amount in line.amounts]))
    for line in lines:
        marked = amounts_with_mark(line)
        slack = WITH_DIGIT if marked and marked[0].raw[-1].isdigit() else WITH_LETTERS
        more = marked or (() if line.amounts else _more_amounts(line))
        is_in_column = any(column.is_near(one.box, slack) for one in more for column in columns)
        yield item_row(line, more if is_in_column else ())


def _headings(line: ReceiptLine) -> int:
    """Return how many names of columns a row has; none if it has an amount."""
    return 0 if line.amounts else len(set(_words(line.lexicon, "heading").findall(plain(line.text.text))))


MOSTLY = 0.5
"""Minimum share of a row's letters in one word for a note: fewer may be part of a name, as in SPAR Milch."""


def names_note(line: ReceiptLine) -> bool:
    """Return whether an amount on a row is no part of the sum: a usual price, what was saved.

    A single word says so if it is most of what the row says, or if it begins the row and the amount follows it.
    """
    return _is_note(line.text.text, line.lexicon)


@lru_cache(maxsize=4096)
def _is_note(written: str, lexicon: Lexicon) -> bool:
    text = plain(written)
    hit = _words(lexicon, "note").search(text)
    if hit is None:
        return False
    is_phrase = len(hit.group().split()) > 1
    is_label = not letters_in(text[: hit.start()]) and AMOUNT_NEXT.match(text, hit.end()) is not None
    return is_phrase or is_label or letters_in(hit.group()) >= MOSTLY * letters_in(text)


AMOUNT_NEXT = re.compile(r"[^\w]*(?:[^\W\d]{1,3}[ .])?[^\w]*[0-9]")
"""A number, perhaps with the sign or the code of a currency before it."""


def names_deposit(line: ReceiptLine) -> bool:
    """Return whether a row is the deposit on a bottle, or its return."""
    return _names(line.text.text, line.lexicon, "deposit")


@lru_cache(maxsize=4096)
def _names(text: str, lexicon: Lexicon, group: str) -> bool:
    return _words(lexicon, group).search(plain(text)) is not None


@lru_cache(maxsize=16)
def _words(lexicon: Lexicon, group: str) -> re.Pattern[str]:
    words: Words = getattr(lexicon.items, group)
    return re.compile(whole_words(map(plain, words)) if words else NEVER)


MIN_ALIGNED = 0.5
"""Minimum share of the rows with amounts that begin at one position, left of which is no print of the receipt."""

INDENT = 1.0
"""Maximum distance of the beginnings of aligned rows, in heights of their text."""


def _without_margin(rows: tuple[ItemRow, ...]) -> tuple[ItemRow, ...]:
    """Mark what is left of where most rows begin: shadows and fingers that an engine has read as text."""
    first = sorted((one.row.line.words[0].box for one in rows if one.amounts), key=lambda box: box.left)
    lefts = [box.left for box in first]
    aligned = {
        place: bisect_right(lefts, start.left + INDENT * start.height) - place for place, start in enumerate(first)
    }
    most = max(aligned, key=lambda place: aligned[place], default=None)
    if most is None or aligned[most] < max(MIN_IN_COLUMN + 1, MIN_ALIGNED * len(first)):
        return rows
    left = first[most].left - INDENT / 2 * first[most].height
    return tuple(replace(one, margin=tuple(span for span, box in one.words if box.right < left)) for one in rows)


COLUMN_GAP = 0.9
"""Maximum distance of the right edges of two amounts of one column, in heights of their text."""

MIN_IN_COLUMN = 2


def _columns(amounts: Sequence[Amount]) -> Iterator[Column]:
    """Yield the columns of amounts, left to right.

    Amounts are printed flush right, so that gaps between their sorted right edges separate the columns.
    """
    edges = sorted((amount.box.right, amount.box.height) for amount in amounts)
    group: list[float] = []
    for right, height in edges:
        if group and right - group[-1] > COLUMN_GAP * height:
            if len(group) >= MIN_IN_COLUMN:
                yield Column(group[0], group[-1], len(group))
            group = []
        group.append(right)
    if len(group) >= MIN_IN_COLUMN:
        yield Column(group[0], group[-1], len(group))

"""A cheap look at a page whose total a code states: whether it is printed there, and named as the total.

The head is read for the name, then lines with an amount from the foot upwards, until one names that total, and the
other short lines below it. So a tip, a payment or another total would have been seen. Nothing else is read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rpiocr.extract import Languages
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.extract.roles import TOTALS, ReceiptLine
from rpiocr.model import Pass
from rpiocr.model.baseline import Baseline
from rpiocr.model.currency import USUAL_DECIMALS
from rpiocr.preprocess.text_lines import Segment, TextLine
from rpiocr.recognise.lines import build_lines

HEAD_LINES = 5
"""Number of lines at the top that are read: the name is among the first four, and one may be a logo."""

FEWEST_GLYPHS = 4
"""Minimum number of glyphs of a line of the head: fewer are specks."""

MOST_LINES = 16
"""Maximum number of lines with an amount that are read, and of others below the total; with more, reading everything
costs little more."""

AT_ONCE = 4
"""Number of lines that are read before what they say is considered."""

SIGNS = 6
"""Maximum number of glyphs of an amount beside its digits: marks, a sign of the currency, a tax code."""

LONGEST = 30
"""Maximum number of glyphs of a line whose amount does not stand apart from its words: longer ones are sentences."""

ReadSegments = Callable[[Sequence[Segment]], Pass]


@dataclass(frozen=True, slots=True)
class Look:
    """What was read in a look at a page, and whether a line shows the total that was looked for."""

    read: Pass
    found: bool


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: the total that a code proves, and its date.

    The date is needed where ``date_proved`` is false, or no line names the total. ``decimals`` is how many the currency
    has: with 0, numbers without a mark are amounts.
    """

    total: Decimal
    date: dt.date | None = None
    date_proved: bool = True
    decimals: int = USUAL_DECIMALS


def look_for(
    sought: Sought, lines: Sequence[TextLine], read: ReadSegments, languages: Languages, skew_deg: float
) -> Look:
    """Read the head, then amounts from the foot until a line names the total, then the rest until one shows the date.

    ``skew_deg`` is the angle by which lines fall to the right on the page, of which ``read`` returns the words.
    """
    head = [line for line in lines if line.glyphs >= FEWEST_GLYPHS][:HEAD_LINES]
    wanted = _with_amounts(sought.total, [line for line in lines if line not in head])
    seen, done = read(_segments(head)), 0
    rows: tuple[ReceiptLine, ...] = ()
    while done < len(wanted) and not seen.error:
        seen = _with_more(seen, read(_segments(wanted[done : done + AT_ONCE])))
        done += AT_ONCE
        rows = _rows(seen, languages, skew_deg, sought.decimals)
        if _names(sought.total, rows):
            break
    is_named = _names(sought.total, rows)
    others = _others(lines, [*head, *wanted[:done]])
    below = _below(wanted[:done], others, lines) if is_named else []
    if seen.error or not _shows(sought.total, rows) or len(below) > MOST_LINES:
        return Look(seen, found=False)
    seen = _with_more(seen, read(_segments(below))) if below else seen
    if not (sought.date_proved and is_named):
        seen = _until_date(sought.date, seen, _others(others, below), read)
    return Look(seen, found=seen.error is None)


def _with_more(seen: Pass, more: Pass) -> Pass:
    elapsed_s = seen.elapsed_s + more.elapsed_s
    return replace(seen, lines=(*seen.lines, *more.lines), elapsed_s=elapsed_s, error=more.error)


def _others(lines: Sequence[TextLine], known: Sequence[TextLine]) -> list[TextLine]:
    return [line for line in lines if line not in known and line.glyphs >= FEWEST_GLYPHS]


def _until_date(date: dt.date | None, seen: Pass, lines: Sequence[TextLine], read: ReadSegments) -> Pass:
    """Read lines from the top until one shows a date, not more than MOST_LINES; nothing without a date."""
    for start in range(0, min(len(lines), MOST_LINES), AT_ONCE):
        if date is None or seen.error or _shows_date(date, seen):
            break
        seen = _with_more(seen, read(_segments(lines[start : start + AT_ONCE])))
    return seen


def _shows_date(date: dt.date, seen: Pass) -> bool:
    """Whether a line has the numbers of a date, whatever their order; a month may be a word."""
    for line in seen.lines:
        numbers = {int(number) for number in re.findall("[0-9]{1,4}", line.text)}
        if date.day in numbers and numbers & {date.year, date.year % 100}:
            return True
    return False


def _segments(lines: Sequence[TextLine]) -> list[Segment]:
    return [segment for line in lines for segment in line.segments]


def _with_amounts(total: Decimal, lines: Sequence[TextLine]) -> list[TextLine]:
    """Return lines that may end in an amount as long as the total, from the foot upwards, not more than MOST_LINES."""
    digits = len(f"{abs(total)}".replace(".", ""))
    apart = [line for line in lines if len(line.segments) > 1 and _is_amount(line.segments[-1], digits)]
    whole = [line for line in lines if line not in apart and digits + 2 < line.glyphs <= LONGEST]
    return (apart[::-1] + whole[::-1])[:MOST_LINES]


def _below(done: Sequence[TextLine], others: Sequence[TextLine], lines: Sequence[TextLine]) -> list[TextLine]:
    """Return the short lines among ``others`` that are below the uppermost one of those that were read."""
    uppermost = min(map(lines.index, done))
    return [line for line in others if line.glyphs <= LONGEST and lines.index(line) > uppermost]


def _is_amount(segment: Segment, digits: int) -> bool:
    return digits - 2 <= segment.glyphs <= digits + SIGNS


def _rows(seen: Pass, languages: Languages, skew_deg: float, decimals: int) -> tuple[ReceiptLine, ...]:
    words = [word for line in seen.lines for word in line.words]
    lines = build_lines(words, Baseline.at(skew_deg))
    return build_receipt_lines(lines, languages.tables_of(line.text for line in lines), decimals)


def _names(total: Decimal, rows: Sequence[ReceiptLine]) -> bool:
    """Whether a line names the total; the sums of a table of taxes stand below a tip or another payment."""
    named = [row for row in rows if row.role in TOTALS and not row.in_tax_table and len(row.amounts) == 1]
    return _shows(total, named)


def _shows(total: Decimal, rows: Sequence[ReceiptLine]) -> bool:
    return any(abs(one.value) == abs(total) for row in rows for one in row.amounts)

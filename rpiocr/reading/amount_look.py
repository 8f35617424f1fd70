"""A cheap look at a page whose total a code states: whether it is printed there, and named as the total.

The head is read for the name, then lines with an amount from the foot upwards, until one names that total. So every
line below it was read too: a tip, a payment or another total would have been seen. Nothing else is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rpiocr.extract import Languages
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.extract.roles import TOTALS, UNDERSTOOD, ReceiptLine
from rpiocr.model import Pass
from rpiocr.model.baseline import Baseline
from rpiocr.preprocess.text_lines import Segment, TextLine
from rpiocr.recognise.lines import build_lines

HEAD_LINES = 5
"""Number of lines at the top that are read: the name is among the first four, and one may be a logo."""

FEWEST_GLYPHS = 4
"""Minimum number of glyphs of a line of the head: fewer are specks."""

MOST_LINES = 16
"""Maximum number of lines with an amount that are read; with more, reading everything costs little more."""

AT_ONCE = 4
"""Number of lines that are read before what they say is considered."""

SIGNS = 6
"""Maximum number of glyphs of an amount beside its digits: marks, a sign of the currency, a tax code."""

LONGEST = 30
"""Maximum number of glyphs of a line whose amount does not stand apart from its words."""

ReadSegments = Callable[[Sequence[Segment]], Pass]


@dataclass(frozen=True, slots=True)
class Look:
    """What was read in a look at a page, and whether a line names the total that was looked for."""

    read: Pass
    found: bool


def look_for(
    total: Decimal, lines: Sequence[TextLine], read: ReadSegments, languages: Languages, skew_deg: float
) -> Look:
    """Read the head, then amounts from the foot, until a line names ``total`` as the total.

    Where no word of the page is understood, it is enough that one of them shows it.
    ``skew_deg`` is the angle by which lines fall to the right on the page, of which ``read`` returns the words.
    """
    head = [line for line in lines if line.glyphs >= FEWEST_GLYPHS][:HEAD_LINES]
    seen = read(_segments(head))
    wanted = _with_amounts(total, [line for line in lines if line not in head])
    for start in range(0, len(wanted), AT_ONCE):
        more = read(_segments(wanted[start : start + AT_ONCE]))
        seen = replace(
            seen, lines=(*seen.lines, *more.lines), elapsed_s=seen.elapsed_s + more.elapsed_s, error=more.error
        )
        rows = _rows(seen, languages, skew_deg)
        if seen.error or _names(total, rows):
            return Look(seen, found=seen.error is None)
    rows = _rows(seen, languages, skew_deg)
    return Look(seen, found=not any(row.role in UNDERSTOOD for row in rows) and _shows(total, rows))


def _segments(lines: Sequence[TextLine]) -> list[Segment]:
    return [segment for line in lines for segment in line.segments]


def _with_amounts(total: Decimal, lines: Sequence[TextLine]) -> list[TextLine]:
    """Return lines that may end in an amount as long as the total, from the foot upwards, not more than MOST_LINES."""
    digits = len(f"{abs(total)}".replace(".", ""))
    apart = [line for line in lines if len(line.segments) > 1 and _is_amount(line.segments[-1], digits)]
    whole = [line for line in lines if line not in apart and digits + 2 < line.glyphs <= LONGEST]
    return (apart[::-1] + whole[::-1])[:MOST_LINES]


def _is_amount(segment: Segment, digits: int) -> bool:
    return digits - 2 <= segment.glyphs <= digits + SIGNS


def _rows(seen: Pass, languages: Languages, skew_deg: float) -> tuple[ReceiptLine, ...]:
    words = [word for line in seen.lines for word in line.words]
    lines = build_lines(words, Baseline.at(skew_deg))
    return build_receipt_lines(lines, languages.tables_of(line.text for line in lines))


def _names(total: Decimal, rows: Sequence[ReceiptLine]) -> bool:
    """Whether a line names the total; the sums of a table of taxes stand below a tip or another payment."""
    named = [row for row in rows if row.role in TOTALS and not row.in_tax_table and len(row.amounts) == 1]
    return _shows(total, named)


def _shows(total: Decimal, rows: Sequence[ReceiptLine]) -> bool:
    return any(abs(one.value) == abs(total) for row in rows for one in row.amounts)

"""Classifies the lines of a receipt: the role of the amounts on each line."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from rpiocr.extract.bounds import bounded
from rpiocr.extract.continuation import direction_of
from rpiocr.extract.measures import names_quantity, only_money
from rpiocr.extract.roles import BEFORE_TAX, COLUMN, SUMS, TOTALS, ReceiptLine, Role, role_of
from rpiocr.extract.tables.countries import cash_rounding
from rpiocr.extract.text.amounts import (
    Amount,
    LineText,
    find_amounts,
    find_cents,
    find_units,
    fold,
    line_text,
    net_tax_gross,
)
from rpiocr.extract.text.keywords import Tables
from rpiocr.extract.text.payment_words import is_cashless, letters_in
from rpiocr.extract.text.phrases import PhraseHit
from rpiocr.extract.thousands import Units, with_groups_joined, with_thousands_settled
from rpiocr.model import Line
from rpiocr.model.currency import USUAL_DECIMALS


def build_receipt_lines(
    lines: Sequence[Line], tables: Tables, decimals: int = USUAL_DECIMALS
) -> tuple[ReceiptLine, ...]:
    """Classify every line; a keyword line without an amount gets the one that is alone on the next line.

    ``decimals`` is how many the page's currency has: with 3, 12.750 is less than thirteen. With 0, or on a page that
    shows no decimals at all, amounts are the numbers with groups or a sign, and those in the column of amounts. Lines
    longer than any that is printed are split, see ``bounded``.
    """
    lines = tuple(bounded(lines))
    texts = [line_text(line) for line in lines]
    usual = decimals or USUAL_DECIMALS
    after_blanks = tables.point_after_blanks
    found = [find_amounts(text, tables.lexicon, point_after_blanks=after_blanks, decimals=usual) for text in texts]
    if not decimals or not any(found):
        units = [find_units(text, tables.lexicon) for text in texts]
        if not decimals or sum(bool(sure) for sure, _ in units) >= MIN_UNITS:
            roles = [_row(line, text, (), tables).role for line, text in zip(lines, texts, strict=True)]
            joined = with_groups_joined(texts, units, roles, spaces_usual=after_blanks)
            found = _with_column(joined, roles)
    rows = [_row(*parts, tables) for parts in zip(lines, texts, found, strict=True)]
    return tuple(_mark_tax_tables(with_thousands_settled(_join_split(_join_broken(rows)))))


MIN_UNITS = 2
"""Minimum number of lines with groups or a currency sign, and none with decimals, on a page without decimals."""

COLUMN_TOLERANCE = 1.5
"""Maximum distance of the right edges of amounts in one column, in line heights."""


def _with_column(units: Sequence[Units], roles: Sequence[Role]) -> list[tuple[Amount, ...]]:
    """Treat plain numbers as amounts if they end their line in the column of more reliable amounts.

    The column is where numbers with groups or a sign end, and the last numbers next to words for totals and payments; a
    plain number outside of it stays marked as a mere whole number.
    """
    last = [max(plain, key=lambda amount: amount.end, default=None) for _, plain in units]
    ends = [amount.box.right for sure, _ in units for amount in sure[-1:]]
    ends += [amount.box.right for amount, role in zip(last, roles, strict=True) if amount and role in COLUMN]
    ends.sort()
    found = []
    for (sure, _), amount, role in zip(units, last, roles, strict=True):
        amounts = [replace(one, whole_only=False) for one in sure]
        if amount and all(amount.start > other.end for other in sure):
            right, reach = amount.box.right, COLUMN_TOLERANCE * amount.box.height
            near = bisect_left(ends, right + reach) - bisect_right(ends, right - reach)
            labelled = role in COLUMN
            if near > 1:
                amounts.append(replace(amount, whole_only=False))
            elif labelled and not sure:
                amounts.append(amount)
        found.append(tuple(amounts))
    return found


def _row(line: Line, text: LineText, amounts: tuple[Amount, ...], tables: Tables) -> ReceiptLine:
    label = _label(text.text, amounts)
    hits = tables.amounts.find(label)
    carried = {Role.CARRIED.value} if amounts and direction_of(label, tables.lexicon) else set()
    groups = frozenset(hit.group for hit in hits) | carried
    role, amounts = _role_and_amounts(text, label, groups, amounts, tables)
    if role is Role.TAX and not amounts and RATE_COLUMN.fullmatch(fold(text.text)):
        groups |= {"tax_table"}
    likeness = max((hit.likeness for hit in hits if hit.group == role.value), default=1.0)
    row = ReceiptLine(line, text, amounts, role, likeness, groups, tables.lexicon, *_refund(hits))
    return replace(row, role=Role.TOTAL) if amounts and _names_refund(row) else row


def _refund(hits: Sequence[PhraseHit]) -> tuple[int, bool]:
    """Return the number of words for a refund, and whether they were read exactly."""
    refunds = [hit for hit in hits if hit.group == "refund"]
    sure = bool(refunds) and all(hit.likeness > MIN_REFUND_LIKENESS for hit in refunds)
    return sum(hit.end - hit.start for hit in refunds), sure


def _role_and_amounts(
    text: LineText, label: str, groups: frozenset[str], amounts: tuple[Amount, ...], tables: Tables
) -> tuple[Role, tuple[Amount, ...]]:
    """Return the role of a line by the groups of its words and its amounts, and those of them that are money."""
    role = Role.TOTAL if _is_net_and_gross(groups, amounts) else role_of(groups)
    if role is Role.ROUNDING and amounts and abs(amounts[-1].value) >= min_rounded(amounts[-1].value):
        role = Role.TOTAL_SURE
    if role in (Role.ROUNDING, Role.CHANGE) and not amounts:
        amounts = find_cents(text)
    role, amounts = _without_measures(text.text, role, amounts, tables)
    if role is not Role.NONE:
        return role, amounts
    # The number of a ticket is padded with zeros.
    amounts = tuple(amount for amount in amounts if not amount.padded)
    return Role.CARD if amounts and is_cashless(label, tables.lexicon) else role, amounts


MAX_UNIT_LABEL = 4
"""Maximum number of words of a label above its number: TOTAL KM DRIVEN; the heading of a table has more."""


def _without_measures(
    text: str, role: Role, amounts: tuple[Amount, ...], tables: Tables
) -> tuple[Role, tuple[Amount, ...]]:
    """Return the role and the amounts of a line without numbers that count something else than money."""
    if role not in (*SUMS, Role.NONE):
        return role, amounts
    is_sum = role in SUMS
    if amounts:
        kept = only_money(text, amounts, tables.lexicon, is_sum=is_sum)
        return (role, kept) if kept else (Role.MEASURE, ())
    short = is_sum and len(text.split()) <= MAX_UNIT_LABEL
    return (Role.MEASURE if short and names_quantity(text, tables.lexicon, is_sum=True) else role), ()


def _names_refund(row: ReceiptLine) -> bool:
    """Return whether an amount next to this line is what is given back."""
    return row.role is Role.NONE and row.refund_sure and row.refund_words > 1 and "policy" not in row.groups


RATE_COLUMN = re.compile(r"[^0-9]*%[^0-9]*")
"""A line about tax with a percent sign and no number is the heading of a table: "VAT%  VAT"."""

MIN_REFUND_LIKENESS = 0.9
"""Minimum likeness of words for a refund that make the total negative."""


def min_rounded(value: Decimal) -> Decimal:
    """Return the minimum amount labelled as rounding that is not a rounding of ``value``, but the total after it."""
    limits = cash_rounding()
    return limits.never_from_whole if value.as_tuple().exponent == 0 else limits.never_from


def _label(text: str, amounts: Sequence[Amount]) -> str:
    """Return the text of a line without its amounts."""
    label, at = "", 0
    for amount in amounts:
        label += text[at : amount.start] + " "
        at = amount.end
    return label + text[at:]


def _is_net_and_gross(groups: frozenset[str], amounts: Sequence[Amount]) -> bool:
    """Return whether a line contains a total before and after tax, with or without the tax itself."""
    if len(amounts) < 2 or not groups & (BEFORE_TAX | {role.value for role in TOTALS}):
        return False
    if "including" in groups and groups & BEFORE_TAX:
        return True
    return "tax" in groups and net_tax_gross([abs(amount.value) for amount in amounts]) is not None


CENTS_ALONE = re.compile(r"[.,][ \u2009]?[0-9]{2}")


def _join_broken(rows: Sequence[ReceiptLine]) -> list[ReceiptLine]:
    """Join a line that ends in a whole number with the decimals that are alone on the line below it."""
    joined = list(rows)
    for index, (row, after) in enumerate(pairwise(rows)):
        if row.amounts or not CENTS_ALONE.fullmatch(fold(after.text.text)) or not _near(row, after):
            continue
        amounts = find_amounts(line_text(Line((*row.line.words, *after.line.words))), row.lexicon)
        joined[index] = replace(row, amounts=amounts[-1:])
    return joined


def _near(row: ReceiptLine, after: ReceiptLine) -> bool:
    return after.box.top - row.box.bottom < 1.5 * max(row.box.height, after.box.height)


def _join_split(rows: Sequence[ReceiptLine]) -> list[ReceiptLine]:
    """Move the amount of a line that has nothing else to the keyword line just above it; drop one of a unit."""
    joined = list(rows)
    for index, (row, after) in enumerate(pairwise(rows)):
        role = Role.TOTAL if _names_refund(row) else row.role
        if row.amounts or role in (Role.NONE, Role.COUNT) or "tax_table" in row.groups or not _is_bare(after):
            continue
        if not _near(row, after):
            continue
        if role is Role.MEASURE:
            joined[index + 1] = replace(after, amounts=() if not after.main.money else after.amounts)
        else:
            joined[index] = replace(row, amounts=after.amounts, role=role)
    return joined


MAX_BARE_LETTERS = 4
"""Maximum number of letters beside an amount that belongs to the label above it: those of its currency."""


def _is_bare(row: ReceiptLine) -> bool:
    """Return whether a line holds one amount and nothing else."""
    letters = letters_in(_label(row.text.text, row.amounts))
    return row.role is Role.NONE and len(row.amounts) == 1 and letters <= MAX_BARE_LETTERS


TAX_TABLE_ROWS = 6
"""Maximum number of lines of a tax summary; it is rarely longer."""


def _mark_tax_tables(rows: Sequence[ReceiptLine]) -> list[ReceiptLine]:
    marked, left = [], 0
    for row in rows:
        if "tax_table" in row.groups and not row.amounts:
            left = TAX_TABLE_ROWS
        elif left:
            left -= 1
        marked.append(replace(row, in_tax_table=True) if left else row)
    return marked

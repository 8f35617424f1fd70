"""What of a page decides whether it belongs to others of its file, and how two pages that follow each other do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from rpiocr.decide.features import Facts
from rpiocr.extract.arithmetic.ledger import items_of_page
from rpiocr.extract.continuation import Continuation, find_continuation
from rpiocr.extract.page_number import PageNumber, find_page_number
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.model import Field, Fields, Reading, Receipt
from rpiocr.model.provenance import DateRole
from rpiocr.reading.outcome import Trace


class Link(Enum):
    """How the next page belongs to a receipt.

    ``SAME``: it continues it. ``TERMS``: it belongs to it and adds nothing. ``COPY``: it is one of its pages again.
    """

    SEPARATE = auto()
    SAME = auto()
    UNCLEAR = auto()
    TERMS = auto()
    COPY = auto()


MIN_NUMBER = 3
"""Minimum length of a receipt number by which pages without other signs belong together: shorter ones repeat."""

MIN_WORDS, MIN_WORDS_A_LINE = 60, 4.5
"""Minimum number of words of a page of terms, all and on average on a line: a faded receipt has fewer of both."""

LEGIBLE = 0.8
"""Minimum mean confidence of a page of terms: of one that was not read well, nothing is known."""

ALIKE = 95.0
"""Minimum likeness of the texts of two scans of one page, in percent."""

OF_TERMS = frozenset({DateRole.VALID, DateRole.OTHER, DateRole.MENTIONED, DateRole.PERIOD})
"""What dates in terms of sale are."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A page as it was read by itself, its number if that is printed, and what it says about its neighbours."""

    receipt: Receipt
    reading: Reading
    rows: tuple[ReceiptLine, ...]
    facts: Facts | None
    number: PageNumber | None
    says: Continuation

    @classmethod
    def of(cls, trace: Trace, lexicon: Lexicon) -> Sheet:
        """Return the sheet of a page with a receipt."""
        number = find_page_number((line.text for line in trace.reading.lines), lexicon)
        says = find_continuation(trace.rows)
        return cls(trace.receipt, trace.reading, trace.rows, trace.facts, number, says)

    @property
    def page(self) -> int:
        """Its number in the file."""
        return self.receipt.page

    @property
    def fields(self) -> Fields:
        """What was read of it alone."""
        return self.receipt.fields

    @property
    def total(self) -> Decimal | None:
        """The total that was chosen on it alone."""
        return self.fields.amount.chosen.value if self.fields.amount else None

    @property
    def text(self) -> str:
        """All of its text."""
        return "\n".join(line.text for line in self.reading.lines)

    @property
    def has_page_total(self) -> bool:
        """Whether its total is only that of the page: no word names it, and an amount is carried to the next one."""
        amount = self.fields.amount
        if amount is None or self.says.carried is None:
            return False
        return not amount.chosen.provenance.names_total or (self.says.goes_on and self.total == self.says.carried)

    @property
    def is_terms(self) -> bool:
        """Whether it is a page of legible sentences without any amount, as terms of sale are."""
        fields, words = self.fields, [word for line in self.reading.lines for word in line.words]
        if fields.amount or fields.receipt_number or any(row.amounts for row in self.rows):
            return False
        if fields.date and fields.date.chosen.provenance.role not in OF_TERMS:
            return False
        is_long = len(words) >= MIN_WORDS and len(words) >= MIN_WORDS_A_LINE * len(self.reading.lines)
        return is_long and sum(word.confidence for word in words) >= LEGIBLE * len(words)

    @property
    def items(self) -> Decimal | None:
        """The sum of its items, None if there are none."""
        listed = self.fields.items
        return listed.check.sum if listed and listed.items else items_of_page(self.rows)


def link(run: Sequence[Sheet], later: Sheet) -> Link:
    """Return how a page belongs to a receipt, whose pages so far are ``run`` in the order of the file.

    The evidence are the numbers of pages, amounts and phrases that carry over, and the numbers of receipts.
    """
    earlier = run[-1]
    tests: tuple[tuple[Link, Callable[[], bool]], ...] = (
        (Link.SEPARATE, lambda: later.receipt.part > 1 or later.page == earlier.page),
        (Link.TERMS, lambda: later.number is None and later.is_terms),
        (Link.COPY, lambda: any(_is_copy(sheet, later) for sheet in run)),
        (Link.SAME, lambda: _is_before(earlier, later)),
        (Link.SEPARATE, lambda: _begins_anew(earlier, later)),
        (Link.SAME, lambda: _continues(run, later)),
        (Link.UNCLEAR, lambda: _may_continue(earlier, later)),
    )
    return next((found for found, holds in tests if holds()), Link.SEPARATE)


def _continues(run: Sequence[Sheet], later: Sheet) -> bool:
    return not _contradict(run[-1], later) and (_follows(run[-1], later) or _is_carried_over(run, later))


def _follows(earlier: Sheet, later: Sheet) -> bool:
    """Return whether the numbers of two pages follow each other, and there is no doubt of what they count."""
    one, two = _numbers(earlier, later)
    if one is None or two is None or (two.number, two.count) != (one.number + 1, one.count):
        return False
    return one.count is not None or _same_number(earlier, later)


def _is_before(earlier: Sheet, later: Sheet) -> bool:
    """Return whether a page precedes the one before it in the file: the pages were scanned in reverse order."""
    one, two = earlier.number, later.number
    if one is None or two is None or one.count is None or (two.number + 1, two.count) != (one.number, one.count):
        return False
    return _same_number(earlier, later) and not _contradict(earlier, later)


def _begins_anew(earlier: Sheet, later: Sheet) -> bool:
    """Return whether the second page is the first of a receipt, or the first page the last of one."""
    one, two = _numbers(earlier, later)
    return bool((two and two.number == 1) or (one and one.is_last))


def _may_continue(earlier: Sheet, later: Sheet) -> bool:
    """Return whether anything says that a page goes on, or continues something: that alone may be about another one."""
    one, two = _numbers(earlier, later)
    is_numbered = bool((one and two) or (one and one.goes_on) or (two and two.number > 1))
    carries = earlier.says.carried is not None and later.says.brought is not None
    return _same_number(earlier, later) or is_numbered or carries or earlier.says.goes_on or later.says.continues


def _numbers(earlier: Sheet, later: Sheet) -> tuple[PageNumber | None, PageNumber | None]:
    """Return the numbers of both pages; those without a word for page count only if both are of that kind."""
    numbers = earlier.number, later.number
    if all(number is not None and not number.named for number in numbers):
        follow = numbers[0] and numbers[1] and numbers[1].number == numbers[0].number + 1
        return numbers if follow else (None, None)
    one, two = (number if number is not None and number.named else None for number in numbers)
    return one, two


def _is_carried_over(run: Sequence[Sheet], later: Sheet) -> bool:
    """Return whether amounts, phrases or the number of the receipt show that a page without a number continues it."""
    earlier = run[-1]
    if earlier.says.goes_on and later.says.continues:
        return True
    if later.says.brought:
        return later.says.brought == earlier.says.carried or (
            not _has_head(earlier, later) and later.says.brought in _closing(run)
        )
    says_so = earlier.says.goes_on or later.says.continues
    same = _same_number(earlier, later) and len(_values(later.fields.receipt_number)) >= MIN_NUMBER
    if says_so and same:
        return True
    return (says_so or same) and not _has_head(earlier, later) and _completes(run, later)


def _closing(run: Sequence[Sheet]) -> set[Decimal | None]:
    """Return the amounts that a page may carry over without a word for that, other than None."""
    last, items = run[-1], sum_of_items(run)
    return {last.total, last.fields.subtotal, last.items, items} - {None}


def _completes(run: Sequence[Sheet], later: Sheet) -> bool:
    """Return whether a page has the sum of all items, its own included, or no total other than the one before."""
    if later.total is None or later.total == run[-1].total:
        return True
    return later.items is not None and sum_of_items((*run, later)) == later.total


def sum_of_items(sheets: Sequence[Sheet]) -> Decimal | None:
    """Return the sum of the items of some pages; None if one of them has none."""
    sums = [sheet.items for sheet in sheets]
    known = [one for one in sums if one is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(sums) else None


def _has_head(earlier: Sheet, later: Sheet) -> bool:
    """Return whether a page has a head, as the first page of a receipt: the shop's name again, or tax numbers."""
    names = (earlier.fields.merchant, later.fields.merchant)
    one, two = (name.chosen.value.casefold() if name else None for name in names)
    return bool(later.fields.tax_ids) or (two is not None and one == two)


def _is_copy(one: Sheet, other: Sheet) -> bool:
    """Return whether a page of several was scanned twice: its number, its amounts and its text are the same."""
    number = one.number
    if number is None or not number.count or number.count < 2 or number != other.number or _contradict(one, other):
        return False
    if _values(one.fields.receipt_number) != _values(other.fields.receipt_number) or _amounts(one) != _amounts(other):
        return False
    from rapidfuzz import fuzz

    return fuzz.ratio(one.text, other.text) >= ALIKE


def _amounts(sheet: Sheet) -> list[Decimal]:
    return [amount.value for row in sheet.rows for amount in row.amounts]


def _same_number(earlier: Sheet, later: Sheet) -> bool:
    """Return whether both pages have the same receipt number, and no different dates."""
    one, two = earlier.fields, later.fields
    return one.receipt_number is not None and not any(
        (two.receipt_number is None, _differ(one.receipt_number, two.receipt_number), _differ(one.date, two.date))
    )


def _contradict(earlier: Sheet, later: Sheet) -> bool:
    one, two = earlier.fields, later.fields
    pairs = ((one.receipt_number, two.receipt_number), (one.currency, two.currency), (one.date, two.date))
    return any(_differ(*pair) for pair in pairs)


def _differ(one: Any, two: Any) -> bool:  # noqa: ANN401 - what a field can hold
    """Return whether both pages have a value of a field, and not the same."""
    return one is not None and two is not None and _values(one) != _values(two)


def _values(value: Any) -> Any:  # noqa: ANN401 - what a field can hold
    """Return a value without its evidence."""
    return value.chosen.value if isinstance(value, Field) else value

"""Joins the pages of one file: an invoice of several pages is one receipt, and blank pages are a note, not an error.

Receipts of a stack that was scanned into one file stay separate. What makes pages belong together is printed on them,
such as "page 1 of 2". Where they only may belong together, each is held back, so that no amount is counted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

from rpiocr.decide.items import joined_items
from rpiocr.decide.page_vetoes import contradicting, goes_on, held_back, unclear
from rpiocr.extract.page_number import PageNumber, find_page_number
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.model import Field, Fields, Line, Notice, Receipt, Veto
from rpiocr.model.fields import ValueKind
from rpiocr.reading.outcome import BlankPage, Failure, Trace

FROM_THE_HEAD = ("merchant", "time", "receipt_number", "tax_ids")
"""Fields that are taken from the first page that has them: they are printed at the head of the first page."""


class Link(Enum):
    """Whether the next page continues a receipt."""

    SEPARATE = auto()
    SAME = auto()
    UNCLEAR = auto()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What of a page decides whether it belongs to others: its fields, its number if it is printed, and its text."""

    page: int
    part: int
    fields: Fields
    number: PageNumber | None
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, trace: Trace, lexicon: Lexicon) -> Sheet:
        """Return the sheet of a receipt that was read."""
        lines, receipt = trace.reading.lines, trace.receipt
        number = find_page_number((line.text for line in lines), lexicon)
        return cls(receipt.page, receipt.part, receipt.fields, number, lines)


def link(earlier: Sheet, later: Sheet) -> Link:
    """Decide by the numbers of two pages that follow each other, and by the numbers of their receipts."""
    one, two = _numbers(earlier, later)
    if later.part > 1 or later.page == earlier.page or _begins_anew(one, two):
        return Link.SEPARATE
    same_receipt = _same_number(earlier, later)
    if one and two:
        follows = (two.number, two.count) == (one.number + 1, one.count) and not _contradict(earlier, later)
        return Link.SAME if follows and (one.count or same_receipt) else Link.UNCLEAR
    return Link.UNCLEAR if same_receipt or _is_cut_off(one, two) else Link.SEPARATE


def _begins_anew(one: PageNumber | None, two: PageNumber | None) -> bool:
    """Return whether the second page is the first of a receipt, or the first page the last of one."""
    return bool((two and two.number == 1) or (one and one.is_last))


def _is_cut_off(one: PageNumber | None, two: PageNumber | None) -> bool:
    """Return whether the first page goes on, or the second one continues something."""
    return bool((one and one.goes_on) or (two and two.number > 1))


def _numbers(earlier: Sheet, later: Sheet) -> tuple[PageNumber | None, PageNumber | None]:
    """Return the numbers of both pages; those without a word for page count only if both are of that kind."""
    numbers = earlier.number, later.number
    if all(number is not None and not number.named for number in numbers):
        follow = numbers[0] and numbers[1] and numbers[1].number == numbers[0].number + 1
        return numbers if follow else (None, None)
    one, two = (number if number is not None and number.named else None for number in numbers)
    return one, two


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


Rejudge = Callable[[Receipt, Fields], Receipt]
"""Returns a receipt with other fields, whose vetoes it judges anew."""


@dataclass(slots=True)
class _Run:
    """The pages of one receipt so far: ``answer`` is the last one with a total, or else the first.

    Only that page's image is kept. ``vetoes`` hold the receipt back; ``skipped`` are blank pages before or among them.
    """

    answer: Trace
    sheets: list[Sheet]
    vetoes: list[Veto] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)

    def add(self, trace: Trace, sheet: Sheet) -> None:
        self.sheets.append(sheet)
        if sheet.fields.amount or not self.answer.receipt.fields.amount:
            self.answer = trace


@dataclass(slots=True)
class Joiner:
    """Joins what the pages of a file gave; one for each file."""

    lexicon: Lexicon
    rejudge: Rejudge
    blank: list[BlankPage] = field(default_factory=list)
    run: _Run | None = None
    any_receipt: bool = False

    def join(self, outcomes: Iterable[Trace | Failure | BlankPage]) -> Iterator[Trace | Failure]:
        """Yield the receipts and failures of a file; a receipt is yielded when the next outcome is known.

        Blank pages become notes on the receipt next to them, or failures if the file has no receipt.
        """
        for outcome in outcomes:
            if isinstance(outcome, BlankPage):
                self.blank.append(outcome)
            elif isinstance(outcome, Failure):
                yield from self._finished()
                yield outcome
            else:
                yield from self._taken(outcome)
        yield from self._finished()
        if not self.any_receipt:
            yield from (blank.failure for blank in self.blank)

    def _taken(self, trace: Trace) -> Iterator[Trace]:
        sheet = Sheet.of(trace, self.lexicon)
        found = link(self.run.sheets[-1], sheet) if self.run else Link.SEPARATE
        if self.run and found is Link.SAME:
            self.run.add(trace, sheet)
            return
        vetoes = []
        if self.run and found is Link.UNCLEAR:
            vetoes.append(unclear(f"{self.run.sheets[-1].page} and {sheet.page}"))
            self.run.vetoes += vetoes
        yield from self._finished()
        self.run = _Run(trace, [sheet], vetoes)

    def _finished(self) -> Iterator[Trace]:
        """Yield the receipt whose pages were collected, with the notes on blank pages so far."""
        run, self.run = self.run, None
        if run is None:
            return
        self.any_receipt = True
        notes = [blank.notice for blank in self.blank]
        self.blank.clear()
        last = run.sheets[-1].number
        if last and last.goes_on and last.count is not None and not run.vetoes:
            run.vetoes.append(goes_on(last.number, last.count))
        yield _result(run, notes, self.rejudge)


def _result(run: _Run, notes: list[Notice], rejudge: Rejudge) -> Trace:
    trace, receipt = run.answer, run.answer.receipt
    fields, vetoes = receipt.fields, list(run.vetoes)
    if len(run.sheets) > 1:
        fields = _joined(run.sheets, receipt)
        notes = [_joined_notice(run.sheets), *notes]
        if _has_higher_total(run.sheets, receipt):
            vetoes.append(contradicting(_pages(run.sheets)))
    for veto in vetoes:
        fields = held_back(fields, veto)
    if fields is not receipt.fields:
        receipt = rejudge(receipt, fields)
    receipt = replace(receipt, warnings=(*receipt.warnings, *notes))
    lines = tuple(line.text for sheet in run.sheets if sheet.page != receipt.page for line in sheet.lines)
    return replace(trace, receipt=receipt, other_pages=lines)


def _joined_notice(sheets: list[Sheet]) -> Notice:
    return Notice("pages_joined", f"pages {_pages(sheets)} of the file are one receipt")


def _pages(sheets: list[Sheet]) -> str:
    *others, last = [str(sheet.page) for sheet in sheets]
    return f"{', '.join(others)} and {last}"


def _has_higher_total(sheets: list[Sheet], receipt: Receipt) -> bool:
    """Return whether another page has a higher total than the one that was chosen, so that it may be the invoice's."""
    chosen = receipt.fields.amount
    others = (sheet.fields.amount for sheet in sheets if sheet.page != receipt.page)
    return chosen is not None and any(other and abs(other.chosen.value) > abs(chosen.chosen.value) for other in others)


def _joined(sheets: list[Sheet], receipt: Receipt) -> Fields:
    """Return the fields of an invoice: those of the page with the total, those of its head, and the items of all."""
    values: dict[str, Any] = {}
    for spec, value in receipt.fields.values():
        pages = [(sheet.page, getattr(sheet.fields, spec.name)) for sheet in sheets]
        found = [(page, other) for page, other in pages if other]
        if spec.kind is ValueKind.ITEMS:
            values[spec.name] = joined_items([items for _, items in found], receipt.fields)
        elif found and spec.kind is not ValueKind.MONEY and (not value or spec.name in FROM_THE_HEAD):
            page, other = found[0]
            own = page == receipt.page or _values(other) == _values(value)
            values[spec.name] = value if own else _from_page(other, page)
    return replace(receipt.fields, **values)


def _values(value: Any) -> Any:  # noqa: ANN401 - what a field can hold
    """Return a value without its evidence."""
    if isinstance(value, tuple):
        return tuple(map(_values, value))
    return value.chosen.value if isinstance(value, Field) else value


def _from_page(value: Any, page: int) -> Any:  # noqa: ANN401 - what a field can hold
    if isinstance(value, Field):
        return replace(value, page=page)
    if isinstance(value, tuple):
        return tuple(_from_page(one, page) for one in value)
    return value

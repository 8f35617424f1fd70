"""Joins the pages of one file: a purchase of several pages is one receipt, and blank pages are a note, not an error.

Receipts of a stack that was scanned into one file stay separate. What makes pages belong together is printed on them,
such as "page 1 of 2". Where they only may belong together, each is held back, so that no amount is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rpiocr.decide.page_vetoes import CONTINUED, PAGE_TOTAL, goes_on, held_back, of_a_part, unclear
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.model import Fields, Notice, Receipt, Veto
from rpiocr.reading.merging import Bench, contradictions, merged, pages_in_words, sheet_of_total
from rpiocr.reading.outcome import BlankPage, Failure, MorePage, Trace, View
from rpiocr.reading.sheets import Link, Sheet, link


@dataclass(slots=True)
class _Entry:
    """A page of a receipt; ``trace`` has its images, and is None once they are not needed any more, or it was yielded.

    ``adds``: its fields count; those of terms of sale and of a page that was scanned twice do not.
    """

    sheet: Sheet
    trace: Trace | None
    adds: bool = True


@dataclass(slots=True)
class _Run:
    """The pages of one receipt so far, in the order in which they are to be read; ``vetoes`` hold the receipt back."""

    entries: list[_Entry]
    last: Sheet
    vetoes: list[Veto] = field(default_factory=list)

    def add(self, entry: _Entry) -> None:
        """Add a page: behind the others, but one that precedes the last in front of that."""
        number, last = entry.sheet.number, self.last.number
        is_before = entry.adds and number is not None and last is not None and number.number < last.number
        self.entries.insert(self._place_of_last() if is_before else len(self.entries), entry)
        if entry.adds:
            self.last = entry.sheet

    def _place_of_last(self) -> int:
        return next(place for place, one in enumerate(self.entries) if one.sheet is self.last)

    @property
    def sheets(self) -> list[Sheet]:
        """The pages whose fields count."""
        return [one.sheet for one in self.entries if one.adds]

    @property
    def ends_early(self) -> Veto | None:
        """The veto on a receipt whose last page says that another one follows."""
        last = self.last.number
        if last and last.goes_on and last.count is not None:
            is_whole = any(sheet.number and sheet.number.is_last for sheet in self.sheets)
            return None if is_whole else goes_on(last.number, last.count)
        is_end = self.entries[-1].sheet is self.last and not (last and last.is_last)
        return CONTINUED if is_end and self.last.says.goes_on else None


@dataclass(slots=True)
class Joiner:
    """Joins what the pages of a file gave; one for each file.

    With ``each``, every page remains a receipt of its own, and those with a part of a purchase are held back. The
    images of all pages of a receipt are kept with ``keep_images``, else those of its first page alone.
    """

    lexicon: Lexicon
    bench: Bench
    each: bool = False
    keep_images: bool = False
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
        found = link(_in_order_of_file(self.run), sheet) if self.run else Link.SEPARATE
        if self.run and found in (Link.SAME, Link.TERMS, Link.COPY):
            self.run.add(_Entry(sheet, trace, adds=found is Link.SAME))
            if self.each:
                yield from _released(self.run, sheet, self.bench)
            elif not self.keep_images:
                for entry in self.run.entries[1:]:
                    entry.trace = None
            return
        vetoes = []
        if self.run and found is Link.UNCLEAR:
            vetoes.append(unclear(f"{self.run.last.page} and {sheet.page}"))
            self.run.vetoes += vetoes
        yield from self._finished()
        self.run = _Run([_Entry(sheet, trace)], sheet, vetoes)

    def _finished(self) -> Iterator[Trace]:
        """Yield the receipt whose pages were collected, with the notes on blank pages so far."""
        run, self.run = self.run, None
        if run is None:
            return
        self.any_receipt = True
        notes = [blank.notice for blank in self.blank]
        self.blank.clear()
        ends_early = run.ends_early
        if ends_early and not run.vetoes:
            run.vetoes.append(ends_early)
        yield from _all_apart(run, notes, self.bench) if self.each else (_together(run, notes, self.bench),)


def _in_order_of_file(run: _Run) -> list[Sheet]:
    """Return the pages whose fields count, the one that was read last at the end."""
    return [*(sheet for sheet in run.sheets if sheet is not run.last), run.last]


def _together(run: _Run, notes: Sequence[Notice], bench: Bench) -> Trace:
    """Return the one receipt of all pages."""
    first, *more = run.entries
    trace, everything = _traced(first), [one.sheet for one in run.entries]
    if not more:
        return replace(trace, receipt=_alone(first.sheet, run.vetoes, notes, bench))
    receipt = merged(everything, run.sheets, run.vetoes, bench)
    pages = pages_in_words([sheet.page for sheet in everything])
    joined = Notice("pages_joined", f"pages {pages} of the file are one receipt")
    receipt = replace(receipt, warnings=(*receipt.warnings, joined, *notes))
    kept = tuple(MorePage(one.sheet.page, one.sheet.reading, _seen(one, receipt)) for one in more)
    return replace(trace, receipt=receipt, view=_with_own(trace.view, first.sheet.page, receipt), more=kept)


def _released(run: _Run, new: Sheet, bench: Bench) -> Iterator[Trace]:
    """Yield the pages before one that has the total of all so far, each as a receipt: their images need not be kept."""
    if sheet_of_total(run.sheets) is new:
        for entry in _left(run):
            if entry.sheet is not new:
                yield _apart(run, entry, (), bench)


def _all_apart(run: _Run, notes: Sequence[Notice], bench: Bench) -> Iterator[Trace]:
    """Yield each page that is left as a receipt, in the order of the file; the last one has the notes."""
    *before, last = _left(run)
    for entry in before:
        yield _apart(run, entry, (), bench)
    yield _apart(run, last, notes, bench)


def _left(run: _Run) -> list[_Entry]:
    return sorted((one for one in run.entries if one.trace), key=lambda one: one.sheet.page)


def _apart(run: _Run, entry: _Entry, notes: Sequence[Notice], bench: Bench) -> Trace:
    """Return a page as a receipt of its own; only the one with the total of all can be accepted."""
    vetoes, of_total = list(run.vetoes), sheet_of_total(run.sheets)
    if entry.sheet is of_total:
        vetoes += contradictions([one.sheet for one in run.entries], run.sheets)
    elif of_total:
        vetoes.append(of_a_part(pages_in_words([one.sheet.page for one in run.entries]), of_total.page))
    trace = replace(_traced(entry), receipt=_alone(entry.sheet, vetoes, notes, bench))
    entry.trace = None
    return trace


def _alone(sheet: Sheet, vetoes: Sequence[Veto], notes: Sequence[Notice], bench: Bench) -> Receipt:
    """Return a page as a receipt of its own."""
    receipt, fields = sheet.receipt, sheet.fields
    for veto in (*vetoes, *((PAGE_TOTAL,) if sheet.has_page_total else ())):
        fields = held_back(fields, veto)
    if fields is not receipt.fields:
        receipt = bench.rejudge(receipt, fields)
    return replace(receipt, warnings=(*receipt.warnings, *notes))


def _traced(entry: _Entry) -> Trace:
    if entry.trace is None:
        message = f"the images of page {entry.sheet.page} were not kept"
        raise RuntimeError(message)
    return entry.trace


def _seen(entry: _Entry, receipt: Receipt) -> Trace | None:
    """Return the trace of a further page, whose view shows what the receipt has from it."""
    if entry.trace is None:
        return None
    return replace(entry.trace, view=_with_own(entry.trace.view, entry.sheet.page, receipt))


def _with_own(view: View | None, page: int, receipt: Receipt) -> View | None:
    """Return a view with those of its fields that the receipt has from this page, and with its items."""
    if view is None:
        return None
    values: dict[str, Any] = {}
    for spec, value in receipt.fields.values():
        known = value[0] if isinstance(value, tuple) and value else value
        of_page = getattr(known, "page", None) or receipt.page
        is_own = not spec.voted or (known and of_page == page)
        values[spec.name] = getattr(view.fields, spec.name) if is_own else (() if spec.is_many and spec.voted else None)
    return replace(view, fields=Fields(**values))

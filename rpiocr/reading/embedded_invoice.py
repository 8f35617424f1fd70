"""Combines the receipts of a PDF with the e-invoice that is embedded in it, as Factur-X and ZUGFeRD do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rpiocr.errors import DamagedFileError, NotAnInvoiceError
from rpiocr.model import Notice, Page
from rpiocr.reading.outcome import Failure, Trace

if TYPE_CHECKING:
    from rpiocr.model.einvoice import EInvoice

Outcome = Trace | Failure


@dataclass(slots=True)
class EmbeddedInvoices:
    """The XML files that came with the pages of one document."""

    _files: list[bytes] = field(default_factory=list)

    def noted(self, pages: Iterator[Page]) -> Iterator[Page]:
        """Yield the pages of the document, and keep what is attached to them."""
        for page in pages:
            self._files += page.attachments
            yield page

    def combined(self, outcomes: Iterator[Outcome], combine: Callable[[Trace, EInvoice], Trace]) -> Iterator[Outcome]:
        """Yield the outcomes of the document, the receipt that an invoice belongs to combined with it.

        That is the first one that shows its total, or the first of all, which the invoice contradicts then. Without an
        attachment each comes as soon as it is read.
        """
        first = next(outcomes, None)
        if first is None:
            return
        if not self._files:
            yield first
            yield from outcomes
            return
        together = [first, *outcomes]
        for data in self._files:
            together = _with(together, data, combine)
        yield from together


def _with(outcomes: list[Outcome], data: bytes, combine: Callable[[Trace, EInvoice], Trace]) -> list[Outcome]:
    from rpiocr.einvoice import parse

    try:
        invoice = parse(data, "the XML in it")
    except NotAnInvoiceError:
        return outcomes
    except DamagedFileError as error:
        notice = Notice("einvoice_damaged", str(error))
        return _changed(outcomes, _first(outcomes), lambda trace: _warned(trace, notice))
    return _changed(outcomes, _of(outcomes, invoice), lambda trace: combine(trace, invoice))


def _of(outcomes: Sequence[Outcome], invoice: EInvoice) -> int | None:
    """Return the position of the receipt that an invoice belongs to."""
    from rpiocr.decide.einvoice_on_page import shows

    showing = (
        position
        for position, one in enumerate(outcomes)
        if isinstance(one, Trace) and shows(one.receipt.fields, invoice)
    )
    return next(showing, _first(outcomes))


def _first(outcomes: Sequence[Outcome]) -> int | None:
    return next((position for position, one in enumerate(outcomes) if isinstance(one, Trace)), None)


def _changed(outcomes: list[Outcome], position: int | None, change: Callable[[Trace], Trace]) -> list[Outcome]:
    return [
        change(one) if number == position and isinstance(one, Trace) else one for number, one in enumerate(outcomes)
    ]


def _warned(trace: Trace, notice: Notice) -> Trace:
    return replace(trace, receipt=replace(trace.receipt, warnings=(*trace.receipt.warnings, notice)))

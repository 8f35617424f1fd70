"""Reads the receipts in a mail: its attachments as files of their own, its text where none of them has a total."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Protocol

from rpiocr.decide.einvoice_on_page import shows
from rpiocr.decide.interpret import Understanding
from rpiocr.decide.vetoes import MAX_DOUBTFUL
from rpiocr.decode.formats import Format
from rpiocr.errors import InputError, NoReceiptInMailError
from rpiocr.load.budget import Limits
from rpiocr.load.html import rows_of_html
from rpiocr.load.mail import Body, Mail, Part
from rpiocr.load.mail.quoting import without_heads
from rpiocr.load.pages import NumberedPages, part_name
from rpiocr.load.rows import Row, rows_of_text
from rpiocr.load.source import Source
from rpiocr.model import Fields, Notice, Page, Pass, Veto, VetoKind
from rpiocr.model.einvoice import EInvoice
from rpiocr.reading.einvoice import Draft, read_invoice
from rpiocr.reading.outcome import Failure, Trace
from rpiocr.reading.page_coordinates import lines_nowhere, without_places
from rpiocr.reading.written import pass_over

RUNG = "mail"

ONE_DAY = dt.timedelta(days=1)

AFTER_MAIL = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "the mail says that it was sent before that day")


class Readers(Protocol):
    """What reads the parts of a mail: the pipeline."""

    def read_pages(self, file: str, pages: Iterator[Page]) -> Iterator[Trace | Failure]:
        """Read pages as those of a file of their own."""

    def without_picture(self, draft: Draft, file: str, page: int, sha256: str) -> Trace:
        """Rate a receipt without a picture."""

    def draft_of_invoice(self, invoice: EInvoice, started: float) -> Draft:
        """Return the receipt that an e-invoice states."""

    def with_invoice(self, trace: Trace, invoice: EInvoice) -> Trace:
        """Combine what a page shows with an e-invoice."""

    def understand_text(self, one: Pass) -> Understanding:
        """Return what text states."""

    def with_items(self, read: Understanding) -> Fields:
        """Return the fields of a text with its items, if they are wanted."""


@dataclass(slots=True)
class _Invoice:
    """An e-invoice among the parts, the number of its page, and whether a page of the mail shows it."""

    invoice: EInvoice
    page: int = 0
    is_shown: bool = False

    def is_same(self, other: EInvoice) -> bool:
        """Return whether both are one invoice, in two languages or attached twice."""
        own = self.invoice
        return (own.number, own.total, own.issued) == (other.number, other.total, other.issued)


@dataclass(slots=True)
class MailReading:
    """The reading of one mail, which is the content of ``file``."""

    source: Source
    file: str
    mail: Mail
    readers: Readers
    limits: Limits
    invoices: dict[int, _Invoice] = field(default_factory=dict)
    """The e-invoices by the position of their part."""
    failures: list[tuple[Failure, bool]] = field(default_factory=list)
    """What could not be read, and whether it is a picture in the text."""
    number: int = 1
    """The number of the next page."""
    has_receipt: bool = False
    has_total: bool = False

    def outcomes(self) -> Iterator[Trace | Failure]:
        """Yield the receipts of the mail, then what could not be read of it.

        The text is read if no attachment has a total, small pictures in it if that has none either. What fails of
        pictures in the text is no failure of a mail that has a total: most are logos.
        """
        files = self.mail.files
        for position, part in enumerate(files):
            self._find_invoice(position, part)
        for position, part in enumerate(files):
            yield from map(self._seen, self._file(position, part))
        yield from map(self._seen, self._invoices_alone())
        if not self.has_total:
            yield from map(self._seen, self._texts())
        if not self.has_total:
            yield from map(self._seen, self._ornaments())
        failures = [failure for failure, in_text in self.failures if not (in_text and self.has_total)]
        yield from failures
        if not self.has_receipt and not failures:
            yield Failure(self.file, None, self._nothing())

    def _seen(self, trace: Trace) -> Trace:
        self.has_receipt = True
        self.has_total = self.has_total or trace.receipt.fields.amount is not None
        return trace

    def _find_invoice(self, position: int, part: Part) -> None:
        if part.format is not Format.XML:
            return
        try:
            invoice = read_invoice(part.data, part_name(self.source.name, part.name))
        except InputError as error:
            self.failures.append((Failure(self.file, None, error), False))
        else:
            if not any(one.is_same(invoice) for one in self.invoices.values()):
                self.invoices[position] = _Invoice(invoice)

    def _file(self, position: int, part: Part) -> Iterator[Trace]:
        """Read an attachment that is a picture or PDF; an e-invoice only gets its number."""
        if part.format is Format.XML:
            if found := self.invoices.get(position):
                found.page = self.number
            self.number += 1
            return
        pages = NumberedPages(part, self.source, self.file, self.limits, self.number)
        for outcome in self.readers.read_pages(self.file, pages):
            if isinstance(outcome, Failure):
                self.failures.append((outcome, part.in_text))
            else:
                yield self._named(self._with_invoice(outcome), part.name)
        self.number = pages.next_number

    def _with_invoice(self, trace: Trace) -> Trace:
        """Combine a page with the e-invoice of the mail that it shows."""
        for one in self.invoices.values():
            if not one.is_shown and shows(trace.receipt.fields, one.invoice):
                one.is_shown = True
                return self.readers.with_invoice(trace, one.invoice)
        return trace

    def _named(self, trace: Trace, attachment: str | None) -> Trace:
        notices = tuple(Notice("attachment_skipped", reason) for reason in self.mail.left_out)
        if self.mail.encrypted:
            notices += (Notice("attachment_encrypted", "a part of the mail is encrypted, and was not read"),)
        warnings = (*trace.receipt.warnings, *notices)
        return replace(trace, receipt=replace(trace.receipt, attachment=attachment, warnings=warnings))

    def _invoices_alone(self) -> Iterator[Trace]:
        for position, one in self.invoices.items():
            if not one.is_shown:
                draft = self.readers.draft_of_invoice(one.invoice, time.monotonic())
                yield self._without_picture(draft, one.page, self.mail.files[position].name)

    def _texts(self) -> Iterator[Trace]:
        """Read what each message says; text without a total is no receipt."""
        for number, body in enumerate(self.mail.bodies, self.number):
            if draft := self._draft_of(body):
                yield self._without_picture(draft, number, body.name)

    def _without_picture(self, draft: Draft, page: int, name: str | None) -> Trace:
        return self._named(self.readers.without_picture(draft, self.file, page, self.source.sha256), name)

    def _draft_of(self, body: Body) -> Draft | None:
        for variant, rows in _written(body):
            started = time.monotonic()
            one = pass_over(without_heads(rows), variant)
            if not one.lines:
                continue
            read = self.readers.understand_text(one)
            if read.fields.amount is not None:
                fields = without_places(_not_after(self.readers.with_items(read), self.mail.sent))
                elapsed_s = time.monotonic() - started
                return Draft(fields, replace(one, lines=lines_nowhere(one.lines), elapsed_s=elapsed_s), RUNG)
        return None

    def _ornaments(self) -> Iterator[Trace]:
        """Read small pictures in the text; what has no total is a logo."""
        for number, part in enumerate(self.mail.ornaments, self.number + len(self.mail.bodies)):
            pages = islice(NumberedPages(part, self.source, self.file, self.limits, number), 1)
            for outcome in self.readers.read_pages(self.file, pages):
                if isinstance(outcome, Trace) and outcome.receipt.fields.amount is not None:
                    yield self._named(self._with_invoice(outcome), part.name)

    def _nothing(self) -> InputError:
        why = "".join(f"; {reason}" for reason in self.mail.left_out)
        message = (
            f"{self.source.name} is a mail without a receipt: it has neither a picture, PDF or e-invoice, nor a text"
            f" with a total{why}."
        )
        return NoReceiptInMailError(message)


def _written(body: Body) -> Iterator[tuple[str, Sequence[Row]]]:
    """Yield the text of a message in each way that it is written, the one with a layout first."""
    if body.html.strip():
        yield "html", rows_of_html(body.html)
    if body.text.strip():
        yield "plain", tuple(rows_of_text(body.text))


def _not_after(fields: Fields, sent: dt.date | None) -> Fields:
    """Return the fields with a veto on a date that is after the mail; where it was sent may already be the next day."""
    if sent is None or fields.date is None or fields.date.chosen.value <= sent + ONE_DAY:
        return fields
    return replace(fields, date=replace(fields.date, vetoes=(*fields.date.vetoes, AFTER_MAIL)))

"""Reads e-invoices, which state their fields: nothing is recognised, and there is no picture."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass

from rpiocr.decide.einvoice import SOURCE, fields_of, notices_on
from rpiocr.einvoice import parse
from rpiocr.errors import NotAnInvoiceError
from rpiocr.model import NOWHERE, Fields, Line, Notice, Pass, Word
from rpiocr.model.einvoice import EInvoice, Party, Purpose

RUNG = "e-invoice"


@dataclass(frozen=True, slots=True)
class Draft:
    """A receipt without a picture before it is rated: its fields, the pass that read them, its rung and its notices."""

    fields: Fields
    one: Pass
    rung: str
    notices: tuple[Notice, ...] = ()


def read_invoice(data: bytes, name: str) -> EInvoice:
    """Return the invoice that a file is; messages refer to it as ``name``.

    Raises DamagedFileError, and NotAnInvoiceError for other XML and for what is no purchase, such as an order.
    """
    invoice = parse(data, name)
    if invoice.purpose is Purpose.OTHER:
        what = (
            "an order" if invoice.syntax.value == "order-x" else f"a document of type {invoice.type_code or '(none)'}"
        )
        message = f"{name} is {what}, and no invoice of a purchase: give the invoice."
        raise NotAnInvoiceError(message)
    return invoice


def draft_of(invoice: EInvoice, today: dt.date, started: float, *, items: bool) -> Draft:
    """Return what an invoice states as a receipt.

    ``started`` is when reading it began by the monotonic clock; ``items``: they are wanted.
    """
    lines = tuple(Line(tuple(Word(word, NOWHERE, 1.0) for word in text.split())) for text in _texts(invoice) if text)
    fields = fields_of(invoice, today, items=items)
    one = Pass(SOURCE.engine, SOURCE.variant, lines, time.monotonic() - started)
    return Draft(fields, one, RUNG, notices_on(invoice))


def _texts(invoice: EInvoice) -> Iterator[str]:
    """Yield what an invoice states as lines of text, by which a stored receipt is found."""
    yield from _names(invoice.seller)
    yield f"{invoice.number or ''} {invoice.issued or ''}".strip()
    yield from _names(invoice.buyer)
    for line in invoice.lines:
        said = (line.quantity, line.description, line.amount)
        yield " ".join(str(part) for part in said if part not in (None, ""))
    for adjustment in invoice.adjustments:
        yield f"{adjustment.reason or ''} {adjustment.amount}"
    for tax in invoice.taxes:
        yield " ".join(str(part) for part in (tax.rate and f"{tax.rate:f} %", tax.base, tax.amount) if part is not None)
    totals = (invoice.totals.without_tax, invoice.totals.tax, invoice.totals.with_tax, invoice.totals.due)
    yield " ".join(str(amount) for amount in (invoice.currency, *totals) if amount is not None)


def _names(party: Party) -> Iterator[str]:
    yield from dict.fromkeys(filter(None, (party.name, party.legal_name)))
    yield " ".join(one.number for one in party.tax_ids)

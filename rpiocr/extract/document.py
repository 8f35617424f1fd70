"""The facts of the document itself: tax numbers, its own number, and how was paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rpiocr.extract.fields.payment import find_payment
from rpiocr.extract.fields.receipt_number import find_receipt_number
from rpiocr.extract.fields.tax_id import find_tax_ids
from rpiocr.extract.rows import Row
from rpiocr.model import Candidate, Payment, TaxId


@dataclass(frozen=True, slots=True)
class Document:
    """What one reading says of the document; tax numbers from top to bottom, the others best first."""

    tax_ids: tuple[Candidate[TaxId], ...] = ()
    receipt_numbers: tuple[Candidate[str], ...] = ()
    payments: tuple[Candidate[Payment], ...] = ()


def find_document(rows: Sequence[Row], currency: str | None) -> Document:
    """Find the facts of the document in the rows of one reading.

    ``currency`` is an ISO 4217 code, where it is known. A tax number is not taken for the receipt's number.
    """
    tax_ids = find_tax_ids(rows, currency)
    numbers = tuple(one for one in find_receipt_number(rows) if not any(one.box.meets(tax.box) for tax in tax_ids))
    return Document(tax_ids, numbers, find_payment(rows))

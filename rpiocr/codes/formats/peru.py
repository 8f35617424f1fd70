"""Peru: the QR code, earlier the PDF417, of electronic receipts: fields by upright strokes."""

from __future__ import annotations

import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.moments import day
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document

START = re.compile(rb"(?:10|15|16|17|20)[0-9]{9} ?\|")
SERIES, NUMBER = re.compile(r"[A-Z0-9]{4}"), re.compile(r"[0-9]{1,8}")

DOCUMENTS = {
    "01": Document.SALE,
    "03": Document.SALE,
    "07": Document.REFUND,
    "08": Document.SALE,
    "12": Document.SALE,
    "14": Document.SALE,
}
"""Invoice, receipt, credit note, debit note, ticket, utility bill."""

LEAST_FIELDS, MOST_FIELDS = 7, 12


def parse(payload: bytes) -> CodeClaim | None:
    """Return what a code states. The currency is not in it; it is taken for that of the country."""
    text = text_of(payload) if START.match(payload) else None
    fields = [field.strip() for field in text.split("|", MOST_FIELDS)] if text else []
    if not LEAST_FIELDS <= len(fields) <= MOST_FIELDS:
        return None
    number, kind, series, count, tax_text, total_text, date_text = fields[:LEAST_FIELDS]
    document = DOCUMENTS.get(kind)
    tax, total = amount(tax_text, 0, 2), amount(total_text, 0, 2)
    date = day(date_text, "YYYY-MM-DD", "DD/MM/YYYY", "DD-MM-YYYY")
    if document is None or tax is None or total is None or date is None or tax > total:
        return None
    if not SERIES.fullmatch(series.upper()) or not NUMBER.fullmatch(count):
        return None
    return CodeClaim(
        kind="pe-receipt",
        country="PE",
        document=document,
        total=stated(total, "PEN", document),
        currency="PEN",
        date=date,
        tax=stated(tax, "PEN", document),
        tax_id=tax_id("ruc", "PE", number, "pe.ruc"),
        receipt_number=f"{series.upper()}-{count}",
    )

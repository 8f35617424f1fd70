"""India's UPI links, which ask for a payment; on receipts they may state the invoice as well."""

from __future__ import annotations

import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.links import read_pairs
from rpiocr.codes.formats.moments import day
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.names import one_line
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document

START = b"upi://pay?"
ADDRESS = re.compile(r"[A-Za-z0-9._-]{2,256}@[A-Za-z][A-Za-z0-9.-]{1,64}")
GSTIN = re.compile(r"[0-9]{2}[A-Z0-9]{13}")
TAX = re.compile(r"(?:^|\|)GST:(?P<tax>[0-9.]{1,16})(?:\||$)", re.IGNORECASE)


def parse(payload: bytes) -> CodeClaim | None:
    """Return who asks for how much; the amount may be left to the payer, as 0 in some codes."""
    text = text_of(payload) if payload[: len(START)].lower() == START else None
    pairs = read_pairs(text.strip()[len(START) :]) if text else {}
    asked, currency = pairs.get("am", ""), pairs.get("cu", "INR").upper()
    total = amount(asked, 0, 2)
    if not ADDRESS.fullmatch(pairs.get("pa", "")) or currency != "INR" or (asked and total is None):
        return None
    number = pairs.get("gstin", "").upper()
    taxes = TAX.search(pairs.get("gstbrkup", ""))
    return CodeClaim(
        kind="upi",
        country="IN",
        document=Document.REQUEST,
        total=stated(total or None, currency),
        currency=currency,
        date=day(pairs.get("invoicedate", "")[:10], "YYYY-MM-DD", "DD-MM-YYYY", "DD/MM/YYYY"),
        tax=amount(taxes["tax"], 0, 2) if taxes else None,
        seller=one_line(pairs.get("pn", "").replace("+", " ")),
        tax_id=tax_id("gst", "IN", number, "in_.gstin") if GSTIN.fullmatch(number) else None,
        receipt_number=one_line(pairs.get("invoiceno", "")),
    )

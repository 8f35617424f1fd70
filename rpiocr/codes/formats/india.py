"""India: the signed QR code of electronic invoices, a JSON Web Token.

Its signature is not checked: the keys of the offices that issue it change, and are not in the code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import base64_bytes, text_of
from rpiocr.codes.formats.moments import day
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.names import one_line
from rpiocr.codes.formats.strict_json import strict_object
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document

START = b"eyJ"
"""What an object in base64 starts with."""

TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]+=*\.(?P<body>eyJ[A-Za-z0-9_-]+=*)\.[A-Za-z0-9_-]+=*")

GSTIN = re.compile(r"[0-9]{2}[A-Z0-9]{13}")

DOCUMENTS = {"INV": Document.SALE, "CRN": Document.REFUND, "DBN": Document.SALE}
"""Invoice, credit note and debit note."""


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the token of an invoice states."""
    text = text_of(payload) if payload[:3] == START else None
    token = TOKEN.fullmatch(text.strip()) if text else None
    body = _object(token["body"]) if token else None
    inner = body.get("data") if body else None
    if body is None or not isinstance(inner, str):
        return None
    invoice = strict_object(inner)
    return _claim(_texts(invoice), str(body.get("iss", ""))) if invoice else None


def _object(part: str) -> Mapping[str, object] | None:
    packed = base64_bytes(part)
    text = text_of(packed) if packed else None
    return strict_object(text) if text else None


def _texts(invoice: Mapping[str, object]) -> Mapping[str, str]:
    return {key.lower(): value.strip() for key, value in invoice.items() if isinstance(value, str)}


def _claim(invoice: Mapping[str, str], issuer: str) -> CodeClaim | None:
    document = DOCUMENTS.get(invoice.get("doctyp", "").upper())
    total = amount(invoice.get("totinvval", ""), 0, 2)
    date = day(invoice.get("docdt", ""), "DD/MM/YYYY", "DD-MM-YYYY")
    number = invoice.get("sellergstin", "").upper()
    if document is None or total is None or date is None or not GSTIN.fullmatch(number):
        return None
    return CodeClaim(
        kind="in-einvoice",
        country="IN",
        document=Document.TRAINING if "sandbox" in issuer.lower() else document,
        total=stated(total, "INR", document),
        currency="INR",
        date=date,
        tax_id=tax_id("gst", "IN", number, "in_.gstin"),
        receipt_number=one_line(invoice.get("docno", "")),
    )

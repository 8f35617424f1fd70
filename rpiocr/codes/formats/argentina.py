"""Argentina: the link of an electronic invoice, whose parameter holds JSON in base64, often with marks lost."""

from __future__ import annotations

from collections.abc import Mapping

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import base64_bytes, text_of
from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import day
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.strict_json import flat_object
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document

CURRENCIES = {
    "PES": "ARS",
    "DOL": "USD",
    "002": "USD",
    "060": "EUR",
    "012": "BRL",
    "011": "UYU",
    "033": "CLP",
    "021": "GBP",
    "029": "PYG",
    "031": "BOB",
}
"""The office's codes of currencies; the amount is in this currency, at a rate that the code states as well."""

CREDIT_NOTES = frozenset({3, 8, 13, 21, 53, 90, 110, 112, 113, 114, 119, 203, 208, 213})
DELIVERIES = frozenset({88, 91, 995})


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the link of an invoice states."""
    link = link_to(payload, "afip.gob.ar", "arca.gob.ar")
    if link is None or "/fe/qr" not in link.path.lower():
        return None
    packed = base64_bytes(link.values().get("p", ""))
    text = text_of(packed) if packed else None
    return _claim({key.lower(): value.strip() for key, value in flat_object(text).items()}) if text else None


def _claim(invoice: Mapping[str, str]) -> CodeClaim | None:
    total = amount(invoice.get("importe", ""), 0, 2)
    date = day(invoice.get("fecha", ""), "YYYY-MM-DD")
    seller = _whole(invoice.get("cuit", "").replace("-", ""), 11)
    kind, number = _whole(invoice.get("tipocmp", ""), 3), _whole(invoice.get("nrocmp", ""), 8)
    if total is None or date is None or seller is None or kind is None or number is None:
        return None
    document = _document(kind)
    currency = CURRENCIES.get(invoice.get("moneda", "").upper())
    point = _whole(invoice.get("ptovta", ""), 5)
    return CodeClaim(
        kind="ar-invoice",
        country="AR",
        document=document,
        total=stated(total, currency, document),
        currency=currency,
        date=date,
        tax_id=tax_id("cuit", "AR", f"{seller:011}", "ar.cuit"),
        receipt_number=f"{number:08}" if point is None else f"{point:05}-{number:08}",
    )


def _document(kind: int) -> Document:
    if kind in DELIVERIES:
        return Document.OTHER
    return Document.REFUND if kind in CREDIT_NOTES else Document.SALE


def _whole(text: str, digits: int) -> int | None:
    number = amount(text, 0, 0)
    return int(number) if number is not None and number < 10**digits else None

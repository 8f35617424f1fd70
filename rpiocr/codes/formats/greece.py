"""Greece: the link of tills to the tax office, and that of invoices in myDATA, which names only its receipt."""

from __future__ import annotations

import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.links import link_to
from rpiocr.model.codes import CodeClaim, Document

DOMAINS = ("aade.gr", "gsis.gr")
TILL_PATH = "/myweb/q1.php"
SIGNED = re.compile(r"(?P<till>[A-Z]{3}[0-9]{8})(?P<number>[0-9]{8})(?P<mark>[0-9A-F]{40})(?P<total>[0-9.]{4,15})")

INVOICE_PATH = "/timologioqr/qrinfo"
INVOICE_TESTS = ("mydataapidev.aade.gr",)
TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{16,200}")


def parse_till(payload: bytes) -> CodeClaim | None:
    """Return what the link of a till states: its total and the receipt's number.

    Newer tills end the mark before the total with digits that look like a time, but that of one sample is not the
    printed one, so that no date is taken from it.
    """
    link = link_to(payload, *DOMAINS)
    if link is None or not link.path.lower().endswith(TILL_PATH):
        return None
    values = link.values()
    match = SIGNED.fullmatch(values["sig"]) if set(values) == {"sig"} else None
    total = amount(match["total"]) if match else None
    if match is None or total is None:
        return None
    return CodeClaim("gr-till", "GR", total=total, currency="EUR", receipt_number=str(int(match["number"])))


def parse_invoice(payload: bytes) -> CodeClaim | None:
    """Return the country for the link of an invoice in myDATA."""
    link = link_to(payload, "aade.gr")
    if link is None or not link.path.lower().endswith(INVOICE_PATH):
        return None
    values = link.values()
    if set(values) != {"q"} or not TOKEN.fullmatch(values["q"]):
        return None
    return CodeClaim("gr-mydata", "GR", Document.TRAINING if link.is_at(*INVOICE_TESTS) else Document.SALE)

"""Colombia: the QR code of electronic invoices, as a list of keys or as a link that states the number alone."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import clock, day
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.names import one_line
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, Document

START = b"numfac"
TOTALS = ("valtolfac", "valtotfac", "valfacimp", "valfacim", "valtotal")
"""Names of the total with tax: the first is today's."""

KEYS = ("numfac", "fecfac", "horfac", "nitfac", "docadq", "valfac", "valiva", "valotroim", *TOTALS, "cufe", "cude")
PAIR = re.compile(
    rf"\b(?P<key>{'|'.join(sorted(KEYS, key=len, reverse=True))})(?:[ \t]*[:=][ \t]*|[ \t]+)(?P<value>[^\s]*)",
    re.IGNORECASE,
)
"""A key with its value, which holds no blank; between two pairs stands a new line or a blank."""

ID = re.compile(r"[0-9a-f]{96}|[0-9a-f]{40}", re.IGNORECASE)
"""SHA-384, in the earliest invoices SHA-1."""

NIT = re.compile(r"(?P<number>[0-9]{8,10})(?:-?(?P<check>[0-9]))?")
OFFSET = re.compile(r"(?P<clock>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[+-][0-9]{2}:?[0-9]{2})?")
TEST_SITE = "catalogo-vpfe-hab."


def parse(payload: bytes) -> CodeClaim | None:
    """Return what a code states. Credit notes have the same keys as invoices and are not told from them."""
    if payload[:10].lstrip().lower().startswith(START):
        text = text_of(payload)
        return _listed(text) if text else None
    link = link_to(payload, "dian.gov.co")
    key = link.values().get("documentkey", "") if link else ""
    if link is None or not ID.fullmatch(key):
        return None
    document = Document.TRAINING if link.host.startswith(TEST_SITE) else Document.SALE
    return CodeClaim("co-invoice", "CO", document=document, receipt_number=key)


def _listed(text: str) -> CodeClaim | None:
    pairs = [(match["key"].lower(), match["value"].rstrip(",;|")) for match in PAIR.finditer(text)]
    values = dict(pairs)
    if len(values) != len(pairs) or not ID.fullmatch(values.get("cufe") or values.get("cude", "")):
        return None
    return _claim(values, Document.TRAINING if TEST_SITE in text else Document.SALE)


def _claim(values: Mapping[str, str], document: Document) -> CodeClaim | None:
    totals = [values[name] for name in TOTALS if name in values]
    total = amount(totals[0], 0, 6) if len(totals) == 1 else None
    tax = amount(values.get("valiva", ""), 0, 6)
    date = day(values.get("fecfac", ""), "YYYY-MM-DD")
    number = NIT.fullmatch(values.get("nitfac", "").replace(".", ""))
    hour = OFFSET.fullmatch(values.get("horfac", ""))
    if total is None or date is None or number is None:
        return None
    return CodeClaim(
        kind="co-invoice",
        country="CO",
        document=document,
        total=stated(total, "COP"),
        currency="COP",
        date=date,
        time=clock(hour["clock"], "hh:mm:ss", "hh:mm") if hour else None,
        tax=stated(tax, "COP"),
        tax_id=_seller(number),
        receipt_number=one_line(values.get("numfac", "")),
    )


def _seller(match: re.Match[str]) -> TaxId:
    """Return the seller's number, which is mostly printed without its check digit."""
    if match["check"]:
        return tax_id("nit", "CO", match["number"] + match["check"], "co.nit")
    return tax_id("nit", "CO", match["number"], "co.nit" if len(match["number"]) == 10 else None)

"""Poland: the two links on invoices of KSeF, which name the seller, the first one the day as well."""

from __future__ import annotations

import re

from rpiocr.codes.formats.links import Link, read_link
from rpiocr.codes.formats.moments import day
from rpiocr.codes.formats.tax_numbers import is_valid, tax_id
from rpiocr.model.codes import CodeClaim, Document

HOSTS = {
    "qr.ksef.mf.gov.pl": Document.SALE,
    "qr-demo.ksef.mf.gov.pl": Document.TRAINING,
    "qr-test.ksef.mf.gov.pl": Document.TRAINING,
}
DIGEST = r"[A-Za-z0-9_-]{43}"
INVOICE = re.compile(rf"/invoice/(?P<nip>[0-9]{{10}})/(?P<day>[0-9]{{2}}-[0-9]{{2}}-20[0-9]{{2}})/{DIGEST}/?")
CERTIFICATE = re.compile(
    rf"/certificate/(?i:Nip|InternalId|NipVatUe|PeppolId)/[0-9A-Za-z:-]{{1,60}}/(?P<nip>[0-9]{{10}})/[0-9A-Fa-f]{{1,40}}"
    rf"/{DIGEST}/[A-Za-z0-9_-]{{80,700}}/?"
)


def parse(payload: bytes) -> CodeClaim | None:
    """Return seller and day of an invoice in KSeF; only its file, which is not here, has amounts."""
    link = read_link(payload)
    document = HOSTS.get(link.host) if link else None
    if link is None or document is None or link.query or link.fragment:
        return None
    return _claim(link, document)


def _claim(link: Link, document: Document) -> CodeClaim | None:
    invoice, certificate = INVOICE.fullmatch(link.path), CERTIFICATE.fullmatch(link.path)
    match = invoice or certificate
    date = day(invoice["day"], "DD-MM-YYYY") if invoice else None
    if match is None or (invoice and date is None) or not is_valid("pl.nip", match["nip"]):
        return None
    return CodeClaim("pl-ksef", "PL", document, date=date, tax_id=tax_id("nip", "PL", match["nip"], "pl.nip"))

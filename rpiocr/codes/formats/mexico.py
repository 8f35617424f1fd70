"""Mexico: the link to a CFDI, which states the total but no date; and version 3.2, the same keys without a link."""

from __future__ import annotations

import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.links import link_to, read_pairs
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document

UUID = re.compile(r"[0-9A-F]{8}-(?:[0-9A-F]{4}-){3}[0-9A-F]{12}")
OLDER_KEYS = {"id", "re", "rr", "tt"}
KEYS = OLDER_KEYS | {"fe"}
"""Invoice, seller, buyer, total, and the end of the seal."""

LEADING_ZEROS = re.compile(r"^0+(?=[0-9])")
RFC = re.compile(r"[A-ZÑ&]{3,4}[0-9]{6}[A-Z0-9]{3}")


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the link states: without a total, as a document of another kind, if that is 0, as of payments.

    The currency is not in the code; it is taken for that of the country.
    """
    if payload[:4] == b"?re=":
        query, required = (text_of(payload) or "")[1:].strip(), OLDER_KEYS
    else:
        link = link_to(payload, "sat.gob.mx")
        query, required = link.query if link else "", KEYS
    pairs = read_pairs(query.replace("&amp;", "&"))
    invoice, seller = pairs.get("id", "").upper(), pairs.get("re", "").upper()
    total = amount(LEADING_ZEROS.sub("", pairs.get("tt", "")), 0, 6)
    if total is None or not UUID.fullmatch(invoice) or not RFC.fullmatch(seller) or not pairs.keys() >= required:
        return None
    return CodeClaim(
        kind="mx-cfdi",
        country="MX",
        document=Document.SALE if total else Document.OTHER,
        total=stated(total, "MXN") if total else None,
        currency="MXN",
        tax_id=tax_id("rfc", "MX", seller, "mx.rfc"),
        receipt_number=invoice,
    )

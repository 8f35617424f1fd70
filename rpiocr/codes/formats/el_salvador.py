"""El Salvador: the link of an electronic document (DTE), which states its date and no total."""

from __future__ import annotations

import re

from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import day
from rpiocr.model.codes import CodeClaim, Document

UUID = re.compile(r"[0-9A-F]{8}-(?:[0-9A-F]{4}-){3}[0-9A-F]{12}")
ENVIRONMENTS = {"00": Document.TRAINING, "01": Document.SALE}


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the link states."""
    link = link_to(payload, "factura.gob.sv", "mh.gob.sv")
    pairs = link.values() if link else {}
    document = ENVIRONMENTS.get(pairs.get("ambiente", ""))
    date = day(pairs.get("fechaemi", ""), "YYYY-MM-DD")
    number = pairs.get("codgen", "").upper()
    if document is None or date is None or not UUID.fullmatch(number):
        return None
    return CodeClaim("sv-dte", "SV", document=document, currency="USD", date=date, receipt_number=number)

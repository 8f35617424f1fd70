"""Kyrgyzstan: the link to the tax service, with the total in tyiyn."""

from __future__ import annotations

import re

from rpiocr.codes.formats.amounts import minor_units
from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import moment
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document

DOMAIN = "salyk.kg"
PATH = "/client/api/v1/ticket"
FORMS = {
    "date": r"20[0-9]{6}T[0-9]{6}",
    "type": r"[0-9]{1,2}",
    "operation_type": r"[1-4]",
    "fn_number": r"[0-9]{1,20}",
    "fd_number": r"[0-9]{1,12}",
    "fm": r"[0-9]{1,20}",
    "tin": r"[0-9]{14}",
    "regnumber": r"[0-9]{1,20}",
    "sum": r"[0-9]{1,12}",
}
RECEIPTS = ("3", "4")
"""Types of documents that are receipts; others open or close a shift."""

OPERATIONS = {"1": Document.SALE, "2": Document.REFUND}
"""3 and 4 are what the shop buys, and its return."""


def parse(payload: bytes) -> CodeClaim | None:
    """Return what a Kyrgyz link states; keys come in any order."""
    link = link_to(payload, DOMAIN)
    if link is None or not link.path.endswith(PATH):
        return None
    values = link.values()
    if set(values) != set(FORMS) or not all(re.fullmatch(FORMS[key], values[key]) for key in FORMS):
        return None
    when, total = moment(values["date"], "YYYYMMDDThhmmss"), minor_units(values["sum"])
    if when is None or total is None:
        return None
    known = OPERATIONS if values["type"] in RECEIPTS else {}
    document = known.get(values["operation_type"], Document.OTHER)
    return CodeClaim(
        "kg-salyk",
        "KG",
        document,
        total=stated(total, "KGS", document),
        currency="KGS",
        date=when.date(),
        time=when.time(),
        tax_id=tax_id("inn", "KG", values["tin"]),
        receipt_number=values["fd_number"],
    )

"""Croatia: the link by which a buyer reports a receipt to the tax office."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from rpiocr.codes.formats.amounts import amount, minor_units
from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import moment
from rpiocr.model.codes import CodeClaim, Document

DOMAIN = "porezna.gov.hr"
IDENTIFIERS = {"jir": r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "zki": r"[0-9a-f]{32}"}
"""The number that the tax office gave, or the seller's own where the office could not be reached."""

EURO_DAY = dt.date(2023, 1, 1)


def parse(payload: bytes) -> CodeClaim | None:
    """Return what a Croatian link states: in kuna before 2023; what takes a receipt back has a negative total."""
    link = link_to(payload, DOMAIN)
    if link is None or link.path.rstrip("/") != "/rn":
        return None
    values = link.values()
    identifier = next((key for key in IDENTIFIERS if set(values) == {key, "datv", "izn"}), None)
    if identifier is None or not re.fullmatch(IDENTIFIERS[identifier], values[identifier].lower()):
        return None
    when, total = moment(values["datv"], "YYYYMMDD_hhmm"), _total(values["izn"])
    if when is None or total is None:
        return None
    return CodeClaim(
        "hr-rn",
        "HR",
        Document.REFUND if total < 0 else Document.SALE,
        total=total,
        currency="EUR" if when.date() >= EURO_DAY else "HRK",
        date=when.date(),
        time=when.time(),
        receipt_number=values[identifier],
    )


def _total(text: str) -> Decimal | None:
    """Return an amount in cents, or as older links have it with a decimal comma."""
    return amount(text, point=",", signed=True) if "," in text else minor_units(text, signed=True)

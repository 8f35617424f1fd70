"""Bolivia: the link of today's invoices, and the fields by upright strokes of those until 2021.

The link holds a number in base 16 (CUF) with the seller, the time and the invoice's number in decimal digits; a control
code of no fixed length follows it.
"""

from __future__ import annotations

import datetime as dt
import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import day, moment
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document

NIT, COUNT, CUF = re.compile(r"[0-9]{5,13}"), re.compile(r"[0-9]{1,10}"), re.compile(r"[0-9A-F]{36,70}")
CUF_DIGITS = 54
"""Seller 13, time 17 with milliseconds, branch 4, four kinds of 1, 1, 1 and 2, number 10, till 4, check digit."""

LENGTHS = range(36, 47)
"""How many digits in base 16 those 54 may take: the seller's number starts with zeros."""

START = re.compile(rb"[0-9]{5,13}\|[0-9]{1,15}\|[0-9]{10,15}\|")
OLDER_FIELDS = 8
TEST_HOST = "piloto"


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the code of an invoice states: a total in the older format alone."""
    if START.match(payload):
        return _older(text_of(payload) or "")
    link = link_to(payload, "impuestos.gob.bo")
    pairs = link.values() if link else {}
    seller, number, key = pairs.get("nit", ""), pairs.get("numero", ""), pairs.get("cuf", "").upper()
    if link is None or not NIT.fullmatch(seller) or not COUNT.fullmatch(number) or not CUF.fullmatch(key):
        return None
    issued = _issued(key, seller, number)
    return CodeClaim(
        kind="bo-invoice",
        country="BO",
        document=Document.TRAINING if link.host.startswith(TEST_HOST) else Document.SALE,
        currency="BOB",
        date=issued.date() if issued else None,
        time=issued.time() if issued else None,
        tax_id=tax_id("nit", "BO", seller),
        receipt_number=number,
    )


def _issued(key: str, seller: str, number: str) -> dt.datetime | None:
    """Return the time within the key, if seller, number and check digit in it agree."""
    for length in LENGTHS:
        digits = str(int(key[:length], 16)).zfill(CUF_DIGITS)
        if digits[:13] == seller.zfill(13) and digits[39:49] == number.zfill(10) and _is_checked(digits):
            return moment(digits[13:27], "YYYYMMDDhhmmss")
    return None


def _is_checked(digits: str) -> bool:
    """Modulo 11 with weights from 2 to 9 from the right."""
    total = sum(int(digit) * (2 + at % 8) for at, digit in enumerate(reversed(digits[:-1])))
    return len(digits) == CUF_DIGITS and total % 11 % 10 == int(digits[-1])


def _older(text: str) -> CodeClaim | None:
    """Return what an older code states: seller, number, authorization, date, total, base of the tax, code, buyer."""
    fields = [field.strip() for field in text.split("|")]
    total = amount(fields[4], 0, 2) if OLDER_FIELDS <= len(fields) <= 13 else None
    date = day(fields[3], "DD/MM/YYYY") if total is not None else None
    if date is None or amount(fields[5], 0, 2) is None:
        return None
    return CodeClaim(
        kind="bo-invoice",
        country="BO",
        total=stated(total, "BOB"),
        currency="BOB",
        date=date,
        tax_id=tax_id("nit", "BO", fields[0]),
        receipt_number=fields[1],
    )

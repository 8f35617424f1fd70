"""Slovenia: 60 digits on receipts, with seller and time, but no total."""

from __future__ import annotations

import datetime as dt
import re

from rpiocr.codes.formats.moments import moment
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim

DIGITS = re.compile(rb"[0-9]{60}")
MAX_MARK = 1 << 128
"""The first 39 digits are a number of 128 bits, the protective mark (ZOI)."""

FIRST_DAY = dt.date(2015, 8, 1)
TEST_NUMBER = "12345678"
"""The tax number of the tax office's own samples; its check digit is wrong."""


def parse(payload: bytes) -> CodeClaim | None:
    """Return seller and time by the till, ``None`` if a check digit is wrong; the receipt's number is its mark."""
    code = payload.strip()
    if not DIGITS.fullmatch(code):
        return None
    text = code.decode("ascii")
    if int(text[:39]) >= MAX_MARK or sum(map(int, text[:59])) % 10 != int(text[59]):
        return None
    seller = tax_id("vat", "SI", text[39:47], "si.ddv")
    when = moment(text[47:59], "YYMMDDhhmmss")
    if when is None or when.date() < FIRST_DAY or not (seller.valid or seller.number == TEST_NUMBER):
        return None
    return CodeClaim(
        "si-zoi",
        "SI",
        date=when.date(),
        time=when.time(),
        tax_id=seller,
        receipt_number=f"{int(text[:39]):032x}",
    )

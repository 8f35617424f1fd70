"""China: the QR code of VAT invoices, fields by commas.

The amount of the older types is the one before tax, so that it is no total: only the fully digital invoices, types 31
and 32, write the sum with tax. A negative amount is an invoice in red, which takes back another.
"""

from __future__ import annotations

import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.moments import day
from rpiocr.codes.formats.money import stated
from rpiocr.model.codes import CodeClaim, Document

DIGITAL = re.compile(
    r"01,(?:31|32),,?(?P<number>[0-9]{20}),(?P<amount>[^,]+),(?P<date>[0-9]{8})(?:,(?:,?[0-9A-F]{4})?,?)?"
)
OLDER = re.compile(
    r"01,(?:01|04|08|10|11|14),[0-9]{10,12},(?P<number>[0-9]{8}),(?P<amount>[^,]+),(?P<date>[0-9]{8})"
    r"(?:,(?P<check>[0-9]{20})?(?:,[0-9A-F]{4})?,?)?"
)
"""Type, code of the series, number, amount, date, check code, and a checksum whose rule is not public."""


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the code of an invoice states."""
    text = text_of(payload) if payload[:3] == b"01," else None
    if not text:
        return None
    digital = DIGITAL.fullmatch(text.strip())
    match = digital or OLDER.fullmatch(text.strip())
    coded = amount(match["amount"], 0, 2, signed=True) if match else None
    date = day(match["date"], "YYYYMMDD") if match else None
    if match is None or coded is None or date is None:
        return None
    return CodeClaim(
        kind="cn-invoice",
        country="CN",
        document=Document.REFUND if coded < 0 else Document.SALE,
        total=stated(coded, "CNY") if digital else None,
        currency="CNY",
        date=date,
        receipt_number=match["number"],
    )

"""Codes on receipts made by hand, as the decoder and the parsers give them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from rpiocr.model import Box, Receipt
from rpiocr.model.codes import Code, CodeClaim, Document, FoundCode
from tests.output.explain.receipts import RECEIPT

PLACE = Box(60.4, 250.2, 150.6, 340.7)

GERMAN = CodeClaim(
    "de-tse",
    "DE",
    total=Decimal("16.5"),
    currency="EUR",
    date=dt.date(2026, 11, 5),
    time=dt.time(13, 34, 56, 789000),
    tax=Decimal("2.635"),
    receipt_number="4711",
    proved=frozenset({"total", "currency", "date", "time"}),
)

PAYMENT = CodeClaim(
    "epc", document=Document.REQUEST, total=Decimal(119), currency="EUR", seller="Muster & Söhne <GmbH>"
)


def code(payload: bytes, claim: CodeClaim | None = None, symbology: str = "QRCode", *, mirrored: bool = False) -> Code:
    """A code that stands below the total."""
    return Code(FoundCode(symbology, payload, PLACE, mirrored), claim)


TILL = code(b"V0;KASSE-1;Kassenbeleg-V1;...", GERMAN)
TRANSFER = code(b"BCD\r\n002\r\n1\r\nSCT", PAYMENT)
LINK = code(b"https://example.com/?a=1&b=<b>2</b>")


def with_codes(*codes: Code) -> Receipt:
    """A receipt with these codes."""
    return replace(RECEIPT, codes=codes)


def claimed(claim: CodeClaim, **changes: object) -> Code:
    """A code whose claim is another one in something."""
    return code(b"payload", replace(claim, **changes))  # type: ignore[arg-type]

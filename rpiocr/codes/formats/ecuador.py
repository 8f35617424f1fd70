"""Ecuador: the access key of electronic documents, 49 digits in a Code 128."""

from __future__ import annotations

import re

from rpiocr.codes.formats.moments import day
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document

KEY = re.compile(
    rb"(?P<date>[0-9]{8})(?P<type>[0-9]{2})(?P<seller>[0-9]{10}001)(?P<environment>[12])(?P<branch>[0-9]{3})"
    rb"(?P<point>[0-9]{3})(?P<count>[0-9]{9})[0-9]{8}[12](?P<check>[0-9])"
)
LENGTH = 49

DOCUMENTS = {
    b"01": Document.SALE,
    b"03": Document.SALE,
    b"04": Document.REFUND,
    b"05": Document.SALE,
    b"06": Document.OTHER,
    b"07": Document.OTHER,
}
"""Invoice, purchase, credit note, debit note, delivery note, receipt for tax withheld."""

TESTS = b"1"


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the key states: the total is not in it."""
    key = KEY.fullmatch(payload) if len(payload) == LENGTH else None
    document = DOCUMENTS.get(key["type"]) if key and _check_digit(key[0][:-1]) == int(key["check"]) else None
    date = day(key["date"].decode(), "DDMMYYYY") if key and document else None
    if key is None or document is None or date is None:
        return None
    return CodeClaim(
        kind="ec-key",
        country="EC",
        document=Document.TRAINING if key["environment"] == TESTS else document,
        currency="USD",
        date=date,
        tax_id=tax_id("ruc", "EC", key["seller"].decode(), "ec.ruc"),
        receipt_number=b"-".join((key["branch"], key["point"], key["count"])).decode(),
    )


def _check_digit(digits: bytes) -> int:
    """Modulo 11 with weights from 2 to 7 from the right; 10 is written as 1."""
    rest = sum((digit - ord("0")) * (2 + at % 6) for at, digit in enumerate(reversed(digits))) % 11
    return {0: 0, 1: 1}.get(rest, 11 - rest)

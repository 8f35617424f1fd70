"""Austria: the code of the cash register ordinance (RKSV) on receipts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal

from rpiocr.codes.formats.amounts import all_amounts, amount, tax_within
from rpiocr.codes.formats.encodings import base64_bytes, text_of
from rpiocr.codes.formats.moments import moment
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, Document

SUITE = re.compile(r"R1-AT[0-9]{1,3}")
NAME = re.compile(r"[^_\x00-\x1f\x7f]{1,80}")
CERTIFICATE = re.compile(r"[0-9A-Fa-f]{1,40}|[A-Z]:[0-9A-Za-z:.-]{1,60}")
"""The serial number of a certificate; in closed systems a number of the seller and one of the key."""

VAT_NUMBER = re.compile(r"U:(ATU[0-9]{8})-.+")
CANCELLED, TRAINING = "U1RP", "VFJB"
"""Base64 of STO and TRA, which stand in place of the turnover counter."""

BROKEN = b"Sicherheitseinrichtung ausgefallen"
FIELDS = 13
RATES = (Decimal(20), Decimal(10), Decimal(13), Decimal(0))

LOWERED = (dt.date(2020, 7, 1), dt.date(2021, 12, 31))
"""The days of the lowered rate of 5 %, which had no field of its own."""

FIRST_DAY = dt.date(2016, 1, 1)


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the code of an Austrian receipt states; never proved, as that takes the certificate of the till.

    The total is the sum of the five gross amounts, the time that of the till. The tax is ``None`` where the rate of an
    amount is not certain: for the fifth, of special rates, and while there was a lowered one.
    """
    text = text_of(payload)
    # The signature may contain the mark between fields, as its base64 may be that of links.
    fields = text.strip().split("_", FIELDS) if text else []
    if len(fields) != FIELDS + 1 or fields[0] or not _is_sealed(fields[1:]):
        return None
    when = moment(fields[4], "YYYY-MM-DDThh:mm:ss")
    gross = all_amounts(amount(one, point=",", signed=True) for one in fields[5:10])
    if when is None or gross is None or when.date() < FIRST_DAY:
        return None
    total = sum(gross, Decimal(0))
    return CodeClaim(
        "at-rksv",
        "AT",
        _document(fields[10], total),
        total=total,
        currency="EUR",
        date=when.date(),
        time=when.time(),
        tax=_tax(gross, when.date()),
        tax_id=_seller(fields[11]),
        receipt_number=fields[3],
    )


def _is_sealed(fields: Sequence[str]) -> bool:
    """Return whether all but times and amounts are in their form."""
    suite, till, receipt, counter, certificate, chain, signature = (*fields[:3], *fields[9:])
    return bool(
        SUITE.fullmatch(suite)
        and NAME.fullmatch(till)
        and NAME.fullmatch(receipt)
        and CERTIFICATE.fullmatch(certificate)
        and _is_counter(counter)
        and len(base64_bytes(chain, 8) or b"") == 8
        and _is_signature(signature)
    )


def _is_counter(text: str) -> bool:
    return text in (CANCELLED, TRAINING) or 5 <= len(base64_bytes(text, 16) or b"") <= 16


def _is_signature(text: str) -> bool:
    found = base64_bytes(text, 64)
    return found is not None and (len(found) == 64 or found == BROKEN)


def _document(counter: str, total: Decimal) -> Document:
    marks = {CANCELLED: Document.CANCELLED, TRAINING: Document.TRAINING}
    return marks.get(counter, Document.REFUND if total < 0 else Document.SALE)


def _tax(gross: Sequence[Decimal], day: dt.date) -> Decimal | None:
    if gross[4] or LOWERED[0] <= day <= LOWERED[1]:
        return None
    return sum(map(tax_within, gross, RATES), Decimal(0))


def _seller(certificate: str) -> TaxId | None:
    match = VAT_NUMBER.fullmatch(certificate)
    return tax_id("vat", "AT", match[1], "at.uid") if match else None

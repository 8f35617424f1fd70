"""Saudi Arabia: the QR code of ZATCA, base64 of fields with a tag and a length of one byte each.

Its signature, of the second phase, is one of the invoice's XML, so that it proves nothing of these fields. Jordan uses
the same fields: country and currency are stated where the seller's number is a Saudi one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import base64_bytes, text_of
from rpiocr.codes.formats.moments import as_printed, day, iso_moment, local
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.names import one_line
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim

REQUIRED = (1, 2, 3, 4, 5)
"""The tags of seller, number, time, total and tax."""

LAST_TAG = 9

START = re.compile(rb"\s*A[Q-Za-f]")
"""The first two digits of base64: the tag 1, and the first half of a length."""

SAUDI = re.compile(r"3[0-9]{13}3")


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the code of an invoice states: a time in UTC as that of Riyadh, one without a zone as it is."""
    text = text_of(payload) if START.match(payload) else None
    packed = base64_bytes(text.strip()) if text else None
    fields = read_fields(packed) if packed else None
    if not fields or not fields.keys() >= set(REQUIRED):
        return None
    texts = [text_of(fields[tag]) for tag in REQUIRED]
    seller, number, time, total, tax = [text.strip() for text in texts if text] if all(texts) else [""] * len(REQUIRED)
    return _claim(one_line(seller), number, time, amount(total, 0, 4), amount(tax, 0, 4))


def _claim(seller: str | None, number: str, time: str, total: Decimal | None, tax: Decimal | None) -> CodeClaim | None:
    saudi = bool(SAUDI.fullmatch(number))
    when = iso_moment(time)
    if seller is None or total is None or tax is None or tax > total or not (when or day(time, "YYYY-MM-DD")):
        return None
    wall = _wall_time(when, saudi=saudi) if when else None
    return CodeClaim(
        kind="sa-zatca",
        country="SA" if saudi else None,
        total=stated(total, "SAR" if saudi else None),
        currency="SAR" if saudi else None,
        date=wall.date() if wall else day(time, "YYYY-MM-DD"),
        time=wall.time() if wall else None,
        tax=stated(tax, "SAR" if saudi else None),
        seller=seller,
        tax_id=TaxId("vat", "SA", number, valid=None) if saudi else None,
    )


def read_fields(packed: bytes) -> Mapping[int, bytes] | None:
    """Return the fields by their tags, which have to be 1, 2, 3 and so on; ``None`` if a length does not fit."""
    fields: dict[int, bytes] = {}
    at = 0
    while at + 1 < len(packed):
        tag, length = packed[at], packed[at + 1]
        value = packed[at + 2 : at + 2 + length]
        if tag != len(fields) + 1 or tag > LAST_TAG or len(value) != length:
            return None
        fields[tag] = value
        at += 2 + length
    return fields if at == len(packed) else None


def _wall_time(when: dt.datetime, *, saudi: bool) -> dt.datetime | None:
    """Return the local time; ``None`` for one in UTC if the country, and so its zone, is not known."""
    if when.utcoffset() == dt.timedelta(0):
        return local(when, "Asia/Riyadh") if saudi else None
    return as_printed(when)

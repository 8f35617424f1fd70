"""The QR codes of EMVCo for payments to merchants, of many countries: fields with their length, and a checksum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.names import one_line
from rpiocr.codes.formats.payments.currencies import NUMERIC
from rpiocr.codes.parser import MAX_PAYLOAD
from rpiocr.model.codes import CodeClaim, Document

START = b"000201"
CHECKSUM = re.compile(rb"6304(?P<sum>[0-9A-Fa-f]{4})\s*\Z")
POLYNOMIAL = 0x1021

CURRENCY, AMOUNT, TIP, FEE, COUNTRY, NAME, CHECK = "53", "54", "55", "56", "58", "59", "63"
REQUIRED = {"00", CURRENCY, COUNTRY, NAME, CHECK}
FIXED_FEE, PERCENTAGE = "02", "03"
"""What the tip or fee of a field 55 is: added, or added as a percentage; 01 leaves it to the payer."""

LETTERS = re.compile(r"[A-Z]{2}")


def parse(payload: bytes) -> CodeClaim | None:
    """Return who asks for how much, if the checksum is right; codes on a counter leave the amount to the payer."""
    ending = CHECKSUM.search(payload) if payload[: len(START)] == START and len(payload) <= MAX_PAYLOAD else None
    if ending is None or crc_16(payload[: ending.start() + 4]) != int(ending["sum"], 16):
        return None
    claims = (_claim(fields) for text in _texts(payload.rstrip()) if (fields := read_fields(text)))
    return next((claim for claim in claims if claim), None)


def _texts(payload: bytes) -> Iterator[str]:
    """Yield the code with lengths in characters, as they should be, and in bytes, as they are in many countries."""
    with suppress(UnicodeDecodeError):
        yield payload.decode("utf-8")
    if not payload.isascii():
        yield payload.decode("latin-1")


def read_fields(text: str) -> Mapping[str, str] | None:
    """Return the values by their ids, ``None`` if a length does not fit or an id is there twice."""
    fields: dict[str, str] = {}
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if not re.fullmatch(r"[0-9]{4}", head) or head[:2] in fields:
            return None
        value = text[at + 4 : at + 4 + int(head[2:])]
        if len(value) != int(head[2:]):
            return None
        fields[head[:2]] = value
        at += 4 + len(value)
    return fields if next(reversed(fields), None) == CHECK else None


def _claim(fields: Mapping[str, str]) -> CodeClaim | None:
    country, asked = fields.get(COUNTRY, "").upper(), fields.get(AMOUNT, "")
    currency = NUMERIC.get(fields.get(CURRENCY, ""))
    if not fields.keys() >= REQUIRED:
        return None
    if currency is None or not LETTERS.fullmatch(country) or (asked and amount(asked, 0, 3) is None):
        return None
    return CodeClaim(
        kind="emvco",
        country=country,
        document=Document.REQUEST,
        total=stated(_total(fields) or None, currency),
        currency=currency,
        seller=one_line(_name(fields[NAME])),
    )


def _total(fields: Mapping[str, str]) -> Decimal | None:
    """Return the amount with a fixed fee; ``None`` where a percentage is added, whose rounding is the bank's."""
    asked = amount(fields.get(AMOUNT, ""), 0, 3)
    if asked is None or fields.get(TIP) == PERCENTAGE:
        return None
    if fields.get(TIP) != FIXED_FEE:
        return asked
    fee = amount(fields.get(FEE, ""), 0, 3)
    return None if fee is None else asked + fee


def _name(text: str) -> str:
    """Return a name whose length was in bytes as the text that they stand for."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def crc_16(data: bytes) -> int:
    """Return the CRC-16 of CCITT with start 0xFFFF, as EMVCo asks for."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ POLYNOMIAL) & 0xFFFF if crc & 0x8000 else (crc << 1) & 0xFFFF
    return crc

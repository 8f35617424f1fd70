"""The Czech short payment descriptor (SPAYD), and the invoice that its key ``X-INV`` holds."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from urllib.parse import unquote

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.descriptors import read_fields
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.moments import day
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.names import one_line
from rpiocr.codes.formats.payments.references import iban
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, Document
from rpiocr.model.currency import CODES

START = b"SPD*1.0*"
VAT = re.compile(r"CZ[0-9]{8,10}")

COUNTRIES = ("CZ", "SK")
"""Where the format is used: other accounts say nothing about where the payment is asked for."""


def parse(payload: bytes) -> CodeClaim | None:
    """Return who asks for how much; a checksum, which may be left out, has to agree."""
    text = text_of(payload) if payload.startswith(START) else None
    pairs = read_fields(text.strip()[len(START) :]) if text else None
    if not pairs or not _agrees(pairs):
        return None
    account = iban(pairs.get("ACC", "").split("+", 1)[0])
    asked, currency = pairs.get("AM", ""), pairs.get("CC", "CZK")
    total = amount(asked, 0, 2)
    if account is None or currency not in CODES or (asked and total is None):
        return None
    invoice = read_fields(unquote(pairs.get("X-INV", "")).removeprefix("SID*1.0*")) or {}
    return CodeClaim(
        kind="spayd",
        country=account[:2] if account[:2] in COUNTRIES else None,
        document=Document.REQUEST,
        total=stated(total or None, currency),
        currency=currency,
        date=day(invoice.get("DD", ""), "YYYYMMDD"),
        seller=one_line(unquote(pairs.get("RN", ""))),
        tax_id=_seller(invoice.get("VII", "")),
        receipt_number=one_line(unquote(invoice.get("ID", ""))),
    )


def _agrees(pairs: Mapping[str, str]) -> bool:
    """Return whether the CRC-32 over the other keys, in the order of the alphabet or as they are written, agrees."""
    if "CRC32" not in pairs:
        return True
    rest = [f"{key}:{value}" for key, value in pairs.items() if key != "CRC32"]
    texts = ("*".join(("SPD", "1.0", *order)) for order in (sorted(rest), rest))
    sums = {f"{zlib.crc32(text.encode()):08X}" for text in texts}
    return pairs["CRC32"].upper() in sums


def _seller(number: str) -> TaxId | None:
    return tax_id("vat", "CZ", number, "cz.dic") if VAT.fullmatch(number) else None

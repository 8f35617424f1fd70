"""The QR code of credit transfers in euros, EPC069-12 ("GiroCode"): one field a line."""

from __future__ import annotations

import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.names import one_line
from rpiocr.codes.formats.payments.references import iban, is_creditor_reference
from rpiocr.codes.parser import MAX_PAYLOAD
from rpiocr.model.codes import CodeClaim, Document

CHARSETS = {
    "1": "utf-8",
    "2": "iso-8859-1",
    "3": "iso-8859-2",
    "4": "iso-8859-4",
    "5": "iso-8859-5",
    "6": "iso-8859-7",
    "7": "iso-8859-10",
    "8": "iso-8859-15",
}
HEADER = re.compile(rb"BCD\r?\n(?P<version>00[12])\r?\n(?P<charset>[1-8])\r?\n(?:SCT|INST)\r?\n")
BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")

LEAST_LINES, MOST_LINES = 3, 8
"""Lines after the header: BIC, name, account, and what may be left out at the end: amount, purpose, reference, text."""


def parse(payload: bytes) -> CodeClaim | None:
    """Return who asks for how much; the amount may be left to the payer."""
    header = HEADER.match(payload) if payload[:3] == b"BCD" and len(payload) <= MAX_PAYLOAD else None
    if header is None:
        return None
    try:
        text = payload[header.end() :].decode(CHARSETS[header["charset"].decode()])
    except UnicodeDecodeError:
        return None
    lines = [line.strip() for line in text.replace("\r\n", "\n").rstrip("\n").split("\n", MOST_LINES)]
    if not LEAST_LINES <= len(lines) <= MOST_LINES:
        return None
    return _claim(*lines, *[""] * (MOST_LINES - len(lines)))


def _claim(
    bic: str,
    name: str,
    account: str,
    asked: str,
    _purpose: str,
    reference: str,
    text: str,
    _note: str,
) -> CodeClaim | None:
    # Version 001 requires the BIC; banks no longer do, and many codes of it have none.
    if (bic and not BIC.fullmatch(bic)) or not iban(account) or not one_line(name):
        return None
    total = amount(asked.removeprefix("EUR"), 0, 2) if asked.startswith("EUR") else None
    if (asked and not total) or (reference and (text or not _is_reference(reference))):
        return None
    return CodeClaim(
        kind="epc",
        document=Document.REQUEST,
        total=stated(total, "EUR"),
        currency="EUR",
        seller=one_line(name),
    )


def _is_reference(text: str) -> bool:
    """Return whether a structured reference holds: one of ISO 11649 by its check digits, one of a country as it is."""
    return is_creditor_reference(text) if text.startswith("RF") else len(text) <= 35

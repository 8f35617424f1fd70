"""The Swiss QR-bill: one field a line, and the issuer's information on the bill (Swico S1) in one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from rpiocr.codes.formats.amounts import CENT, amount, tax_within
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.moments import day
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.names import one_line
from rpiocr.codes.formats.payments.references import iban, is_creditor_reference, is_qr_reference
from rpiocr.codes.formats.tax_numbers import is_valid, tax_id
from rpiocr.model.codes import CodeClaim, Document

START = re.compile(rb"SPC\r?\n02[0-9]{2}\r?\n1\r?\n")
"""The version of the format and the only encoding, UTF-8."""

IBAN_AT, SELLER_AT, NAME_AT = 3, 4, 5
AMOUNT_AT, CURRENCY_AT = 18, 19
KIND_AT, REFERENCE_AT, TRAILER_AT, BILL_AT = 27, 28, 30, 31
MOST_LINES = 34

QR_ACCOUNTS = range(30000, 32000)
"""Numbers of banks in accounts that take references of 27 digits, and no others."""

RATES = re.compile(r"(?P<rate>[0-9]{1,2}(?:\.[0-9]{1,2})?):(?P<net>-?[0-9]{1,9}(?:\.[0-9]{1,2})?)")
RATE = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})?")

ROUNDING = Decimal("0.05")
"""How far net amounts and taxes may be from the total: Swiss bills are rounded to five centimes."""


def parse(payload: bytes) -> CodeClaim | None:
    """Return who asks for how much, and date, number and tax if the bill states them.

    The amount may be left to the payer; on a notice, which is not to be paid, it is 0.
    """
    text = text_of(payload) if START.match(payload) else None
    lines = [line.strip() for line in text.replace("\r\n", "\n").rstrip("\n").split("\n", MOST_LINES)] if text else []
    if not TRAILER_AT < len(lines) <= MOST_LINES or lines[TRAILER_AT] != "EPD" or not _is_payable(lines):
        return None
    asked, currency = lines[AMOUNT_AT], lines[CURRENCY_AT]
    total = amount(asked)
    if currency not in ("CHF", "EUR") or (asked and total is None):
        return None
    claim = CodeClaim(
        kind="swiss-qr-bill",
        country=lines[IBAN_AT][:2].upper(),
        document=Document.REQUEST,
        total=stated(total or None, currency),
        currency=currency,
        seller=one_line(lines[NAME_AT]),
    )
    return _with_bill(claim, lines[BILL_AT]) if len(lines) > BILL_AT else claim


def _is_payable(lines: Sequence[str]) -> bool:
    """Return whether payee, account and reference are such that a bank takes them."""
    account = iban(lines[IBAN_AT])
    if account is None or account[:2] not in ("CH", "LI") or lines[SELLER_AT] not in ("S", "K"):
        return False
    return bool(one_line(lines[NAME_AT])) and _refers(account, lines[KIND_AT], lines[REFERENCE_AT])


def _refers(account: str, kind: str, reference: str) -> bool:
    """Return whether the reference is of its kind, holds, and is one that the account takes."""
    takes_qr = int(account[4:9]) in QR_ACCOUNTS if account[4:9].isdigit() else False
    if kind == "QRR":
        return takes_qr and is_qr_reference(reference)
    if kind == "SCOR":
        return not takes_qr and is_creditor_reference(reference)
    return kind == "NON" and not takes_qr and not reference


def _with_bill(claim: CodeClaim, text: str) -> CodeClaim:
    """Return the claim with what the information on the bill adds: number, date, tax number and tax."""
    fields = swico_fields(text)
    number = fields.get("30", "")
    known = re.fullmatch(r"[0-9]{9}", number) and is_valid("ch.uid", f"CHE{number}")
    return replace(
        claim,
        date=day(fields.get("11", ""), "YYMMDD"),
        receipt_number=one_line(fields.get("10", "")),
        tax_id=tax_id("vat", "CH", f"CHE{number}", "ch.uid") if known else None,
        tax=_tax(fields.get("32", ""), claim.total),
    )


def swico_fields(text: str) -> Mapping[str, str]:
    r"""Return the fields of ``//S1/10/number/11/date`` by their tags; ``\/`` is a stroke within a value."""
    if not text.startswith("//S1/"):
        return {}
    parts = [part.replace("\\/", "/").replace("\\\\", "\\") for part in re.split(r"(?<!\\)/", text[5:])]
    return dict(zip(parts[::2], parts[1::2], strict=False))


def _tax(text: str, total: Decimal | None) -> Decimal | None:
    """Return the tax by one rate on the whole total, or by net amounts that add up to the total with their taxes."""
    if total is None or not text:
        return None
    if RATE.fullmatch(text):
        return tax_within(total, Decimal(text))
    rates = [RATES.fullmatch(part) for part in text.split(";")]
    if not all(rates):
        return None
    nets = [(Decimal(match["net"]), Decimal(match["rate"])) for match in rates if match]
    taxes = [(net * rate / 100).quantize(CENT, ROUND_HALF_UP) for net, rate in nets]
    gross = sum((net for net, _ in nets), Decimal(0)) + sum(taxes, Decimal(0))
    return sum(taxes, Decimal(0)) if abs(gross - total) <= ROUNDING else None

"""Turkey: the JSON on electronic invoices (e-Fatura and e-Arşiv), which many tills write with mistakes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from rpiocr.codes.formats.amounts import all_amounts, amount
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.moments import day
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, Document
from rpiocr.model.currency import CODES

PAIR = re.compile(
    r'[ \t\r\n]*"?[ \t]{0,4}(?P<key>[A-Za-z][A-Za-z0-9_]{0,30}(?:\([0-9.]{1,6}\))?)[ \t]{0,4}"?[ \t]{0,4}:[ \t]{0,4}'
    r'(?:"(?P<quoted>[^"{}\[\]]{0,100})"|(?P<bare>[^",{}\[\]]{0,100}))"?[ \t\r\n]*(?:,|$)'
)
"""A key with its value; of each the quotation marks may be missing."""

MAX_PAIRS = 60
REQUIRED = {"vkntckn", "tarih", "no", "ettn", "odenecek"}
TAX = re.compile(r"hesaplanankdv(?:\([0-9.]+\))?")
RETURNED = "IADE"
DAYS = ("YYYY-MM-DD", "DD-MM-YYYY", "DD.MM.YYYY")
NUMBER = re.compile(r"[A-Za-z0-9-]{3,40}")
LIRA = "TRY"


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the code of a Turkish invoice states; one for goods that were given back has negative amounts."""
    values = _values((text_of(payload) or "").strip())
    if not set(values) >= REQUIRED or not NUMBER.fullmatch(values["no"]):
        return None
    date, total = day(values["tarih"], *DAYS), amount(values["odenecek"], 0, 2)
    seller, currency = _seller(values["vkntckn"]), _currency(values.get("parabirimi", LIRA))
    if date is None or total is None or seller is None or currency is None:
        return None
    document = Document.REFUND if RETURNED in values.get("tip", "").upper() else Document.SALE
    return CodeClaim(
        "tr-invoice",
        "TR",
        document,
        total=stated(total, currency, document),
        currency=currency,
        date=date,
        tax=stated(_tax(values), currency, document),
        tax_id=seller,
        receipt_number=values["no"],
    )


def _values(text: str) -> Mapping[str, str]:
    """Return keys in lower case with their values; nothing if the text is anything but one flat object."""
    if not text.startswith("{") or not text.endswith("}"):
        return {}
    inner = text[1:-1].rstrip()
    values: dict[str, str] = {}
    position = 0
    while position < len(inner):
        match = PAIR.match(inner, position)
        key = match["key"].lower() if match else ""
        if match is None or key in values or len(values) == MAX_PAIRS:
            return {}
        values[key] = (match["bare"] if match["quoted"] is None else match["quoted"]).strip()
        position = match.end()
    return values


def _tax(values: Mapping[str, str]) -> Decimal | None:
    taxes = all_amounts(amount(value, 0, 2) for key, value in values.items() if TAX.fullmatch(key))
    return sum(taxes, Decimal(0)) if taxes else None


def _seller(number: str) -> TaxId | None:
    if re.fullmatch(r"[0-9]{10}", number):
        return tax_id("vkn", "TR", number, "tr.vkn")
    return tax_id("tckn", "TR", number, "tr.tckimlik") if re.fullmatch(r"[0-9]{11}", number) else None


def _currency(text: str) -> str | None:
    code = LIRA if text.upper() in ("TL", "") else text.upper()
    return code if code in CODES else None

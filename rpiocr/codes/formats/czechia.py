"""Czechia: the code of registered sales (EET), and that of invoices (QR Faktura)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from rpiocr.codes.formats.amounts import all_amounts, amount
from rpiocr.codes.formats.descriptors import read_fields
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.moments import day, moment
from rpiocr.codes.formats.names import one_line
from rpiocr.codes.formats.tax_numbers import is_valid, tax_id
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, Document
from rpiocr.model.currency import CODES

SALE_FORMS = {
    "FIK": r"[0-9A-F]{16,34}",
    "BKP": r"[0-9A-F]{16,40}",
    "DIC": r"[0-9]{8,10}",
    "KC": r".{1,16}",
    "DT": r"[0-9]{12}",
    "R": r"[BZ]",
}
VAT_NUMBER = re.compile(r"CZ[0-9]{8,10}")

NO_PURCHASES = frozenset({"1", "3", "4"})
"""Kinds of documents: corrections, of either sign, and calendars of payments to come."""


def parse_sale(payload: bytes) -> CodeClaim | None:
    """Return what the code of a registered sale states, to the minute of the till."""
    values = _values(payload, "EET*1.0*")
    if not {"DIC", "KC", "DT"} <= set(values) <= set(SALE_FORMS) or not {"FIK", "BKP"} & set(values):
        return None
    if not all(re.fullmatch(SALE_FORMS[key], value) for key, value in values.items()):
        return None
    when, total = moment(values["DT"], "YYYYMMDDhhmm"), amount(values["KC"], 0, 2, signed=True)
    if when is None or total is None or not is_valid("cz.dic", values["DIC"]):
        return None
    return CodeClaim(
        "cz-eet",
        "CZ",
        Document.REFUND if total < 0 else Document.SALE,
        total=total,
        currency="CZK",
        date=when.date(),
        time=when.time(),
        tax_id=tax_id("vat", "CZ", values["DIC"], "cz.dic"),
        receipt_number=values.get("FIK", values.get("BKP")),
    )


def parse_invoice(payload: bytes) -> CodeClaim | None:
    """Return what the code of an invoice states; the tax only where it lists taxes by rate."""
    values = _values(payload, "SID*1.0*")
    date, total = day(values.get("DD", ""), "YYYYMMDD"), amount(values.get("AM", ""), 0, 2, signed=True)
    currency = values.get("CC", "CZK")
    if not values.get("ID") or date is None or total is None or currency not in CODES:
        return None
    document = Document.OTHER if values.get("TD") in NO_PURCHASES else Document.SALE
    return CodeClaim(
        "cz-invoice",
        "CZ",
        Document.REFUND if total < 0 else document,
        total=total,
        currency=currency,
        date=date,
        tax=_tax(values),
        tax_id=_seller(values),
        receipt_number=one_line(values["ID"][:40]),
    )


def _values(payload: bytes, start: str) -> Mapping[str, str]:
    """Return the keys of a code with their values; nothing if it is of another format."""
    text = (text_of(payload) or "").strip()
    fields = read_fields(text.removeprefix(start)) if text.startswith(start) else None
    return fields or {}


def _tax(values: Mapping[str, str]) -> Decimal | None:
    taxes = all_amounts(amount(values[key], 0, 2, signed=True) for key in ("T0", "T1", "T2") if key in values)
    return sum(taxes, Decimal(0)) if taxes else None


def _seller(values: Mapping[str, str]) -> TaxId | None:
    match = VAT_NUMBER.fullmatch(values.get("VII", ""))
    if match:
        return tax_id("vat", "CZ", match.group(), "cz.dic")
    number = values.get("INI", "")
    return tax_id("ico", "CZ", number, "cz.dic") if re.fullmatch(r"[0-9]{8}", number) else None

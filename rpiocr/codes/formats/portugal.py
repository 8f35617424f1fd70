"""Portugal: the code of Portaria 195/2020 on invoices and receipts, whose sums show that it was read faithfully."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from rpiocr.codes.formats.amounts import CENT
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.moments import day
from rpiocr.codes.formats.names import one_line
from rpiocr.codes.formats.tax_numbers import is_valid, tax_id
from rpiocr.model.codes import CodeClaim, Document

REGIONS = "IJK"
AMOUNT = r"[0-9]{1,12}\.[0-9]{2}"
FORMS = {
    "A": r"[0-9]{9}",
    "B": r"[^*:]{1,30}",
    "C": r"[A-Z]{2}|Desconhecido",
    "D": r"[A-Z]{2}",
    "E": r"[NSARFT]",
    "F": r"20[0-9]{6}",
    "G": r"[^*]{1,60}",
    "H": r"0|[A-Z0-9]{1,60}-[0-9]{1,20}",
    **{
        f"{region}{number}": AMOUNT if number > 1 else r"0|[A-Z]{2}|PT-AC|PT-MA"
        for region in REGIONS
        for number in range(1, 9)
    },
    **dict.fromkeys("LMNOP", AMOUNT),
    "Q": r"[A-Za-z0-9+/]{4}|0",
    "R": r"[0-9]{1,4}",
    "S": r"[^*]{0,65}",
}
"""All keys in their order, with the forms of their values."""

REQUIRED = ("A", "B", "C", "D", "E", "F", "G", "H", "I1", "N", "O", "Q", "R")
BASES = tuple(f"{region}{number}" for region in REGIONS for number in (2, 3, 5, 7))
TAXES = tuple(f"{region}{number}" for region in REGIONS for number in (4, 6, 8))

SALES = frozenset({"FT", "FS", "FR", "ND", "VD", "TV", "AA"})
REFUNDS = frozenset({"NC", "TD", "DA"})
"""Credit notes, and slips of what was given back."""

OTHERS = frozenset(
    {
        *("GR", "GT", "GA", "GC", "GD"),
        *("CM", "CC", "FC", "FO", "NE", "OU", "OR", "PF", "DC"),
        *("RC", "RG", "RP", "RE", "CS", "LD", "RA"),
    }
)
"""Goods on their way, what is not an invoice yet, receipts for invoices, and documents of insurers (SAF-T PT)."""

CANCELLED = "A"


def parse(payload: bytes) -> CodeClaim | None:
    """Return what a Portuguese code states, ``None`` if its sums are further off than rounding explains.

    Total and tax are proved if the tax is exactly the sum of the taxes by rate, and the total that of all bases and
    taxes: then one misread digit cannot go unnoticed. The date has no check. A credit note's amounts are negative.
    """
    text = text_of(payload)
    fields = _fields(text.strip()) if text else None
    if fields is None or not is_valid("pt.nif", fields["A"]):
        return None
    date = day(fields["F"], "YYYYMMDD")
    document = _document(fields)
    off = _off(fields)
    if date is None or document is None or off is None:
        return None
    total, tax = _value(fields, "O"), _value(fields, "N")
    given_back = fields["D"] in REFUNDS
    return CodeClaim(
        "pt-invoice",
        "PT",
        document,
        total=-total if given_back else total,
        currency="EUR",
        date=date,
        tax=-tax if given_back else tax,
        tax_id=tax_id("nif", "PT", fields["A"], "pt.nif"),
        receipt_number=one_line(fields["G"]),
        proved=frozenset({"total", "tax"}) if not off else frozenset(),
    )


def _fields(text: str) -> Mapping[str, str] | None:
    pairs = [piece.partition(":") for piece in text.split("*", len(FORMS))]
    fields = {key: value.strip() for key, _, value in pairs}
    in_order = [key for key in FORMS if key in fields]
    if [key for key, _, _ in pairs] != in_order or not all(key in fields for key in REQUIRED):
        return None
    return fields if all(re.fullmatch(FORMS[key], value) for key, value in fields.items()) else None


def _document(fields: Mapping[str, str]) -> Document | None:
    kind = fields["D"]
    if kind not in SALES | REFUNDS | OTHERS:
        return None
    if fields["E"] == CANCELLED:
        return Document.CANCELLED
    return Document.SALE if kind in SALES else Document.REFUND if kind in REFUNDS else Document.OTHER


def _off(fields: Mapping[str, str]) -> Decimal | None:
    """Return by how much tax and total differ from their sums, ``None`` if that is more than a cent for each amount."""
    taxes = [_value(fields, key) for key in (*TAXES, "M")]
    bases = [_value(fields, key) for key in (*BASES, "L")]
    tax_off = abs(_value(fields, "N") - sum(taxes))
    total_off = abs(_value(fields, "O") - sum(taxes) - sum(bases))
    rounded = CENT * sum(map(bool, (*taxes, *bases)))
    return max(tax_off, total_off) if max(tax_off, total_off) <= rounded else None


def _value(fields: Mapping[str, str], key: str) -> Decimal:
    return Decimal(fields.get(key, "0"))

"""Uruguay: the link of an electronic receipt, fields by commas instead of keys."""

from __future__ import annotations

import re
from urllib.parse import unquote

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import day
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document

FIELDS = re.compile(
    r"(?P<number>[0-9]{12}),(?P<type>[0-9]{3}),(?P<series>[A-Za-z]{1,2}),(?P<count>[0-9]{1,8}),(?P<total>[0-9.]{1,16}),"
    r"(?P<date>[0-9/]{8,10}),[^,]{4,200}"
)

KINDS = {"1": Document.SALE, "2": Document.REFUND, "3": Document.SALE}
"""By the last digit of the type: receipt or invoice, credit note, debit note."""

TYPES = re.compile(r"[12](?:0[1-3]|1[1-3]|2[1-3]|3[1-3]|4[1-3]|5[1-3])")
"""Sales by their kind: to consumers, to companies, abroad and for others; those from 200 were issued by hand."""

PAPERS = frozenset({"124", "181", "182", "224", "281", "282"})
"""Delivery notes, and receipts for tax withheld."""

TEST_HOST = ".testing."


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the link states. The currency is not in it; it is taken for that of the country."""
    link = link_to(payload, "dgi.gub.uy")
    if link is None or not link.path.lower().endswith("/cfe"):
        return None
    fields = FIELDS.fullmatch(unquote(link.query))
    total = amount(fields["total"], 0, 2) if fields else None
    date = day(fields["date"], "YYYYMMDD", "DD/MM/YYYY") if fields else None
    document = _document(fields["type"]) if fields else None
    if fields is None or total is None or date is None or document is None:
        return None
    return CodeClaim(
        kind="uy-cfe",
        country="UY",
        document=Document.TRAINING if TEST_HOST in link.host else document,
        total=stated(total, "UYU", document),
        currency="UYU",
        date=date,
        tax_id=tax_id("rut", "UY", fields["number"], "uy.rut"),
        receipt_number=f"{fields['series'].upper()}-{fields['count']}",
    )


def _document(kind: str) -> Document | None:
    if kind in PAPERS:
        return Document.OTHER
    return KINDS[kind[-1]] if TYPES.fullmatch(kind) else None

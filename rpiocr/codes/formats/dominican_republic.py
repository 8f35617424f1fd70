"""Dominican Republic: the links of electronic fiscal receipts (e-CF); those to consumers state no date."""

from __future__ import annotations

import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import day, first_moment
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document

PATHS = ("/consultatimbrefc", "/consultatimbre")
TEST_PATHS = ("/testecf/", "/certecf/")
NUMBER = re.compile(r"E(?P<type>[0-9]{2})[0-9]{10}")
SELLER = re.compile(r"[0-9]{9}|[0-9]{11}")

CREDIT_NOTE = "34"


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the link states; keys and path may be in any case. The time is that of the signature."""
    link = link_to(payload, "dgii.gov.do")
    path = link.path.lower().rstrip("/") if link else ""
    if link is None or not path.endswith(PATHS):
        return None
    pairs = link.values()
    number = NUMBER.fullmatch(pairs.get("encf", "").upper())
    total = amount(pairs.get("montototal", ""), 0, 2)
    seller = pairs.get("rncemisor", "") if "codigoseguridad" in pairs else ""
    date = day(pairs.get("fechaemision", ""), "DD-MM-YYYY")
    stamped = first_moment(pairs.get("fechafirma", "").replace("+", " "), "DD-MM-YYYY hh:mm:ss")
    if number is None or total is None or not SELLER.fullmatch(seller) or (pairs.get("fechaemision") and date is None):
        return None
    document = Document.REFUND if number["type"] == CREDIT_NOTE else Document.SALE
    return CodeClaim(
        kind="do-ecf",
        country="DO",
        document=Document.TRAINING if path.startswith(TEST_PATHS) else document,
        total=stated(total, "DOP", document),
        currency="DOP",
        date=date,
        time=stamped.time() if stamped and stamped.date() == date else None,
        tax_id=tax_id("rnc", "DO", seller, "do.rnc" if len(seller) == 9 else "do.cedula"),
        receipt_number=number[0],
    )

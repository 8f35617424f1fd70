"""Paraguay: the link of an electronic invoice, which holds its key of 44 digits (CDC)."""

from __future__ import annotations

import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import hex_bytes, text_of
from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import as_printed, iso_moment
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document

KEY = re.compile(
    r"(?P<type>[0-9]{2})(?P<seller>[0-9]{7}[0-9A-D][0-9])(?P<branch>[0-9]{3})(?P<point>[0-9]{3})(?P<count>[0-9]{7})"
    r"[0-9]{20}"
)
"""Type, seller with check digit, branch, point, number, kind of seller, date, kind of issue, security code, digit."""

DOCUMENTS = {
    "01": Document.SALE,
    "04": Document.SALE,
    "05": Document.REFUND,
    "06": Document.SALE,
    "07": Document.OTHER,
}
"""Invoice, the buyer's own invoice, credit note, debit note, delivery note."""

LAST = "chashqr"
"""The key at the end of the link."""

TEST_PATH = "-test/"


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the link states.

    The currency is not in it; it is taken for that of the country, which has no cents, if the total has none.
    """
    link = link_to(payload, "set.gov.py", "dnit.gov.py")
    if link is None or not link.path.lower().endswith("/qr"):
        return None
    pairs = link.values()
    key = KEY.fullmatch(pairs.get("id", "").upper()) if LAST in pairs else None
    packed = hex_bytes(pairs.get("dfeemide", ""))
    issued = iso_moment(text_of(packed) or "") if packed else None
    total, tax = amount(pairs.get("dtotgralope", ""), 0, 8), amount(pairs.get("dtotiva", ""), 0, 8)
    document = DOCUMENTS.get(key["type"]) if key and _check_digit(key[0][:-1]) == int(key[0][-1]) else None
    if key is None or document is None or issued is None or total is None:
        return None
    currency = "PYG" if total == total.to_integral_value() else None
    return CodeClaim(
        kind="py-invoice",
        country="PY",
        document=Document.TRAINING if TEST_PATH in link.path.lower() else document,
        total=stated(total, currency, document),
        currency=currency,
        date=issued.date(),
        time=as_printed(issued).time(),
        tax=stated(tax, currency, document),
        tax_id=tax_id("ruc", "PY", key["seller"].lstrip("0"), "py.ruc"),
        receipt_number=f"{key['branch']}-{key['point']}-{key['count']}",
    )


def _check_digit(characters: str) -> int:
    """Modulo 11 with weights from 2 to 11 from the right; letters count by their ASCII code."""
    digits = "".join(character if character.isdigit() else str(ord(character)) for character in characters)
    rest = sum(int(digit) * (2 + at % 10) for at, digit in enumerate(reversed(digits))) % 11
    return 11 - rest if rest > 1 else 0

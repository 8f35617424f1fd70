"""Panama: the link of an electronic invoice, whose key of about 66 characters (CUFE) holds its date."""

from __future__ import annotations

import re

from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import day
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document

KEY = re.compile(
    r"FE(?P<type>0[1-9]|10)[1-3](?P<seller>[0-9A-Z-]{8,20})-(?P<check>[0-9]{2})[0-9]{4}(?P<date>[0-9]{8})"
    r"(?P<count>[0-9]{10})[0-9]{3}[0-9]{2}(?P<environment>[12])[0-9]{9}[0-9]"
)
"""Type, kind of seller, seller, check digits, branch, date, number, point, kind of issue, environment, code, digit."""

CREDIT_NOTES = frozenset({"04", "06"})
TESTS = "2"


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the link states: the total is not in it."""
    link = link_to(payload, "mef.gob.pa")
    key = KEY.fullmatch(link.values().get("chfe", "").upper()) if link else None
    date = day(key["date"], "YYYYMMDD") if key and _is_checked(key[0][2:]) else None
    if link is None or key is None or date is None:
        return None
    kind = Document.REFUND if key["type"] in CREDIT_NOTES else Document.SALE
    tests = TESTS in (key["environment"], link.values().get("iamb"))
    return CodeClaim(
        kind="pa-invoice",
        country="PA",
        document=Document.TRAINING if tests else kind,
        date=date,
        tax_id=tax_id("ruc", "PA", f"{key['seller'].lstrip('0')}-{key['check']}".replace("-", "")),
        receipt_number=key["count"],
    )


def _is_checked(characters: str) -> bool:
    """Luhn's rule, where other characters count by the last digit of their ASCII code."""
    digits = [int(one) if one.isdigit() else ord(one) % 10 for one in reversed(characters)]
    return sum(digit if at % 2 == 0 else digit * 2 - 9 * (digit > 4) for at, digit in enumerate(digits)) % 10 == 0

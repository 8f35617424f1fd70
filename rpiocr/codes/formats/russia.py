"""Russia: the code of fiscal drives on receipts."""

from __future__ import annotations

import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.links import read_pairs
from rpiocr.codes.formats.moments import first_moment
from rpiocr.codes.formats.money import stated
from rpiocr.model.codes import CodeClaim, Document

FORMS = {
    "t": r"20[0-9]{6}T[0-9]{4}(?:[0-9]{2})?",
    "s": r"[0-9]{1,10}(?:\.[0-9]{1,2})?",
    "fn": r"[0-9]{16}",
    "i": r"[0-9]{1,10}",
    "fp": r"[0-9]{1,10}",
    "n": r"[1-4]",
}
DOCUMENTS = {"1": Document.SALE, "2": Document.REFUND, "3": Document.OTHER, "4": Document.OTHER}
"""3 is money that the shop pays, such as for old gold, 4 its return."""


def parse(payload: bytes) -> CodeClaim | None:
    """Return what a Russian code states; the time is that of the till."""
    text = text_of(payload)
    values = read_pairs(text.strip()) if text and text.count("&") == len(FORMS) - 1 else {}
    if set(values) != set(FORMS) or not all(re.fullmatch(FORMS[key], values[key]) for key in FORMS):
        return None
    when = first_moment(values["t"], "YYYYMMDDThhmmss", "YYYYMMDDThhmm")
    total = amount(values["s"], 0, 2)
    if when is None or total is None:
        return None
    document = DOCUMENTS[values["n"]]
    return CodeClaim(
        "ru-fns",
        "RU",
        document,
        total=stated(total, "RUB", document),
        currency="RUB",
        date=when.date(),
        time=when.time(),
        receipt_number=values["i"],
    )

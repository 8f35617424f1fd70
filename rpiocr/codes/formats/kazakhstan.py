"""Kazakhstan: the links to the operators of fiscal data."""

from __future__ import annotations

import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import first_moment
from rpiocr.model.codes import CodeClaim

DOMAINS = ("oofd.kz", "kofd.kz", "ofd1.kz")
SIGN, REGISTER = re.compile(r"[0-9]{1,20}"), re.compile(r"[0-9]{12}")


def parse(payload: bytes) -> CodeClaim | None:
    """Return what a Kazakh link states; the receipt's number is its fiscal sign."""
    link = link_to(payload, *DOMAINS)
    values = link.values() if link else {}
    if set(values) != {"i", "f", "s", "t"} or not SIGN.fullmatch(values["i"]) or not REGISTER.fullmatch(values["f"]):
        return None
    when, total = first_moment(values["t"], "YYYYMMDDThhmmss", "YYYYMMDDThhmm"), amount(values["s"], 0, 2)
    if when is None or total is None:
        return None
    return CodeClaim(
        "kz-ofd",
        "KZ",
        total=total,
        currency="KZT",
        date=when.date(),
        time=when.time(),
        receipt_number=values["i"],
    )

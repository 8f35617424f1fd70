"""Slovakia: eKasa, whose code has amounts only where the till was offline."""

from __future__ import annotations

import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import moment
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, Document

OFFLINE = re.compile(
    r"(?P<mark>[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{8}){4}):(?P<till>888[0-9]{14}):(?P<time>[0-9]{12}):(?P<number>[0-9]{1,10})"
    r":(?P<total>-?[0-9.]{4,15})"
)
IDENTIFIER = re.compile(r"[OV]-[0-9A-Fa-f]{32}")
IN_LINK = re.compile(rf"(?<![0-9A-Za-z]){IDENTIFIER.pattern}(?![0-9A-Za-z])")
DOMAINS = ("financnasprava.sk",)


def parse_offline(payload: bytes) -> CodeClaim | None:
    """Return what the code of a till that was offline states; the time is that of the till."""
    text = text_of(payload)
    match = OFFLINE.fullmatch(text.strip()) if text else None
    when = moment(match["time"], "YYMMDDhhmmss") if match else None
    total = amount(match["total"], signed=True) if match else None
    if match is None or when is None or total is None:
        return None
    return CodeClaim(
        "sk-ekasa-offline",
        "SK",
        Document.REFUND if total < 0 else Document.SALE,
        total=total,
        currency="EUR",
        date=when.date(),
        time=when.time(),
        tax_id=_seller(match["till"]),
        receipt_number=match["number"],
    )


def parse_online(payload: bytes) -> CodeClaim | None:
    """Return the country and the identifier of a receipt that was sent at once, alone or in a link to the office."""
    text = text_of(payload)
    link = link_to(payload, *DOMAINS)
    if link:
        match = IN_LINK.search("?".join((link.path, link.query, link.fragment)))
    else:
        match = IDENTIFIER.fullmatch(text.strip()) if text else None
    return CodeClaim("sk-ekasa", "SK", receipt_number=match.group().upper()) if match else None


def _seller(till: str) -> TaxId | None:
    """Return the tax number in that of a till: no rule says that it is there, so only one that is valid counts."""
    found = tax_id("vat", "SK", till[3:13], "sk.dph")
    return found if found.valid else None

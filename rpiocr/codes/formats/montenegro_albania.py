"""Montenegro and Albania: both print the same link, whose values are in its fragment."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.links import Link, link_to, read_pairs
from rpiocr.codes.formats.moments import as_printed, iso_moment
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document


@dataclass(frozen=True, slots=True)
class _Place:
    """A country; ``host`` is the one for real receipts, all others of the domain are for tests."""

    kind: str
    country: str
    currency: str
    path: str
    tax_kind: str
    tax_rule: str
    host: str


PLACES = {
    "tax.gov.me": _Place("me-efi", "ME", "EUR", "/ic", "pib", "me.pib", "mapr.tax.gov.me"),
    "tatime.gov.al": _Place(
        "al-efi", "AL", "ALL", "/invoice-check", "nipt", "al.nipt", "efiskalizimi-app.tatime.gov.al"
    ),
}
PAGE = "/verify?"
UNIT = r"[a-z]{2}[0-9]{3}[a-z]{2}[0-9]{3}"
FORMS = {
    "iic": r"[0-9A-Fa-f]{32}",
    "tin": r"[A-Z]?[0-9]{8,13}[A-Z]?",
    "ord": r"[0-9]{1,10}",
    **dict.fromkeys(("bu", "cr", "sw"), UNIT),
}
OPTIONAL = {"cr"}
"""Invoices that are not paid in cash have no till."""

LOST_PLUS = re.compile(r" (?=[0-9]{2}:[0-9]{2}$)")


def parse(payload: bytes) -> CodeClaim | None:
    """Return what a link of either country states; the time is that of the clock there, as it is printed."""
    link = link_to(payload, *PLACES)
    place = _place(link) if link else None
    if link is None or place is None or not link.fragment.startswith(PAGE):
        return None
    values = dict(read_pairs(link.fragment.removeprefix(PAGE)))
    missing = {*FORMS, "crtd", "prc"} - set(values)
    if missing - OPTIONAL or not all(re.fullmatch(FORMS[key], values[key]) for key in FORMS if key in values):
        return None
    when, total = _moment(values["crtd"]), amount(values["prc"], 0, 2, signed=True)
    if when is None or total is None:
        return None
    return CodeClaim(
        place.kind,
        place.country,
        Document.TRAINING if link.host != place.host else Document.REFUND if total < 0 else Document.SALE,
        total=total,
        currency=place.currency,
        date=when.date(),
        time=when.time(),
        tax_id=tax_id(place.tax_kind, place.country, values["tin"], place.tax_rule),
        receipt_number=values["ord"],
    )


def _place(link: Link) -> _Place | None:
    found = next((place for domain, place in PLACES.items() if link.is_at(domain)), None)
    return found if found and link.path.rstrip("/") == found.path else None


def _moment(text: str) -> dt.datetime | None:
    """Return the wall-clock time; the plus of the offset may have become a blank on its way."""
    found = iso_moment(LOST_PLUS.sub("+", text))
    return as_printed(found) if found and found.tzinfo else None

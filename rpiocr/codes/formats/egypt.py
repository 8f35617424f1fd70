"""Egypt: the link of an electronic receipt, whose part after ``#`` holds the total and the issuer's number."""

from __future__ import annotations

import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import iso_moment, local
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document

PATH = re.compile(r"/receipts/search/(?P<id>[0-9A-Fa-f]{64})/share/(?P<time>[0-9T:.-]{16,30}Z)/?", re.IGNORECASE)
TOTAL = re.compile(r"Total:(?P<total>[0-9.]{1,20}),IssuerRIN:(?P<number>[0-9]{9})")

TEST_HOSTS = ("preprod.", "sit.", "uat.", "test.")
"""First names of the hosts of the office's systems for tests."""


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the link of a receipt states: the time is UTC, shown as that of Cairo."""
    link = link_to(payload, "eta.gov.eg")
    path = PATH.fullmatch(link.path) if link else None
    coded = TOTAL.fullmatch(link.fragment) if link else None
    if link is None or path is None or coded is None:
        return None
    total = amount(coded["total"], 0, 5)
    when = iso_moment(path["time"])
    if total is None or when is None:
        return None
    wall = local(when, "Africa/Cairo")
    return CodeClaim(
        kind="eg-ereceipt",
        country="EG",
        document=Document.TRAINING if any(name in link.host for name in TEST_HOSTS) else Document.SALE,
        total=stated(total, "EGP"),
        currency="EGP",
        date=wall.date(),
        time=wall.time(),
        tax_id=tax_id("tin", "EG", coded["number"], "eg.tn"),
        receipt_number=path["id"],
    )

"""Ukraine: the link to the tax office's register of receipts."""

from __future__ import annotations

import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import clock, day
from rpiocr.model.codes import CodeClaim, Document

DOMAINS = ("tax.gov.ua", "sfs.gov.ua")
PATH = "/cashregs/check"
REQUIRED = {"date", "time", "id", "sm", "fn"}
CLOCKS = ("hhmmss", "hhmm", "hh:mm:ss", "hh:mm")
NUMBER = re.compile(r"[A-Za-z0-9_-]{1,40}")
TEST = re.compile(r"TEST", re.IGNORECASE)
"""How numbers of registers and receipts begin that were made to try the software."""


def parse(payload: bytes) -> CodeClaim | None:
    """Return what a Ukrainian link states; keys come in any order, and the ``mac`` may be missing."""
    link = link_to(payload, *DOMAINS)
    if link is None or link.path.rstrip("/") != PATH:
        return None
    values = link.values()
    if set(values) - {"mac"} != REQUIRED:
        return None
    date, time = day(values["date"], "YYYYMMDD"), clock(values["time"], *CLOCKS)
    total = amount(values["sm"], 0, 2)
    numbers = (values["id"], values["fn"])
    if date is None or time is None or total is None or not all(map(NUMBER.fullmatch, numbers)):
        return None
    return CodeClaim(
        "ua-tax",
        "UA",
        Document.TRAINING if any(map(TEST.match, numbers)) else Document.SALE,
        total=total,
        currency="UAH",
        date=date,
        time=time,
        receipt_number=values["id"],
    )

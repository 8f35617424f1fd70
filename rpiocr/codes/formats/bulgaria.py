"""Bulgaria: five values on fiscal receipts."""

from __future__ import annotations

import datetime as dt
import re

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.moments import clock, day
from rpiocr.model.codes import CodeClaim

FORM = re.compile(
    r"[0-9]{8}\*(?P<number>[0-9]{1,10})\*(?P<day>[0-9.:-]{10})\*(?P<time>[0-9.:-]{5,8})\*(?P<total>[0-9.]{4,14})"
)
"""Number of the fiscal memory, receipt, date, time and total."""

EURO_DAY = dt.date(2026, 1, 1)
MARKS = "-.:"


def parse(payload: bytes) -> CodeClaim | None:
    """Return what a Bulgarian code states: in leva before 2026; the marks within date and time differ by the till."""
    text = text_of(payload)
    match = FORM.fullmatch(text.strip()) if text else None
    if match is None:
        return None
    date = day(match["day"], *(form.replace("-", mark) for mark in MARKS for form in ("YYYY-MM-DD", "DD-MM-YYYY")))
    time = clock(match["time"], *(form.replace(":", mark) for mark in MARKS for form in ("hh:mm:ss", "hh:mm")))
    total = amount(match["total"])
    if date is None or time is None or total is None:
        return None
    return CodeClaim(
        "bg-fiscal",
        "BG",
        total=total,
        currency="EUR" if date >= EURO_DAY else "BGN",
        date=date,
        time=time,
        receipt_number=str(int(match["number"])),
    )

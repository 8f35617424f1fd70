"""What is found about the seller of a receipt that was written as text."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rpiocr.extract import Hints, extract
from rpiocr.model import Reading
from tests.written import languages, write

ITEMS = """
Tea 2.50
Bread 3.20
TOTAL 5.70
CASH 10.00
CHANGE 4.30
"""


def seller(head: str, foot: str = "", items: str = ITEMS) -> dict[str, Any]:
    """The fields of a receipt with this text above and below its items."""
    reading = Reading(write(f"{head.strip()}\n{items.strip()}\n{foot.strip()}"), 1)
    return dict(extract(reading, languages(), Hints(dt.date(2026, 6, 1))).found)

"""All that is found in one reading comes together."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.extract import Extract, Hints, extract
from rpiocr.model import Reading
from tests.written import tables, write

HINTS = Hints(dt.date(2026, 6, 15))


def extract_of(text: str, hints: Hints = HINTS) -> Extract:
    """Everything on a receipt that reads ``text``."""
    return extract(Reading(write(text), 1), tables(), hints)


def test_every_field_of_a_plain_receipt_is_found() -> None:
    found = extract_of(
        "CITY BAKEHOUSE\n25/12/2018 14:05\nBREAD 4.00\nMILK 1.50\n"
        "SUBTOTAL 5.50\nTAX 0.50\nTOTAL RM6.00\nCASH 10.00\nCHANGE 4.00"
    )
    assert found.merchants[0].value == "CITY BAKEHOUSE"
    assert (found.dates[0].value, found.time) == (dt.date(2018, 12, 25), dt.time(14, 5))
    assert (found.amounts[0].value, found.locale.currency) == (Decimal("6.00"), "MYR")
    assert found.amounts[0].checks == ("cash - change", "subtotal + tax", "items")
    assert (found.subtotal, found.tax) == (Decimal("5.50"), Decimal("0.50"))


def test_nothing_is_found_on_an_empty_page() -> None:
    found = extract(Reading((), 1), tables(), HINTS)
    assert (found.amounts, found.dates, found.merchants) == ((), (), ())
    assert (found.time, found.subtotal, found.tax, found.unread_total) == (None, None, None, False)


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("TOTAL 6.00", False),
        ("TOTAL\n6.00", False),
        ("TOTAL 6.O", True),
        ("TOTAL\nCASH 10.00", True),
        ("GRAND TOTAL ---", True),
        ("SUBTOTAL\nTOTAL 6.00", False),
        ("BALANCE\nTOTAL 6.00", False),
        ("TOTAL ITEMS\nTOTAL 6.00", False),
        ("TOTAL 6.00\nGST SUMMARY AMOUNT TAX\nTOTAL", False),
        ("CITY BAKEHOUSE", False),
    ],
)
def test_a_line_of_the_total_without_a_readable_amount_is_noticed(text: str, unread: bool) -> None:  # noqa: FBT001
    assert extract_of(text).unread_total is unread

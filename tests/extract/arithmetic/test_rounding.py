"""What is paid after rounding to coins is told from the total before it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.extract.arithmetic.ledger import gather
from rpiocr.extract.arithmetic.rounding import Rounding, find_rounding
from rpiocr.extract.tables.countries import cash_rounding
from tests.written import rows_of


def rounding_of(text: str) -> Rounding | None:
    """The rounding on a receipt that reads ``text``."""
    rows = rows_of(text)
    return find_rounding(rows, gather(rows).differences)


@pytest.mark.parametrize(
    ("text", "before", "paid"),
    [
        ("TOTAL 10.03\nROUNDING 0.02\nCASH 20.00\nCHANGE 9.95", "10.03", "10.05"),
        ("TOTAL 10.03\nROUNDING -0.02\nCASH 20.00\nCHANGE 9.95", "10.03", "10.05"),
        ("TOTAL 10.03\nROUNDING .02\nROUNDED TOTAL 10.05", "10.03", "10.05"),
        ("TOTAL 10.02\nROUNDING 0.02", "10.02", "10.00"),
        ("SUBTOTAL 10.02\nROUNDING -0.02\nTOTAL 10.00", "10.02", "10.00"),
        ("TOTAL 10.03\nROUNDED TOTAL 10.05", "10.03", "10.05"),
        ("SUBTOTAL 10.02\nTOTAL 10.00", "10.02", "10.00"),
        ("TOTAL 10.03\nCASH 20.00\nCHANGE 9.95", "10.03", "10.05"),
    ],
)
def test_what_is_paid_is_found_with_or_without_a_line_for_the_cents(text: str, before: str, paid: str) -> None:
    found = rounding_of(text)
    assert found is not None
    assert (str(found.before.value), str(found.paid)) == (before, paid)


@pytest.mark.parametrize(
    ("text", "before", "paid"),
    [
        ("TOTAL 129.40\nROUNDING -0.40\nTO PAY 129.00", "129.40", "129.00"),
        ("TOTAL 129.40\nROUNDING 0.40\nTO PAY 129.00", "129.40", "129.00"),
        ("TOTAL 129.60\nROUNDING 0.40", "129.60", "130.00"),
        ("TOTAL 129.40\nROUNDING -0.40", "129.40", "129.00"),
        ("TOTAL 129.40\nROUNDING 0.40\nCASH 200.00\nCHANGE 71.00", "129.40", "129.00"),
        ("TOTAL 129.50\nROUNDING 0.50\nCASH 130.00", "129.50", "130.00"),
    ],
)
def test_cash_is_rounded_to_whole_crowns_if_a_line_shows_it(text: str, before: str, paid: str) -> None:
    found = rounding_of(text)
    assert found is not None
    assert (str(found.before.value), str(found.paid)) == (before, paid)


@pytest.mark.parametrize("text", ["TOTAL 129.40\nROUNDING 0.30", "TOTAL 129.00\nROUNDING 0.40"])
def test_a_rounding_that_does_not_lead_to_whole_crowns_was_misread(text: str) -> None:
    assert rounding_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "TOTAL 10.05",
        "TOTAL 10.05\nTOTAL 10.03",
        "TOTAL 10.03\nTOTAL 10.03",
        "TOTAL 10.03\nTOTAL 10.00",
        "TOTAL 10.03\nTOTAL 12.05",
        "TOTAL 10.03\nCASH 20.00\nCHANGE 9.97",
        "TOTAL 10.03\nGST SUMMARY AMOUNT\nTOTAL 10.05",
        "ROUNDING 0.02\nTOTAL 10.03",
    ],
)
def test_nothing_is_rounded_without_evidence(text: str) -> None:
    assert rounding_of(text) is None


@given(st.integers(min_value=1, max_value=999_999))
def test_a_total_is_followed_by_itself_in_the_nearest_coin(cents: int) -> None:
    total = Decimal(cents).scaleb(-2)
    coins = Decimal((cents + 2) // 5 * 5).scaleb(-2)
    found = rounding_of(f"TOTAL {total}\nTOTAL {coins}")
    if total % cash_rounding().smallest_coin:
        assert found is not None
        assert (found.before.value, found.paid) == (total, coins)
    else:
        assert found is None

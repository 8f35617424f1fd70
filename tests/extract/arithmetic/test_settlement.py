"""What was left to pay below a total follows from the lines between the two."""

from __future__ import annotations

import pytest

from rpiocr.extract.arithmetic.ledger import gather
from rpiocr.extract.arithmetic.settlement import Settlement, settlements
from tests.written import rows_of


def found(text: str) -> list[tuple[str, str, bool]]:
    """Each total with what was left of it, and whether that is sure."""
    rows = rows_of(text)
    return [_plain(one) for one in settlements(rows, gather(rows).differences)]


def _plain(one: Settlement) -> tuple[str, str, bool]:
    return str(one.before), str(one.paid), one.is_sure


LEFT = {
    "tip": "TOTAL 48.60\nTIP 9.00\nVISA 57.60",
    "discount": "TOTAL 50.00\nDISCOUNT -10.00\nVISA 40.00",
    "voucher without a known word": "TOTAL 50.00\nLoyal customer thing -10.00\nRemains 40.00",
    "bracketed, with a sign": "TOTAL 50,00\nDéjà réglé (10,00 €)\nREGLEMENT CB 40,00 €",
    "two of them": "TOTAL 50.00\nDISCOUNT -10.00\nSERVICE CHARGE 2.00\nVISA 42.00",
    "share": "TOTAL 60.00\nYOUR SHARE 20.00",
    "payers": "TOTAL 60.00\nGuests 3\nVISA 20.00",
}


@pytest.mark.parametrize("kind", LEFT)
def test_what_is_left_is_found_by_its_sum(kind: str) -> None:
    ((_, paid, is_sure),) = found(LEFT[kind])
    assert paid in ("57.60", "40.00", "42.00", "20.00")
    assert is_sure


@pytest.mark.parametrize(
    "text",
    [
        "TOTAL 50.00\nVISA 50.00\nDISCOUNT -10.00\nTOTAL 40.00",
        "TOTAL 50.00\nCASH 60.00\nCHANGE -10.00",
        "DISCOUNT -10.00\nTOTAL 50.00\nVISA 50.00",
        "TOTAL 60.00\nVISA 20.00",
    ],
)
def test_nothing_is_left_of_a_total_that_was_paid_or_that_nothing_changes(text: str) -> None:
    assert found(text) == []


def test_a_suggested_tip_and_a_discount_that_nobody_paid_are_not_sure() -> None:
    assert found("TOTAL 40.00\nTip 10% 4.00\nmakes 44.00") == [("40.00", "44.00", False)]
    assert found("TOTAL 50.00\nSTAFF DISCOUNT -10.00") == [("50.00", "40.00", False)]

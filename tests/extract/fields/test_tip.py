"""A tip that was charged is found, and a suggestion or a blank line is none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rpiocr.extract.fields.tip import find_tip
from rpiocr.extract.fields.total import find_totals
from rpiocr.extract.roles import Role
from tests.written import rows_of

BILL = "Subtotal 20.00\nTax 2.00\nTotal 22.00\n"

CHARGED = {
    "between tax and total": ("Subtotal 24.00\nTax 2.00\nTip 4.00\nTotal 30.00", "4.00"),
    "between two totals": ("TOTAL 24.00\nTIP 4.00\nTOTAL 28.00", "4.00"),
    "charged to the card": ("TOTAL 24.00\nTIP 4.00\nVISA 28.00", "4.00"),
    "a gratuity with its rate": ("Burger 20.00\nCoke 4.00\nGratuity 18% 4.32\nTotal 28.32", "4.32"),
    "a slip of a card": ("Amount 24.00\nTip 4.00\nTotal 28.00", "4.00"),
    "in German": ("Zwischensumme 24,00\nTrinkgeld 4,00\nSumme 28,00", "4.00"),
    "on the line below its word": ("Subtotal 24.00\nTip\n4.00\nTotal 28.00", "4.00"),
}

NOT_CHARGED = {
    "a line to write on": f"{BILL}Tip ______\nTotal ______",
    "of nothing": "Subtotal 20.00\nTax 2.00\nTip 0.00\nTotal 22.00",
    "a table of suggestions": f"{BILL}Suggested gratuity\n10% = 2.00\n18% = 3.60\n20% = 4.00",
    "suggestions, each with the word": f"{BILL}Tip 10% 2.00\nTip 18% 3.60",
    "suggestions with their totals": f"{BILL}Tip 10% 2.00\nTotal 24.00\nTip 18% 3.60\nTotal 25.60",
    "suggestions on one line": f"{BILL}Tip 15% 3.00 18% 3.60 20% 4.00",
    "a single suggestion as large as the tax": f"{BILL}Suggested tip 10% 2.00",
    "without a sum": "Tip 4.00",
    "more than the total": "TOTAL 24.00\nTIP 40.00",
}


@pytest.mark.parametrize("kind", CHARGED)
def test_a_tip_that_the_total_needs_was_charged(kind: str) -> None:
    text, tip = CHARGED[kind]
    assert find_tip(rows_of(text)) == Decimal(tip)


@pytest.mark.parametrize("kind", NOT_CHARGED)
def test_a_tip_that_the_total_does_not_need_was_not_charged(kind: str) -> None:
    assert find_tip(rows_of(NOT_CHARGED[kind])) is None


@pytest.mark.parametrize("kind", CHARGED)
def test_a_tip_is_not_taken_for_the_total(kind: str) -> None:
    text, tip = CHARGED[kind]
    rows = rows_of(text)
    assert any(row.role is Role.TIP for row in rows)
    assert find_totals(rows)[0].value > Decimal(tip)

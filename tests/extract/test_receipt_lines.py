"""Every line of a receipt gets the role that its words give it."""

from __future__ import annotations

import pytest

from rpiocr.extract.roles import Role
from tests.written import rows_of

ROLES = {
    "TOTAL 6.00": Role.TOTAL,
    "GRAND TOTAL 6.00": Role.TOTAL_SURE,
    "SUMME EUR 6,00": Role.TOTAL,
    "Summe 6,00": Role.TOTAL,
    "BALANCE 6.00": Role.TOTAL_WEAK,
    "SUBTOTAL 6.00": Role.SUBTOTAL,
    "Zwischensumme 6,00": Role.SUBTOTAL,
    "TOTAL EXCL. GST 6.00": Role.SUBTOTAL,
    "TOTAL INCL. GST 6.00": Role.TOTAL_SURE,
    "TOTAL (3 ITEMS) 6.00": Role.TOTAL,
    "12.50 TOTAL": Role.TOTAL,
    "GST 6% 0.36": Role.TAX,
    "TOTAL GST 0.36": Role.TAX,
    "MwSt 19% 0,96": Role.TAX,
    "ROUNDING ADJ 0.02": Role.ROUNDING,
    "ROUNDING -0.02": Role.ROUNDING,
    "ROUNDING .02": Role.ROUNDING,
    "Rundungsdifferenz 0,02": Role.ROUNDING,
    "ROUNDED TOTAL 6.05": Role.TOTAL_SURE,
    "TOTAL ROUNDING 6.05": Role.TOTAL_SURE,
    "CASH 10.00": Role.CASH,
    "Gegeben 10,00": Role.CASH,
    "CHANGE 4.00": Role.CHANGE,
    "TOTAL CHANGE 4.00": Role.CHANGE,
    "Rückgeld 4,00": Role.CHANGE,
    "CHANGE .50": Role.CHANGE,
    "VISA 6.00": Role.CARD,
    "PAID AMOUNT 6.00": Role.CARD,
    "TOTAL PAID 6.00": Role.CARD,
    "EC-Karte 6,00": Role.CARD,
    "SERVICE CHARGE 0.60": Role.CHARGE,
    "TIP 1.00": Role.TIP,
    "DISCOUNT -1.00": Role.DISCOUNT,
    "TOTAL SAVINGS 1.00": Role.SAVINGS,
    "TOTAL ITEMS 3.00": Role.COUNT,
    "TOTAL POINTS 60.00": Role.LOYALTY,
    "POINTS BALANCE 60.00": Role.LOYALTY,
    "WHITE BREAD 2.00": Role.NONE,
    "REFUND TOTAL 6.00": Role.TOTAL,
    "Storno -2,00": Role.NONE,
}


@pytest.mark.parametrize(("text", "role"), ROLES.items())
def test_the_words_of_a_line_give_its_amount_a_role(text: str, role: Role) -> None:
    (row,) = rows_of(text)
    assert row.role is role
    assert len(row.amounts) == 1


@pytest.mark.parametrize("text", ["TOTAL .50", "CASH .50", "BREAD .50", "WHITE BREAD NO.12"])
def test_cents_without_a_leading_zero_count_only_next_to_words_for_such_small_amounts(text: str) -> None:
    (row,) = rows_of(text)
    assert not row.amounts


def test_a_misread_keyword_counts_a_little_less() -> None:
    exact, misread = rows_of("TOTAL 6.00\nTOTAI 6.00")
    assert exact.role is misread.role
    assert misread.likeness < exact.likeness == 1.0


@pytest.mark.parametrize("below", ["6.00", "RM 6.00", "   6.00 EUR"])
def test_a_keyword_gets_the_amount_that_is_alone_below_it(below: str) -> None:
    total, _ = rows_of(f"TOTAL\n{below}")
    assert [str(amount.value) for amount in total.amounts] == ["6.00"]


def test_a_keyword_does_not_take_the_amount_of_an_item_below_it() -> None:
    total, item = rows_of("TOTAL\nWHITE BREAD 2.00")
    assert not total.amounts
    assert item.amounts


def test_a_keyword_does_not_reach_over_a_gap() -> None:
    total, _ = rows_of("TOTAL\n\n\n6.00")
    assert not total.amounts


@pytest.mark.parametrize("text", ["TOTAL 12\n.34", "TOTAL RM12\n     .34", "TOTAL 12\n, 34"])
def test_an_amount_broken_over_two_lines_is_joined_and_marked(text: str) -> None:
    total, _ = rows_of(text)
    (amount,) = total.amounts
    assert str(amount.value) == "12.34"
    assert amount.corrected


@pytest.mark.parametrize("text", ["ITEMS 12\n3.40", "CODE 12\n.345", "ROOM 12\nTOTAL .34", "BREAD 1.00\n.34"])
def test_lines_that_end_in_digits_stay_apart_otherwise(text: str) -> None:
    first, second = rows_of(text)
    assert "12.34" not in {str(amount.value) for amount in (*first.amounts, *second.amounts)}
    assert (first.text.text, second.text.text) == tuple(text.split("\n"))


@pytest.mark.parametrize(
    "text",
    [
        "TOTAL EXCL 10.00 VAT 2.10 INCL 12.10",
        "TOTAL INCL 12.10 EXCL 10.00 VAT 2.10",
        "TOTAL EXCL 10.00 INCL 12.10",
        "TOTAL 12.10 10.00 2.10",
    ],
)
def test_a_line_with_a_total_before_and_after_tax_is_about_the_one_after(text: str) -> None:
    (row,) = rows_of(text)
    assert (row.role, str(row.main.value)) == (Role.TOTAL, "12.10")


@pytest.mark.parametrize("text", ["TOTAL EXCL GST 10.00", "SUBTOTAL 2 5.00 10.00"])
def test_a_total_before_tax_alone_stays_one(text: str) -> None:
    (row,) = rows_of(text)
    assert (row.role, str(row.main.value)) == (Role.SUBTOTAL, "10.00")


def test_lines_below_the_heading_of_a_tax_summary_are_marked() -> None:
    rows = rows_of("TOTAL 6.00\nGST SUMMARY   AMOUNT   TAX\nSR 6%  5.66  0.34\nTOTAL  5.66  0.34")
    assert [row.in_tax_table for row in rows] == [False, True, True, True]


def test_a_receipt_goes_on_after_a_tax_summary() -> None:
    rows = rows_of("TAX SUMMARY\n" + "SR 1.00 0.06\n" * 6 + "TOTAL 6.00")
    assert not rows[-1].in_tax_table

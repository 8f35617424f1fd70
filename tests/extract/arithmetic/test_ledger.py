"""The amounts of a receipt prove its total, and tell what a misread one must have been."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rpiocr.extract.arithmetic.ledger import Ledger, gather, proofs
from rpiocr.extract.arithmetic.misreads import Misreads
from rpiocr.extract.arithmetic.unlabelled import paid_without_words
from rpiocr.extract.bounds import MAX_PER_ROLE, MAX_SUMS
from rpiocr.extract.fields.total import find_totals
from rpiocr.extract.roles import Role
from rpiocr.model import Check
from rpiocr.model.provenance import CASH_LESS_CHANGE, SUBTOTAL_AND_TAX
from rpiocr.model.provenance import ITEMS as BY_ITEMS
from tests.written import rows_of

SIX = Decimal("6.00")


def ledger_of(text: str) -> Ledger:
    """The amounts of a receipt that reads ``text``."""
    return gather(rows_of(text))


def named(checks: Iterable[Check]) -> tuple[str, ...]:
    """The public names of checks."""
    return tuple(check.name.value for check in checks)


def proofs_of(text: str, total: str = "6.00") -> tuple[str, ...]:
    """The sums on a receipt that reads ``text`` by which ``total`` is its total."""
    return named(proofs(Decimal(total), ledger_of(text)))


ITEMS = "BREAD 4.00\nMILK 2.00\n"


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("TOTAL 6.00", "6.00"),
        ("TAX 0.60\nTOTAL 6.60", "6.60"),
        ("STATE TAX 0.40\nCITY TAX 0.20\nTOTAL 6.60", "6.60"),
        ("TAX 0.60\nTOTAL 6.00", "6.00"),
        ("DISCOUNT -1.00\nTOTAL 5.00", "5.00"),
        ("DISCOUNT 1.00\nTOTAL 5.00", "5.00"),
        ("DISCOUNT 1.00\nCOUPON 0.50\nTOTAL 4.50", "4.50"),
        ("DISCOUNT -1.00\nTAX 0.50\nTOTAL 5.50", "5.50"),
        ("SERVICE CHARGE 0.60\nTAX 0.40\nTOTAL 7.00", "7.00"),
        ("TIP 1.00\nTOTAL 7.00", "7.00"),
        ("CGST 0.30\nSGST 0.30\nTOTAL 6.60", "6.60"),
        ("TAX 0.38\nROUNDING 0.02\nTOTAL 6.40", "6.40"),
        ("TAX 0.42\nROUNDING 0.02\nTOTAL 6.40", "6.40"),
    ],
)
def test_items_with_tax_tip_charges_discounts_and_rounding_come_to_the_total(text: str, total: str) -> None:
    assert proofs_of(ITEMS + text, total) == ("items",)


@pytest.mark.parametrize("total", ["6.01", "5.99", "12.00", "0.60", "0.00"])
def test_a_total_that_is_off_is_not_proved(total: str) -> None:
    assert proofs_of(f"{ITEMS}TAX 0.60\nTOTAL {total}", total) == ()


def test_one_item_that_repeats_the_total_proves_nothing() -> None:
    assert ledger_of("BREAD 6.00\nTOTAL 6.00").items is None
    assert proofs_of("BREAD 6.00\nTOTAL 6.00") == ()


@pytest.mark.parametrize(
    "text",
    [
        "BREAD 4.00\n2 x 2.00\nMILK 2.00",
        "2 x 2.00\nBREAD 4.00\nMILK 2.00",
        "2 @ 2.00\nBREAD 4.00\nMILK 2.00",
        "BREAD 4.00\n2.00 x 2\nMILK 2.00",
        "2 szt x 2,00\nCHLEB 4,00\nMLEKO 2,00",
        "2 шт x 2,00\nХЛІБ 4,00\nМОЛОКО 2,00",
        "2个 x 2.00\n面包 4.00\n牛奶 2.00",
        "2 pcs x 2.00\nBREAD 4.00\nMILK 2.00",
        "0,524 kg x 1,99\nÄPFEL 1,04\nMILCH 4,96",
        "ÄPFEL 1,04\n0.524kg x 1.99\nMILCH 4,96",
        "BREAD\n2 x 2.00 4.00\nMILK 2.00",
    ],
)
def test_a_unit_price_next_to_its_product_is_not_counted_twice(text: str) -> None:
    assert ledger_of(f"{text}\nTOTAL 6.00").items == SIX


def test_a_price_behind_a_name_with_a_number_is_an_item_itself() -> None:
    assert ledger_of("3 TIER CAKE 2.00\nMILK 4.00\nTOTAL 6.00").items == SIX


def test_items_of_any_layout_prove_a_total() -> None:
    text = "WASHING LIQUID 4.00\n2 2.00 EACH\nPEARS 2.00"
    assert ledger_of(f"{text}\nTOTAL 6.00").items == SIX


def test_items_end_at_the_first_total_or_subtotal() -> None:
    assert ledger_of(f"{ITEMS}SUBTOTAL 6.00\nDEPOSIT 3.00\nTOTAL 9.00").items == SIX


@pytest.mark.parametrize(
    "paid", ["CASH 10.00", "PAID AMOUNT 10.00", "AMOUNT PAID 10.00", "TOTAL PAID 10.00", "Bar 10,00", "Gegeben 10,00"]
)
def test_what_was_paid_less_the_change_is_the_total(paid: str) -> None:
    assert proofs_of(f"TOTAL 6.00\n{paid}\nCHANGE 4.00") == ("cash - change",)


def test_a_card_that_gives_nothing_back_only_repeats_the_total() -> None:
    assert proofs_of("TOTAL 6.00\nVISA 6.00\nCHANGE 0.00") == ("card",)


def test_cash_that_was_counted_out_proves_the_total() -> None:
    assert proofs_of("TOTAL 6.00\nCASH 6.00\nCHANGE 0.00") == ("cash - change",)


def test_a_change_larger_than_what_was_given_proves_nothing() -> None:
    assert ledger_of("TOTAL 6.00\nCASH 4.00\nCHANGE 10.00").differences == ()


@pytest.mark.parametrize(
    "table",
    [
        "GST SUMMARY  AMOUNT  TAX\nSR 6%  5.66  0.34",
        "GST SUMMARY  AMOUNT  TAX  TOTAL\nSR 6%  5.66  0.34  6.00",
        "GST SUMMARY  TOTAL  TAX  AMOUNT\nSR 6%  6.00  0.34  5.66",
        "GST SUMMARY  AMOUNT  TAX\nSR 6%  3.77  0.23\nZR 0%  2.00  0.00",
        "GST SUMMARY  AMOUNT  TAX\nSR 6%  3.77  0.23\nZR 0%  2.00  0.00\nTOTAL  5.77  0.23",
        "GST SUMMARY  AMOUNT  TAX\nTOTAL  5.66  0.34",
        "MwSt  Netto  MwSt  Brutto\nA 7%  5,61  0,39  6,00",
    ],
)
def test_net_and_tax_of_the_tax_table_come_to_the_total(table: str) -> None:
    assert proofs_of(f"TOTAL 6.00\n{table}") == ("net + tax",)


def test_the_tax_table_proves_the_total_after_rounding_too() -> None:
    assert proofs_of("SUBTOTAL 6.02\nROUNDING -0.02\nTOTAL 6.00\nGST SUMMARY AMOUNT TAX\nSR 6% 5.68 0.34") == (
        "net + tax",
    )


def test_a_total_that_leaves_a_printed_amount_after_the_change_was_given_not_paid() -> None:
    for printed in ("NET TOTAL 6.00", "SUBTOTAL 6.00"):
        assert ledger_of(f"{printed}\nTOTAL 10.00\nCHANGE 4.00").tendered == (Decimal("10.00"),)


@pytest.mark.parametrize(
    "text",
    [
        "TOTAL 10.00\nCHANGE 4.00",
        "SUBTOTAL 6.00\nTOTAL 10.00\nCHANGE 0.00",
        "SUBTOTAL 6.00\nTOTAL 10.00\nCASH 14.00\nCHANGE 4.00",
        "BREAD 4.00\nCAKE 6.00\nSUBTOTAL 6.00\nTOTAL 10.00\nCHANGE 4.00",
    ],
)
def test_a_total_stays_one_without_such_a_change_with_cash_next_to_it_or_if_sums_prove_it(text: str) -> None:
    assert ledger_of(text).tendered == ()


MISREAD = f"{ITEMS}TOTAL 8.00\nCASH 10.00\nCHANGE 4.00"


def test_a_digit_is_repaired_where_two_sums_agree() -> None:
    assert Misreads(ledger_of(MISREAD)).repaired(Decimal("8.00")) == (SIX, (CASH_LESS_CHANGE, BY_ITEMS))


@pytest.mark.parametrize(
    "text",
    [
        "TOTAL 8.00\nCASH 10.00\nCHANGE 4.00",
        f"{ITEMS}TOTAL 8.00",
        f"{ITEMS}TOTAL 8.00\nVISA 6.00",
        f"{ITEMS}TOTAL 8.00\nCASH 10.00\nCHANGE 3.00",
    ],
)
def test_one_sum_does_not_show_which_amount_was_misread(text: str) -> None:
    assert Misreads(ledger_of(text)).repaired(Decimal("8.00")) is None


@pytest.mark.parametrize("read", ["8.80", "60.00", "16.00", "5.99", "6.00"])
def test_only_one_digit_is_repaired_and_nothing_that_is_right_already(read: str) -> None:
    assert Misreads(ledger_of(MISREAD.replace("8.00", read))).repaired(Decimal(read)) is None


def test_a_total_that_one_sum_proves_is_not_changed_by_two_others() -> None:
    text = f"{MISREAD}\nGST SUMMARY AMOUNT TAX\nSR 6% 7.55 0.45"
    assert proofs_of(text, "8.00") == ("net + tax",)
    assert Misreads(ledger_of(text)).repaired(Decimal("8.00")) is None


def test_nothing_is_repaired_where_sums_agree_on_two_values() -> None:
    text = """
CAKE 10.00
MILK 6.00
SUBTOTAL 9.40
TAX 0.60
TOTAL 18.00
CASH 20.00
CHANGE 4.00
GST SUMMARY AMOUNT TAX
SR 6% 9.40 0.60
"""
    ledger = ledger_of(text)
    assert named(proofs(Decimal("16.00"), ledger)) == ("cash - change", "items")
    assert named(proofs(Decimal("10.00"), ledger)) == ("subtotal + tax", "net + tax")
    assert Misreads(ledger).repaired(Decimal("18.00")) is None


WITH_TAX = "SUBTOTAL 300.00\nTAX 6.71\n"


@pytest.mark.parametrize("label", ["TOTAL 306.7", "TOTAL 06.71", "TOTAL 306,7", "TOTAL RM306.7", "TOTAL 30.71"])
def test_a_character_that_the_total_lost_is_completed_by_a_sum(label: str) -> None:
    assert Misreads(ledger_of(WITH_TAX)).completed(label) == (Decimal("306.71"), (SUBTOTAL_AND_TAX,))


@pytest.mark.parametrize("label", ["TOTAL", "TOTAL 3", "TOTAL 306", "TOTAL 360.7", "TOTAL 306.712"])
def test_a_total_that_lost_more_or_other_characters_is_left_alone(label: str) -> None:
    assert Misreads(ledger_of(WITH_TAX)).completed(label) is None


def test_nothing_is_completed_without_a_sum_or_where_two_sums_fit() -> None:
    assert Misreads(ledger_of(ITEMS + "VISA 6.00")).completed("TOTAL 6.0") is None
    assert Misreads(ledger_of("SUBTOTAL 5.50\nTAX 0.50\nTOTAL 6.0")).completed("TOTAL 6.0") is not None
    assert (
        Misreads(ledger_of("SUBTOTAL 5.50\nTAX 0.50\nTOTAL 6.0\nCASH 10.05\nCHANGE 4.00")).completed("TOTAL 6.0")
        is None
    )


def test_a_rounding_of_more_than_half_a_unit_was_misread_and_proves_nothing() -> None:
    assert proofs_of(f"{ITEMS}ROUNDING 0.50\nTOTAL 6.50", "6.50") == ("items",)
    assert proofs_of(f"{ITEMS}ROUNDING 0.62\nTOTAL 6.62", "6.62") == ()


def test_amounts_are_kept_by_role_once_and_only_rounding_keeps_its_sign() -> None:
    ledger = ledger_of("DISCOUNT -1.00\nDISCOUNT -1.00\nSUBTOTAL 6.02\nROUNDING -0.02\nTOTAL 6.00")
    assert ledger.of(Role.DISCOUNT) == (Decimal("1.00"),)
    assert ledger.of(Role.ROUNDING) == (Decimal("-0.02"),)
    assert ledger.of(Role.CARD) == ()


def printed(cents: int) -> str:
    """An amount as it is printed."""
    return f"{cents // 100}.{cents % 100:02}"


@given(
    prices=st.lists(st.integers(min_value=1, max_value=99_999), min_size=2, max_size=8),
    back=st.integers(min_value=1, max_value=100_000),
    place=st.integers(min_value=0),
    digit=st.integers(min_value=0, max_value=9),
)
def test_any_digit_of_any_total_is_repaired_where_items_and_cash_agree(
    prices: list[int], back: int, place: int, digit: int
) -> None:
    right = printed(sum(prices))
    places = [number for number, char in enumerate(right) if char != "."]
    at = places[place % len(places)]
    read = right[:at] + str(digit) + right[at + 1 :]
    assume(read == right or len(read) == 4 or not read.startswith("0"))
    lines = [f"BREAD {printed(price)}" for price in prices]
    lines += [f"TOTAL {read}", f"CASH {printed(sum(prices) + back)}", f"CHANGE {printed(back)}"]
    found = Misreads(ledger_of("\n".join(lines))).repaired(Decimal(read))
    assert found == (None if read == right else (Decimal(right), (CASH_LESS_CHANGE, BY_ITEMS)))


def test_a_receipt_of_hundreds_of_amounts_proves_its_total_by_its_first_sums() -> None:
    discounts = "\n".join(f"DISCOUNT -0.{number:02}" for number in range(1, 100))
    ledger = ledger_of(f"BREAD 4.00\nMILK 2.00\nSUBTOTAL 6.00\nVAT 1.20\nTOTAL 7.20\n{discounts}")
    assert SUBTOTAL_AND_TAX in proofs(Decimal("7.20"), ledger)
    assert len(ledger.of(Role.DISCOUNT)) == MAX_PER_ROLE
    assert max(map(len, ledger.totals.values())) <= MAX_SUMS


WORN = "BREAD 12.40\nMILK 31.05\n{label} 43.45\nXXXX 50.00\nXXX 6.55\n"


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        (WORN.format(label="XXXX"), ["43.45"]),
        (WORN.format(label="TOTAL"), []),
        (WORN.format(label="XXXX").replace("31.05", "81.05"), []),
        (WORN.format(label="XXXX").replace("6.55", "6.54"), []),
        ("BREAD 12.40\nXXXX 40.00\nXXXX 50.00\nXXX 10.00", []),
        ("BREAD 12.40\nXXXX 41.67\nXXXX 50.00\nXXX 8.33", []),
        ("BREAD 12.40\nXXXX 43.45\nXXXX 51.25\nXXX 7.80", []),
        ("XXXX 50.00\nXXXX 43.45\nXXX 6.55", []),
        ("XXXX 43.45", []),
    ],
    ids=[
        "worn labels",
        "a total with its label needs none",
        "another amount is higher",
        "another change",
        "net, gross and tax of 25 %",
        "net, gross and tax of 20 %",
        "no note",
        "a price, a reduced price, what was saved",
        "a lone amount",
    ],
)
def test_cash_and_change_prove_a_total_without_any_word(text: str, paid: list[str]) -> None:
    assert sorted(map(str, paid_without_words(rows_of(text)))) == paid


def test_the_total_of_the_discounts_that_lost_its_word_is_not_what_was_paid() -> None:
    text = f"{WORN.format(label='XXXX')}TOTAL 5.09"
    assert str(find_totals(rows_of(text))[0].value) == "43.45"

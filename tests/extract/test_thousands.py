"""A space in a number separates thousands, or a number of articles and an amount: the rest of the page decides."""

from __future__ import annotations

import pytest

from rpiocr.extract.receipt_lines import build_receipt_lines
from tests.written import rows_of, tables_of, write

PAGES = {
    "card": ("LIVRE 85,00\nCAHIER 40,00\nTOTAL 3 125,00\nCB 125,00", "125.00"),
    "items": ("LIVRE 85,00\nCAHIER 40,00\nTOTAL 2 125,00", "125.00"),
    "the price of one article": ("LIT\n1 150,00 150,00\nTOTAL 150,00", "150.00"),
    "an item larger than the total": ("LIT 1 150,00\nTOTAL 150,00", "150.00"),
    "a sofa": ("CANAPE 3 000,00\nTABLE 125,00\nTOTAL 3 125,00", "3125.00"),
    "a card with the same": ("CANAPE\nTOTAL 3 125,00\nCB 3 125,00", "3125.00"),
    "a decimal point and a sign": ("DRILL\nTOTAL R 2 696.45\nCARD 2 696.45", "2696.45"),
    "a decimal point, printed twice": ("DRILL\nTOTAL 2 696.45\nCARD 2 696.45", "2696.45"),
    "a decimal point, number of articles": ("DRILL 600.00\nSAW 96.45\nTOTAL 2 696.45", "696.45"),
    "a dearer item": ("CANAPE 2 900,00\nTABLE 225,00\nLAMPE 900,00\nTOTAL 4 025,00", "4025.00"),
}


@pytest.mark.parametrize("kind", PAGES)
def test_sums_payments_and_items_decide_what_a_space_separates(kind: str) -> None:
    text, value = PAGES[kind]
    last = next(row for row in reversed(rows_of(text)) if "TOTAL" in row.text.text)
    assert str(last.main.value) == value
    assert last.main.cut is None


def test_an_amount_with_a_number_of_articles_is_the_amount() -> None:
    row = rows_of("LIT\n1 150,00 150,00\nTOTAL 150,00")[1]
    assert [str(amount.value) for amount in row.amounts] == ["150.00", "150.00"]


def test_what_nothing_decides_stays_open() -> None:
    (row,) = rows_of("TOTAL 3 125,00")
    assert row.main.cut is not None
    assert (str(row.main.value), str(row.main.cut.value)) == ("3125.00", "125.00")


def test_an_amount_that_a_sign_shows_to_be_one_is_one_without_the_sign_too() -> None:
    text = "LED 1 791\nFIZETENDO 87 388 HUF\nVISA 87 388\nKulcs 68 809 18 579 87 388\nFRANKLIN 2 388"
    rows = build_receipt_lines(write(text), tables_of(text), 0)
    assert [str(row.amounts[-1].value) for row in rows[1:4]] == ["87388", "87388", "87388"]
    assert "87388" not in {str(amount.value) for amount in rows[4].amounts}


def test_thousands_of_a_page_with_spaces_between_them_need_no_sign_where_the_payment_repeats_the_amount() -> None:
    text = "2 896 x 1\nTOTAL 13 132 Ft\nYour share 6 566\nVISA 6 566\n1 896\n1 896"
    rows = build_receipt_lines(write(text), tables_of(text), 0)
    assert [str(row.amounts[-1].value) for row in rows[1:4]] == ["13132", "6566", "6566"]
    assert "1896" not in {str(amount.value) for row in rows[4:] for amount in row.amounts}


def test_thousands_one_space_apart_are_one_amount_where_a_language_of_the_page_writes_them_so() -> None:
    text = "\n".join(
        (
            "Limonádé      1    646    646",
            "Gulyásleves   2  1 505  3 010",
            "ÖSSZESEN                3 656",
            "KÉSZPÉNZ                4 000",
            "VISSZAJÁRÓ                344",
        )
    )
    rows = build_receipt_lines(write(text), tables_of(text), 0)
    assert [[str(amount.value) for amount in row.amounts][-1] for row in rows] == ["646", "3010", "3656", "4000", "344"]

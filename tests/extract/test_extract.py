"""All that is found in one reading comes together."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.extract import Extract, Hints, Languages, extract
from rpiocr.model import Reading
from tests.written import names, tables, write

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
    assert (found.dates[0].value, found.found["time"]) == (dt.date(2018, 12, 25), dt.time(14, 5))
    assert (found.amounts[0].value, found.locale.currency) == (Decimal("6.00"), "MYR")
    assert names(found.amounts[0]) == ("cash - change", "subtotal + tax", "items")
    assert (found.found["subtotal"], found.found["tax"]) == (Decimal("5.50"), Decimal("0.50"))


def test_nothing_is_found_on_an_empty_page() -> None:
    found = extract(Reading((), 1), tables(), HINTS)
    assert (found.amounts, found.dates, found.merchants) == ((), (), ())
    assert (found.found["time"], found.found["subtotal"], found.found["tax"], found.unread_total) == (
        None,
        None,
        None,
        False,
    )


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


@pytest.mark.parametrize(
    ("text", "total", "currency", "language"),
    [
        ("BOULANGERIE\nTOTAL TTC 12,40\nCB 12,40\nMerci de votre visite\nTél. +33 1 23 45 67 89", "12.40", "EUR", "fr"),
        ("스토어\n합계 12,000원\n신용카드 12,000원\n감사합니다", "12000", "KRW", "ko"),
        ("コンビニ\n小計 ¥1,100\n消費税 ¥100\n合計 ¥1,200\nお預り ¥2,000\nお釣り ¥800", "1200", "JPY", "ja"),
        ("МАГАЗИН\nСУМА 220,25 ГРН\nГОТІВКА 500,25\nРЕШТА 280,00\nДякуємо за покупку", "220.25", "UAH", "uk"),
        ("KAUFHAUS\nSumme EUR 12,40\nBar 20,00\nRückgeld 7,60\nVielen Dank für Ihren Einkauf", "12.40", "EUR", "de"),
    ],
)
def test_the_page_decides_which_tables_and_how_many_decimals_apply(
    text: str, total: str, currency: str, language: str
) -> None:
    found = extract(Reading(write(text), 1), Languages(), HINTS)
    assert (found.locale.currency, found.locale.language) == (currency, language)
    assert found.amounts[0].value == Decimal(total)


def test_a_pass_is_extracted_with_the_locale_of_the_whole_page() -> None:
    page = extract(Reading(write("合計 1,200円\nお釣り 800円"), 1), Languages(), HINTS)
    alone = extract(Reading(write("合計 1,200"), 1), Languages().tables(("ja",)), HINTS, page.locale)
    assert alone.locale == page.locale
    assert alone.amounts[0].value == Decimal(1200)

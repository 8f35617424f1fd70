"""The currency is told by signs beside amounts and by what goes with it; what stays open is not guessed."""

from __future__ import annotations

import pytest

from rpiocr.extract.locale import DateOrder, Locale, currencies, infer_locale
from tests.written import rows_of, tables


def locale_of(text: str, default: str | None = None) -> Locale:
    """What is inferred from a receipt that reads ``text``."""
    return infer_locale(rows_of(text), tables(), default)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TOTAL RM5.00", "MYR"),
        ("TOTAL RM 5.00", "MYR"),
        ("TOTAL (RM) 5.00", "MYR"),
        ("TOTAL $5.00", "USD"),
        ("TOTAL $ 5.00", "USD"),
        ("TOTAL -$5.00", "USD"),
        ("TOTAL S$5.00", "SGD"),
        ("TOTAL €5.00", "EUR"),
        ("SUMME 5,00 €", "EUR"),
        ("SUMME 5,00€", "EUR"),
        ("SUMME EUR 5,00", "EUR"),
        ("SUMME 5,00 EUR", "EUR"),
        ("TOTAL CHF 5.00", "CHF"),
        ("TOTAL 5.00 CHF", "CHF"),
        ("TOTAL £5.00", "GBP"),
        ("TOTAL £ 5.00", "GBP"),
        ("TOTAL USD 5.00", "USD"),
    ],
)
def test_a_sign_or_code_beside_an_amount_tells_the_currency(text: str, code: str) -> None:
    found = locale_of(text)
    assert found.currency == code
    assert found.order is currencies()[code].order
    assert found.order_reason == f"currency {code}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SINGAPORE 059567\nTOTAL $5.00", "SGD"),
        ("SYDNEY NSW 2000\nABN 12 345 678 901\nTOTAL $5.00", "AUD"),
        ("TORONTO ONTARIO\nHST 0.65\nTOTAL $5.00", "CAD"),
        ("AUCKLAND NEW ZEALAND\nTOTAL $5.00", "NZD"),
        ("Madison, WI 53739\nTOTAL $5.00", "USD"),
    ],
)
def test_hints_decide_whose_dollar_it_is(text: str, code: str) -> None:
    assert locale_of(text).currency == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("KEDAI MAJU SDN BHD\nTOTAL 5.00", "MYR"),
        ("MAJU (123456-X)\nTOTAL 5.00", "MYR"),
        ("Backhaus GmbH\nTOTAL 5,00", "EUR"),
        ("CHE-123.456.789 MWST\nSchweiz\nTOTAL 5.00", "CHF"),
        ("LONDON SW1A 1AA\nVAT NO 123\nTOTAL 5.00", "GBP"),
    ],
)
def test_words_and_shapes_tell_the_currency_where_no_sign_stands(text: str, code: str) -> None:
    assert locale_of(text).currency == code


@pytest.mark.parametrize("text", ["TOTAL 5.00", "WARM BREAD 5.00", "EUROPA CAFE", "€", "£", "$", "FARM EGGS 5.00"])
def test_a_sign_away_from_amounts_or_inside_a_word_tells_nothing(text: str) -> None:
    found = locale_of(text)
    assert (found.currency, found.order) == (None, None)


def test_a_tie_is_left_open() -> None:
    found = locale_of("GST 0.30\nTOTAL 5.00")
    assert found.currency is None
    assert found.order is None
    assert "MYR or SGD" in found.order_reason


def test_a_tie_still_tells_the_order_of_dates_where_all_agree_on_it() -> None:
    found = locale_of("TOTAL EUR 5.00\nTOTAL CHF 5.50")
    assert (found.currency, found.order) == (None, DateOrder.DMY)


def test_the_users_currency_counts_where_the_page_tells_nothing_or_is_tied() -> None:
    assert locale_of("TOTAL 5.00", "CAD").currency == "CAD"
    assert locale_of("GST 0.30\nTOTAL 5.00", "AUD").currency == "AUD"


def test_the_page_beats_the_users_currency() -> None:
    assert locale_of("BREAD RM2.00\nTOTAL RM5.00", "USD").currency == "MYR"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Vielen Dank für Ihren Einkauf", "de"),
        ("THANK YOU\nYOUR CHANGE 5.00\nPLEASE KEEP THE RECEIPT", "en"),
        ("4711 0815", None),
    ],
)
def test_the_language_shows_by_common_words(text: str, language: str | None) -> None:
    assert locale_of(text).language == language


def test_every_currency_has_an_iso_code_a_sign_and_its_decimals() -> None:
    for code, currency in currencies().items():
        assert len(code) == 3
        assert code.isupper()
        assert code in currency.signs
        assert currency.decimals in {0, 2}

"""One table of currencies: what is printed, stored, corrected and explained has the same decimals."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rpiocr.extract.tables.currencies import amount_signs, currencies, currency_entries
from rpiocr.model.currency import (
    CODES,
    PRINTED_WITHOUT,
    WITH_THREE,
    WITHOUT_DECIMALS,
    decimals_of,
    rounded,
    without_loss,
)
from tests.written import amounts_of

LEFT_THE_LIST = {"HRK"}
"""Currencies that old receipts are in."""


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("EUR", 2), ("JPY", 0), ("HUF", 0), ("TWD", 0), ("KWD", 3), ("UGX", 0), (None, 2), ("???", 2)],
)
def test_every_currency_has_the_decimals_that_receipts_print(currency: str | None, decimals: int) -> None:
    assert decimals_of(currency) == decimals
    assert rounded(Decimal("1234.0"), currency).as_tuple().exponent == -decimals


def test_an_amount_that_has_more_decimals_than_its_currency_is_rounded_only_where_that_is_asked_for() -> None:
    assert without_loss(Decimal("12.5"), "EUR") == Decimal("12.50")
    assert without_loss(Decimal("12.505"), "EUR") is None
    assert without_loss(Decimal("1234.50"), "JPY") is None
    assert rounded(Decimal("1234.50"), "JPY") == Decimal(1234)


def test_the_lists_of_decimals_name_currencies_that_exist_and_none_twice() -> None:
    assert WITHOUT_DECIMALS | PRINTED_WITHOUT | WITH_THREE <= CODES
    assert not WITHOUT_DECIMALS & PRINTED_WITHOUT
    assert not WITH_THREE & (WITHOUT_DECIMALS | PRINTED_WITHOUT)


def test_the_signs_of_currencies_are_those_of_currencies_that_exist() -> None:
    assert set(currency_entries()) <= CODES | LEFT_THE_LIST
    assert all(currency.decimals == decimals_of(code) for code, currency in currencies().items())


@pytest.mark.parametrize("sign", ["RM", "USD", "USD$", "SFr", "kr.", "Kč", "HRK", "PEN"])
def test_what_the_table_names_may_touch_an_amount(sign: str) -> None:
    assert sign in amount_signs().letters
    assert [amount.value for amount in amounts_of(f"{sign}12.50")] == [Decimal("12.50")]

"""What is beside an amount is distinguished: description, quantity, code of the article, mark of its tax."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rpiocr.extract.items.row import item_row
from rpiocr.extract.items.wording import cleaned, wording
from tests.written import rows_of


@pytest.mark.parametrize(
    ("text", "description", "code"),
    [
        ("4078500873307 Grasschere", "Grasschere", "4078500873307"),
        ("E 190235 HBO W/ALMNDS", "HBO W/ALMNDS", "190235"),
        ("GARLIC SALT 002150005650 F", "GARLIC SALT", "002150005650"),
        ("CH50514 T5 JOINT 2PIN", "T5 JOINT 2PIN", "CH50514"),
        ("COCA COLA 1.5L", "COCA COLA 1.5L", None),
        ("~ BREAD RM", "BREAD", None),
        ("SCHRAUBEN 4x50", "SCHRAUBEN 4x50", None),
    ],
)
def test_codes_and_signs_are_no_part_of_a_description(text: str, description: str, code: str | None) -> None:
    found = cleaned(text)
    assert (found.description, found.code) == (description, code)


@pytest.mark.parametrize(("text", "quantity"), [("2x BREAD", "2"), ("3 x BREAD", "3"), ("ix 00085419 BREAD", "1")])
def test_a_number_with_a_sign_before_a_description_is_a_quantity(text: str, quantity: str) -> None:
    found = cleaned(text)
    assert (found.description, found.quantity) == ("BREAD", Decimal(quantity))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("BREAD 2.50 A", ("A", False)), ("BREAD 2.50", (None, False)), ("COUPON 2.50 -A", ("A", True))],
)
def test_the_mark_behind_an_amount_is_that_of_its_tax(text: str, expected: tuple[str | None, bool]) -> None:
    (row,) = rows_of(text)
    found = wording(item_row(row), row.amounts[-1])
    assert (found.tax_code, found.is_negative) == expected


@pytest.mark.parametrize(
    ("text", "quantity", "unit", "price", "unit_price"),
    [
        ("2 x 4.50", "2", None, "4.50", "4.50"),
        ("4.50 x 2", "2", None, "4.50", "4.50"),
        ("0.482 kg x 2.99 EUR/kg", "0.482", "kg", "2.99", "2.99"),
        ("4 @ 2 / 5.00", "4", None, "5.00", None),
    ],
)
def test_a_sign_shows_a_quantity_and_a_unit_price(
    text: str, quantity: str, unit: str | None, price: str, unit_price: str | None
) -> None:
    (row,) = rows_of(text)
    ((found, _), *_) = item_row(row).multiples
    assert (str(found.quantity), found.unit, str(found.price)) == (quantity, unit, price)
    assert found.unit_price == (None if unit_price is None else Decimal(unit_price))


def test_a_quantity_and_a_price_make_an_amount_though_the_sign_between_them_was_misread() -> None:
    for text in ("2 0 9.98", "24 9.98", "2-8 9.98", "2 @ 9.98"):
        (row,) = rows_of(text)
        found = item_row(row).multiple_making(Decimal("19.96"))
        assert found is not None, text
        assert (found.quantity, found.price) == (Decimal(2), Decimal("9.98"))

"""Claims about what is bought; no fonts needed."""

from decimal import Decimal

import pytest

from generator.buying import go_shopping
from generator.dice import Dice
from generator.locales import country_codes, load_country
from generator.shop import KINDS, ZERO, Sale

CASES = [(country, kind) for country in country_codes() for kind in KINDS]


def sales(country: str, kind: str, *, refund: bool = False) -> list[Sale]:
    return [go_shopping(Dice(seed), load_country(country), kind, refund=refund) for seed in range(25)]


@pytest.mark.parametrize(("country", "kind"), CASES)
def test_items_discounts_taxes_and_rounding_add_up_to_the_total(country: str, kind: str) -> None:
    for sale in sales(country, kind):
        items = sum((item.amount + item.discount for item in sale.items), ZERO)
        extras = sale.basket_discount + sale.service + sale.tip + sale.rounding
        added_tax = ZERO if sale.tax_included else sum((line.tax for line in sale.taxes), ZERO)
        assert items + extras + added_tax == sale.total


@pytest.mark.parametrize(("country", "kind"), CASES)
def test_tax_tables_add_up_to_what_is_paid_before_tip_and_rounding(country: str, kind: str) -> None:
    for sale in sales(country, kind):
        assert all(line.net + line.tax == line.gross for line in sale.taxes)
        gross = sum((line.gross for line in sale.taxes), ZERO)
        assert gross + sale.tip + sale.rounding == sale.total


@pytest.mark.parametrize("country", country_codes())
def test_cash_less_change_is_the_total(country: str) -> None:
    for sale in sales(country, "supermarket"):
        assert sale.payment.tendered - sale.payment.change == sale.total
        assert sale.payment.change >= 0


@pytest.mark.parametrize("country", ["my", "ch", "sg", "au"])
def test_cash_is_paid_in_coins_that_exist(country: str) -> None:
    paid = [sale.total for sale in sales(country, "supermarket") if sale.payment.cash]
    assert paid
    assert all(total % Decimal("0.05") == 0 for total in paid)


@pytest.mark.parametrize("country", country_codes())
def test_refunds_are_negative(country: str) -> None:
    assert all(sale.total < 0 for sale in sales(country, "hardware", refund=True))


def test_malaysian_receipts_show_gst_only_while_there_was_gst() -> None:
    names = {(sale.when.year, sale.tax_name) for sale in sales("my", "hardware")}
    assert {year for year, name in names if name == "GST"} <= set(range(2015, 2019))
    assert any(name == "GST" for _, name in names)

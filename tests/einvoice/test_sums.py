"""An e-invoice is proved only if all its sums agree."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from decimal import Decimal

import pytest

from rpiocr.einvoice import parse
from rpiocr.errors import InputError

from .invoices import SHOP, Row, Spec, cii, ubl

Writer = Callable[[Spec], bytes]

WRONG = {
    "lines": ("157.01", "lines do not add up"),
    "without_tax": ("157.01", "total without tax"),
    "tax": ("25.38", "taxes do not add up"),
    "with_tax": ("182.40", "do not add up to the total"),
    "due": ("182.38", "amount due"),
    "prepaid": ("0.01", "amount due"),
    "rounding": ("0.01", "amount due"),
    "allowances": ("1.00", "allowances do not add up"),
    "charges": ("1.00", "charges do not add up"),
}


@pytest.mark.parametrize("write", [cii, ubl])
@pytest.mark.parametrize("name", WRONG)
def test_one_total_that_is_a_cent_off_is_told(write: Writer, name: str) -> None:
    value, told = WRONG[name]
    invoice = parse(write(SHOP.but(stated={name: value})))
    assert not invoice.proved
    assert any(told in doubt for doubt in invoice.doubts)


@pytest.mark.parametrize("write", [cii, ubl])
def test_without_its_totals_nothing_is_proved(write: Writer) -> None:
    assert not parse(write(SHOP.but(stated={"with_tax": None, "due": None}))).proved
    assert not parse(write(SHOP.but(stated={"without_tax": None}))).proved


def test_a_tax_that_its_rate_does_not_give_is_told() -> None:
    moved = cii().replace(b"<ram:CalculatedAmount>2.59<", b"<ram:CalculatedAmount>3.59<")
    moved = moved.replace(b"<ram:CalculatedAmount>22.80<", b"<ram:CalculatedAmount>21.80<")
    assert parse(moved).doubts == ("a tax is not what its rate gives",)


def test_taxes_that_were_rounded_line_by_line_are_proved() -> None:
    rows = tuple(Row(f"Article {number}", "1", "H87", "0.03") for number in range(40))
    spec = SHOP.but(rows=rows)
    assert spec.taxes() == [("19", Decimal("1.20"), Decimal("0.23"))]
    by_line = cii(spec.but(stated={"tax": "0.40", "with_tax": "1.60", "due": "1.60"}))
    assert parse(by_line.replace(b"<ram:CalculatedAmount>0.23<", b"<ram:CalculatedAmount>0.40<")).proved


@pytest.mark.parametrize("write", [cii, ubl])
def test_an_amount_in_another_currency_is_none_of_the_invoice(write: Writer) -> None:
    other = write(SHOP).replace(b'currencyID="EUR"', b'currencyID="USD"')
    assert any("another currency" in doubt for doubt in parse(other).doubts)


def test_the_tax_in_the_currency_of_the_tax_office_does_not_count() -> None:
    both = cii().replace(
        b'<ram:TaxTotalAmount currencyID="EUR">25.39</ram:TaxTotalAmount>',
        b'<ram:TaxTotalAmount currencyID="EUR">25.39</ram:TaxTotalAmount>'
        b'<ram:TaxTotalAmount currencyID="CZK">640.11</ram:TaxTotalAmount>',
    )
    invoice = parse(both)
    assert (invoice.proved, invoice.totals.tax) == (True, Decimal("25.39"))


def test_two_totals_are_none() -> None:
    total = b"<ram:GrandTotalAmount>182.39</ram:GrandTotalAmount>"
    twice = cii().replace(total, total + b"<ram:GrandTotalAmount>19.00</ram:GrandTotalAmount>")
    invoice = parse(twice)
    assert (invoice.total, invoice.proved) == (None, False)
    assert parse(cii().replace(total, total + total)).proved


@pytest.mark.parametrize(
    "text", ["1e999", "NaN", "INF", "１８２.３９", "182,39", "1 182.39", "0x1F", "", "--1", "1" * 400, "182.39 EUR"]
)
def test_what_is_no_number_is_no_amount(text: str) -> None:
    odd = cii().replace(b"<ram:GrandTotalAmount>182.39<", f"<ram:GrandTotalAmount>{text}<".encode())
    invoice = parse(odd)
    assert (invoice.total, invoice.proved) == (None, False)


@pytest.mark.parametrize("write", [cii, ubl])
def test_no_changed_digit_leaves_another_total_proved(write: Writer) -> None:
    """Every digit of every amount, changed alone: what is still proved states the same total."""
    xml = write(SHOP).decode()
    places = [
        place for found in re.finditer(r">([0-9]+\.[0-9]+)<", xml) for place in range(found.start(1), found.end(1))
    ]
    for place in places:
        if xml[place].isdigit():
            changed = xml[:place] + str((int(xml[place]) + 3) % 10) + xml[place + 1 :]
            invoice = parse(changed.encode())
            assert not invoice.proved or invoice.total == Decimal("182.39")


def test_no_damage_proves_another_total() -> None:
    chance = random.Random(7)  # noqa: S311 - not for secrets
    for _ in range(400):
        xml = bytearray(chance.choice((cii, ubl))(SHOP))
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(xml))
            xml[place : place + chance.randint(0, 3)] = bytes([chance.randrange(256)])
        try:
            invoice = parse(bytes(xml))
        except InputError:
            continue
        assert not invoice.proved or invoice.total in (Decimal("182.39"), None)

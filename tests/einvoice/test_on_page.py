"""An e-invoice in the file of a page: it settles what the page shows as well, and never what the page contradicts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from rpiocr.decide.confidence import Judge
from rpiocr.decide.einvoice_on_page import shows, with_einvoice
from rpiocr.decide.interpret import understand
from rpiocr.decide.items import find_items
from rpiocr.einvoice import parse
from rpiocr.extract import Hints
from rpiocr.model import NOWHERE, Fields, Judgement, Verdict, VetoKind
from tests.written import PSM_4, languages, read_as

from .invoices import SHOP, cii, order_x, ubl

TODAY = dt.date(2026, 6, 1)
JUDGE = Judge(0.005)

PAGE = """
CAFE BRANDT
Rechnung RE-2026-0815
Datum 14.03.2026

Espresso Cremoso 1 kg      37,00
Wartung Siebtraeger       120,00
Netto                     157,00
MwSt                       25,39
Gesamtbetrag              182,39 EUR
"""


def page(text: str = PAGE) -> Fields:
    """What one unsure pass reads of a page."""
    read = understand((read_as(text), read_as(text, PSM_4)), 0.0, languages(), Hints(TODAY), JUDGE)
    items = find_items(read, read.fields)
    return replace(read.fields, items=items.listed if items else None)


def combined(fields: Fields, xml: bytes) -> tuple[Fields, Judgement]:
    return JUDGE.rate(with_einvoice(fields, parse(xml), TODAY))


def test_a_page_with_the_same_total_is_settled_by_the_invoice() -> None:
    seen = page()
    assert seen.amount
    fields, judgement = combined(seen, cii())
    assert judgement.verdict is Verdict.ACCEPT
    assert fields.amount
    assert fields.date
    assert fields.merchant
    assert fields.receipt_number
    assert (fields.amount.chosen.value, fields.amount.chosen.box) == (Decimal("182.39"), seen.amount.chosen.box)
    assert "e-invoice" in [check.name.value for check in fields.amount.chosen.checks]
    assert fields.date.chosen.value == dt.date(2026, 3, 14)
    assert fields.merchant.chosen.value == "Café Brandt"
    assert fields.receipt_number.chosen.value == "RE-2026-0815"
    assert [one.chosen.value.number for one in fields.tax_ids] == ["DE136695976"]


def test_where_the_page_shows_another_total_both_are_shown_and_none_is_accepted() -> None:
    fields, judgement = combined(page(PAGE.replace("182,39", "182,93")), cii())
    assert judgement.verdict is not Verdict.ACCEPT
    assert fields.amount
    assert fields.amount.chosen.value == Decimal("182.93")
    assert fields.amount.rivals[0].value == Decimal("182.39")
    (veto,) = (one for one in fields.amount.vetoes if "e-invoice" in one.why)
    assert (veto.kind, "182.39 EUR" in veto.why) == (VetoKind.MEANING, True)


def test_an_amount_of_the_page_that_is_no_total_is_no_agreement() -> None:
    small = SHOP.but(rows=SHOP.rows[:1], stated={})
    text = PAGE.replace("37,00", "39,59")
    assert parse(cii(small)).total == Decimal("39.59")
    assert not shows(page(text), parse(cii(small)))
    _, judgement = combined(page(text), cii(small))
    assert judgement.verdict is not Verdict.ACCEPT


def test_a_page_that_shows_what_is_left_to_pay_is_settled_with_the_total() -> None:
    text = PAGE.replace(
        "Gesamtbetrag              182,39 EUR", "Anzahlung                 100,00\nZahlbetrag   82,39 EUR"
    )
    fields, judgement = combined(page(text), ubl(SHOP.but(prepaid="100.00")))
    assert fields.amount
    assert (fields.amount.chosen.value, judgement.verdict) == (Decimal("182.39"), Verdict.ACCEPT)
    assert Decimal("82.39") in [one.value for one in fields.amount.rivals]


def test_a_credit_note_gives_the_page_its_sign() -> None:
    fields, judgement = combined(page(), ubl(SHOP.but(type_code="381"), "CreditNote"))
    assert fields.amount
    assert (fields.amount.chosen.value, judgement.verdict) == (Decimal("-182.39"), Verdict.ACCEPT)


def test_a_date_that_the_page_does_not_show_is_not_accepted() -> None:
    fields, judgement = combined(page(PAGE.replace("14.03.2026", "27.02.2026")), cii())
    assert fields.date
    assert (fields.date.chosen.value, fields.date.rivals[0].value) == (dt.date(2026, 3, 14), dt.date(2026, 2, 27))
    assert judgement.verdict is not Verdict.ACCEPT


@pytest.mark.parametrize("amount", ["$182.39", "182.39 USD"])
def test_another_currency_on_the_page_is_not_accepted(amount: str) -> None:
    text = PAGE.replace("182,39 EUR", amount).replace(",", ".")
    fields, judgement = combined(page(text), cii())
    assert fields.currency
    assert (fields.currency.chosen.value, judgement.verdict) == ("EUR", Verdict.RETRY)


def test_an_invoice_whose_sums_do_not_agree_settles_nothing() -> None:
    before = page()
    unproved = cii(SHOP.but(stated={"lines": "156.00"}))
    assert with_einvoice(before, parse(unproved), TODAY) == before


@pytest.mark.parametrize("xml", [order_x(), cii(SHOP.but(type_code="325"))], ids=["order", "pro forma"])
def test_a_file_with_an_order_is_not_accepted(xml: bytes) -> None:
    settled, accepted = combined(page(), cii())
    assert accepted.verdict is Verdict.ACCEPT
    fields, judgement = combined(settled, xml)
    assert judgement.verdict is not Verdict.ACCEPT
    assert fields.amount
    assert any("no invoice of a purchase" in veto.why for veto in fields.amount.vetoes)


def test_a_page_without_a_total_needs_the_date_of_the_invoice() -> None:
    dated, undated = page("Rechnung\nDatum 14.03.2026\nVielen Dank\n"), page("Rechnung\nVielen Dank\n")
    assert (dated.amount, undated.amount, undated.date) == (None, None, None)
    fields, judgement = combined(dated, cii())
    assert fields.amount
    assert (fields.amount.chosen.value, fields.amount.chosen.box) == (Decimal("182.39"), NOWHERE)
    assert judgement.verdict is Verdict.ACCEPT
    fields, judgement = combined(undated, cii())
    assert fields.amount
    assert (fields.amount.chosen.value, judgement.verdict) == (Decimal("182.39"), Verdict.RETRY)


def test_items_of_the_page_keep_their_places_if_they_are_the_same() -> None:
    fields, _ = combined(page(), cii())
    assert fields.items
    assert [item.amount for item in fields.items.items] == [Decimal("37.00"), Decimal("120.00")]
    assert fields.items.check.complete
    other, _ = combined(page(PAGE.replace("120,00", "119,00")), cii())
    assert other.items
    assert [item.description for item in other.items.items] == ["Espresso Cremoso 1 kg", "Wartung Siebträger"]
    assert {item.box for item in other.items.items} == {NOWHERE}

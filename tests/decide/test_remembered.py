"""Which names are the same, and what a remembered one changes about a receipt."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from rpiocr.decide.remembered import is_same_name, with_memory
from rpiocr.model import NOWHERE, Candidate, Field, Kind, Provenance, Receipt, TaxId, Verdict
from rpiocr.model.memory import Statement, tax_key
from tests.output.explain.receipts import NAME, RECEIPT

KEY = tax_key("SG", "gst", "M141466526")
TAX_ID = TaxId("gst", "SG", "M141466526", None)
NOW = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)


def of_shop(**changes: object) -> Receipt:
    """The receipt with a tax number."""
    number = Candidate(TAX_ID, "M141466526", NOWHERE, 0.9, Provenance(Kind.FORM), 1.0)
    fields = replace(RECEIPT.fields, tax_ids=(Field(number, (), ()),), **changes)  # type: ignore[arg-type]
    return replace(RECEIPT, fields=fields)


def said(value: str, *, field: str = "merchant", printed: str | None = None, receipt_id: int | None = 1) -> Statement:
    """What a person said about the shop."""
    return Statement(KEY, field, value, printed, receipt_id, NOW)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("REWE", "REWE Markt GmbH"),
        ("KlOSK AN ECK", "Kiosk am Eck"),
        ("Café Müller", "CAFE MULLER"),
        ("McDonald's", "MCDONALDS"),
        ("セブン-イレブン", "セブンイレブン"),
    ],
)
def test_a_name_is_the_same_misread_or_with_an_addition(one: str, other: str) -> None:
    assert is_same_name(one, other)
    assert is_same_name(other, one)


@pytest.mark.parametrize(("one", "other"), [("ARAL", "SUBWAY"), ("Foo GmbH", "Bar GmbH"), ("dm", "Edeka"), ("", "dm")])
def test_names_of_two_brands_are_not_the_same(one: str, other: str) -> None:
    assert not is_same_name(one, other)


def test_a_remembered_name_takes_the_place_of_the_printed_one_which_is_kept_as_another_value() -> None:
    before = of_shop()
    after = with_memory(before, [said("Noodle Corner", printed="Shop")])
    name = after.fields.merchant
    assert name is not None
    assert (name.chosen.value, name.chosen.raw, name.chosen.box) == ("Noodle Corner", NAME.raw, NAME.box)
    assert (name.rivals[0], name.verdict) == (NAME, Verdict.ACCEPT)
    assert name.chosen.provenance == Provenance(Kind.REMEMBERED, "tax number SG gst M141466526")
    assert replace(after, fields=replace(after.fields, merchant=before.fields.merchant)) == before


def test_a_receipt_without_a_name_gets_one_that_is_on_no_picture() -> None:
    name = with_memory(of_shop(merchant=None), [said("Noodle Corner")]).fields.merchant
    assert name is not None
    assert (name.chosen.value, name.chosen.box) == ("Noodle Corner", NOWHERE)


def test_one_receipt_does_not_overrule_another_print_and_two_do() -> None:
    once = with_memory(of_shop(), [said("Noodle Corner")]).fields.merchant
    assert once is not None
    assert (once.chosen.value, once.rivals[0].value) == ("Shop", "Noodle Corner")
    twice = with_memory(of_shop(), [said("Noodle Corner"), said("Noodle Corner", receipt_id=2)]).fields.merchant
    assert twice is not None
    assert twice.chosen.value == "Noodle Corner"


def test_a_category_is_what_everybody_said() -> None:
    one, other = said("food", field="category"), said("travel", field="category", receipt_id=2)
    assert with_memory(of_shop(category="other"), [one]).fields.category == "food"
    assert with_memory(of_shop(category="other"), [one, other]).fields.category == "other"


def test_what_was_said_about_another_shop_changes_nothing() -> None:
    other = replace(said("Noodle Corner"), key=tax_key("SG", "gst", "M999999999"))
    assert with_memory(of_shop(merchant=None), [other]) == of_shop(merchant=None)

"""An e-invoice as a receipt: accepted where it is proved and complete, else held back with the reason in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import pytest

from rpiocr.decide.confidence import Judge
from rpiocr.decide.einvoice import fields_of, notices_on
from rpiocr.einvoice import parse
from rpiocr.model import NOWHERE, Fields, ItemKind, Judgement, Verdict

from .invoices import SHOP, Row, Spec, cii, ubl

TODAY = dt.date(2026, 6, 1)


def judged(xml: bytes, risk: float = 0.005) -> tuple[Fields, Judgement]:
    return Judge(risk).rate(fields_of(parse(xml), TODAY, items=True))


def why(fields: Fields) -> Sequence[str]:
    held = (fields.amount, fields.date, fields.currency)
    return [veto.why for field in held if field for veto in field.vetoes]


@pytest.mark.parametrize("risk", [0.001, 0.005, 0.1])
def test_a_proved_invoice_is_accepted_at_every_risk(risk: float) -> None:
    fields, judgement = judged(cii(), risk)
    assert judgement.verdict is Verdict.ACCEPT
    assert fields.amount
    assert fields.date
    assert fields.merchant
    assert fields.amount.chosen.value == Decimal("182.39")
    assert fields.amount.chosen.box == NOWHERE
    assert [check.name.value for check in fields.amount.chosen.checks] == ["e-invoice"]
    assert (fields.date.chosen.value, fields.merchant.chosen.value) == (dt.date(2026, 3, 14), "Café Brandt")
    assert (fields.subtotal, fields.tax, fields.currency_code) == (Decimal("157.00"), Decimal("25.39"), "EUR")


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (
            SHOP.but(stated={"with_tax": "182.40", "due": "182.40"}),
            "total without tax and tax do not add up to the total",
        ),
        (SHOP.but(stated={"lines": "156.00"}), "its lines do not add up to their sum"),
        (SHOP.but(date="2026-06-02"), "it is after today by this machine's clock, and one of them is wrong"),
        (SHOP.but(date="1970-01-01"), "it is before there were e-invoices"),
        (SHOP.but(type_code="999"), "its type 999 is not known"),
        (
            SHOP.but(type_code="381", rows=(Row("Retoure", "-1", "H87", "20.00"),)),
            "it is a credit note with a negative total, so its sign is uncertain",
        ),
    ],
)
def test_what_is_wrong_is_told_and_not_accepted(spec: Spec, told: str) -> None:
    fields, judgement = judged(cii(spec))
    assert judgement.verdict is not Verdict.ACCEPT
    assert told in why(fields)


@pytest.mark.parametrize("spec", [SHOP.but(date="2026-02-30"), SHOP.but(currency="XXX"), SHOP.but(currency="eur")])
def test_without_date_or_currency_nothing_is_accepted(spec: Spec) -> None:
    fields, judgement = judged(cii(spec))
    assert judgement.verdict is not Verdict.ACCEPT
    assert None in (fields.date, fields.currency)


def test_a_credit_note_is_accepted_as_a_refund() -> None:
    fields, judgement = judged(ubl(SHOP.but(type_code="381"), "CreditNote"))
    assert judgement.verdict is Verdict.ACCEPT
    assert fields.amount
    assert fields.items
    assert (fields.amount.chosen.value, fields.tax) == (Decimal("-182.39"), Decimal("-25.39"))
    assert [item.amount for item in fields.items.items] == [Decimal("-37.00"), Decimal("-120.00")]
    assert fields.items.check.complete


def test_lines_allowances_and_charges_are_items() -> None:
    fields, _ = judged(cii(SHOP.but(adjustments=(("Rabatt", "-5.00"), ("Versand", "4.90")))))
    assert fields.items
    assert [(item.description, item.quantity, item.unit, item.amount, item.kind) for item in fields.items.items] == [
        ("Espresso Cremoso 1 kg", Decimal(2), None, Decimal("37.00"), ItemKind.ITEM),
        ("Wartung Siebträger", Decimal("1.5"), "h", Decimal("120.00"), ItemKind.ITEM),
        ("Rabatt", None, None, Decimal("-5.00"), ItemKind.DISCOUNT),
        ("Versand", None, None, Decimal("4.90"), ItemKind.CHARGE),
    ]
    assert (fields.items.check.complete, fields.items.check.sum, fields.subtotal) == (
        True,
        Decimal("156.90"),
        Decimal("156.90"),
    )


def test_items_of_sums_that_do_not_agree_are_not_complete() -> None:
    fields, _ = judged(cii(SHOP.but(stated={"lines": "156.00"})))
    assert fields.items
    assert (fields.items.check.complete, fields.items.verdict) == (False, Verdict.RETRY)


def test_a_correction_says_that_it_corrects_another_invoice() -> None:
    assert [notice.code for notice in notices_on(parse(cii(SHOP.but(type_code="384"))))] == ["einvoice_correction"]
    assert notices_on(parse(cii())) == ()

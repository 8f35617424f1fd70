"""What an e-invoice states, in each of its languages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

import facturx
import pytest

from rpiocr.einvoice import parse
from rpiocr.errors import NotAnInvoiceError
from rpiocr.model import TaxId
from rpiocr.model.einvoice import Purpose, Syntax

from .invoices import EXTENDED, SHOP, XRECHNUNG, Row, Spec, cii, order_x, ubl, zugferd_1

Writer = Callable[[Spec], bytes]

RICH = SHOP.but(
    rows=(
        Row("Tea", "3", "KGM", "9.99", "7"),
        Row("Cup", "12", "C62", "4.05", "19"),
        Row("Pot", "1", "EA", "31.00", "19"),
    ),
    adjustments=(("Rabatt", "-5.00"), ("Versand", "4.90")),
    prepaid="50.00",
    profile=EXTENDED,
)


@pytest.mark.parametrize("write", [cii, zugferd_1, ubl])
def test_every_language_states_the_same(write: Writer) -> None:
    invoice = parse(write(SHOP))
    assert invoice.proved
    assert (invoice.total, invoice.due, invoice.currency) == (Decimal("182.39"), Decimal("182.39"), "EUR")
    assert (invoice.number, invoice.issued, invoice.due_on) == (
        "RE-2026-0815",
        dt.date(2026, 3, 14),
        dt.date(2026, 4, 13),
    )
    assert invoice.purpose is Purpose.INVOICE
    assert invoice.seller.legal_name == "Kaffeerösterei Brandt GmbH"
    assert invoice.seller.tax_ids == (TaxId("vat", "DE", "DE136695976", valid=True),)
    assert invoice.buyer.name == "Kontor AG"
    assert [(one.description, one.quantity, one.unit, one.unit_price, one.amount) for one in invoice.lines] == [
        ("Espresso Cremoso 1 kg", Decimal(2), "H87", Decimal("18.50"), Decimal("37.00")),
        ("Wartung Siebträger", Decimal("1.5"), "HUR", Decimal("80.00"), Decimal("120.00")),
    ]
    assert [(tax.rate, tax.base, tax.amount) for tax in invoice.taxes] == [
        (Decimal(7), Decimal("37.00"), Decimal("2.59")),
        (Decimal(19), Decimal("120.00"), Decimal("22.80")),
    ]


@pytest.mark.parametrize("write", [cii, ubl])
def test_the_seller_is_known_by_its_name_in_trade(write: Writer) -> None:
    assert parse(write(SHOP)).seller.name == "Café Brandt"
    assert parse(write(SHOP.but(trade_name=None))).seller.name == "Kaffeerösterei Brandt GmbH"


@pytest.mark.parametrize("spec", [SHOP, RICH, SHOP.but(profile=XRECHNUNG), SHOP.but(rounding="0.01")])
@pytest.mark.parametrize("write", [cii, ubl])
def test_an_independent_reader_reads_the_same(write: Writer, spec: Spec) -> None:
    """By the terms of EN 16931; it also finds that what the tests write is valid by the official schemas."""
    theirs = facturx.parse_ubl_cii_xml(write(spec))
    ours = parse(write(spec))
    totals = ours.totals
    stated = {
        **{"BT-106": totals.lines, "BT-107": totals.allowances, "BT-108": totals.charges, "BT-109": totals.without_tax},
        **{"BT-110": totals.tax, "BT-112": totals.with_tax, "BT-113": totals.prepaid, "BT-114": totals.rounding},
        "BT-115": totals.due,
    }
    for term, amount in stated.items():
        assert (Decimal(theirs[term]) if term in theirs else None) == amount, term
    assert (theirs["BT-1"], theirs["BT-2"], theirs["BT-9"]) == (ours.number, ours.issued, ours.due_on)
    assert [Decimal(line["BT-131"]) for line in theirs["BG-25"]] == [line.amount for line in ours.lines]
    assert [line["BT-153"] for line in theirs["BG-25"]] == [line.description for line in ours.lines]
    assert ours.proved


def test_a_credit_note_is_negative() -> None:
    for xml in (cii(SHOP.but(type_code="381")), ubl(SHOP.but(type_code="381"), "CreditNote")):
        invoice = parse(xml)
        assert (invoice.purpose, invoice.total, invoice.proved) == (Purpose.CREDIT_NOTE, Decimal("-182.39"), True)


def test_a_corrected_invoice_keeps_the_signs_that_it_states() -> None:
    rows = (Row("Retoure", "-1", "H87", "20.00"),)
    invoice = parse(cii(SHOP.but(type_code="384", rows=rows)))
    assert (invoice.purpose, invoice.total, invoice.proved) == (Purpose.CORRECTION, Decimal("-23.80"), True)


@pytest.mark.parametrize("write", [cii, ubl])
def test_a_correction_takes_an_allowance_back(write: Writer) -> None:
    rows = (Row("Retoure", "-1", "H87", "20.00"),)
    taken = write(SHOP.but(type_code="384", rows=rows, adjustments=(("Rabatt", "-2.00"),)))
    for name in (b"ActualAmount", b"AllowanceTotalAmount", b"Amount"):
        taken = re.sub(rb"(:" + name + rb"[^>]*>)2\.00", rb"\g<1>-2.00", taken)
    spec = SHOP.but(type_code="384", rows=rows, adjustments=(("Aufschlag", "2.00"),)).totals()
    for name, other in ((b"-22.00", spec["without_tax"]), (b"-4.18", spec["tax"]), (b"-26.18", spec["with_tax"])):
        taken = taken.replace(name, other.encode())
    invoice = parse(taken)
    assert (invoice.total, invoice.doubts) == (Decimal("-21.42"), ())


def test_what_was_paid_before_is_part_of_the_total() -> None:
    invoice = parse(ubl(SHOP.but(prepaid="100.00")))
    assert (invoice.total, invoice.due) == (Decimal("182.39"), Decimal("82.39"))


def test_allowances_and_charges_have_their_signs() -> None:
    for write in (cii, ubl):
        assert [(one.reason, one.amount) for one in parse(write(RICH)).adjustments] == [
            ("Rabatt", Decimal("-5.00")),
            ("Versand", Decimal("4.90")),
        ]


def test_the_price_of_a_hundred_is_that_of_one() -> None:
    many = cii().replace(
        b"<ram:ChargeAmount>18.50</ram:ChargeAmount>",
        b'<ram:ChargeAmount>1850.00</ram:ChargeAmount><ram:BasisQuantity unitCode="H87">100</ram:BasisQuantity>',
    )
    assert parse(many).lines[0].unit_price == Decimal("18.5")


def test_lines_that_sum_up_others_do_not_count() -> None:
    group = (
        b"<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>9</ram:LineID>"
        b"<ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode></ram:AssociatedDocumentLineDocument>"
        b"<ram:SpecifiedTradeProduct><ram:Name>Sum</ram:Name></ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeSettlement>"
        b"<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>157.00</ram:LineTotalAmount>"
        b"</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>"
        b"</ram:IncludedSupplyChainTradeLineItem><ram:ApplicableHeaderTradeAgreement>"
    )
    invoice = parse(cii().replace(b"<ram:ApplicableHeaderTradeAgreement>", group, 1))
    assert invoice.proved
    assert [line.counts for line in invoice.lines] == [True, True, False]


def test_a_profile_without_lines_is_proved_by_its_totals() -> None:
    for taxes in (cii(), cii(SHOP.but(rows=(Row("One", "1", "H87", "10.00"),)))):
        text = taxes.decode()
        while "<ram:IncludedSupplyChainTradeLineItem>" in text:
            before, _, rest = text.partition("<ram:IncludedSupplyChainTradeLineItem>")
            text = before + rest.partition("</ram:IncludedSupplyChainTradeLineItem>")[2]
        invoice = parse(text.encode())
        assert (invoice.lines, invoice.proved) == ((), True)


def test_an_order_is_recognised_and_is_no_purchase() -> None:
    order = parse(order_x())
    assert (order.syntax, order.type_code, order.purpose) == (Syntax.ORDER_X, "220", Purpose.OTHER)


@pytest.mark.parametrize("code", ["325", "751", "211"])
def test_a_document_that_asks_for_no_payment_of_a_purchase_is_none(code: str) -> None:
    assert parse(cii(SHOP.but(type_code=code))).purpose is Purpose.OTHER


@pytest.mark.parametrize("code", ["380", "326", "386", "389", "393"])
def test_every_kind_of_invoice_is_one(code: str) -> None:
    assert parse(cii(SHOP.but(type_code=code))).purpose is Purpose.INVOICE


def test_an_unknown_type_is_a_doubt() -> None:
    invoice = parse(ubl(SHOP.but(type_code="SATIS")))
    assert (invoice.purpose, invoice.doubts) == (Purpose.INVOICE, ("its type SATIS is not known",))


def test_an_invoice_in_the_envelope_of_a_network_is_read() -> None:
    inner = ubl().partition(b"?>")[2]
    wrapped = b'<StandardBusinessDocument xmlns="urn:sbd"><StandardBusinessDocumentHeader/>' + inner
    assert parse(wrapped + b"</StandardBusinessDocument>").total == Decimal("182.39")


@pytest.mark.parametrize(
    "xml",
    [
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<Invoice><total>5</total></Invoice>",
        b'<DespatchAdvice xmlns="urn:oasis:names:specification:ubl:schema:xsd:DespatchAdvice-2"/>',
    ],
    ids=["picture", "of a private kind", "delivery note"],
)
def test_other_xml_is_refused_with_what_to_do(xml: bytes) -> None:
    with pytest.raises(NotAnInvoiceError, match=r"^a\.xml is XML, but no e-invoice .*: give an invoice as CII"):
        parse(xml, "a.xml")

"""Claims about generated PDF invoices with embedded XML."""

from __future__ import annotations

import io
from decimal import Decimal

import facturx
import pypdfium2 as pdfium
import pytest
from lxml import etree

from generator.facturx import NAME, Variant, facturx_pdf, invoice_order
from generator.receipt import Order

COUNTRIES = ("de", "at", "fr", "nl", "it")


def order(country: str, *, refund: bool = False) -> Order:
    kind = "hardware" if refund else None
    return Order(seed=81, index=0, country=country, kind=kind, refund=refund)


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_xml_is_valid_and_says_what_the_page_says(country: str) -> None:
    pdf, truth = facturx_pdf(order(country))
    name, xml = facturx.get_xml_from_pdf(io.BytesIO(pdf), check_xsd=True)
    assert name == NAME
    assert f"<ram:GrandTotalAmount>{truth['xml_total']}</ram:GrandTotalAmount>" in xml.decode()
    assert Decimal(truth["xml_total"]) == Decimal(truth["total"])
    page = pdfium.PdfDocument(pdf)[0]
    text = page.get_textpage().get_text_bounded()
    assert truth["total"].replace(".", ",") in text.replace(".", "").replace(" ", "") or truth["total"] in text


@pytest.mark.parametrize("country", COUNTRIES)
def test_net_amounts_and_taxes_of_the_xml_add_up(country: str) -> None:
    pdf, truth = facturx_pdf(order(country))
    _, xml = facturx.get_xml_from_pdf(io.BytesIO(pdf), check_xsd=False)
    root = etree.fromstring(xml)
    names = {"ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"}

    def amounts(path: str) -> Decimal:
        return sum((Decimal(one.text) for one in root.iterfind(path, names)), Decimal(0))

    lines = amounts(".//ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount")
    bases = amounts(".//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:BasisAmount")
    taxes = amounts(".//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:CalculatedAmount")
    assert lines == bases
    assert bases + taxes == Decimal(truth["xml_total"])


def test_a_credit_note_has_positive_amounts_and_its_own_type() -> None:
    pdf, truth = facturx_pdf(order("de", refund=True))
    _, xml = facturx.get_xml_from_pdf(io.BytesIO(pdf), check_xsd=True)
    assert b"<ram:TypeCode>381</ram:TypeCode>" in xml
    assert Decimal(truth["total"]) == -Decimal(truth["xml_total"]) < 0


@pytest.mark.parametrize("variant", [Variant.OTHER_TOTAL, Variant.WRONG_SUM])
def test_the_xml_of_a_misleading_invoice_has_another_total_than_its_page(variant: Variant) -> None:
    pdf, truth = facturx_pdf(order("de"), variant)
    _, xml = facturx.get_xml_from_pdf(io.BytesIO(pdf), check_xsd=True)
    assert truth["xml_total"].encode() in xml
    assert Decimal(truth["xml_total"]) != abs(Decimal(truth["total"]))


def test_an_invoice_without_xml_has_only_its_page() -> None:
    pdf, truth = facturx_pdf(order("de"), Variant.PAGE_ONLY)
    assert truth["xml_total"] is None
    assert b"/Type /EmbeddedFile" not in pdf


def test_the_same_order_gives_the_same_file() -> None:
    for variant in Variant:
        assert facturx_pdf(order("at"), variant) == facturx_pdf(order("at"), variant)


def test_an_order_that_cannot_be_an_invoice_is_an_error() -> None:
    with pytest.raises(ValueError, match="like an invoice"):
        invoice_order(Order(seed=1, index=0, country="us"))

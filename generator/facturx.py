"""Receipts as PDF invoices with their fields embedded as XML: Factur-X, which is ZUGFeRD, in CII of EN 16931."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any
from xml.sax.saxutils import escape

from generator.dice import Dice
from generator.pdf_text import set_receipt
from generator.pdf_writer import content_of, page_pdf
from generator.receipt import Draft, Order, draft_receipt, truth
from generator.shop import CENT, ZERO, Item, Sale, TaxLine, rounded

PROFILE = "urn:cen.eu:en16931:2017"
NAME = "factur-x.xml"
"""Name of the embedded file."""

NAMESPACES = (
    'xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" '
    'xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" '
    'xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"'
)

INVOICE, CREDIT_NOTE = "380", "381"
"""Types of documents (UNTDID 1001)."""

ATTEMPTS = 200
"""Receipts that are drafted at most until one is like an invoice: with taxes, and without tip or rounding."""

FAR = 100_000
"""Distance between the indices of two such drafts."""


class Variant(StrEnum):
    """How XML and page agree.

    ``AGREES``: both say the same. ``OTHER_TOTAL``: the XML is that of a receipt with another total than the page shows.
    ``WRONG_SUM``: the total of the XML is not the sum of its parts. ``PAGE_ONLY``: no XML is embedded.
    """

    AGREES = "agrees"
    OTHER_TOTAL = "other total"
    WRONG_SUM = "wrong sum"
    PAGE_ONLY = "page only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """What the XML says; amounts of a credit note are positive. ``lines`` are items with their net amounts."""

    number: str
    kind: str
    sale: Sale
    lines: tuple[tuple[Item, Decimal], ...]
    total: Decimal

    @property
    def taxes(self) -> tuple[TaxLine, ...]:
        """The tax lines without a sign."""
        return tuple(TaxLine(one.code, one.rate, abs(one.net), abs(one.tax), abs(one.gross)) for one in self.sale.taxes)


def invoice_order(order: Order) -> Order:
    """Return the order with an index by which the receipt is like an invoice. Raises ValueError if there is none."""
    for attempt in range(ATTEMPTS):
        tried = replace(order, index=order.index + FAR * attempt, slip=False)
        sale = draft_receipt(tried).sale
        if sale.taxes and sale.tax_included and sale.tip == sale.rounding == ZERO and sale.shop.tax_number:
            return tried
    raise ValueError(f"no receipt of {order.country} is like an invoice")


def invoice_of(draft: Draft) -> Invoice:
    """Return what the XML of a receipt says."""
    sale = draft.sale
    number = draft.printout.number or Dice(draft.order.seed, draft.order.index, 30).fill("RE-######")
    kind = CREDIT_NOTE if sale.refund else INVOICE
    lines = tuple((item, abs(net) if sale.refund else net) for item, net in _net_lines(sale))
    return Invoice(number=number, kind=kind, sale=sale, lines=lines, total=abs(sale.total))


def _net_lines(sale: Sale) -> list[tuple[Item, Decimal]]:
    """Return every item with its net amount; the last one of each rate takes what rounding and discounts leave."""
    found = []
    for tax in sale.taxes:
        items = [item for item in sale.items if (item.code, item.rate) == (tax.code, tax.rate)]
        left = tax.net
        for item in items[:-1]:
            net = rounded((item.amount + item.discount) * 100 / (100 + tax.rate))
            left -= net
            found.append((item, net))
        found.append((items[-1], left))
    return found


def cii(invoice: Invoice) -> bytes:
    """Write the XML."""
    sale, shop = invoice.sale, invoice.sale.shop
    country = sale.country.partition("-")[0].upper()
    day = f'<udt:DateTimeString format="102">{sale.when:%Y%m%d}</udt:DateTimeString>'
    scheme = "VA" if shop.tax_number[:2].isalpha() else "FC"
    lines = "".join(_line(place, item, net) for place, (item, net) in enumerate(invoice.lines, 1))
    net = sum((line.net for line in invoice.taxes), ZERO)
    tax = sum((line.tax for line in invoice.taxes), ZERO)
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rsm:CrossIndustryInvoice {NAMESPACES}>'
        f"<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>{PROFILE}</ram:ID>"
        "</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>"
        f"<rsm:ExchangedDocument><ram:ID>{escape(invoice.number)}</ram:ID><ram:TypeCode>{invoice.kind}</ram:TypeCode>"
        f"<ram:IssueDateTime>{day}</ram:IssueDateTime></rsm:ExchangedDocument>"
        f"<rsm:SupplyChainTradeTransaction>{lines}"
        f"<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>{escape(shop.name)}</ram:Name>"
        f"<ram:PostalTradeAddress><ram:LineOne>{escape(shop.address[0])}</ram:LineOne>"
        f"<ram:CountryID>{country}</ram:CountryID></ram:PostalTradeAddress>"
        f'<ram:SpecifiedTaxRegistration><ram:ID schemeID="{scheme}">{escape(shop.tax_number)}</ram:ID>'
        "</ram:SpecifiedTaxRegistration></ram:SellerTradeParty>"
        "<ram:BuyerTradeParty><ram:Name>Beispiel</ram:Name><ram:PostalTradeAddress>"
        f"<ram:CountryID>{country}</ram:CountryID></ram:PostalTradeAddress></ram:BuyerTradeParty>"
        "</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery/>"
        f"<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>{sale.currency}</ram:InvoiceCurrencyCode>"
        f"{''.join(map(_tax, invoice.taxes))}"
        "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"<ram:LineTotalAmount>{net:.2f}</ram:LineTotalAmount><ram:TaxBasisTotalAmount>{net:.2f}</ram:TaxBasisTotalAmount>"
        f'<ram:TaxTotalAmount currencyID="{sale.currency}">{tax:.2f}</ram:TaxTotalAmount>'
        f"<ram:GrandTotalAmount>{invoice.total:.2f}</ram:GrandTotalAmount>"
        f"<ram:DuePayableAmount>{invoice.total:.2f}</ram:DuePayableAmount>"
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>"
        "</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"
    )
    return text.encode()


def _category(rate: Decimal) -> str:
    return "S" if rate else "Z"


def _line(place: int, item: Item, net: Decimal) -> str:
    return (
        f"<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>{place}</ram:LineID>"
        "</ram:AssociatedDocumentLineDocument>"
        f"<ram:SpecifiedTradeProduct><ram:Name>{escape(item.name)}</ram:Name></ram:SpecifiedTradeProduct>"
        f"<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>{abs(net):.2f}"
        "</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>"
        f'<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">{-1 if net < 0 else 1}'
        "</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax>"
        f"<ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>{_category(item.rate)}</ram:CategoryCode>"
        f"<ram:RateApplicablePercent>{item.rate:f}</ram:RateApplicablePercent></ram:ApplicableTradeTax>"
        f"<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>{net:.2f}</ram:LineTotalAmount>"
        "</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>"
        "</ram:IncludedSupplyChainTradeLineItem>"
    )


def _tax(line: TaxLine) -> str:
    return (
        f"<ram:ApplicableTradeTax><ram:CalculatedAmount>{line.tax:.2f}</ram:CalculatedAmount>"
        f"<ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>{line.net:.2f}</ram:BasisAmount>"
        f"<ram:CategoryCode>{_category(line.rate)}</ram:CategoryCode>"
        f"<ram:RateApplicablePercent>{line.rate:f}</ram:RateApplicablePercent></ram:ApplicableTradeTax>"
    )


def facturx_pdf(order: Order, variant: Variant = Variant.AGREES) -> tuple[bytes, dict[str, Any]]:
    """Return a receipt as a PDF with its XML, and its truth; ``xml_total`` in it is the total of the XML, or None."""
    draft = draft_receipt(invoice_order(order))
    paper = set_receipt(draft.printout, draft.press.columns)
    invoice: Invoice | None = invoice_of(draft)
    if variant is Variant.OTHER_TOTAL:
        invoice = _other(draft)
    elif variant is Variant.WRONG_SUM and invoice:
        invoice = replace(invoice, total=invoice.total + CENT * 100)
    elif variant is Variant.PAGE_ONLY:
        invoice = None
    files = {NAME: cii(invoice)} if invoice else {}
    pdf = page_pdf(paper.size, content_of(paper.runs) + paper.bars, files=files)
    known = {"variant": variant.value, "xml_total": f"{invoice.total:.2f}" if invoice else None}
    return pdf, truth(draft.sale, draft.printout) | known


def _other(draft: Draft) -> Invoice:
    """Return the invoice of another receipt of the country, as of the same number and day."""
    own = invoice_of(draft)
    for place in range(1, ATTEMPTS):
        other = invoice_of(draft_receipt(invoice_order(replace(draft.order, index=draft.order.index + 1000 * place))))
        if other.total != own.total and other.kind == own.kind:
            return replace(other, number=own.number, sale=replace(other.sale, when=draft.sale.when))
    raise ValueError(f"no other receipt of {draft.order.country} has another total")

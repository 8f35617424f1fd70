"""Cross Industry Invoice: Factur-X, ZUGFeRD, XRechnung in CII, and orders in Order-X."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rpiocr.einvoice.parties import numbers_of
from rpiocr.einvoice.sums import doubts_about
from rpiocr.einvoice.tree import MAX_LINES, Element, XmlError
from rpiocr.einvoice.values import COUNTRY, CURRENCY, Figures, day, matching, short, unit_price
from rpiocr.model.einvoice import (
    Adjustment,
    EInvoice,
    InvoiceLine,
    InvoiceTax,
    Party,
    Purpose,
    Syntax,
    Totals,
)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of elements that differ between the standard and its first draft in ZUGFeRD."""

    context: str
    header: str
    transaction: str
    agreement: str
    settlement: str
    summation: str
    line_agreement: str
    line_delivery: str
    line_settlement: str
    line_summation: str
    rate: str


CII = Names(
    context="ExchangedDocumentContext",
    header="ExchangedDocument",
    transaction="SupplyChainTradeTransaction",
    agreement="ApplicableHeaderTradeAgreement",
    settlement="ApplicableHeaderTradeSettlement",
    summation="SpecifiedTradeSettlementHeaderMonetarySummation",
    line_agreement="SpecifiedLineTradeAgreement",
    line_delivery="SpecifiedLineTradeDelivery",
    line_settlement="SpecifiedLineTradeSettlement",
    line_summation="SpecifiedTradeSettlementLineMonetarySummation",
    rate="RateApplicablePercent",
)
ZUGFERD_1 = Names(
    context="SpecifiedExchangedDocumentContext",
    header="HeaderExchangedDocument",
    transaction="SpecifiedSupplyChainTradeTransaction",
    agreement="ApplicableSupplyChainTradeAgreement",
    settlement="ApplicableSupplyChainTradeSettlement",
    summation="SpecifiedTradeSettlementMonetarySummation",
    line_agreement="SpecifiedSupplyChainTradeAgreement",
    line_delivery="SpecifiedSupplyChainTradeDelivery",
    line_settlement="SpecifiedSupplyChainTradeSettlement",
    line_summation="SpecifiedTradeSettlementMonetarySummation",
    rate="ApplicablePercent",
)

GROUPING = frozenset({"GROUP", "INFORMATION"})
"""Reasons of lines that do not count: they sum up the lines below them, or only inform."""


def read_cii(root: Element, names: Names, syntax: Syntax) -> EInvoice:
    """Return what a document states; raises XmlError if it has too many lines."""
    header = root.first(names.header) or root
    transaction = root.first(names.transaction) or root
    settlement = transaction.first(names.settlement) or transaction
    currency = matching(CURRENCY, settlement.value("InvoiceCurrencyCode") or settlement.value("OrderCurrencyCode"))
    reader = _Reader(names, Figures(currency))
    type_code = short(header.value("TypeCode")) or ""
    lines = reader.lines(transaction)
    adjustments, taxes = tuple(reader.adjustments(settlement)), tuple(reader.taxes(settlement))
    totals = reader.totals(settlement.first(names.summation))
    due = settlement.value("SpecifiedTradePaymentTerms", "DueDateDateTime", "DateTimeString")
    agreement = transaction.first(names.agreement) or transaction
    return EInvoice(
        syntax=syntax,
        profile=short(root.value(names.context, "GuidelineSpecifiedDocumentContextParameter", "ID")) or "",
        type_code=type_code,
        purpose=Purpose.OTHER if syntax is Syntax.ORDER_X else reader.figures.purpose(type_code, Purpose.INVOICE),
        number=short(header.value("ID")),
        issued=day(header.value("IssueDateTime", "DateTimeString")),
        issued_at=None,
        due_on=day(due),
        currency=currency,
        seller=_party(agreement.first("SellerTradeParty")),
        buyer=_party(agreement.first("BuyerTradeParty")),
        lines=lines,
        adjustments=adjustments,
        taxes=taxes,
        totals=totals,
        doubts=(*reader.figures.doubts, *doubts_about(lines, adjustments, taxes, totals, currency)),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    names: Names
    figures: Figures

    def totals(self, summation: Element | None) -> Totals:
        def amount(name: str) -> Decimal | None:
            return self.figures.amount(summation, name)

        return Totals(
            lines=amount("LineTotalAmount"),
            allowances=amount("AllowanceTotalAmount"),
            charges=amount("ChargeTotalAmount"),
            without_tax=amount("TaxBasisTotalAmount"),
            tax=amount("TaxTotalAmount"),
            with_tax=amount("GrandTotalAmount"),
            prepaid=amount("TotalPrepaidAmount"),
            rounding=amount("RoundingAmount"),
            due=amount("DuePayableAmount"),
        )

    def taxes(self, settlement: Element) -> Iterator[InvoiceTax]:
        for tax in settlement.all("ApplicableTradeTax"):
            yield InvoiceTax(
                short(tax.value("CategoryCode")),
                self.figures.number(tax.first(self.names.rate)),
                self.figures.amount(tax, "BasisAmount"),
                self.figures.amount(tax, "CalculatedAmount"),
            )

    def adjustments(self, settlement: Element) -> Iterator[Adjustment]:
        for found in settlement.all("SpecifiedTradeAllowanceCharge"):
            path = (
                ("ChargeIndicator", "Indicator")
                if found.first("ChargeIndicator", "Indicator")
                else ("ChargeIndicator",)
            )
            amount = self.figures.amount(found, "ActualAmount")
            is_charge = self.figures.is_charge(found, *path)
            if amount is not None:
                yield Adjustment(short(found.value("Reason")), amount if is_charge else -amount, is_charge)
        for found in settlement.all("SpecifiedLogisticsServiceCharge"):
            amount = self.figures.amount(found, "AppliedAmount")
            if amount is not None:
                yield Adjustment(short(found.value("Description")), amount, is_charge=True)

    def lines(self, transaction: Element) -> tuple[InvoiceLine, ...]:
        found = list(transaction.all("IncludedSupplyChainTradeLineItem"))
        if len(found) > MAX_LINES:
            message = f"it has more than {MAX_LINES} lines"
            raise XmlError(message)
        # ZUGFeRD 1 has lines of text, without a product.
        return tuple(self._line(one) for one in found if one.first("SpecifiedTradeProduct") or self._has_amount(one))

    def _has_amount(self, line: Element) -> bool:
        path = (self.names.line_settlement, self.names.line_summation, "LineTotalAmount")
        return line.first(*path) is not None

    def _line(self, line: Element) -> InvoiceLine:
        names, figures = self.names, self.figures
        price = line.first(names.line_agreement, "NetPriceProductTradePrice")
        quantity = line.first(names.line_delivery, "BilledQuantity") or line.first(
            names.line_delivery, "RequestedQuantity"
        )
        product = line.first("SpecifiedTradeProduct")
        rate = line.first(names.line_settlement, "ApplicableTradeTax", names.rate)
        basis = figures.number(price.first("BasisQuantity")) if price else None
        return InvoiceLine(
            description=(product and short(product.value("Name") or product.value("Description"))) or "",
            quantity=figures.number(quantity),
            unit=short(quantity.attributes.get("unitCode")) if quantity else None,
            unit_price=unit_price(figures.amount(price, "ChargeAmount"), basis),
            amount=figures.amount(line.first(names.line_settlement, names.line_summation), "LineTotalAmount"),
            code=short(product.value("SellerAssignedID") or product.value("GlobalID")) if product else None,
            tax_rate=figures.number(rate),
            counts=line.value("AssociatedDocumentLineDocument", "LineStatusReasonCode") not in GROUPING,
        )


def _party(party: Element | None) -> Party:
    if party is None:
        return Party()
    country = matching(COUNTRY, party.value("PostalTradeAddress", "CountryID"))
    registered = [
        (one.text, one.attributes.get("schemeID") == "VA") for one in party.all("SpecifiedTaxRegistration", "ID")
    ]
    legal = [(one.text, False) for one in party.all("SpecifiedLegalOrganization", "ID")]
    name = short(party.value("Name"))
    return Party(
        name=short(party.value("SpecifiedLegalOrganization", "TradingBusinessName")) or name,
        legal_name=name,
        tax_ids=numbers_of((*registered, *legal), country),
        country=country,
    )

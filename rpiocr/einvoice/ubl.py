"""Universal Business Language 2: invoices and credit notes, such as XRechnung in UBL and Peppol BIS Billing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rpiocr.einvoice.parties import numbers_of
from rpiocr.einvoice.sums import doubts_about
from rpiocr.einvoice.tree import MAX_LINES, Element, XmlError
from rpiocr.einvoice.values import COUNTRY, CURRENCY, Figures, day, matching, short, time_of_day, unit_price
from rpiocr.model.einvoice import Adjustment, EInvoice, InvoiceLine, InvoiceTax, Party, Purpose, Syntax, Totals

CREDIT_NOTE = "CreditNote"
USUAL_TYPES = {"Invoice": ("380", Purpose.INVOICE), CREDIT_NOTE: ("381", Purpose.CREDIT_NOTE)}
"""The type of a document that states none, and what one of an unknown type is for, by its root."""

VALUE_ADDED_TAX = "VAT"


def read_ubl(root: Element) -> EInvoice:
    """Return what a document states; raises XmlError if it has too many lines."""
    monetary = root.first("LegalMonetaryTotal")
    currency = matching(CURRENCY, root.value("DocumentCurrencyCode") or _currency_of(monetary))
    reader = _Reader(root.name == CREDIT_NOTE, Figures(currency))
    usual_code, usual = USUAL_TYPES[root.name]
    type_code = short(root.value(f"{root.name}TypeCode")) or usual_code
    lines = reader.lines(root)
    adjustments = tuple(reader.adjustments(root))
    taxed = list(reader.figures.own(root, "TaxTotal", "TaxAmount"))
    taxes = tuple(reader.taxes(taxed))
    totals = reader.totals(monetary, taxed)
    return EInvoice(
        syntax=Syntax.UBL,
        profile=short(root.value("CustomizationID")) or "",
        type_code=type_code,
        purpose=reader.figures.purpose(type_code, usual),
        number=short(root.value("ID")),
        issued=day(root.value("IssueDate")),
        issued_at=time_of_day(root.value("IssueTime")),
        due_on=day(root.value("DueDate") or root.value("PaymentMeans", "PaymentDueDate")),
        currency=currency,
        seller=_party(root.first("AccountingSupplierParty", "Party")),
        buyer=_party(root.first("AccountingCustomerParty", "Party")),
        lines=lines,
        adjustments=adjustments,
        taxes=taxes,
        totals=totals,
        doubts=(*reader.figures.doubts, *doubts_about(lines, adjustments, taxes, totals, currency)),
    )


def _currency_of(monetary: Element | None) -> str | None:
    payable = monetary.first("PayableAmount") if monetary else None
    return payable.attributes.get("currencyID") if payable else None


@dataclass(frozen=True, slots=True)
class _Reader:
    is_credit_note: bool
    figures: Figures

    def totals(self, monetary: Element | None, taxed: Sequence[Element]) -> Totals:
        def amount(name: str) -> Decimal | None:
            return self.figures.amount(monetary, name)

        taxes = [self.figures.amount(one, "TaxAmount") for one in taxed]
        due, prepaid, rounding = amount("PayableAmount"), amount("PrepaidAmount"), amount("PayableRoundingAmount")
        with_tax = amount("TaxInclusiveAmount")
        if with_tax is None and due is not None:
            # Plain UBL may state only what is to be paid.
            with_tax = due + (prepaid or 0) - (rounding or 0)
        return Totals(
            lines=amount("LineExtensionAmount"),
            allowances=amount("AllowanceTotalAmount"),
            charges=amount("ChargeTotalAmount"),
            without_tax=amount("TaxExclusiveAmount"),
            tax=sum((one for one in taxes if one is not None), Decimal(0)) if taxes else None,
            with_tax=with_tax,
            prepaid=prepaid,
            rounding=rounding,
            due=due,
        )

    def taxes(self, taxed: Sequence[Element]) -> Iterator[InvoiceTax]:
        for row in (row for one in taxed for row in one.all("TaxSubtotal")):
            rate = row.first("TaxCategory", "Percent") or row.first("Percent")
            yield InvoiceTax(
                short(row.value("TaxCategory", "ID")),
                self.figures.number(rate),
                self.figures.amount(row, "TaxableAmount"),
                self.figures.amount(row, "TaxAmount"),
            )

    def adjustments(self, root: Element) -> Iterator[Adjustment]:
        for found in root.all("AllowanceCharge"):
            amount = self.figures.amount(found, "Amount")
            is_charge = self.figures.is_charge(found, "ChargeIndicator")
            if amount is not None:
                reason = short(found.value("AllowanceChargeReason"))
                yield Adjustment(reason, amount if is_charge else -amount, is_charge)

    def lines(self, root: Element) -> tuple[InvoiceLine, ...]:
        found = list(root.all("CreditNoteLine" if self.is_credit_note else "InvoiceLine"))
        if len(found) > MAX_LINES:
            message = f"it has more than {MAX_LINES} lines"
            raise XmlError(message)
        return tuple(map(self._line, found))

    def _line(self, line: Element) -> InvoiceLine:
        figures = self.figures
        quantity = line.first("CreditedQuantity" if self.is_credit_note else "InvoicedQuantity")
        item, price = line.first("Item") or line, line.first("Price")
        basis = figures.number(price.first("BaseQuantity")) if price else None
        return InvoiceLine(
            description=short(item.value("Name") or item.value("Description")) or "",
            quantity=figures.number(quantity),
            unit=short(quantity.attributes.get("unitCode")) if quantity else None,
            unit_price=unit_price(figures.amount(price, "PriceAmount"), basis),
            amount=figures.amount(line, "LineExtensionAmount"),
            code=short(item.value("SellersItemIdentification", "ID") or item.value("StandardItemIdentification", "ID")),
            tax_rate=figures.number(item.first("ClassifiedTaxCategory", "Percent")),
        )


def _party(party: Element | None) -> Party:
    if party is None:
        return Party()
    country = matching(COUNTRY, party.value("PostalAddress", "Country", "IdentificationCode"))
    registered = [
        (one.value("CompanyID"), one.value("TaxScheme", "ID") == VALUE_ADDED_TAX) for one in party.all("PartyTaxScheme")
    ]
    legal = [(one.text, False) for one in party.all("PartyLegalEntity", "CompanyID")]
    legal_name = short(party.value("PartyLegalEntity", "RegistrationName"))
    return Party(
        name=short(party.value("PartyName", "Name")) or legal_name,
        legal_name=legal_name,
        tax_ids=numbers_of((*registered, *legal), country),
        country=country,
    )

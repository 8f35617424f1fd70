"""E-invoices of one small shop, written in each language; any part can be replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from xml.sax.saxutils import escape

EN_16931 = "urn:cen.eu:en16931:2017"
XRECHNUNG = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
EXTENDED = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"

TYPES = {"Invoice": "InvoiceTypeCode", "CreditNote": "CreditNoteTypeCode"}


@dataclass(frozen=True)
class Row:
    """A line: what, how many of which unit, the net price of one, and the rate of its tax."""

    name: str
    quantity: str
    unit: str
    price: str
    rate: str = "19"

    @property
    def amount(self) -> Decimal:
        """The net amount of the line."""
        return (Decimal(self.quantity) * Decimal(self.price)).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Spec:
    """An invoice. ``adjustments`` are charges, or allowances if negative, taxed by the first rate.

    ``stated`` replaces totals by the names of EN 16931 here: lines, without_tax, tax, with_tax, due, prepaid, rounding;
    None leaves one out.
    """

    number: str = "RE-2026-0815"
    type_code: str = "380"
    date: str = "2026-03-14"
    due: str | None = "2026-04-13"
    currency: str = "EUR"
    seller: str = "Kaffeerösterei Brandt GmbH"
    trade_name: str | None = "Café Brandt"
    vat: str = "DE136695976"
    country: str = "DE"
    rows: Sequence[Row] = (
        Row("Espresso Cremoso 1 kg", "2", "H87", "18.50", "7"),
        Row("Wartung Siebträger", "1.5", "HUR", "80.00", "19"),
    )
    adjustments: Sequence[tuple[str, str]] = ()
    prepaid: str = "0.00"
    rounding: str | None = None
    profile: str = EN_16931
    stated: Mapping[str, str | None] = field(default_factory=dict)

    def taxes(self) -> list[tuple[str, Decimal, Decimal]]:
        """The rate, base and amount of each tax."""
        bases: dict[str, Decimal] = {}
        for row in self.rows:
            bases[row.rate] = bases.get(row.rate, Decimal(0)) + row.amount
        for _, amount in self.adjustments:
            bases[self.rows[0].rate] += Decimal(amount)
        cent = Decimal("0.01")
        return [(rate, base, (base * Decimal(rate) / 100).quantize(cent)) for rate, base in bases.items()]

    def totals(self) -> dict[str, str]:
        """The totals that are stated, by their names here."""
        lines = sum((row.amount for row in self.rows), Decimal("0.00"))
        less = sum((-Decimal(amount) for _, amount in self.adjustments if Decimal(amount) < 0), Decimal("0.00"))
        more = sum((Decimal(amount) for _, amount in self.adjustments if Decimal(amount) > 0), Decimal("0.00"))
        tax = sum((amount for _, _, amount in self.taxes()), Decimal("0.00"))
        without = lines - less + more
        due = without + tax - Decimal(self.prepaid) + Decimal(self.rounding or 0)
        computed: dict[str, object] = {
            "lines": lines,
            "charges": more,
            "allowances": less,
            "without_tax": without,
            "tax": tax,
        }
        computed |= {"rounding": self.rounding, "with_tax": without + tax, "prepaid": self.prepaid, "due": due}
        given = {**computed, **self.stated}
        return {name: str(value) for name, value in given.items() if value is not None}

    def but(self, **changes: object) -> Spec:
        """The same invoice with some parts replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]


SHOP = Spec()
"""157.00 and 25.39 of tax: 182.39 euros."""


def _elements(names: Mapping[str, str], values: Mapping[str, str], attribute: Mapping[str, str]) -> str:
    return "".join(
        f"<{name}{attribute.get(key, '')}>{values[key]}</{name}>" for key, name in names.items() if key in values
    )


def cii(spec: Spec = SHOP) -> bytes:
    """The invoice as Cross Industry Invoice, as in Factur-X, ZUGFeRD 2 and XRechnung."""
    totals = _elements(
        {
            "lines": "ram:LineTotalAmount",
            "charges": "ram:ChargeTotalAmount",
            "allowances": "ram:AllowanceTotalAmount",
            "without_tax": "ram:TaxBasisTotalAmount",
            "tax": "ram:TaxTotalAmount",
            "rounding": "ram:RoundingAmount",
            "with_tax": "ram:GrandTotalAmount",
            "prepaid": "ram:TotalPrepaidAmount",
            "due": "ram:DuePayableAmount",
        },
        spec.totals(),
        {"tax": f' currencyID="{spec.currency}"'},
    )
    trade_name = ""
    if spec.trade_name:
        name = f"<ram:TradingBusinessName>{escape(spec.trade_name)}</ram:TradingBusinessName>"
        trade_name = f"<ram:SpecifiedLegalOrganization>{name}</ram:SpecifiedLegalOrganization>"
    terms = ""
    if spec.due:
        day = spec.due.replace("-", "")
        stamp = (
            f'<ram:DueDateDateTime><udt:DateTimeString format="102">{day}</udt:DateTimeString></ram:DueDateDateTime>'
        )
        terms = f"<ram:SpecifiedTradePaymentTerms>{stamp}</ram:SpecifiedTradePaymentTerms>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>{spec.profile}</ram:ID>
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>{escape(spec.number)}</ram:ID><ram:TypeCode>{spec.type_code}</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">{spec.date.replace("-", "")}</udt:DateTimeString>
</ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>{"".join(map(_cii_line, range(1, 1 + len(spec.rows)), spec.rows))}
<ram:ApplicableHeaderTradeAgreement>
<ram:SellerTradeParty><ram:Name>{escape(spec.seller)}</ram:Name>{trade_name}
<ram:PostalTradeAddress><ram:PostcodeCode>20095</ram:PostcodeCode><ram:LineOne>Hafenstr. 5</ram:LineOne>
<ram:CityName>Hamburg</ram:CityName><ram:CountryID>{spec.country}</ram:CountryID></ram:PostalTradeAddress>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{spec.vat}</ram:ID></ram:SpecifiedTaxRegistration>
</ram:SellerTradeParty>
<ram:BuyerTradeParty><ram:Name>Kontor AG</ram:Name><ram:PostalTradeAddress><ram:PostcodeCode>1010</ram:PostcodeCode>
<ram:LineOne>Ring 1</ram:LineOne><ram:CityName>Wien</ram:CityName><ram:CountryID>AT</ram:CountryID>
</ram:PostalTradeAddress><ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">ATU13585627</ram:ID>
</ram:SpecifiedTaxRegistration></ram:BuyerTradeParty>
</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery/>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>{spec.currency}</ram:InvoiceCurrencyCode>
{"".join(_cii_tax(*tax) for tax in spec.taxes())}{"".join(_cii_adjustment(spec, *one) for one in spec.adjustments)}
{terms}<ram:SpecifiedTradeSettlementHeaderMonetarySummation>{totals}
</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>""".encode()


def _cii_line(number: int, row: Row) -> str:
    return f"""<ram:IncludedSupplyChainTradeLineItem>
<ram:AssociatedDocumentLineDocument><ram:LineID>{number}</ram:LineID></ram:AssociatedDocumentLineDocument>
<ram:SpecifiedTradeProduct><ram:SellerAssignedID>A-{number}</ram:SellerAssignedID><ram:Name>{escape(row.name)}</ram:Name>
</ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>{row.price}</ram:ChargeAmount>
</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="{row.unit}">{row.quantity}</ram:BilledQuantity>
</ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode>
<ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>{row.rate}</ram:RateApplicablePercent>
</ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementLineMonetarySummation>
<ram:LineTotalAmount>{row.amount}</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>"""


def _cii_tax(rate: str, base: Decimal, amount: Decimal) -> str:
    return f"""<ram:ApplicableTradeTax><ram:CalculatedAmount>{amount}</ram:CalculatedAmount>
<ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>{base}</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>"""


def _cii_adjustment(spec: Spec, reason: str, amount: str) -> str:
    is_charge = "true" if Decimal(amount) > 0 else "false"
    return f"""<ram:SpecifiedTradeAllowanceCharge>
<ram:ChargeIndicator><udt:Indicator>{is_charge}</udt:Indicator></ram:ChargeIndicator>
<ram:ActualAmount>{abs(Decimal(amount))}</ram:ActualAmount><ram:Reason>{escape(reason)}</ram:Reason>
<ram:CategoryTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>{spec.rows[0].rate}</ram:RateApplicablePercent></ram:CategoryTradeTax>
</ram:SpecifiedTradeAllowanceCharge>"""


TO_ZUGFERD_1 = (
    ("urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100", "urn:ferd:CrossIndustryDocument:invoice:1p0"),
    ("BusinessInformationEntity:100", "BusinessInformationEntity:12"),
    ("UnqualifiedDataType:100", "UnqualifiedDataType:15"),
    ("CrossIndustryInvoice", "CrossIndustryDocument"),
    ("rsm:ExchangedDocumentContext", "rsm:SpecifiedExchangedDocumentContext"),
    ("rsm:ExchangedDocument>", "rsm:HeaderExchangedDocument>"),
    ("rsm:SupplyChainTradeTransaction", "rsm:SpecifiedSupplyChainTradeTransaction"),
    ("ApplicableHeaderTrade", "ApplicableSupplyChainTrade"),
    ("SpecifiedLineTrade", "SpecifiedSupplyChainTrade"),
    ("SpecifiedTradeSettlementLineMonetarySummation", "SpecifiedTradeSettlementMonetarySummation"),
    ("SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementMonetarySummation"),
    ("RateApplicablePercent", "ApplicablePercent"),
)


def zugferd_1(spec: Spec = SHOP) -> bytes:
    """The invoice in the first version of ZUGFeRD."""
    text = cii(spec.but(trade_name=None, profile="urn:ferd:CrossIndustryDocument:invoice:1p0:comfort")).decode()
    for name, earlier in TO_ZUGFERD_1:
        text = text.replace(name, earlier)
    return text.encode()


def order_x(spec: Spec = SHOP) -> bytes:
    """An order of the same."""
    text = cii(spec.but(type_code="220", profile="urn:order-x.eu:1p0:comfort", due=None)).decode()
    text = text.replace(
        "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
        "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100",
    )
    for name, other in (
        ("CrossIndustryInvoice", "SCRDMCCBDACIOMessageStructure"),
        ("BusinessInformationEntity:100", "BusinessInformationEntity:128"),
        ("UnqualifiedDataType:100", "UnqualifiedDataType:128"),
        ("InvoiceCurrencyCode", "OrderCurrencyCode"),
        ("BilledQuantity", "RequestedQuantity"),
    ):
        text = text.replace(name, other)
    return text.encode()


def ubl(spec: Spec = SHOP, root: str = "Invoice") -> bytes:
    """The invoice, or credit note, in the Universal Business Language, as in XRechnung and Peppol."""
    money = f' currencyID="{spec.currency}"'
    totals = _elements(
        {
            "lines": "cbc:LineExtensionAmount",
            "without_tax": "cbc:TaxExclusiveAmount",
            "with_tax": "cbc:TaxInclusiveAmount",
            "allowances": "cbc:AllowanceTotalAmount",
            "charges": "cbc:ChargeTotalAmount",
            "prepaid": "cbc:PrepaidAmount",
            "rounding": "cbc:PayableRoundingAmount",
            "due": "cbc:PayableAmount",
        },
        spec.totals(),
        dict.fromkeys(
            ("lines", "without_tax", "with_tax", "allowances", "charges", "prepaid", "rounding", "due"), money
        ),
    )
    due = f"<cbc:DueDate>{spec.due}</cbc:DueDate>" if spec.due and root == "Invoice" else ""
    trade_name = (
        f"<cac:PartyName><cbc:Name>{escape(spec.trade_name)}</cbc:Name></cac:PartyName>" if spec.trade_name else ""
    )
    tax = spec.totals().get("tax", "0.00")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>{spec.profile}</cbc:CustomizationID><cbc:ID>{escape(spec.number)}</cbc:ID>
<cbc:IssueDate>{spec.date}</cbc:IssueDate>{due}<cbc:{TYPES[root]}>{spec.type_code}</cbc:{TYPES[root]}>
<cbc:DocumentCurrencyCode>{spec.currency}</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party>{trade_name}<cac:PostalAddress><cbc:CityName>Hamburg</cbc:CityName>
<cac:Country><cbc:IdentificationCode>{spec.country}</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyTaxScheme><cbc:CompanyID>{spec.vat}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
</cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>{escape(spec.seller)}</cbc:RegistrationName>
</cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PostalAddress><cac:Country>
<cbc:IdentificationCode>AT</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyLegalEntity><cbc:RegistrationName>Kontor AG</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party>
</cac:AccountingCustomerParty>{"".join(_ubl_adjustment(spec, money, *one) for one in spec.adjustments)}
<cac:TaxTotal><cbc:TaxAmount{money}>{tax}</cbc:TaxAmount>{"".join(_ubl_tax(money, *one) for one in spec.taxes())}
</cac:TaxTotal><cac:LegalMonetaryTotal>{totals}</cac:LegalMonetaryTotal>
{"".join(_ubl_line(root, money, number, row) for number, row in enumerate(spec.rows, 1))}</{root}>""".encode()


SCHEME = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"


def _ubl_tax(money: str, rate: str, base: Decimal, amount: Decimal) -> str:
    return f"""<cac:TaxSubtotal><cbc:TaxableAmount{money}>{base}</cbc:TaxableAmount>
<cbc:TaxAmount{money}>{amount}</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>{rate}</cbc:Percent>
{SCHEME}</cac:TaxCategory></cac:TaxSubtotal>"""


def _ubl_adjustment(spec: Spec, money: str, reason: str, amount: str) -> str:
    is_charge = "true" if Decimal(amount) > 0 else "false"
    return f"""<cac:AllowanceCharge><cbc:ChargeIndicator>{is_charge}</cbc:ChargeIndicator>
<cbc:AllowanceChargeReason>{escape(reason)}</cbc:AllowanceChargeReason>
<cbc:Amount{money}>{abs(Decimal(amount))}</cbc:Amount><cac:TaxCategory><cbc:ID>S</cbc:ID>
<cbc:Percent>{spec.rows[0].rate}</cbc:Percent>{SCHEME}</cac:TaxCategory></cac:AllowanceCharge>"""


def _ubl_line(root: str, money: str, number: int, row: Row) -> str:
    quantity = "InvoicedQuantity" if root == "Invoice" else "CreditedQuantity"
    return f"""<cac:{root}Line><cbc:ID>{number}</cbc:ID>
<cbc:{quantity} unitCode="{row.unit}">{row.quantity}</cbc:{quantity}>
<cbc:LineExtensionAmount{money}>{row.amount}</cbc:LineExtensionAmount><cac:Item><cbc:Name>{escape(row.name)}</cbc:Name>
<cac:SellersItemIdentification><cbc:ID>A-{number}</cbc:ID></cac:SellersItemIdentification>
<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>{row.rate}</cbc:Percent>{SCHEME}</cac:ClassifiedTaxCategory>
</cac:Item><cac:Price><cbc:PriceAmount{money}>{row.price}</cbc:PriceAmount></cac:Price></cac:{root}Line>"""

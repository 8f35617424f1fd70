"""ISO 4217 currencies and the number of decimals that their amounts are printed with."""

from __future__ import annotations

from decimal import Decimal

ISO_4217 = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
    RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
    UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
WITHDRAWN = """
    ANG ATS BEF CYP DEM EEK ESP FIM FRF GRD HRK IEP ITL LTL LUF LVL MTL NLG PTE SIT SKK SLL VEF ZWL
"""
CURRENT = frozenset(ISO_4217.split())
CODES = CURRENT | frozenset(WITHDRAWN.split())
"""Currency codes, without those of precious metals, funds and tests: today's, and those replaced since 2000."""

WITHOUT_DECIMALS = frozenset(
    {
        *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"),
        *("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"),
    }
)
"""Currencies without decimals by ISO 4217."""

PRINTED_WITHOUT = frozenset({"HUF", "IDR", "TWD"})
"""Currencies that have decimals by ISO 4217 but none on receipts: their smallest coin is a whole unit. Serbia's is too,
but its tills print paras."""

WITH_THREE = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})

THREE_OR_NONE = frozenset({"IQD"})
"""Currencies with three decimals by ISO 4217 whose receipts print none, as the smallest note is 250 units (CLDR)."""

USUAL_DECIMALS = 2
CENTS = Decimal("0.01")


def decimals_of(currency: str | None) -> int:
    """Return the number of decimals that receipts print in a currency, ``USUAL_DECIMALS`` if it is unknown."""
    if currency in WITHOUT_DECIMALS or currency in PRINTED_WITHOUT:
        return 0
    return 3 if currency in WITH_THREE else USUAL_DECIMALS


def rounded(value: Decimal, currency: str | None) -> Decimal:
    """Round an amount, half to even, to the decimals of its currency: 12.5 EUR becomes 12.50, 1234.00 JPY 1234.

    What a receipt prints nevertheless is kept, such as the fillér of a price by weight: 12.50 HUF.
    """
    printed = value.quantize(Decimal(1).scaleb(-decimals_of(currency)))
    return value.quantize(CENTS) if currency in PRINTED_WITHOUT and printed != value else printed


def without_loss(value: Decimal, currency: str | None) -> Decimal | None:
    """Return an amount with the decimals of its currency, ``None`` if that would lose digits."""
    fitting = rounded(value, currency)
    return fitting if fitting == value else None

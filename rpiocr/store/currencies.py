"""The currencies in which a receipt can be, and how many decimals each has."""

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
CODES = frozenset(ISO_4217.split())
"""Without metals, funds and codes for tests."""

WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
WITH_THREE = "BHD IQD JOD KWD LYD OMR TND"


def decimals_of(currency: str | None) -> int:
    """Return how many decimals amounts of a currency are written with; 2 where it is unknown."""
    from rpiocr.extract.locale.inference import currencies

    if currency is None:
        return 2
    known = currencies().get(currency)
    if known:
        return known.decimals
    return 0 if currency in WITHOUT_DECIMALS else 3 if currency in WITH_THREE else 2


def in_decimals_of(currency: str | None, value: Decimal) -> Decimal | None:
    """Return an amount with the decimals of a currency, None where it has more than those."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals_of(currency)))
    return rounded if rounded == value else None

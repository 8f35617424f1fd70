"""Codes of Turkey, Kazakhstan and Kyrgyzstan, and codes that only name a receipt."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.codes.formats import kazakhstan, kyrgyzstan, named_only, turkey
from rpiocr.codes.parser import Parser
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, Document

TURKISH = (
    '{"vkntckn":"4540536920","avkntckn":"2222222222","senaryo":"EARSIVFATURA","tip":"SATIS","tarih":"2026-11-05",'
    '"no":"ABC2026000000001","ettn":"uuid-1","parabirimi":"TRY","malhizmettoplam":"100.00","kdvmatrah(20)":"100.00",'
    '"hesaplanankdv(20)":"20.00","vergidahil":"120.00","odenecek":"120.00"}'
)
KAZAKH = "https://consumer.oofd.kz/?i=1734974179&f=010100000001&s=13507.0&t=20261105T123456"
KYRGYZ = (
    "https://tax.salyk.kg/tax-web-control/client/api/v1/ticket?date=20261105T123456&type=3&operation_type=1"
    "&fn_number=000000000000002&fd_number=1&fm=1&tin=00000000000001&regNumber=000000000000003&sum=91950"
)
UZBEK = "https://ofd.soliq.uz/check?t=UZ190000000001&r=559&c=20261105123456&s=336289559214"
AZERI = "https://monitoring.e-kassa.gov.az/#/index?doc=AbCd12345678"


def claim(parse: Parser, text: str) -> CodeClaim:
    """What the code states, which it has to."""
    found = parse(text.encode())
    assert found is not None
    return found


def test_a_turkish_invoice_is_read() -> None:
    assert claim(turkey.parse, TURKISH) == CodeClaim(
        "tr-invoice",
        "TR",
        Document.SALE,
        total=Decimal("120.00"),
        currency="TRY",
        date=dt.date(2026, 11, 5),
        tax=Decimal("20.00"),
        tax_id=TaxId("vkn", "TR", "4540536920", valid=True),
        receipt_number="ABC2026000000001",
    )


def test_what_is_given_back_in_turkey_is_negative() -> None:
    found = claim(turkey.parse, TURKISH.replace("SATIS", "IADE"))
    assert (found.document, found.total, found.tax) == (Document.REFUND, Decimal("-120.00"), Decimal("-20.00"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"', ""),
        ('":"', '" : "'),
        ('","', '" ,\r\n "'),
        ('"no"', "no"),
        ('"120.00"}', '"120.00",}'),
        ('"120.00"}', '"120.00" }\n'),
        ('"120.00"}', "120.00}"),
        ('"tarih"', '" tarih "'),
        ('"hesaplanankdv(20)"', '"hesaplanankdv(20.00)"'),
        ('"TRY"', '"TL"'),
    ],
)
def test_turkish_json_with_mistakes_is_read(old: str, new: str) -> None:
    assert old in TURKISH
    assert claim(turkey.parse, TURKISH.replace(old, new)) == claim(turkey.parse, TURKISH)


def test_taxes_of_several_rates_add_up_and_foreign_money_is_named() -> None:
    both = TURKISH.replace('"vergidahil"', '"hesaplanankdv(10)":"1.50","vergidahil"').replace('"TRY"', '"EUR"')
    found = claim(turkey.parse, both)
    assert (found.tax, found.currency) == (Decimal("21.50"), "EUR")


def test_a_person_sells_under_a_number_of_their_own() -> None:
    found = claim(turkey.parse, TURKISH.replace("4540536920", "17291716060"))
    assert found.tax_id == TaxId("tckn", "TR", "17291716060", valid=True)


@pytest.mark.parametrize(
    "text",
    [
        TURKISH.replace('"odenecek":"120.00"', '"odenecek":"120,00"'),
        TURKISH.replace('"odenecek":"120.00"', '"odenecek":{"a":"120.00"}'),
        TURKISH.replace('"odenecek"', '"vergidahil"'),
        TURKISH.replace("2026-11-05", "2026-11-31"),
        TURKISH.replace("4540536920", "454053692"),
        TURKISH.replace("TRY", "XYZ"),
        TURKISH.replace('"ettn":"uuid-1",', ""),
        TURKISH[1:],
        "{" * 4000 + "}" * 4000,
        "{" + '"a":"b",' * 900 + "}",
        '{"' + " " * 8000 + "}",
    ],
)
def test_any_other_turkish_form_is_no_code(text: str) -> None:
    assert turkey.parse(text.encode()) is None


def test_a_kazakh_receipt_is_read() -> None:
    assert claim(kazakhstan.parse, KAZAKH) == CodeClaim(
        "kz-ofd",
        "KZ",
        Document.SALE,
        total=Decimal("13507.0"),
        currency="KZT",
        date=dt.date(2026, 11, 5),
        time=dt.time(12, 34, 56),
        receipt_number="1734974179",
    )


@pytest.mark.parametrize("start", ["http://consumer.oofd.kz?", "https://ofd1.kz/t/?", "https://consumer.kofd.kz/?"])
def test_all_kazakh_operators_are_read(start: str) -> None:
    assert claim(kazakhstan.parse, start + KAZAKH.partition("?")[2]).total == Decimal("13507")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("oofd.kz", "oofd.kz.example"),
        ("13507.0", "13507,0"),
        ("20261105T", "20261131T"),
        ("f=0101", "f=101"),
        ("&i=", "&j="),
    ],
)
def test_any_other_kazakh_form_is_no_code(old: str, new: str) -> None:
    text = KAZAKH.replace("?i=", "?&i=")
    assert old in text
    assert kazakhstan.parse(text.replace(old, new).encode()) is None


def test_a_kyrgyz_receipt_is_in_tyiyn() -> None:
    assert claim(kyrgyzstan.parse, KYRGYZ) == CodeClaim(
        "kg-salyk",
        "KG",
        Document.SALE,
        total=Decimal("919.50"),
        currency="KGS",
        date=dt.date(2026, 11, 5),
        time=dt.time(12, 34, 56),
        tax_id=TaxId("inn", "KG", "00000000000001", valid=None),
        receipt_number="1",
    )


def test_a_kyrgyz_refund_is_negative_and_other_documents_are_no_sale() -> None:
    back = claim(kyrgyzstan.parse, KYRGYZ.replace("operation_type=1", "operation_type=2"))
    assert (back.document, back.total) == (Document.REFUND, Decimal("-919.50"))
    assert claim(kyrgyzstan.parse, KYRGYZ.replace("type=3", "type=5")).document is Document.OTHER
    assert claim(kyrgyzstan.parse, KYRGYZ.replace("operation_type=1", "operation_type=3")).document is Document.OTHER


@pytest.mark.parametrize(
    ("old", "new"), [("salyk.kg", "salyk.kg.example"), ("sum=91950", "sum=919.50"), ("T123456", "T1234"), ("&fm=1", "")]
)
def test_any_other_kyrgyz_form_is_no_code(old: str, new: str) -> None:
    assert old in KYRGYZ
    assert kyrgyzstan.parse(KYRGYZ.replace(old, new).encode()) is None


@pytest.mark.parametrize("path", ["/check", "/epi"])
def test_an_uzbek_link_has_a_time_but_its_sign_is_no_total(path: str) -> None:
    assert claim(named_only.parse_uzbekistan, UZBEK.replace("/check", path)) == CodeClaim(
        "uz-ofd", "UZ", date=dt.date(2026, 11, 5), time=dt.time(12, 34, 56), receipt_number="559"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [("soliq.uz", "soliq.uz.example"), ("20261105", "20261131"), ("UZ19", "U19"), ("&s=336289559214", "")],
)
def test_any_other_uzbek_form_is_no_code(old: str, new: str) -> None:
    assert old in UZBEK
    assert named_only.parse_uzbekistan(UZBEK.replace(old, new).encode()) is None


def test_an_azerbaijani_link_names_its_receipt() -> None:
    assert claim(named_only.parse_azerbaijan, AZERI) == CodeClaim("az-ekassa", "AZ", receipt_number="AbCd12345678")
    assert named_only.parse_azerbaijan(AZERI.replace("gov.az", "az.example").encode()) is None
    assert named_only.parse_azerbaijan(AZERI.replace("doc=", "id=").encode()) is None


def test_macedonian_and_quebec_codes_tell_their_country() -> None:
    macedonian = b"AC123456789AC987654321AC00171234" + bytes(range(128, 200))
    assert named_only.parse_north_macedonia(macedonian) == CodeClaim("mk-fiscal", "MK")
    assert named_only.parse_north_macedonia(macedonian[1:]) is None
    token = "A1b2" * 12
    assert claim(named_only.parse_quebec, f"https://qr.mev-web.ca?f={token}") == CodeClaim("ca-srm", "CA")
    test = claim(named_only.parse_quebec, f"https://cnfr.qr.mev-web.ca?f={token}")
    assert test.document is Document.TRAINING
    assert named_only.parse_quebec(f"https://qr.mev-web.ca?f={token}&g=1".encode()) is None

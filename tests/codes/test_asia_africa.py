"""Codes of Asia and Africa: what each states, its local time, and the amounts that are no totals."""

from __future__ import annotations

import base64
import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.codes.formats import china, egypt, india, number_links, saudi_arabia
from rpiocr.model.codes import CodeClaim, Document
from tests.codes.vectors_world import tlv, token

SAMPLE = b"AQxFeGFtcGxlIFNob3ACDzMxMDAwMDAwMDAwMDAwMwMUMjAyNi0xMS0wNVQxMjozNDo1NloEBjExNS4wMAUFMTUuMDA="
SELLER = ("شركة المثال", "310000000000003")


def known(claim: CodeClaim | None) -> CodeClaim:
    assert claim is not None
    return claim


def test_a_saudi_code_states_seller_total_tax_and_the_time_of_riyadh() -> None:
    claim = known(saudi_arabia.parse(SAMPLE))
    assert (claim.country, claim.currency, claim.seller) == ("SA", "SAR", "Example Shop")
    assert (claim.total, claim.tax) == (Decimal("115.00"), Decimal("15.00"))
    assert (claim.date, claim.time) == (dt.date(2026, 11, 5), dt.time(15, 34, 56))
    assert claim.tax_id is not None
    assert claim.tax_id.number == "310000000000003"


@pytest.mark.parametrize(
    ("written", "date", "time"),
    [
        ("2026-11-05T21:30:00Z", dt.date(2026, 11, 6), dt.time(0, 30)),
        ("2026-11-05T21:30:00.250Z", dt.date(2026, 11, 6), dt.time(0, 30)),
        ("2026-11-05T21:30:00", dt.date(2026, 11, 5), dt.time(21, 30)),
        ("2026-11-05 21:30:00", dt.date(2026, 11, 5), dt.time(21, 30)),
        ("2026-11-05T21:30:00+03:00", dt.date(2026, 11, 5), dt.time(21, 30)),
        ("2026-11-05", dt.date(2026, 11, 5), None),
    ],
)
def test_a_saudi_time_in_utc_is_of_the_next_day_in_riyadh_at_night(written: str, date: dt.date, time: dt.time) -> None:
    claim = known(saudi_arabia.parse(tlv(*SELLER, written, "115.00", "15.00")))
    assert (claim.date, claim.time) == (date, time)


def test_a_saudi_code_of_the_second_phase_is_read_and_not_proved() -> None:
    more = (base64.b64encode(bytes(32)), base64.b64encode(bytes(64)), bytes(88), bytes(64))
    claim = known(saudi_arabia.parse(tlv(*SELLER, "2026-11-05T12:00:00Z", "1150", "150.0", *more)))
    assert (claim.total, claim.tax, claim.seller) == (Decimal("1150.00"), Decimal("150.00"), "شركة المثال")
    assert claim.proved == frozenset()


def test_the_same_fields_of_another_country_state_neither_country_nor_currency() -> None:
    claim = known(saudi_arabia.parse(tlv("Amman Shop", "12345678", "2026-11-05T21:30:00Z", "11.600", "1.600")))
    assert (claim.country, claim.currency, claim.tax_id) == (None, None, None)
    assert (claim.total, claim.date) == (Decimal("11.600"), None)


@pytest.mark.parametrize(
    "fields",
    [
        (*SELLER, "2026-11-05T12:00:00Z", "115.00"),
        (*SELLER, "2026-11-05T12:00:00Z", "115,00", "15.00"),
        (*SELLER, "2026-11-05T12:00:00Z", "NaN", "15.00"),
        (*SELLER, "2026-11-05T12:00:00Z", "1e3", "15.00"),
        (*SELLER, "2026-11-05T12:00:00Z", "15.00", "115.00"),
        (*SELLER, "05/11/2026", "115.00", "15.00"),
        ("", *SELLER[1:], "2026-11-05T12:00:00Z", "115.00", "15.00"),
    ],
)
def test_saudi_fields_in_another_form_are_no_code(fields: tuple[str, ...]) -> None:
    assert saudi_arabia.parse(tlv(*fields)) is None


def test_a_saudi_code_whose_lengths_do_not_fit_is_none() -> None:
    packed = base64.b64decode(SAMPLE)
    for wrong in (packed[:-1], packed + b"\6", b"\1\xff" + packed[2:], b"\2" + packed[1:], packed + packed):
        assert saudi_arabia.parse(base64.b64encode(wrong)) is None
    assert saudi_arabia.parse(base64.b64encode(SAMPLE)) is None  # base64 within base64


EGYPT = "invoicing.eta.gov.eg/receipts/search/{id}/share/{time}#Total:{total},IssuerRIN:674859545"


def egyptian(time: str = "2026-11-05T12:34:56Z", total: str = "1000.000", host: str = "https://") -> CodeClaim | None:
    return egypt.parse((host + EGYPT.format(id="68e656b2" * 8, time=time, total=total)).encode())


def test_an_egyptian_receipt_states_total_and_the_time_of_cairo() -> None:
    claim = known(egyptian("2022-02-19T02:00Z", host="http://"))
    assert (claim.total, claim.currency) == (Decimal("1000.00"), "EGP")
    assert (claim.date, claim.time) == (dt.date(2022, 2, 19), dt.time(4, 0))
    assert claim.tax_id is not None
    assert (claim.tax_id.number, claim.tax_id.valid) == ("674859545", True)
    assert claim.receipt_number == "68e656b2" * 8


def test_an_egyptian_receipt_of_the_night_is_of_the_next_day_by_winter_and_summer_time() -> None:
    winter, summer = known(egyptian("2026-11-05T22:30:00Z")), known(egyptian("2026-07-05T21:30:00Z"))
    assert (winter.date, winter.time) == (dt.date(2026, 11, 6), dt.time(0, 30))
    assert (summer.date, summer.time) == (dt.date(2026, 7, 6), dt.time(0, 30))


def test_an_egyptian_receipt_of_a_test_system_is_no_purchase() -> None:
    assert known(egyptian(host="https://preprod.")).document is Document.TRAINING


@pytest.mark.parametrize("total", ["-1", "1,000.00", "1e3", "", "Infinity"])
def test_an_egyptian_total_in_another_form_is_no_code(total: str) -> None:
    assert egyptian(total=total) is None


CHINESE = "011001605111,80100798"


@pytest.mark.parametrize(
    "payload",
    [
        "01,32,26427000000000000000,100.76,20260330,5F98",
        "01,32,,26427000000000000000,100.76,20260330,,5F98,",
        "01,31,,26427000000000000000,100.76,20260330,",
        "01,31,,26427000000000000000,100.76,20260330",
    ],
)
def test_a_fully_digital_chinese_invoice_states_its_total(payload: str) -> None:
    claim = known(china.parse(payload.encode()))
    assert (claim.total, claim.currency, claim.date) == (Decimal("100.76"), "CNY", dt.date(2026, 3, 30))
    assert claim.receipt_number == "26427000000000000000"


@pytest.mark.parametrize("kind", ["01", "04", "08", "10", "11", "14"])
def test_the_amount_of_an_older_chinese_invoice_is_before_tax_and_no_total(kind: str) -> None:
    claim = known(china.parse(f"01,{kind},{CHINESE},64.9,20161018,85342965681116380258".encode()))
    assert (claim.total, claim.date, claim.receipt_number) == (None, dt.date(2016, 10, 18), "80100798")


def test_a_chinese_invoice_in_red_is_a_refund() -> None:
    claim = known(china.parse(b"01,32,,26427000000000000000,-100.76,20260330,,5F98,"))
    assert (claim.document, claim.total) == (Document.REFUND, Decimal("-100.76"))


@pytest.mark.parametrize(
    "payload",
    [
        "01,99,011001605111,80100798,64.9,20161018,85342965681116380258",
        "02,32,,26427000000000000000,100.76,20260330,,5F98",
        "01,32,,2642700000000000000,100.76,20260330,,5F98",
        "01,32,,26427000000000000000,100.76,20260230,,5F98",
        "01,32,,26427000000000000000,1e2,20260330,,5F98",
    ],
)
def test_another_list_by_commas_is_no_chinese_invoice(payload: str) -> None:
    assert china.parse(payload.encode()) is None


INVOICE = {
    "SellerGstin": "27AAPFU0939F1ZV",
    "BuyerGstin": "24AAAPI3182M002",
    "DocNo": "S/2026/0815",
    "DocTyp": "INV",
    "DocDt": "06/09/2026",
    "TotInvVal": 105.00,
    "ItemCnt": 1,
    "MainHsnCode": "721119",
    "Irn": "d3" * 32,
}


def test_an_indian_invoice_states_total_date_and_seller() -> None:
    claim = known(india.parse(token(INVOICE)))
    assert (claim.total, claim.currency, claim.date) == (Decimal("105.00"), "INR", dt.date(2026, 9, 6))
    assert claim.tax_id is not None
    assert (claim.tax_id.kind, claim.tax_id.number, claim.tax_id.valid) == ("gst", "27AAPFU0939F1ZV", True)
    assert (claim.receipt_number, claim.proved) == ("S/2026/0815", frozenset())


def test_an_indian_credit_note_is_a_refund_and_a_sandbox_no_purchase() -> None:
    note = known(india.parse(token({**INVOICE, "DocTyp": "CRN"})))
    assert (note.document, note.total) == (Document.REFUND, Decimal("-105.00"))
    assert known(india.parse(token(INVOICE, "NIC Sandbox"))).document is Document.TRAINING


@pytest.mark.parametrize(
    "change",
    [
        {"TotInvVal": "1e2"},
        {"TotInvVal": -5},
        {"TotInvVal": [105]},
        {"DocTyp": "XXX"},
        {"DocDt": "31/02/2026"},
        {"SellerGstin": ""},
    ],
)
def test_an_indian_invoice_with_values_in_another_form_is_no_code(change: dict[str, object]) -> None:
    assert india.parse(token({**INVOICE, **change})) is None


def test_an_indian_invoice_that_repeats_a_key_or_is_not_json_is_no_code() -> None:
    inner = '{"SellerGstin":"27AAPFU0939F1ZV","DocNo":"1","DocTyp":"INV","DocDt":"06/09/2026","TotInvVal":1%s}'
    assert india.parse(token(inner % "")) is not None
    assert india.parse(token(inner % ',"TotInvVal":2')) is None
    assert india.parse(token(inner % ',"X":NaN')) is None
    assert india.parse(token(inner[:-3] % ())) is None


@pytest.mark.parametrize(
    ("link", "country", "number", "seller"),
    [
        (
            f"https://myinvois.hasil.gov.my/{'F9D425P6DS7D8IU0ABCDEFGHIJ'}/share/{'L' * 40}",
            "MY",
            "F9D425P6DS7D8IU0ABCDEFGHIJ",
            None,
        ),
        (
            "https://itax.kra.go.ke/KRA-Portal/invoiceChk.htm?actionCode=loadPage&invoiceNo=0040736240000012345",
            "KE",
            "0040736240000012345",
            None,
        ),
        (
            "https://etims.kra.go.ke/common/link/etims/receipt/indexEtimsReceiptData?Data=P051365947M00ABCDEFGHIJKLMNOP",
            "KE",
            "ABCDEFGHIJKLMNOP",
            "P051365947M",
        ),
        (
            "https://myrra.rra.gov.rw/common/link/ebm/receipt/indexEbmReceiptData?Data=10000000000ABCDEFGHIJKLMNOP",
            "RW",
            "ABCDEFGHIJKLMNOP",
            "100000000",
        ),
        (
            "https://smartinvoice.zra.org.zm/common/link/ebm/receipt/indexEbmReceiptData?Data=1000000000000ABCDEFGHIJKLMNOP",
            "ZM",
            "ABCDEFGHIJKLMNOP",
            "1000000000",
        ),
        ("https://verify.tra.go.tz/4E5C2F12345_143501", "TZ", "4E5C2F12345", None),
        (
            "https://efris.ura.go.ug/site_mobile/#/invoiceValidation?invoiceNo=325043057238&antiFakeCode=12345678901234567890",
            "UG",
            "325043057238",
            None,
        ),
    ],
)
def test_a_link_that_names_a_receipt_tells_country_and_number(
    link: str, country: str, number: str, seller: str | None
) -> None:
    claim = known(number_links.parse(link.encode()))
    assert (claim.country, claim.receipt_number, claim.total, claim.date) == (country, number, None, None)
    assert (claim.tax_id.number if claim.tax_id else None) == seller


def test_the_link_of_tanzania_tells_the_time() -> None:
    assert known(number_links.parse(b"https://verify.tra.go.tz/4E5C2F12345_143501")).time == dt.time(14, 35, 1)


def test_the_link_of_a_test_system_is_no_purchase() -> None:
    link = b"https://etims-sbx.kra.go.ke/common/link/etims/receipt/indexEtimsReceiptData?Data=P051365947M00ABCDEFGHIJKLMNOP"
    assert known(number_links.parse(link)).document is Document.TRAINING


@pytest.mark.parametrize(
    "link",
    [
        "https://verify.tra.go.tz.example.com/4E5C2F12345_143501",
        "https://evil-tra.go.tz/4E5C2F12345_143501",
        "https://verify.tra.go.tz@example.com/4E5C2F12345_143501",
        "https://example.com/?https://verify.tra.go.tz/4E5C2F12345_143501",
        "https://verify.tra.go.tz/about",
        "ftp://verify.tra.go.tz/4E5C2F12345_143501",
    ],
)
def test_a_link_that_only_looks_like_the_office_is_none(link: str) -> None:
    assert number_links.parse(link.encode()) is None

"""Codes of Slovakia, Czechia, Poland, Bulgaria and Greece."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.codes.formats import bulgaria, czechia, greece, poland, slovakia
from rpiocr.codes.parser import Parser
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, Document

OFFLINE = "9F15B272-9D27B6A5-8B02B6A5-7D074910-6D7C27E2:88820227496190042:261105123456:42:16.50"
ONLINE = "O-9F15B2729D27B6A58B02B6A57D074910"
EET = "EET*1.0*BKP:DE7AB57EF9F1B523*DIC:45316872*KC:117*DT:201710101844"
INVOICE = (
    "SID*1.0*ID:012150672*DD:20151201*TP:0*AM:495.00*VS:012150672*VII:CZ60194383*INI:60194383*VIR:CZ12345678"
    "*DUZP:20151201*DT:20151217*TB0:409.00*T0:85.91*CC:CZK*ACC:CZ3103000000270016060243*"
)
KSEF = "https://qr-test.ksef.mf.gov.pl/invoice/1111111111/01-02-2026/UtQp9Gpc51y-u3xApZjIjgkpZ01js-J8KflSPW8WzIE"
BULGARIAN = "02000001*0004711*2026-11-05*12:34:56*16.50"
GREEK = (
    "https://www1.aade.gr/tameiakes/myweb/q1.php?SIG=ABC260000010002047123FF055EC975FA1D260A2C9674D007261105123416.50"
)
MYDATA = "https://mydatapi.aade.gr/myDATA/TimologioQR/QRInfo?q=Dsffq2BZQ%2b3laQtRzCNe3vmS0HYj995F%3d"


def claim(parse: Parser, text: str) -> CodeClaim:
    """What the code states, which it has to."""
    found = parse(text.encode())
    assert found is not None
    return found


def test_a_slovak_till_that_was_offline_states_its_receipt() -> None:
    assert claim(slovakia.parse_offline, OFFLINE) == CodeClaim(
        "sk-ekasa-offline",
        "SK",
        Document.SALE,
        total=Decimal("16.50"),
        currency="EUR",
        date=dt.date(2026, 11, 5),
        time=dt.time(12, 34, 56),
        tax_id=TaxId("vat", "SK", "2022749619", valid=True),
        receipt_number="42",
    )


def test_a_slovak_number_that_is_none_is_left_out() -> None:
    assert claim(slovakia.parse_offline, OFFLINE.replace("8882022749619", "8880000000000")).tax_id is None


def test_a_slovak_refund_is_negative() -> None:
    found = claim(slovakia.parse_offline, OFFLINE.replace("16.50", "-16.50"))
    assert (found.document, found.total) == (Document.REFUND, Decimal("-16.50"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (":", "|"),
        (":888", ":777"),
        ("16.50", "16,50"),
        ("16.50", "16.5.0"),
        ("261105", "261131"),
        ("9F15B272", "9F15B27"),
    ],
)
def test_any_other_slovak_form_is_no_code(old: str, new: str) -> None:
    assert old in OFFLINE
    assert slovakia.parse_offline(OFFLINE.replace(old, new).encode()) is None


def test_a_slovak_till_that_was_online_names_its_receipt() -> None:
    link = f"https://ekasa.financnasprava.sk/mdu/#/receipt/{ONLINE.lower().replace('o-', 'O-')}"
    for text in (ONLINE, link):
        assert claim(slovakia.parse_online, text) == CodeClaim("sk-ekasa", "SK", receipt_number=ONLINE)
    for other in (f"https://shop.example/{ONLINE}", ONLINE[:-1], f"{ONLINE}0", f"X{ONLINE}"):
        assert slovakia.parse_online(other.encode()) is None


def test_a_registered_czech_sale_is_read() -> None:
    assert claim(czechia.parse_sale, EET) == CodeClaim(
        "cz-eet",
        "CZ",
        Document.SALE,
        total=Decimal("117"),
        currency="CZK",
        date=dt.date(2017, 10, 10),
        time=dt.time(18, 44),
        tax_id=TaxId("vat", "CZ", "45316872", valid=True),
        receipt_number="DE7AB57EF9F1B523",
    )


@pytest.mark.parametrize("end", ["*R:Z", "*R:B*", "*"])
def test_a_czech_sale_may_name_its_regime_and_end_in_a_star(end: str) -> None:
    assert claim(czechia.parse_sale, EET.replace("KC:117", "KC:650.35") + end).total == Decimal("650.35")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("EET*1.0", "EET*2.0"),
        ("45316872", "45316873"),
        ("KC:117", "KC:1 170"),
        ("*DT:201710101844", ""),
        ("1844", "2460"),
        ("BKP:DE7AB57EF9F1B523*", ""),
        ("*KC:117", "*KC:117*KC:118"),
        ("*KC:117", "*KC:117*XX:1"),
    ],
)
def test_any_other_czech_form_is_no_code(old: str, new: str) -> None:
    assert old in EET
    assert czechia.parse_sale(EET.replace(old, new).encode()) is None


def test_a_czech_invoice_is_read_with_its_tax() -> None:
    assert claim(czechia.parse_invoice, INVOICE) == CodeClaim(
        "cz-invoice",
        "CZ",
        Document.SALE,
        total=Decimal("495.00"),
        currency="CZK",
        date=dt.date(2015, 12, 1),
        tax=Decimal("85.91"),
        tax_id=TaxId("vat", "CZ", "CZ60194383", valid=True),
        receipt_number="012150672",
    )


def test_a_czech_invoice_may_be_foreign_money_or_no_purchase() -> None:
    assert claim(czechia.parse_invoice, INVOICE.replace("CC:CZK", "CC:EUR")).currency == "EUR"
    assert claim(czechia.parse_invoice, INVOICE.replace("TP:0", "TD:3")).document is Document.OTHER
    without = INVOICE.replace("*VII:CZ60194383", "").replace("*T0:85.91", "")
    found = claim(czechia.parse_invoice, without)
    assert (found.tax, found.tax_id) == (None, TaxId("ico", "CZ", "60194383", valid=True))


@pytest.mark.parametrize(
    ("old", "new"),
    [("SID*1.0", "SID*1.1"), ("AM:495.00", "AM:495,00"), ("DD:20151201", "DD:20151301"), ("CC:CZK", "CC:XYZ")],
)
def test_any_other_czech_invoice_is_no_code(old: str, new: str) -> None:
    assert old in INVOICE
    assert czechia.parse_invoice(INVOICE.replace(old, new).encode()) is None


def test_a_polish_invoice_names_seller_and_day() -> None:
    expected = CodeClaim(
        "pl-ksef",
        "PL",
        Document.TRAINING,
        date=dt.date(2026, 2, 1),
        tax_id=TaxId("nip", "PL", "1111111111", valid=True),
    )
    assert claim(poland.parse, KSEF) == expected
    assert claim(poland.parse, KSEF.replace("qr-test.", "qr.")).document is Document.SALE


def test_the_second_polish_code_names_the_seller() -> None:
    digest = KSEF.rpartition("/")[2]
    code = f"https://qr.ksef.mf.gov.pl/certificate/Nip/1111111111/1111111111/01F20A5D352AE590/{digest}/{'A' * 86}"
    found = claim(poland.parse, code)
    assert (found.date, found.tax_id) == (None, TaxId("nip", "PL", "1111111111", valid=True))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1111111111", "1111111112"),
        ("01-02-2026", "31-02-2026"),
        ("01-02-2026", "2026-02-01"),
        ("WzIE", "WzI"),
        ("ksef.mf.gov.pl", "ksef.mf.gov.pl.example"),
        ("/invoice/", "/faktura/"),
    ],
)
def test_any_other_polish_form_is_no_code(old: str, new: str) -> None:
    assert old in KSEF
    assert poland.parse(KSEF.replace(old, new).encode()) is None


def test_a_bulgarian_receipt_is_in_leva_before_2026() -> None:
    assert claim(bulgaria.parse, BULGARIAN) == CodeClaim(
        "bg-fiscal",
        "BG",
        Document.SALE,
        total=Decimal("16.50"),
        currency="EUR",
        date=dt.date(2026, 11, 5),
        time=dt.time(12, 34, 56),
        receipt_number="4711",
    )
    assert claim(bulgaria.parse, BULGARIAN.replace("2026-11-05", "2025-12-31")).currency == "BGN"


@pytest.mark.parametrize(
    ("day", "time"), [("2026.11.05", "12.34.56"), ("05-11-2026", "12-34-56"), ("05.11.2026", "12:34:56")]
)
def test_marks_in_bulgarian_dates_and_times_differ(day: str, time: str) -> None:
    found = claim(bulgaria.parse, f"02000001*0004711*{day}*{time}*16.50")
    assert (found.date, found.time) == (dt.date(2026, 11, 5), dt.time(12, 34, 56))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("02000001", "0200001"),
        ("2026-11-05", "2026-11.05"),
        ("12:34:56", "24:34:56"),
        ("16.50", "16,50"),
        ("*16.50", ""),
    ],
)
def test_any_other_bulgarian_form_is_no_code(old: str, new: str) -> None:
    assert old in BULGARIAN
    assert bulgaria.parse(BULGARIAN.replace(old, new).encode()) is None


def test_a_greek_till_states_total_and_number_but_no_date() -> None:
    assert claim(greece.parse_till, GREEK) == CodeClaim(
        "gr-till", "GR", Document.SALE, total=Decimal("16.50"), currency="EUR", receipt_number="20471"
    )


def test_an_older_greek_mark_is_read() -> None:
    old = GREEK.replace("23FF055EC975FA1D260A2C9674D0072611051234", "6D84CEFB230D95EB5689587A02C1B78D9A99E217")
    assert claim(greece.parse_till, old).total == Decimal("16.50")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("16.50", "16.5"),
        ("16.50", ""),
        ("ABC2", "ABCD2"),
        ("FF05", "GG05"),
        ("aade.gr", "aade.gr.example"),
        ("q1.php", "q2.php"),
    ],
)
def test_any_other_greek_form_is_no_code(old: str, new: str) -> None:
    assert old in GREEK
    assert greece.parse_till(GREEK.replace(old, new).encode()) is None


def test_an_invoice_in_mydata_tells_its_country() -> None:
    assert claim(greece.parse_invoice, MYDATA) == CodeClaim("gr-mydata", "GR")
    assert greece.parse_invoice(MYDATA.replace("aade.gr", "aade.example").encode()) is None
    assert greece.parse_invoice(MYDATA.replace("q=", "p=").encode()) is None

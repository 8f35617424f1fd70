"""Codes of Croatia, Slovenia, Montenegro and Albania."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.codes.formats import croatia, montenegro_albania, slovenia
from rpiocr.codes.parser import Parser
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, Document

CROATIAN = "https://porezna.gov.hr/rn?jir=18916f95-5787-4e7f-a190-3a091970cfa2&datv=20261105_1234&izn=1650"
OFFICIAL_SLOVENE = "223175087923687075112234402528973166755123456781508151013321"
MONTENEGRIN = (
    "https://mapr.tax.gov.me/ic/#/verify?iic=32AA324CFF5030271E16D59F7F8EF636&tin=02793962"
    "&crtd=2026-11-05T12:34:56+01:00&ord=94&bu=aa111bb222&cr=cc333dd444&sw=ee555ff666&prc=16.50"
)
ALBANIAN = (
    "https://efiskalizimi-app.tatime.gov.al/invoice-check/#/verify?iic=716207BB76D4B8A52AAE06952D41C363&tin=L00000000A"
    "&crtd=2026-11-05T12:34:56%2B01:00&ord=7034&bu=el359ox381&cr=nw619tf113&sw=cc302yz654&prc=1914.00"
)


def claim(parse: Parser, text: str) -> CodeClaim:
    """What the code states, which it has to."""
    found = parse(text.encode())
    assert found is not None
    return found


def slovene(mark: int = 2**100, seller: str = "59082437", when: str = "261105123456", digit: int | None = None) -> str:
    """Digits with the right check digit, or another one."""
    start = f"{mark:039d}{seller}{when}"
    return start + str(sum(map(int, start)) % 10 if digit is None else digit)


def test_a_croatian_receipt_is_read_in_cents() -> None:
    assert claim(croatia.parse, CROATIAN) == CodeClaim(
        "hr-rn",
        "HR",
        Document.SALE,
        total=Decimal("16.50"),
        currency="EUR",
        date=dt.date(2026, 11, 5),
        time=dt.time(12, 34),
        receipt_number="18916f95-5787-4e7f-a190-3a091970cfa2",
    )


def test_before_2023_it_is_in_kuna_and_may_have_a_comma() -> None:
    old = claim(croatia.parse, CROATIAN.replace("20261105", "20221231").replace("1650", "16,50"))
    assert (old.total, old.currency) == (Decimal("16.50"), "HRK")
    assert claim(croatia.parse, CROATIAN.replace("20261105", "20230101")).currency == "EUR"


def test_what_takes_a_croatian_receipt_back_is_negative() -> None:
    for amount in ("-1650", "-16,50"):
        found = claim(croatia.parse, CROATIAN.replace("1650", amount))
        assert (found.document, found.total) == (Document.REFUND, Decimal("-16.50"))


def test_the_sellers_own_number_and_the_older_path_are_read() -> None:
    own = CROATIAN.replace("jir=18916f95-5787-4e7f-a190-3a091970cfa2", "zki=0123456789abcdef0123456789ABCDEF")
    assert claim(croatia.parse, own.replace("/rn?", "/rn/?")).total == Decimal("16.50")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("izn=1650", "izn=16.50"),
        ("izn=1650", "izn=16,5"),
        ("izn=1650", "izn="),
        ("izn=1650", f"izn={'9' * 40}"),
        ("izn=1650", "izn=1650&izn=1"),
        ("20261105_1234", "20261105_2460"),
        ("20261105_1234", "20261105"),
        ("jir=18916f95", "jir=18916f9"),
        ("porezna.gov.hr", "porezna.gov.hr.example"),
        ("porezna.gov.hr", "porezna.gov.hr@shop.example"),
        ("/rn?", "/rm?"),
    ],
)
def test_any_other_croatian_form_is_no_code(old: str, new: str) -> None:
    assert old in CROATIAN
    assert croatia.parse(CROATIAN.replace(old, new).encode()) is None


def test_the_official_slovene_sample_is_read_without_a_total() -> None:
    assert claim(slovenia.parse, OFFICIAL_SLOVENE) == CodeClaim(
        "si-zoi",
        "SI",
        date=dt.date(2015, 8, 15),
        time=dt.time(10, 13, 32),
        tax_id=TaxId("vat", "SI", "12345678", valid=False),
        receipt_number="a7e5f55e1dbb48b799268e1a6d8618a3",
    )


def test_a_slovene_seller_is_checked() -> None:
    assert claim(slovenia.parse, slovene()).tax_id == TaxId("vat", "SI", "59082437", valid=True)
    assert slovenia.parse(slovene(seller="59082438").encode()) is None


@pytest.mark.parametrize(
    "text",
    [
        slovene(digit=(sum(map(int, slovene()[:59])) + 1) % 10),
        slovene(when="261305123456"),
        slovene(when="261105246060"),
        slovene(when="140101120000"),
        slovene(mark=2**128),
        slovene()[1:],
        slovene() + "0",
        slovene()[:-1] + "\u0661",
    ],
)
def test_other_slovene_digits_are_no_code(text: str) -> None:
    assert slovenia.parse(text.encode()) is None


def test_a_montenegrin_receipt_is_read_from_the_fragment() -> None:
    assert claim(montenegro_albania.parse, MONTENEGRIN) == CodeClaim(
        "me-efi",
        "ME",
        Document.SALE,
        total=Decimal("16.50"),
        currency="EUR",
        date=dt.date(2026, 11, 5),
        time=dt.time(12, 34, 56),
        tax_id=TaxId("pib", "ME", "02793962", valid=True),
        receipt_number="94",
    )


def test_an_albanian_receipt_is_in_lek() -> None:
    found = claim(montenegro_albania.parse, ALBANIAN)
    assert (found.country, found.total, found.currency) == ("AL", Decimal("1914.00"), "ALL")
    assert found.time == dt.time(12, 34, 56)
    assert found.tax_id == TaxId("nipt", "AL", "L00000000A", valid=True)


@pytest.mark.parametrize("plus", [" ", "%20", "%2B", "%2b"])
def test_the_plus_of_the_zone_may_be_lost(plus: str) -> None:
    assert claim(montenegro_albania.parse, MONTENEGRIN.replace("+", plus)) == claim(
        montenegro_albania.parse, MONTENEGRIN
    )


def test_the_time_at_midnight_is_that_of_the_clock_there() -> None:
    found = claim(montenegro_albania.parse, MONTENEGRIN.replace("12:34:56+01:00", "00:10:00+02:00"))
    assert (found.date, found.time) == (dt.date(2026, 11, 5), dt.time(0, 10))


def test_test_hosts_are_training_and_negative_totals_refunds() -> None:
    test = MONTENEGRIN.replace("mapr.", "efitest.")
    assert claim(montenegro_albania.parse, test).document is Document.TRAINING
    back = claim(montenegro_albania.parse, MONTENEGRIN.replace("16.50", "-16.50"))
    assert (back.document, back.total) == (Document.REFUND, Decimal("-16.50"))


def test_an_invoice_without_a_till_is_read() -> None:
    assert claim(montenegro_albania.parse, MONTENEGRIN.replace("&cr=cc333dd444", "")).total == Decimal("16.50")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("&prc=16.50", ""),
        ("prc=16.50", "prc=16,50"),
        ("iic=32AA", "iic=32A"),
        ("+01:00", ""),
        ("2026-11-05", "2026-11-31"),
        ("bu=aa111bb222", "bu=aa111bb22"),
        ("tax.gov.me", "tax.gov.me.example"),
        ("#/verify", "/verify"),
        ("/ic/", "/id/"),
    ],
)
def test_any_other_montenegrin_form_is_no_code(old: str, new: str) -> None:
    assert old in MONTENEGRIN
    assert montenegro_albania.parse(MONTENEGRIN.replace(old, new).encode()) is None

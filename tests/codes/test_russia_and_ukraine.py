"""Codes of Russia and Ukraine."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.codes.formats import russia, ukraine
from rpiocr.model.codes import CodeClaim, Document

RUSSIAN = "t=20261105T123456&s=1650.00&fn=9999078900004312&i=12345&fp=1234567890&n=1"
UKRAINIAN = "https://cabinet.tax.gov.ua/cashregs/check?id=696582&date=20261105&time=123456&sm=437.40&fn=3000000000"


def russian(text: str) -> CodeClaim:
    """What the code states, which it has to."""
    found = russia.parse(text.encode())
    assert found is not None
    return found


def ukrainian(text: str) -> CodeClaim:
    """What the code states, which it has to."""
    found = ukraine.parse(text.encode())
    assert found is not None
    return found


def test_a_russian_sale_is_read() -> None:
    assert russian(RUSSIAN) == CodeClaim(
        "ru-fns",
        "RU",
        Document.SALE,
        total=Decimal("1650.00"),
        currency="RUB",
        date=dt.date(2026, 11, 5),
        time=dt.time(12, 34, 56),
        receipt_number="12345",
    )


@pytest.mark.parametrize(
    ("kind", "document", "total"),
    [
        ("2", Document.REFUND, "-1650.00"),
        ("3", Document.OTHER, "1650.00"),
        ("4", Document.OTHER, "1650.00"),
    ],
)
def test_a_refund_is_negative_and_what_the_shop_buys_is_no_sale(kind: str, document: Document, total: str) -> None:
    found = russian(RUSSIAN.replace("n=1", f"n={kind}"))
    assert (found.document, found.total) == (document, Decimal(total))


def test_seconds_may_be_missing_and_the_order_differ() -> None:
    assert russian(RUSSIAN.replace("T123456", "T1234")).time == dt.time(12, 34)
    assert russian("&".join(reversed(RUSSIAN.split("&")))) == russian(RUSSIAN)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("n=1", "n=5"),
        ("&n=1", ""),
        ("&n=1", "&n=1&n=2"),
        ("&n=1", "&n=1&x=2"),
        ("1650.00", "1650,00"),
        ("1650.00", "-1650.00"),
        ("1650.00", "1e999"),
        ("1650.00", "\u0661.00"),
        ("fn=9999078900004312", "fn=999907890000431"),
        ("20261105", "20261131"),
        ("T123456", "T246060"),
        ("t=", "https://shop.example/?t="),
    ],
)
def test_any_other_russian_form_is_no_code(old: str, new: str) -> None:
    assert old in RUSSIAN
    assert russia.parse(RUSSIAN.replace(old, new).encode()) is None


def test_a_ukrainian_sale_is_read() -> None:
    assert ukrainian(UKRAINIAN) == CodeClaim(
        "ua-tax",
        "UA",
        Document.SALE,
        total=Decimal("437.40"),
        currency="UAH",
        date=dt.date(2026, 11, 5),
        time=dt.time(12, 34, 56),
        receipt_number="696582",
    )


@pytest.mark.parametrize("time", ["1234", "12:34", "12:34:00", "12%3A34%3A00", "123400"])
def test_the_time_is_written_in_several_ways(time: str) -> None:
    assert ukrainian(UKRAINIAN.replace("123456", time)).time == dt.time(12, 34)


def test_a_mac_and_any_order_are_read() -> None:
    start, query = UKRAINIAN.split("?")
    other = f"{start}?mac=5db006ff&{'&'.join(reversed(query.split('&')))}"
    assert ukrainian(other) == ukrainian(UKRAINIAN)


def test_a_receipt_of_a_register_for_tests_is_training() -> None:
    assert ukrainian(UKRAINIAN.replace("fn=3000000000", "fn=TEST551151")).document is Document.TRAINING


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tax.gov.ua", "tax.gov.ua.example"),
        ("tax.gov.ua", "mytax.gov.ua"),
        ("/cashregs/check", "/other"),
        ("&sm=437.40", ""),
        ("437.40", "437.4O"),
        ("20261105", "20260230"),
        ("123456", "250000"),
        ("&fn=3000000000", "&fn=3000000000&q=1"),
    ],
)
def test_any_other_ukrainian_form_is_no_code(old: str, new: str) -> None:
    assert old in UKRAINIAN
    assert ukraine.parse(UKRAINIAN.replace(old, new).encode()) is None

"""Amounts, moments, links and encodings in codes are read in exactly one form."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.codes.formats.amounts import amount, minor_units, tax_within, ungrouped
from rpiocr.codes.formats.encodings import base64_bytes, hex_bytes, text_of
from rpiocr.codes.formats.links import Link, read_link, read_pairs
from rpiocr.codes.formats.moments import clock, day, from_unix, iso_moment, local, moment
from rpiocr.codes.parser import MAX_PAYLOAD


@pytest.mark.parametrize(
    "text",
    [
        "1e3",
        "NaN",
        "Infinity",
        "+1.00",
        "1 000.00",
        "\u0661.00",
        "1,00",
        "1.0",
        "1.000",
        ".50",
        "1.",
        "",
        "-1.00",
        "1" * 13 + ".00",
    ],
)
def test_an_amount_in_another_form_is_none(text: str) -> None:
    assert amount(text) is None


def test_an_amount_is_read_in_the_form_that_is_asked_for() -> None:
    assert amount("12.30") == Decimal("12.30")
    assert amount("12,3", 0, 2, point=",") == Decimal("12.3")
    assert amount("12", 0, 2) == 12
    assert amount("-12.30", signed=True) == Decimal("-12.30")
    assert str(amount("-0.00", signed=True)) == "0.00"
    assert minor_units("-1650", signed=True) == Decimal("-16.50")
    assert minor_units("16.50") is None


def test_thousands_marks_count_only_before_three_digits() -> None:
    assert ungrouped("1,234,567.00") == "1234567.00"
    assert ungrouped("-3,000.00") == "-3000.00"
    for text in ("1,23.00", "1234,567.00", "1,2345.00", "1,,000.00", ",000.00"):
        assert ungrouped(text) == text


def test_the_tax_within_an_amount_is_rounded_away_from_zero() -> None:
    assert tax_within(Decimal("16.50"), Decimal(19)) == Decimal("2.63")
    assert tax_within(Decimal("-16.50"), Decimal(19)) == Decimal("-2.63")
    assert tax_within(Decimal("0.23"), Decimal(15)) == Decimal("0.03")


def test_moments_are_read_by_their_form() -> None:
    assert moment("261105123456", "YYMMDDhhmmss") == dt.datetime(2026, 11, 5, 12, 34, 56)  # noqa: DTZ001
    assert day("05.11.2026", "YYYY-MM-DD", "DD.MM.YYYY") == dt.date(2026, 11, 5)
    assert day("29022028", "DDMMYYYY") == dt.date(2028, 2, 29)
    assert clock("1234", "hhmmss", "hhmm") == dt.time(12, 34)


@pytest.mark.parametrize(
    "text", ["20260229", "20261301", "19991231", "21000101", "2026110", "202611055", "2026110\u0665"]
)
def test_a_day_that_cannot_be_is_none(text: str) -> None:
    assert day(text, "YYYYMMDD") is None


def test_iso_moments_keep_their_zone() -> None:
    assert iso_moment("2026-11-05T12:34:56.123Z") == dt.datetime(2026, 11, 5, 12, 34, 56, 123000, dt.UTC)
    assert iso_moment("2026-11-05 12:34") == dt.datetime(2026, 11, 5, 12, 34)  # noqa: DTZ001
    with_zone = iso_moment("2026-11-05T12:34:56-0300")
    assert with_zone is not None
    assert with_zone.utcoffset() == dt.timedelta(hours=-3)
    for text in ("2026-11-05", "2026-11-05T25:00", "2026-11-05T12:34:56+99:00", "2026-11-05T12:34:56.Z", ""):
        assert iso_moment(text) is None


def test_local_time_follows_summer_time() -> None:
    assert local(dt.datetime(2026, 3, 29, 0, 59, tzinfo=dt.UTC), "Europe/Berlin").hour == 1
    assert local(dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC), "Europe/Berlin").hour == 3


def test_seconds_since_1970_are_bounded() -> None:
    assert from_unix(1_762_342_496) == dt.datetime(2025, 11, 5, 11, 34, 56, tzinfo=dt.UTC)
    for seconds in (0, 10**11, 10**30, -(10**30)):
        assert from_unix(seconds) is None


def test_a_link_is_taken_apart() -> None:
    assert read_link(b"HTTPS://Shop.Example/a/?b=c#d?e\n") == Link("shop.example", "/a/", "b=c", "d?e")
    assert read_link(b"https://shop.example?b=c") == Link("shop.example", "/", "b=c", "")


@pytest.mark.parametrize(
    "payload",
    [
        b"ftp://shop.example/",
        b"https://shop.example@other.example/",
        b"https://shop.example:8080/",
        b"https://shop.example\\@other.example/",
        b"https://shop_example/",
        b"https:///path",
        b"https://shop.example/\x00",
        b"https://shop.example/\nmore",
        b"see https://shop.example/",
        "https://shop\u3002example/".encode(),
        b"https://shop.example/" + b"a" * MAX_PAYLOAD,
    ],
)
def test_what_only_looks_like_a_link_is_none(payload: bytes) -> None:
    assert read_link(payload) is None


def test_hosts_are_compared_by_whole_names() -> None:
    link = read_link(b"https://a.tax.example/")
    assert link is not None
    assert link.is_at("tax.example")
    assert link.is_at("other.example", "a.tax.example")
    assert not link.is_at("x.example", "ax.example", "b.a.tax.example")


def test_pairs_are_read_once_each() -> None:
    assert read_pairs("A=1&b=%2B2+3 & c = x") == {"a": "1", "b": "+2+3", "c": "x"}
    assert read_pairs("a=1&A=2") == {}
    assert read_pairs("&".join(f"k{index}=1" for index in range(100))) == {}


def test_base64_is_read_in_both_alphabets_and_without_padding() -> None:
    assert base64_bytes("-_-_") == base64_bytes("+/+/") == base64_bytes(" / /") == b"\xfb\xff\xbf"
    assert base64_bytes("AQ") == base64_bytes("AQ==") == b"\x01"
    assert base64_bytes("AQID", limit=2) is None
    for text in ("A", "AQ===", "A=Q=", "AQ\n==", "\u00e4AAA"):
        assert base64_bytes(text) is None


def test_hexadecimal_digits_come_in_pairs() -> None:
    assert hex_bytes("0aFF") == b"\x0a\xff"
    assert hex_bytes("0aF") is None
    assert hex_bytes("0a ff") is None


def test_a_text_is_utf8_and_not_too_long() -> None:
    assert text_of("\ufeffä".encode()) == "ä"
    assert text_of(b"\xe4") is None
    assert text_of(b"a" * (MAX_PAYLOAD + 1)) is None


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    for found in (amount(text, 0, 3, signed=True), minor_units(text, signed=True)):
        assert found is None or abs(found) < 10**12
    iso_moment(text)
    base64_bytes(text)
    hex_bytes(text)
    read_pairs(text)
    read_link(text.encode())
    assert ungrouped(text).replace(",", "") == text.replace(",", "")

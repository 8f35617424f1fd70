"""A Taiwanese invoice is read from its two QR codes, with its items."""

from __future__ import annotations

import base64
import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.codes.formats.taiwan import parse
from rpiocr.model.codes import CodeItem, Document
from tests.codes.vectors_world import NEW_UBN, RIGHT_UBN, taiwan_left

HEAD = "**********:{here}:{all}:{encoding}:"
SAMPLE = "AB112233441020523999900000144000001540000000001234567ydXZt4LAN1UHN/j1juVcRA==:**********:3:3:0:乾電池:1:105:"
SAMPLE_ITEMS = (
    CodeItem("乾電池", Decimal(1), Decimal(105), Decimal(105)),
    CodeItem("口罩", Decimal(1), Decimal(210), Decimal(210)),
    CodeItem("牛奶", Decimal(1), Decimal(25), Decimal(25)),
)


def test_the_sample_of_the_specification_is_read_with_its_items() -> None:
    claim = parse(f"{SAMPLE}口罩:1:210:牛奶:1:25".encode())
    assert claim is not None
    assert (claim.country, claim.currency, claim.document) == ("TW", "TWD", Document.SALE)
    assert (claim.total, claim.tax, claim.date) == (Decimal(340), Decimal(16), dt.date(2013, 5, 23))
    assert claim.receipt_number == "AB11223344"
    assert claim.items == SAMPLE_ITEMS


def test_the_left_code_alone_has_the_items_that_are_in_it() -> None:
    claim = parse(SAMPLE.encode())
    assert claim is not None
    assert claim.items == SAMPLE_ITEMS[:1]


def test_amounts_are_hexadecimal_and_sales_of_zero_or_of_the_total_state_no_tax() -> None:
    taxes = [parse(taiwan_left(0x6EB, sales)) for sales in (0, 0x6EB, 0x697)]
    assert [claim.total for claim in taxes if claim] == [Decimal(1771)] * 3
    assert [claim.tax for claim in taxes if claim] == [None, None, Decimal(84)]


@pytest.mark.parametrize("encoding", ["utf-8", "cp950"])
def test_names_are_read_in_big5_and_in_utf_8_whatever_the_code_says(encoding: str) -> None:
    for named in "013":
        claim = parse(taiwan_left(35, rest=HEAD.format(here=1, all=1, encoding=named) + "鮮乳:1:35", encoding=encoding))
        assert claim is not None
        assert claim.items == (CodeItem("鮮乳", Decimal(1), Decimal(35), Decimal(35)),)


def test_names_in_base64_are_read_in_one_piece_for_each_code_or_for_each_name() -> None:
    expected = (
        CodeItem("鮮乳", Decimal(2), Decimal(35), Decimal(70)),
        CodeItem("折扣", Decimal(1), Decimal(-5), Decimal(-5)),
    )
    left, right = (base64.b64encode(text.encode()).decode() for text in ("鮮乳:2:35:折", "扣:1:-5"))
    names = [base64.b64encode(name.encode()).decode() for name in ("鮮乳", "折扣")]
    for items in (left + right, f"{names[0]}:2:35:{names[1]}:1:-5"):
        claim = parse(taiwan_left(65, rest=HEAD.format(here=2, all=2, encoding=2) + items))
        assert claim is not None
        assert claim.items == expected


def test_quantities_by_weight_are_read() -> None:
    claim = parse(taiwan_left(53, rest=HEAD.format(here=1, all=1, encoding=1) + "香蕉:0.75:70"))
    assert claim is not None
    assert claim.items == (CodeItem("香蕉", Decimal("0.75"), Decimal(70), Decimal("52.50")),)


@pytest.mark.parametrize("items", ["鮮乳:一:35", "鮮乳:1e9:35", "A:B:1:35:C:1:2"])
def test_items_in_another_form_are_left_out_and_the_total_is_kept(items: str) -> None:
    claim = parse(taiwan_left(35, rest=HEAD.format(here=1, all=1, encoding=1) + items))
    assert claim is not None
    assert (claim.total, claim.items) == (Decimal(35), ())


def test_an_item_that_is_cut_off_is_left_out() -> None:
    claim = parse(taiwan_left(99, rest=HEAD.format(here=2, all=2, encoding=1) + "鮮乳:1:35:麵"))
    assert claim is not None
    assert [item.description for item in claim.items] == ["鮮乳"]


@pytest.mark.parametrize(
    ("seller", "date", "valid"),
    [
        (RIGHT_UBN, "1120331", True),
        (NEW_UBN, "1120331", False),
        (NEW_UBN, "1120401", True),
        ("22099132", "1151105", False),
    ],
)
def test_the_sellers_number_is_checked_by_the_rule_of_its_time(seller: str, date: str, *, valid: bool) -> None:
    claim = parse(taiwan_left(35, date=date, seller=seller))
    assert claim is not None
    assert claim.tax_id is not None
    assert (claim.tax_id.kind, claim.tax_id.number, claim.tax_id.valid) == ("ubn", seller, valid)


def test_the_barcode_alone_tells_the_number() -> None:
    claim = parse(b"11510AB123456789999")
    assert claim is not None
    assert (claim.receipt_number, claim.total, claim.date) == ("AB12345678", None, None)
    assert parse(b"11511AB123456789999") is None  # periods end in even months


@pytest.mark.parametrize("date", ["1150230", "1151301", "0990101"])
def test_a_day_that_is_not_in_the_calendar_or_before_such_codes_makes_it_another_format(date: str) -> None:
    assert parse(taiwan_left(35, date=date)) is None


def test_sales_above_the_total_make_it_another_format() -> None:
    assert parse(taiwan_left(35, sales=36)) is None

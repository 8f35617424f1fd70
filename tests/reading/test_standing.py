"""Reading ends when another reading of the page cannot help."""

from __future__ import annotations

import datetime as dt

import pytest

from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import understand
from rpiocr.extract import Hints
from rpiocr.reading.standing import Standing, may_more_help, standing_of
from tests.written import languages, read_as

DOUBTED = Standing(("4.00", "2024-03-21", "USD"), 60, beyond_reading=False)
MISSING = Standing(("4.00", None, "USD"), 59, beyond_reading=True)


def standing(text: str) -> Standing:
    return standing_of(understand((read_as(text),), 0.0, languages(), Hints(dt.date(2024, 3, 21)), Judge(0.005)))


@pytest.mark.parametrize(
    ("so_far", "helps"),
    [
        ([DOUBTED], True),
        ([DOUBTED, DOUBTED], True),
        ([DOUBTED, DOUBTED, DOUBTED], False),
        ([MISSING], True),
        ([MISSING, MISSING], False),
        ([MISSING, DOUBTED], True),
        ([DOUBTED, DOUBTED, MISSING], True),
        ([MISSING, DOUBTED, MISSING], True),
    ],
)
def test_the_same_three_times_is_enough_and_twice_where_no_reading_can_help(
    so_far: list[Standing], *, helps: bool
) -> None:
    assert may_more_help(so_far) is helps


def test_a_receipt_without_a_date_is_beyond_reading_and_one_that_is_only_unsure_is_not() -> None:
    text = "CITY BAKEHOUSE\n2024-03-20 12:30\nBREAD $4.00\nTOTAL $4.00\nCASH $4.00"
    assert not standing(text).beyond_reading
    assert standing(text.replace("2024-03-20 12:30\n", "")).beyond_reading


def test_another_value_and_another_doubt_are_another_standing() -> None:
    text = "CITY BAKEHOUSE\n2024-03-20 12:30\nBREAD $4.00\nTOTAL $4.00\nCASH $4.00"
    assert standing(text) == standing(text)
    assert standing(text) != standing(text.replace("4.00", "5.00"))
    assert standing(text) != standing(text + "\nNO REFUND\nTOTAL $7.00")

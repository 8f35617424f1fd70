"""The day of the week, a second calendar, taxes and the country decide which number of a date is what."""

from __future__ import annotations

import datetime as dt

import pytest

from rpiocr.extract.fields.date import by_default, order_evidence
from rpiocr.model.provenance import TAX_RATES, WEEKDAY
from tests.extract.fields.test_date import dates_of
from tests.written import names

TODAY = dt.date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Wed 11/04/2026 10:30", "2026-11-04"),
        ("Sat 11/04/2026 10:30", "2026-04-11"),
        ("11/04/2026 (Wednesday)", "2026-11-04"),
        ("Mi. 04.11.2026", "2026-11-04"),
        ("Thu 26/11/12", "2026-11-12"),
    ],
)
def test_the_day_of_the_week_decides(text: str, day: str) -> None:
    (found,) = dates_of(text, today=TODAY)
    assert (found.value.isoformat(), names(found)) == (day, ())


def test_the_day_of_the_week_of_one_date_decides_the_others() -> None:
    found = {one.raw: one.value for one in dates_of("05/06/2026\nWed 11/04/2026 10:30", today=TODAY)}
    assert found["05/06/2026"] == dt.date(2026, 5, 6)


def test_the_only_day_that_two_calendars_have_in_common_decides_against_the_country() -> None:
    text = "SUPERVALU\nSligo F91 EY71\nIreland\nVAT IE5645504U\nDATE: 03/12/2022\nTime: 12:27\n09/08/1443 H"
    (found,) = dates_of(text, today=TODAY)
    assert found.value == dt.date(2022, 3, 12)
    assert not by_default(found)


def test_numbers_beside_a_time_of_day_are_a_date_though_they_could_be_a_time() -> None:
    found = dates_of("Reprint 28.02.23 12:30 PM\nReceipt No 9532\n22.02.23 03:21 PM", today=TODAY)
    assert found[0].value == dt.date(2023, 2, 22)


def test_a_day_of_the_week_of_no_reading_is_a_doubt() -> None:
    assert WEEKDAY in dates_of("Monday 14/11/2026", today=TODAY)[0].checks


@pytest.mark.parametrize("text", ["do 14.11.2026", "di 14/11/2026", "so 14/11/2026"])
def test_small_words_that_are_also_days_of_the_week_are_no_doubt(text: str) -> None:
    assert WEEKDAY not in dates_of(text, today=TODAY)[0].checks


@pytest.mark.parametrize(
    ("second", "day"),
    [
        ("Miti: 2082/12/22", "2026-04-05"),
        ("2569-05-04", "2026-05-04"),
        ("1447/10/17 هـ", "2026-04-05"),
        ("تاریخ 1405/02/14", "2026-05-04"),
    ],
    ids=["Bikram Sambat", "Buddhist", "Hijri", "Persian"],
)
def test_a_second_calendar_decides(second: str, day: str) -> None:
    found = dates_of(f"04/05/2026 10:30\n{second}", today=TODAY)
    assert {one.value.isoformat() for one in found} == {day}
    assert not by_default(found[0])


@pytest.mark.parametrize("text", ["2083/07/20", "No 1405/08/13", "1448/05/24"])
def test_years_of_other_calendars_are_no_dates_where_the_page_shows_none(text: str) -> None:
    assert not dates_of(text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Miti 2083/07/20", "2026-11-06"),
        ("Saudi Arabia\n1448/05/24", "2026-11-04"),
        ("تهران\n1405/08/13", "2026-11-04"),
        ("ร้านกาแฟ\n29/11/69", "2026-11-29"),
    ],
)
def test_a_calendar_that_the_page_shows_is_read_alone(text: str, day: str) -> None:
    assert dates_of(text, today=TODAY)[0].value.isoformat() == day


@pytest.mark.parametrize("place", ["TOTAL HKD 24.10\nKowloon, Hong Kong", "北京\n发票", "TORONTO ONTARIO CANADA"])
def test_two_digits_first_or_last_stay_open_where_tills_print_both(place: str) -> None:
    found, *others = dates_of(f"{place}\n26/11/12 10:30", today=TODAY)
    assert by_default(found)
    assert {one.value.isoformat() for one in (found, *others)} >= {"2026-11-12", "2012-11-26"}


def test_an_order_that_the_locale_decides_carries_its_probability() -> None:
    evidence = order_evidence(dates_of("03/04/2019\nTOTAL $5.00", today=TODAY)[0])
    assert evidence
    assert 0 < evidence.probability < 1


def test_tax_rates_tell_the_years_of_a_receipt() -> None:
    swiss = "8001 Zürich\nCHE-123.456.788 MWST\nMWST 8.1% 3.00\nTOTAL CHF 40.00\n"
    assert TAX_RATES in dates_of(f"{swiss}12.11.2021 10:30", today=TODAY)[0].checks
    assert TAX_RATES not in dates_of(f"{swiss}12.11.2025 10:30", today=TODAY)[0].checks

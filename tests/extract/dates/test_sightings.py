"""What is printed as a date is read in every way of writing it; times, versions and other numbers are none."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.extract.fields.test_date import dates_of

TODAY = dt.date(2026, 11, 30)


def days(text: str) -> list[dt.date]:
    return [found.value for found in dates_of(text, today=TODAY)]


@pytest.mark.parametrize(
    "text",
    [
        "20-Nov 18:22",
        "20 Nov 18.22",
        "20 Nov 18h22",
        "20 Nov 6pm",
        "Freitag 20. Nov. 21:05 Uhr",
        "20. Nov. 21 Uhr",
        "Nov 20 18:22",
        "18.03. 21:15",
        "18.03. 21 Uhr",
        "17/04 15:43",
        "Kello 10.11.12",
        "Zeit: 10.11.12",
        "10.11.12 Uhr",
        "10.11.12 pm",
        "ore 10.11.12",
        "FW 12.10.25",
        "POS v3.11.24",
        "Version 3.11.24",
        "Software V 2.9.21",
        "S/N 12-11-24",
        "IP 10.12.24",
        "Beleg-Nr. 12-10-25",
        "Check No 12/10/25",
    ],
)
def test_a_time_a_version_or_a_number_is_no_date(text: str) -> None:
    assert not days(text)


@pytest.mark.parametrize("text", ["03/04/26 10.11.12 SF.45", "03/04/26 16:05\n10.11.12", "10.11.12\n03.04.2026"])
def test_numbers_with_full_stops_are_a_time_where_another_date_is_printed(text: str) -> None:
    assert dt.date(2026, 4, 3) in days(text)
    assert dt.date(2012, 11, 10) not in days(text)


@pytest.mark.parametrize(
    "printed",
    [
        "4th of November 2026",
        "4th November, 2026",
        "November the 4th, 2026",
        "2026 m. lapkričio 4 d.",
        "2026 lapkričio 4",
        "2026. november 4.",
        "2026. gada 4. novembris",
        "4. november 2026",
        "4 noiembrie 2026",
        "4 Νοεμβρίου 2026",
        "4 ноември 2026 г.",
        "4. novembra 2026",
        "ngày 4 tháng 11 năm 2026",
        "Ngay 4 thang 11 nam 2026",
        "4 พ.ย. 2569",
        "4 พฤศจิกายน 2569",
        "٢٠٢٦/١١/٠٤",
        "२०२६-११-०४",
        "Wed04Nov2026 11:15",
        "Mi04.11.2026",
        "Wed Nov 4 18:22:05 UTC 2026",
        "2026-11-04T23:40:12Z",
        "2026-11-04T09:12:00+01:00",
        "20261104T101112",
        "Beleg 80101911/04.11.2026",
        "R-1042/04.11.2026",
        "Kuittinro 798381/04.11.26",
        "Tick. 2370/04-11-2026 10:12",
        "No 168189/4-NOV-26",
        "TR# 7064/5027/4/NOV/2026",
    ],
)
def test_a_date_is_read_as_it_is_written_anywhere(printed: str) -> None:
    assert days(printed)[:1] == [dt.date(2026, 11, 4)]


@pytest.mark.parametrize("text", ["© 2026", "Kartica 11/28", "VALID THRU 11/28", "TIME 10:11:12", "EXP 1228"])
def test_a_year_or_a_month_alone_is_no_date(text: str) -> None:
    assert not days(text)


def test_a_small_o_in_a_date_is_a_nought() -> None:
    assert days("2o.11.2026") == [dt.date(2026, 11, 20)]


def test_the_same_name_is_the_month_of_its_own_country() -> None:
    assert days("Zagreb OIB 12345678903\n4. listopada 2026") == [dt.date(2026, 10, 4)]
    assert days("4. listopada 2026") == []


@pytest.mark.parametrize("printed", ["Date/Time: 04.11.26 10:30", "Datum/Uhrzeit 04.11.26 10:30"])
def test_a_label_for_date_and_time_is_before_a_date(printed: str) -> None:
    assert dt.date(2026, 11, 4) in days(printed)

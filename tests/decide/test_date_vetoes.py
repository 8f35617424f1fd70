"""A date that something on the receipt contradicts is not accepted, and the other day is among the rivals."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from rpiocr.decide.confidence import Judge
from rpiocr.decide.date_vetoes import (
    AFTER_TODAY,
    PHOTO_OR_COUNTRY,
    RIVAL_DAY,
    TEN_YEARS_OLD,
    TIME_OR_DATE,
    WRONG_WEEKDAY,
    WRONG_YEARS,
    YOUNGER_THAN_PHOTO,
)
from rpiocr.decide.interpret import understand
from rpiocr.decide.vetoes import OPEN_ORDER
from rpiocr.extract import Hints
from rpiocr.extract.dates.photo_date import PhotoDate, PhotoSource
from rpiocr.model import EngineId, Field, Verdict, Veto
from rpiocr.model.provenance import DateRole
from rpiocr.recognise.rapidocr.engine import RAPIDOCR
from rpiocr.recognise.tesseract import TESSERACT
from tests.written import PSM_4, PSM_6, languages, read_as

TODAY = dt.date(2026, 11, 30)

SALE = """
CORNER SHOP
London SE1 2AB
{dates}
Coffee             3.00
Cake               4.50
TOTAL GBP          7.50
Cash              10.00
Change             2.50
"""


def date_of(dates: str, sale: str = SALE, today: dt.date = TODAY, photo: PhotoDate | None = None) -> Field[dt.date]:
    """The date of a receipt that both engines read well."""
    text = sale.format(dates=dates)
    engines = (PSM_6, PSM_4, EngineId(RAPIDOCR))
    passes = [read_as(text, engine, confidence=0.97) for engine in engines]
    field = understand(passes, 0.0, languages(), Hints(today, photo=photo), Judge(0.005)).fields.date
    assert field
    return field


@pytest.mark.parametrize(
    ("dates", "day", "other"),
    [
        ("Opened 28/11/2026 23:10\nClosed 29/11/2026 00:35", "2026-11-29", "2026-11-28"),
        ("Table opened 28/11/2026 23:10\nValid until 29/11/2026 00:35", "2026-11-28", "2026-11-29"),
        ("Entry 28/11/2026 23:10\nExit 29/11/2026 01:05", "2026-11-29", "2026-11-28"),
        ("Date 28/11/2026 23:10\n29/11/2026 00:35", "2026-11-28", "2026-11-29"),
        ("28/11/2026\n27/11/2026", "2026-11-28", "2026-11-27"),
        ("Invoice date 28/11/2026\nDate of sale 27/11/2026", "2026-11-28", "2026-11-27"),
    ],
)
def test_two_days_that_may_be_the_day_of_purchase_are_not_accepted(dates: str, day: str, other: str) -> None:
    field = date_of(dates)
    assert {field.chosen.value.isoformat(), *(one.value.isoformat() for one in field.rivals)} >= {day, other}
    assert field.vetoes == (RIVAL_DAY,)
    assert field.verdict is Verdict.RETRY


@pytest.mark.parametrize(
    "other",
    [
        "Payment due 29/11/2026",
        "Next appointment 29/11/2026 10:30",
        "Warranty until 29/11/2026",
        "Show date 29/11/2026 20:00",
        "Delivery date 29/11/2026",
        "Service period 01/10/2026 - 31/10/2026",
        "Arrival 17/11/2026\nDeparture 19/11/2026",
        "Open since 01/04/1998 10:00",
        "Reprinted 29/11/2026 10:12",
        "DOB 02/03/2001",
        "POS v3.11.24 FW 12.10.25",
    ],
)
def test_the_day_of_purchase_is_accepted_beside_a_day_that_its_words_explain(other: str) -> None:
    for dates in (f"20/11/2026 14:05\n{other}", f"{other}\nDate: 20/11/2026 14:05"):
        field = date_of(dates)
        assert (field.chosen.value, field.vetoes, field.verdict) == (dt.date(2026, 11, 20), (), Verdict.ACCEPT)


@pytest.mark.parametrize(
    ("dates", "veto"),
    [
        ("20/12/2026 14:05", AFTER_TODAY),
        ("Monday 14/11/2026 14:05", WRONG_WEEKDAY),
        ("10.11.12", TIME_OR_DATE),
    ],
)
def test_a_date_that_contradicts_something_is_not_accepted(dates: str, veto: Veto) -> None:
    field = date_of(dates)
    assert veto in field.vetoes
    assert field.verdict is not Verdict.ACCEPT


def test_a_date_of_other_years_than_its_taxes_is_not_accepted() -> None:
    swiss = "LADEN\n8001 Zürich\nCHE-123.456.788 MWST\n{dates}\nKaffee  7.50\nTOTAL CHF  7.50\nMWST 8.1%  0.56\n"
    assert WRONG_YEARS in date_of("12.11.2021 10:30", swiss).vetoes
    assert WRONG_YEARS not in date_of("12.11.2025 10:30", swiss).vetoes


def test_the_day_of_another_receipt_on_the_page_is_a_rival() -> None:
    two = SALE + SALE.replace("{dates}", "21/11/2026 09:12")
    assert RIVAL_DAY in date_of("20/11/2026 14:05", two).vetoes


def test_a_second_printing_of_which_the_end_was_not_read_is_no_rival() -> None:
    assert RIVAL_DAY not in date_of("28/11/2017 10:30\n28/11/20 10:30").vetoes
    assert RIVAL_DAY in date_of("28/11/2017 10:30\n28/11/2020 10:30").vetoes


def test_a_date_that_was_reread_alone_is_the_day_that_the_words_beside_it_say() -> None:
    engines = (PSM_6, EngineId(RAPIDOCR))
    passes = [read_as(SALE.format(dates="Payment due 16-MAY-2025"), engine, confidence=0.97) for engine in engines]
    reread = replace(
        read_as("16-MAY-2025", EngineId(TESSERACT, "psm13"), confidence=0.97), variant="date", field="date"
    )
    field = understand([*passes, reread], 0.0, languages(), Hints(TODAY), Judge(0.005)).fields.date
    assert field is not None
    assert field.chosen.provenance.role is DateRole.DUE
    assert field.verdict is not Verdict.ACCEPT


OPEN = """
CORNER SHOP
{dates}
Coffee             3.00
Cake               4.50
Subtotal           7.50
Tax                0.60
TOTAL CAD          8.10
Cash              10.00
Change             1.90
"""
"""A receipt of a country where every order is in use."""

DOLLARS = OPEN.replace("TOTAL CAD ", "TOTAL   $ ")


def by_camera(day: str) -> PhotoDate:
    """A photo of that day."""
    return PhotoDate(dt.date.fromisoformat(day), PhotoSource.EXIF)


def test_a_date_that_its_photo_settles_is_accepted() -> None:
    assert date_of("04/05/2026 14:05", OPEN).vetoes == (OPEN_ORDER,)
    field = date_of("04/05/2026 14:05", OPEN, photo=by_camera("2026-04-07"))
    assert (field.chosen.value, field.vetoes, field.verdict) == (dt.date(2026, 4, 5), (), Verdict.ACCEPT)


def test_a_date_that_the_name_of_its_photo_makes_likelier_is_not_accepted() -> None:
    photo = PhotoDate(dt.date(2026, 4, 7), PhotoSource.FILE_NAME)
    field = date_of("04/05/2026 14:05", OPEN, photo=photo)
    assert (field.chosen.value, field.verdict) == (dt.date(2026, 4, 5), Verdict.RETRY)
    assert OPEN_ORDER in field.vetoes


@pytest.mark.parametrize(
    ("dates", "veto"), [("20/11/2026 14:05", YOUNGER_THAN_PHOTO), ("20/11/2015 14:05", TEN_YEARS_OLD)]
)
def test_a_date_that_contradicts_its_photo_is_not_accepted(dates: str, veto: Veto) -> None:
    for source in PhotoSource:
        field = date_of(dates, photo=PhotoDate(dt.date(2026, 11, 18), source))
        assert (field.vetoes, field.verdict) == ((veto,), Verdict.RETRY)
    assert date_of(dates, photo=by_camera("2026-11-21" if veto is YOUNGER_THAN_PHOTO else "2015-12-20")).vetoes == ()


def test_an_order_that_photo_and_country_contradict_each_other_about_is_not_accepted() -> None:
    guessed = date_of("03/11/2026 14:05", DOLLARS)
    assert guessed.vetoes
    agreed = date_of("03/11/2026 14:05", DOLLARS, photo=by_camera("2026-03-14"))
    assert (agreed.chosen.value, agreed.vetoes) == (guessed.chosen.value, ())
    contradicted = date_of("11/03/2026 14:05", DOLLARS, photo=by_camera("2026-03-14"))
    assert (contradicted.chosen.value, contradicted.vetoes) == (dt.date(2026, 3, 11), (PHOTO_OR_COUNTRY,))

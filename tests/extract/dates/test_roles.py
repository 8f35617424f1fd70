"""What a date is the day of is told by the words beside it, in every language."""

from __future__ import annotations

import datetime as dt

import pytest

from rpiocr.extract.fields.date import find_dates
from rpiocr.extract.locale.inference import infer
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.model.provenance import DateRole
from tests.written import languages, write

TODAY = dt.date(2026, 11, 30)


def roles(text: str, language: str = "en") -> dict[str, DateRole | None]:
    """The role of each date of a text, by the date as printed."""
    known = languages().tables((language,))
    rows = build_receipt_lines(write(text), known)
    found = find_dates(rows, known, infer(rows, known).locale, TODAY)
    return {one.raw: one.provenance.role for one in found}


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Sold 02/10/2026", DateRole.PURCHASE),
        ("Invoice date: 2026-10-02", DateRole.PURCHASE),
        ("Reprint 02/10/2026 10:12", DateRole.PRINTED),
        ("Opened 28/11/2026 23:10", DateRole.OPENED),
        ("Entry 28/11/2026 23:10", DateRole.OPENED),
        ("Closed 29/11/2026 00:35", DateRole.CLOSED),
        ("Exit: 29/11/2026 00:35", DateRole.CLOSED),
        ("Next appointment date: 29/11/2026 10:30", DateRole.APPOINTMENT),
        ("Next service due 29/11/2026", DateRole.APPOINTMENT),
        ("Payment due 29/11/2026", DateRole.DUE),
        ("Voucher valid until 29/11/2026", DateRole.VALID),
        ("Points expire 29/11/2026", DateRole.VALID),
        ("BEST BEFORE 29/11/2026", DateRole.VALID),
        ("Delivery date 29/11/2026", DateRole.DELIVERY),
        ("Show date 29/11/2026 20:00", DateRole.EVENT),
        ("Arrival 29/11/2026", DateRole.TRAVEL),
        ("Date of birth 29/11/1990\nDOB 29/11/2006", DateRole.BIRTH),
        ("Service period 01/10/2026 - 31/10/2026", DateRole.PERIOD),
        ("01/10/2026 - 31/10/2026", DateRole.PERIOD),
        ("01.10. - 31.10.2026", DateRole.PERIOD),
        ("Date: Tue 17/11/2026", DateRole.PURCHASE),
        ("2026-10-01 (Thu) - 2026-10-31 (Sat)", DateRole.PERIOD),
        ("Member since 29/11/2016", DateRole.OTHER),
        ("Open since 29/11/2016", DateRole.OTHER),
        ("29/11/2026 10:12", DateRole.TIMED),
        ("29/11/2026 8:05 pm", DateRole.TIMED),
        ("29/11/2026", DateRole.PLAIN),
    ],
)
def test_the_words_beside_a_date_tell_what_it_is(text: str, role: DateRole) -> None:
    assert set(roles(text).values()) == {role}


@pytest.mark.parametrize(
    ("language", "text", "role"),
    [
        ("de", "Rückgabe bis 29.11.2026", DateRole.VALID),
        ("de", "Ihr nächster Termin: 29.11.2026 10:30", DateRole.APPOINTMENT),
        ("de", "Leistungszeitraum: 01.10.2026 bis 31.10.2026", DateRole.PERIOD),
        ("de", "Rechnungs- und Lieferdatum: 29.11.2026", DateRole.PURCHASE),
        ("fr", "Prochain rendez-vous 29/11/2026", DateRole.APPOINTMENT),
        ("es", "Fecha de vencimiento: 29/11/2026", DateRole.DUE),
        ("it", "Da consumarsi preferibilmente entro 29/11/2026", DateRole.VALID),
        ("pt", "Data de nascimento 29/11/2006", DateRole.BIRTH),
        ("nl", "Vertrek 29-11-2026", DateRole.TRAVEL),
        ("pl", "Termin płatności: 29.11.2026", DateRole.DUE),
        ("cs", "Datum splatnosti: 29.11.2026", DateRole.DUE),
        ("sv", "Öppet köp till 2026-11-29", DateRole.VALID),
        ("da", "Leveringsdato 29-11-2026", DateRole.DELIVERY),
        ("no", "Byttes innen 29.11.2026", DateRole.VALID),
        ("fi", "29.11.2026 asti", DateRole.VALID),
        ("tr", "29.11.2026 tarihine kadar", DateRole.VALID),
        ("id", "Jatuh tempo 29/11/2026", DateRole.DUE),
        ("uk", "Закрито 29.11.2026 00:35", DateRole.CLOSED),
        ("ru", "Счет открыт 28.11.2026 23:10", DateRole.OPENED),
        ("ja", "2026年11月29日(日)まで", DateRole.VALID),
        ("ja", "次回予約 2026/11/29", DateRole.APPOINTMENT),
        ("ko", "유효기간 2026-11-29", DateRole.VALID),
        ("zh-Hans", "入住日期 2026-11-29", DateRole.TRAVEL),
        ("zh-Hant", "演出日期：2026/11/29 19:30", DateRole.EVENT),
    ],
)
def test_the_words_are_known_in_the_language_of_the_page(language: str, text: str, role: DateRole) -> None:
    assert set(roles(text, language).values()) == {role}


def test_two_dates_on_a_line_have_the_words_before_each() -> None:
    found = roles("Opened 28/11/2026 23:10  Closed 29/11/2026 00:35")
    assert found == {"28/11/2026": DateRole.OPENED, "29/11/2026": DateRole.CLOSED}


def test_two_dates_in_columns_have_the_words_above_each() -> None:
    found = roles("Invoice date     Due date\n02/11/2026       29/11/2026")
    assert found == {"02/11/2026": DateRole.PURCHASE, "29/11/2026": DateRole.DUE}


@pytest.mark.parametrize("below", ["29/11/2026", "29/11/2026 20:00", "Sun 29/11/2026 20:00"])
def test_words_on_the_line_above_count_for_a_date_without_words(below: str) -> None:
    assert roles(f"EVENT: ROCK NIGHT\n{below}") == {"29/11/2026": DateRole.EVENT}


def test_a_word_for_a_date_inside_a_longer_one_is_not_that_of_the_purchase() -> None:
    assert roles("滑雪日期 2026-11-29", "zh-Hant") == {"2026-11-29": DateRole.PLAIN}


def test_long_words_count_on_a_page_that_does_not_show_their_language() -> None:
    assert roles("Leistungszeitraum 29.11.2026", "fr") == {"29.11.2026": DateRole.PERIOD}


def test_a_period_over_two_lines_is_one() -> None:
    found = roles("Period: 01/10/2026 -\n31/10/2026")
    assert found == {"01/10/2026": DateRole.PERIOD, "31/10/2026": DateRole.PERIOD}

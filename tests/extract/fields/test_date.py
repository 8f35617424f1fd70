"""The day of purchase is read in every form that tills print, and an open order of day and month is said."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.extract.dates.months import parse_month
from rpiocr.extract.fields.date import by_default, find_dates, find_time, has_date, order_evidence, other_reading
from rpiocr.extract.locale.inference import infer
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.extract.tables.countries import DateOrder
from rpiocr.extract.text.amounts import line_text
from rpiocr.model import Candidate
from rpiocr.model.provenance import CLOCK_BEHIND, OrderReason
from tests.written import languages, names, rows_of, tables, tables_of, write

TODAY = dt.date(2026, 6, 15)


def dates_of(text: str, order: DateOrder | None = None, today: dt.date = TODAY) -> tuple[Candidate[dt.date], ...]:
    """All dates of a receipt that reads ``text``, best first."""
    rows = rows_of(text)
    return find_dates(rows, tables(), infer(rows, tables_of(text)).locale, today, order)


def time_of(text: str) -> str | None:
    """The time of a receipt that reads ``text``."""
    rows = rows_of(text)
    dates = dates_of(text)
    found = find_time(rows, dates[0] if dates else None)
    return found.isoformat() if found else None


FORMS = [
    "25/12/2018",
    "25-12-2018",
    "25.12.2018",
    "25/12/18",
    "25-12-18",
    "25.12.18",
    "25 / 12 / 2018",
    "12/25/2018",
    "12-25-18",
    "2018-12-25",
    "2018/12/25",
    "2018.12.25",
    "2018-12-25T12:30:45",
    "25 Dec 2018",
    "25-Dec-2018",
    "25 Dec 18",
    "25DEC2018",
    "25th December 2018",
    "Dec 25, 2018",
    "DEC 25,2018",
    "Dec.25,2018",
    "Dec-25-2018",
    "December 25 2018",
    "Dec 25 '18",
    "Tuesday, December 25, 2018",
    "25. Dezember 2018",
    "25. Dez. 2018",
    "Di, 25.12.2018",
    "Date: 25/12/2018 12:17 PM",
    "25/12/1812:17",
    "25/12/201812:17",
]


@pytest.mark.parametrize("printed", FORMS)
def test_a_date_is_read_in_each_printed_form(printed: str) -> None:
    (found,) = dates_of(printed, DateOrder.DMY)
    assert found.value == dt.date(2018, 12, 25)
    assert found.raw in printed
    assert not found.corrected
    assert not names(found)


def date_in(language: str, printed: str) -> Candidate[dt.date]:
    """The only date of a line on a page in ``language``."""
    known = languages().tables((language,))
    rows = build_receipt_lines(write(printed), known)
    found, *others = find_dates(rows, known, infer(rows, known).locale, TODAY)
    assert {one.raw for one in others} <= {found.raw}
    return found


ABROAD = [
    ("ja", "2024年11月21日(木)"),
    ("ja", "2024年 11月 21日 14:05"),
    ("ja", "２０２４年１１月２１日"),
    ("ja", "２０２４／１１／２１"),
    ("ja", "24年11月21日"),
    ("ja", "令和6年11月21日"),
    ("ja", "令和 6年 11月 21日"),
    ("ja", "令和06/11/21"),
    ("ja", "R6.11.21"),
    ("ja", "R06/11/21"),
    ("zh-Hant", "民國113年11月21日"),
    ("zh-Hant", "中華民國113年11月21日"),
    ("zh-Hant", "113年11月21日"),
    ("zh-Hant", "113/11/21"),
    ("zh-Hant", "113-11-21"),
    ("zh-Hant", "113.11.21"),
    ("zh-Hans", "日期：2024-11-21 14:05:09"),
    ("zh-Hans", "2024年11月21日"),
    ("ko", "2024. 11. 21."),
    ("ko", "2024.11.21(목)"),
    ("ko", "2024년 11월 21일"),
    ("ko", "2024년11월21일 오후 2:05"),
    ("ko", "[매출일시] 2024-11-21"),
    ("th", "21/11/2567"),
    ("th", "21-11-2567 14:05"),
    ("th", "2567-11-21"),
    ("uk", "21.11.2024"),
    ("uk", "21 листопада 2024"),
    ("uk", "21 листопада 2024 р."),
    ("ru", "21 ноября 2024 г."),
    ("ru", "21 нояб. 2024"),
    ("pl", "21 listopada 2024"),
    ("pl", "2024-11-21"),
    ("cs", "21. 11. 2024"),
    ("cs", "21. listopadu 2024"),
    ("es", "21 de noviembre de 2024"),
    ("es", "21 noviembre del 2024"),
    ("pt", "21 de novembro de 2024"),
    ("pt", "21/nov/2024"),
    ("fr", "21 nov. 2024"),
    ("fr", "21 novembre 2024"),
    ("fr", "le 21/11/2024 à 14:05"),
    ("it", "21 novembre 2024"),
    ("nl", "21 november 2024"),
    ("fi", "21.11.2024 klo 14.05"),
    ("fi", "21. marraskuuta 2024"),
    ("da", "21-11-2024 kl. 14.05"),
    ("sv", "2024-11-21"),
    ("tr", "21/11/2024"),
    ("tr", "21.11.2024"),
    ("tr", "21 Kasım 2024"),
    ("id", "21 November 2024"),
    ("hu", "2024.11.21."),
    ("en", "2024/11/21"),
    ("en", "21-Nov-2024"),
    ("en", "2024-Nov-21"),
    ("en", "11-21-2024"),
    ("en", "Date:2024-11-21"),
]


@pytest.mark.parametrize(("language", "printed"), ABROAD)
def test_a_date_is_read_as_each_country_prints_it(language: str, printed: str) -> None:
    found = date_in(language, printed)
    assert (found.value, found.corrected, names(found)) == (dt.date(2024, 11, 21), False, ())
    assert found.raw in printed


@pytest.mark.parametrize(
    ("language", "printed"),
    [
        ("ko", "24-11-21"),
        ("ko", "24/11/21 14:05"),
        ("ko", "24. 11. 21"),
        ("ja", "24/11/21"),
        ("sv", "24-11-21 99,00 SEK"),
        ("de", "21.11.24"),
        ("uk", "21.11.24"),
        ("fr", "le 21/11/24 à 14:05 12,50 €"),
        ("it", "21-11-24"),
    ],
)
def test_two_digit_years_are_where_the_language_of_the_page_puts_them(language: str, printed: str) -> None:
    found = date_in(language, printed)
    assert found.value == dt.date(2024, 11, 21)
    assert not by_default(found)


@pytest.mark.parametrize("printed", ["21-Nov-24", "21 Nov 24", "21 NOV '24", "Nov 21, 24"])
def test_the_name_of_a_month_identifies_the_two_digit_year(printed: str) -> None:
    (found,) = dates_of(printed)
    assert (found.value, names(found)) == (dt.date(2024, 11, 21), ())


@pytest.mark.parametrize(
    ("text", "value", "other"),
    [
        ("24-11-21", "2021-11-24", "2024-11-21"),
        ("21-11-24", "2024-11-21", "2021-11-24"),
        ("24/11/21", "2021-11-24", "2024-11-21"),
        ("24.11.21", "2021-11-24", "2024-11-21"),
        ("TORONTO ONTARIO CANADA\nTOTAL $5.00\n24/11/21", "2021-11-24", "2024-11-21"),
        ("TOTAL $5.00\n24/11/21", "2021-11-24", "2024-11-21"),
        ("TORONTO ONTARIO CANADA\nTOTAL $5.00\n18-04-09", "2018-04-09", "2009-04-18"),
        ("PARAGON FISKALNY\nSUMA PLN 5,00\n18-04-09", "2018-04-09", "2009-04-18"),
        ("PARAGON FISKALNY\nSUMA PLN 5,00\n09-04-18", "2009-04-18", "2018-04-09"),
    ],
)
def test_a_two_digit_year_that_could_be_the_day_is_reported_as_ambiguous(text: str, value: str, other: str) -> None:
    found, *others = dates_of(text)
    assert found.value.isoformat() == value
    assert other in [one.value.isoformat() for one in others]
    assert by_default(found)
    assert other_reading(found) == dt.date.fromisoformat(other)


@pytest.mark.parametrize("rest", ["TOTAL RM5.00", "TOTAL 5,00 €", "TOTAL £5.00"])
def test_a_year_is_not_taken_for_a_day_where_the_country_writes_it_last(rest: str) -> None:
    (found,) = dates_of(f"24/11/21\n{rest}")
    assert (found.value, names(found)) == (dt.date(2021, 11, 24), ())


def test_an_american_short_date_is_read_month_first() -> None:
    (found,) = dates_of("11/21/24\nTOTAL $5.00")
    assert (found.value, names(found)) == (dt.date(2024, 11, 21), ())


@pytest.mark.parametrize(
    "sure", ["2024-11-21 14:05", "21 Nov 2024", "Nov 21, 2024", "21/11/2024"], ids=["iso", "day", "month", "numbers"]
)
@pytest.mark.parametrize("short", ["24-11-21", "24/11/21"])
def test_a_full_date_on_the_page_decides_how_the_short_one_is_read(sure: str, short: str) -> None:
    (found,) = dates_of(f"{short}\n{sure}")
    assert found.value == dt.date(2024, 11, 21)
    assert not by_default(found)


@pytest.mark.parametrize("text", ["H31.4.30", "113/11/21", "113-11-21", "113年13月21日", "2567/13/40", "民國13年"])
def test_years_of_other_calendars_count_only_where_they_are_used(text: str) -> None:
    assert not dates_of(text)


def test_a_letter_before_numbers_is_not_an_era_outside_japan() -> None:
    assert dt.date(2024, 11, 21) not in [found.value for found in dates_of("R6.11.21")]


@pytest.mark.parametrize("text", ["EXP 24/12/30\nTOTAL 5,00 €", "24/12/30\nTOTAL RM5.00"])
def test_a_date_of_the_future_is_not_read_year_first_to_make_it_fit(text: str) -> None:
    assert not dates_of(text)


MONTHS = {
    1: ["Jan", "January", "Januar", "Jänner"],
    2: ["Feb", "February", "Februar"],
    3: ["Mar", "March", "März", "Maerz", "Mrz"],
    4: ["Apr", "April"],
    5: ["May", "Mai"],
    6: ["Jun", "June", "Juni"],
    7: ["Jul", "July", "Juli", "JUL"],
    8: ["Aug", "August"],
    9: ["Sep", "Sept", "September", "SEP"],
    10: ["Oct", "October", "Okt", "Oktober", "OCT"],
    11: ["Nov", "November"],
    12: ["Dec", "December", "Dez", "Dezember"],
}


@pytest.mark.parametrize(("month", "name"), [(month, name) for month, names in MONTHS.items() for name in names])
def test_english_and_german_months_are_read_without_correcting_them(month: int, name: str) -> None:
    for printed in (f"05 {name} 2019", f"5. {name} 2019", f"{name} 05, 2019"):
        (found,) = dates_of(printed)
        assert (found.value, found.corrected) == (dt.date(2019, month, 5), False)


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("5Sep2018", "2018-09-05"),
        ("5Sept 2018", "2018-09-05"),
        ("1October 2018", "2018-10-01"),
        ("1Oct18", "2018-10-01"),
        ("APRIL 5, 2018", "2018-04-05"),
        ("JULI 05 2018", "2018-07-05"),
    ],
)
def test_letters_of_a_month_are_not_taken_for_its_day(printed: str, value: str) -> None:
    (found,) = dates_of(printed)
    assert (found.value.isoformat(), found.corrected) == (value, False)


@pytest.mark.parametrize(
    ("misread", "value"),
    [
        ("5 0ct 2018", "2018-10-05"),
        ("05 5ep 2018", "2018-09-05"),
        ("5 Ju1 2018", "2018-07-05"),
        ("05 0KT 2018", "2018-10-05"),
        ("0ct 05, 2018", "2018-10-05"),
        ("5 Decenber 2018", "2018-12-05"),
        ("O1/O2/2O19", "2019-02-01"),
        ("2S/12/2018", "2018-12-25"),
        ("l2.l1.2018", "2018-11-12"),
        ("31.1O.2018", "2018-10-31"),
        ("2O18-12-O5", "2018-12-05"),
        ("25\\12\\2018", "2018-12-25"),
        ("25|12|2018", "2018-12-25"),
        ("25,12,2018", "2018-12-25"),
        ("85/12/2018", "2018-12-05"),
    ],
)
def test_a_misread_date_is_corrected_and_marked(misread: str, value: str) -> None:
    found, *_ = dates_of(misread)
    assert found.value.isoformat() == value
    assert found.corrected
    assert found.raw == misread


@pytest.mark.parametrize("word", ["SOLO", "0ct", "O1", "2O19", "5ep", "OIL/SOS/BOSS", "S/S/SS"])
def test_letters_are_corrected_only_within_dates(word: str) -> None:
    assert not dates_of(word)


@pytest.mark.parametrize("name", ["", "12", "Oc", "Total", "Table", "Mango", "Market", "Tax"])
def test_other_words_are_no_months(name: str) -> None:
    assert parse_month(name, tables().months)[0] is None


@pytest.mark.parametrize(
    "text",
    [
        "32/12/2018",
        "29/02/2019",
        "25/12",
        "12/2018",
        "1-300-88-2018",
        "25-12/2018",
        "12.50 13.50",
        "3 for 2019",
        "192.168.10.20",
        "DE 123/45/678",
    ],
)
def test_other_numbers_are_no_dates(text: str) -> None:
    assert not dates_of(text)


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("27 03 2018", "2018-03-27"),
        ("27.03 2018", "2018-03-27"),
        ("27 03-2018", "2018-03-27"),
        ("27032018", "2018-03-27"),
        ("27032018 14:05", "2018-03-27"),
        ("05 02-18 14:05", "2018-02-05"),
        ("14:05 27 03 18", "2018-03-27"),
        ("DATE 27032018", "2018-03-27"),
        ("03 27 2018", "2018-03-27"),
        ("DATUM 20180327", "2018-03-27"),
        ("일시  20180327", "2018-03-27"),
        ("[판매] 20180327", "2018-03-27"),
        ("2018 03 27 14:05", "2018-03-27"),
    ],
)
def test_a_date_that_lost_its_separators_is_read_and_marked(printed: str, value: str) -> None:
    found, *_ = dates_of(printed)
    assert (found.value.isoformat(), found.provenance.kind) == (value, "lost marks")
    assert found.raw in printed


@pytest.mark.parametrize(
    "text",
    [
        "05 02-18",
        "27 03 18",
        "27 03 18 25:05",
        "45 13 2018",
        "27 03 2018.50",
        "12 03 20.50 14:05",
        "12.50 13.50 14.50 14:05",
        "100 20 30 14:05",
        "2 x 12 03 18",
        "03 1234 5678",
        "Tel 030 12 34 56",
        "Tel 03-27032018",
        "+60 12 03 2018",
        "27032018-1",
        "A27032018",
        "270320181",
        "45132018",
        "0312 2018",
        "No 12 20180327",
        "20180327",
        "DATE 20181327",
        "A20180327B",
    ],
)
def test_amounts_phones_and_ids_are_no_dates_that_lost_their_marks(text: str) -> None:
    assert not dates_of(text)


@pytest.mark.parametrize("text", ["Tel 02.61.91.88.02", "FR08994383891 02.61.91.88.02 Lyon", "Tel 01-42-11-03-19"])
def test_the_end_of_a_telephone_number_in_pairs_is_no_date(text: str) -> None:
    assert not dates_of(text)


@pytest.mark.parametrize("lost", ["27 03 2018", "27032018", "27 03 18 14:05"])
def test_a_date_that_lost_its_marks_loses_to_one_that_did_not(lost: str) -> None:
    for text in (f"{lost}\n14/05/2018", f"14/05/2018\n{lost}"):
        first, second = dates_of(text)
        assert (first.value, second.value) == (dt.date(2018, 5, 14), dt.date(2018, 3, 27))


def test_what_was_taken_for_a_date_is_not_read_again_without_its_marks() -> None:
    assert [found.raw for found in dates_of("27/03/2018 14:05")] == ["27/03/2018"]


def test_a_date_in_a_sentence_loses_to_the_day_of_the_sale() -> None:
    sentence = "ALL PRICES IN THIS SHOP CONTAIN SALES TAX AS OF 01/09/2018 BY LAW"
    for text in (f"{sentence}\n27/12/2018", f"27/12/2018\n{sentence}"):
        first, second = dates_of(text)
        assert (first.value, second.value) == (dt.date(2018, 12, 27), dt.date(2018, 9, 1))


def test_a_date_alone_on_its_line_comes_before_one_among_words() -> None:
    assert dates_of("01.03.18\nBREAD 2.00\nAnything goes 15.03.18")[0].value == dt.date(2018, 3, 1)


def test_a_date_in_a_sentence_is_taken_where_it_is_the_only_one() -> None:
    (found,) = dates_of("YOU WERE SERVED BY OUR FRIENDLY STAFF ON 25/12/2018")
    assert found.value == dt.date(2018, 12, 25)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("25/12/2018 14:05", True),
        ("27032018", True),
        ("25 Dec 2018", True),
        ("Date", True),
        ("Belegdatum: ...", True),
        ("TOTAL 6.00", False),
        ("CITY BAKEHOUSE", False),
        ("Tel 030 12 34 56", False),
    ],
)
def test_a_line_that_may_contain_the_date_is_distinguished_from_others(text: str, holds: bool) -> None:  # noqa: FBT001
    (line,) = write(text)
    assert has_date(line_text(line), tables()) is holds


def test_a_time_that_runs_on_from_the_date_is_read_apart() -> None:
    text = "06/01/1812:17"
    assert dates_of(text)[0].value == dt.date(2018, 1, 6)
    assert time_of(text) == "12:17:00"


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("03/04/2019\n25/12/2019", "2019-04-03", "another date on the page"),
        ("03/04/2019\n12/25/2019", "2019-03-04", "another date on the page"),
        ("03/04/2019\nTOTAL $5.00\n25/12/2019", "2019-04-03", "another date on the page"),
        ("03/04/2019\nTOTAL $5.00", "2019-03-04", "currency USD"),
        ("03/04/2019\nTOTAL RM5.00", "2019-04-03", "currency MYR"),
        ("03/04/2019\nTOTAL 5,00 €", "2019-04-03", "currency EUR"),
        ("03/04/2019\nvielen dank und auf der strasse", "2019-04-03", "language de"),
        ("03/04/2019", "2019-04-03", "nothing; day first is the default"),
    ],
)
def test_what_decided_an_ambiguous_order_is_reported(text: str, value: str, reason: str) -> None:
    found = next(found for found in dates_of(text) if found.raw == "03/04/2019")
    assert found.value.isoformat() == value
    assert names(found) == (f"order: {reason}",)
    assert other_reading(found) == dt.date(found.value.year, found.value.day, found.value.month)


@pytest.mark.parametrize(
    ("order", "value"), [(DateOrder.DMY, "2019-04-03"), (DateOrder.MDY, "2019-03-04"), (DateOrder.YMD, "2019-04-03")]
)
def test_the_setting_decides_over_everything_else(order: DateOrder, value: str) -> None:
    for rest in ("TOTAL $5.00", "TOTAL RM5.00", "25/12/2019", "12/25/2019"):
        found = next(found for found in dates_of(f"03/04/2019\n{rest}", order) if found.raw == "03/04/2019")
        assert found.value.isoformat() == value
        assert names(found) == ("order: the setting date_order",)


@pytest.mark.parametrize(
    ("rest", "basis", "reason"),
    [
        ("USt-IdNr. DE136695976", "country DE", OrderReason.LOCALE),
        ("TOTAL 5,00 €", "currency EUR", OrderReason.LOCALE),
        ("25/12/2019", "", OrderReason.ANOTHER_DATE),
    ],
)
def test_what_on_the_receipt_is_against_the_setting_is_kept_with_the_other_day(
    rest: str, basis: str, reason: OrderReason
) -> None:
    found = next(found for found in dates_of(f"03/04/2019\n{rest}", DateOrder.MDY) if found.raw == "03/04/2019")
    evidence = order_evidence(found)
    assert found.value == dt.date(2019, 3, 4)
    assert evidence
    assert (evidence.against, evidence.alternative) == (reason, dt.date(2019, 4, 3))
    assert evidence.basis == basis


@pytest.mark.parametrize(
    ("rest", "order"), [("TOTAL 5,00 €", DateOrder.DMY), ("TOTAL 5.00", DateOrder.MDY), ("TOTAL $5.00", DateOrder.MDY)]
)
def test_nothing_is_against_a_setting_that_the_receipt_follows_or_leaves_open(rest: str, order: DateOrder) -> None:
    (found,) = dates_of(f"03/04/2019\n{rest}", order)
    evidence = order_evidence(found)
    assert evidence
    assert evidence.against is None


@pytest.mark.parametrize("printed", ["25/12/2018", "12/25/2018", "05/05/2018", "3 Apr 2019", "2019-04-03"])
def test_a_date_that_works_one_way_only_is_not_called_open(printed: str) -> None:
    for order in (None, DateOrder.DMY, DateOrder.MDY):
        (found,) = dates_of(printed, order)
        assert not names(found)
        assert other_reading(found) is None


def test_a_date_is_not_called_open_where_the_other_order_lies_in_the_future() -> None:
    (found,) = dates_of("06/12/2026")
    assert (found.value, names(found)) == (dt.date(2026, 6, 12), ())


@pytest.mark.parametrize(
    ("printed", "counts"),
    [
        ("1999-12-31", False),
        ("31 Dec 1999", False),
        ("2000-01-01", True),
        ("2026-06-15", True),
        ("2026-06-16", True),
        ("2028-06-16", True),
        ("2030-01-01", False),
        ("2099-01-01", False),
    ],
)
def test_dates_count_from_2000_to_three_years_ahead(printed: str, counts: bool) -> None:  # noqa: FBT001
    assert [found.value.isoformat() for found in dates_of(printed)] == ([printed] if counts else [])


@pytest.mark.parametrize(("printed", "doubted"), [("2026-06-16", False), ("2026-06-17", True), ("2028-06-16", True)])
def test_a_date_after_tomorrow_is_a_doubt_about_the_clock(printed: str, doubted: bool) -> None:  # noqa: FBT001
    (found,) = dates_of(printed)
    assert (CLOCK_BEHIND in found.checks) is doubted


def test_a_date_after_today_does_not_count_beside_one_that_may_be_the_day_of_purchase() -> None:
    assert [found.value for found in dates_of("12/03/2026 14:05\n13/03/2027")] == [dt.date(2026, 3, 12)]


def test_a_known_order_is_surer_than_the_clock() -> None:
    found, *others = dates_of("07/12/2026 14:05\nTOTAL 5,00 €", today=dt.date(2026, 11, 1))
    assert (found.value, found.checks) == (dt.date(2026, 12, 7), (CLOCK_BEHIND,))
    assert dt.date(2026, 7, 12) in [one.value for one in others]


def test_a_date_that_is_due_does_not_tell_the_order_of_the_others() -> None:
    found = dates_of("Invoice date 06/05/2026\nDue date 07/12/2026")[0]
    assert found.value == dt.date(2026, 5, 6)
    assert by_default(found)


@pytest.mark.parametrize(
    "label",
    [
        "EXPIRY",
        "VALID UNTIL",
        "RETURN BY",
        "Best before",
        "gültig bis",
        "Gueltig bis",
        "MHD",
        "Umtausch bis",
        "DUE DATE",
    ],
)
def test_the_day_of_purchase_beats_dates_with_another_meaning(label: str) -> None:
    for text in (f"{label} 20/05/2024\n13/04/2024", f"13/04/2024\n{label} 20/05/2024"):
        first, second = dates_of(text)
        assert (first.value, second.value) == (dt.date(2024, 4, 13), dt.date(2024, 5, 20))


@pytest.mark.parametrize("label", ["Date", "DATE:", "D4te", "Datum", "Invoice Date", "Belegdatum"])
def test_a_date_next_to_its_label_comes_first(label: str) -> None:
    found, _ = dates_of(f"14/05/2024\n{label} 13/04/2024\nTOTAL 5.00")
    assert (found.value, found.provenance.kind) == (dt.date(2024, 4, 13), "date label")


def test_a_date_printed_twice_beats_one_printed_once() -> None:
    assert dates_of("14/05/2024\n13/04/2024\nTOTAL 5.00\n13/04/2024")[0].value == dt.date(2024, 4, 13)


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("13/04/2024 14:05", "14:05:00"),
        ("13/04/2024 14:05:09", "14:05:09"),
        ("13/04/2024 2:05 PM", "14:05:00"),
        ("13/04/2024 02:05pm", "14:05:00"),
        ("13/04/2024 2:05 P.M.", "14:05:00"),
        ("13/04/2024 12:05 AM", "00:05:00"),
        ("13/04/2024 12:05 PM", "12:05:00"),
        ("13.04.2024 14.05 Uhr", "14:05:00"),
        ("10:05 AM 13/04/2024", "10:05:00"),
        ("13/04/2024\nTime: 14:05", "14:05:00"),
        ("Uhrzeit 09:36\nDatum 13.04.2024", "09:36:00"),
        ("TOTAL 14.05\n13.04.2024", None),
        ("13/04/2024 14h05", "14:05:00"),
        ("13/04/2024 14 h 05", "14:05:00"),
        ("13/04/2024 14H05", "14:05:00"),
        ("13/04/2024 à 14h", "14:00:00"),
        ("13/04/2024 à 14:05", "14:05:00"),
        ("2024/04/13 14時05分", "14:05:00"),
        ("2024/04/13 14時5分", "14:05:00"),
        ("2024/04/13 午後2時05分", "14:05:00"),
        ("2024-04-13 14시 05분", "14:05:00"),
        ("2024-04-13 오후 2:05", "14:05:00"),
        ("2024-04-13 오전 12:05", "00:05:00"),
        ("2024-04-13 下午 2:05", "14:05:00"),
        ("2024-04-13 PM 02:05", "14:05:00"),
        ("2024/04/13 １４：０５", "14:05:00"),
        ("13.4.2024 klo 14.05", "14:05:00"),
        ("13.04.2024 kl. 14.05", "14:05:00"),
        ("13/04/2024 ore 14.05", "14:05:00"),
        ("13/04/2024 14.05", "14:05:00"),
        ("13/04/2024 14.05 EUR", None),
        ("13/04/2024 14.05 €", None),
        ("13/04/2024 3h", None),
        ("13/04/2024 25:05", None),
        ("13/04/2024", None),
    ],
)
def test_a_time_is_read_in_12_and_24_hours(printed: str, value: str | None) -> None:
    assert time_of(printed) == value


@pytest.mark.parametrize(
    "hours",
    [
        "8:00-20:00",
        "Mo-Sa 8:00 - 20:00",
        "Mo-Sa 08.00 - 20.00 Uhr",
        "Mo-Sa 8:00 bis 20:00 Uhr",
        "Open 9:00 am - 6:00 pm",
        "Open 9:00 to 18:00",
        "Ouvert de 9h00 à 19h00",
        "Ouvert 9h - 19h",
        "営業時間 9:00～21:00",
    ],
)
def test_opening_hours_are_not_the_time(hours: str) -> None:
    assert time_of(f"{hours}\n13/04/2024") is None
    assert time_of(f"{hours}\n13/04/2024\nCASHIER 3\n14:05") == "14:05:00"


@given(day=st.dates(dt.date(2019, 5, 1), TODAY))
@pytest.mark.slow
def test_every_day_is_read_in_the_years_of_every_calendar(day: dt.date) -> None:
    parts = f"{day.month}月{day.day}日"
    reiwa = f"令和{'元' if day.year == 2019 else day.year - 2018}年{parts}"
    assert date_in("ja", reiwa).value == day
    assert date_in("zh-Hant", f"民國{day.year - 1911}年{parts}").value == day
    assert date_in("th", f"{day.day:02}/{day.month:02}/{day.year + 543}").value in (day, swapped(day))


def swapped(day: dt.date) -> dt.date | None:
    """The same numbers with day and month exchanged, where there is such a day."""
    return dt.date(day.year, day.day, day.month) if day.day <= 12 else None


PRINTED = [
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d/%m/%y",
    "%Y-%m-%d",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d %Y",
    "%d-%b-%y",
    "%d%b%Y",
    "%d/%m/%Y %H:%M",
    "%a %d %b %Y %I:%M %p",
]


@given(
    day=st.dates(dt.date(2000, 1, 1), TODAY + dt.timedelta(days=7)),
    form=st.sampled_from(PRINTED),
    clock=st.times(),
)
def test_every_valid_day_in_every_form_is_read(day: dt.date, form: str, clock: dt.time) -> None:
    (found,) = dates_of(dt.datetime.combine(day, clock).strftime(form), DateOrder.DMY)
    assert (found.value, found.corrected) == (day, False)


@given(
    day=st.dates(dt.date(2000, 1, 1), TODAY),
    form=st.sampled_from(["%m/%d/%Y", "%m-%d-%y", "%b %d, %Y", "%Y-%m-%d"]),
)
def test_every_valid_day_is_read_month_first_where_that_is_the_order(day: dt.date, form: str) -> None:
    (found,) = dates_of(day.strftime(form), DateOrder.MDY)
    assert found.value == day


def test_eight_digits_before_a_time_of_day_are_a_date_and_others_are_not() -> None:
    assert dates_of("20210624 16:36")[0].value == dt.date(2021, 6, 24)
    assert not dates_of("No 20210624 4711")


@pytest.mark.parametrize("text", ["Tími 10.05.25\nInn 06:12:10", "Vrijeme: 10.05.25\n06:12", "เวลา 10.05.25"])
def test_numbers_behind_a_word_for_the_time_in_a_language_without_a_table_are_no_date(text: str) -> None:
    assert not dates_of(text)

"""When a photo was taken is evidence about the day of purchase, and never the day itself."""

from __future__ import annotations

import datetime as dt

import pytest

from rpiocr.extract.dates.photo_date import PhotoDate, PhotoSource, photo_date
from rpiocr.extract.fields.date import by_default, find_dates, order_evidence
from rpiocr.extract.locale.inference import infer
from rpiocr.extract.tables.countries import DateOrder
from rpiocr.model import Candidate
from rpiocr.model.provenance import AFTER_PHOTO, CLOCK_BEHIND, LONG_BEFORE_PHOTO, OrderReason
from tests.written import names, rows_of, tables, tables_of

TODAY = dt.date(2026, 11, 30)
TEMPLATE = "{date}_{merchant}_{amount}"
GERMAN = "USt-IdNr. DE136695976\n"
DOLLARS = "TOTAL $5.00\n"


def by_camera(day: str) -> PhotoDate:
    """A photo of that day, by its camera."""
    return PhotoDate(dt.date.fromisoformat(day), PhotoSource.EXIF)


def by_name(day: str) -> PhotoDate:
    """A photo of that day, by its name."""
    return PhotoDate(dt.date.fromisoformat(day), PhotoSource.FILE_NAME)


def dates_of(
    text: str, photo: PhotoDate | None, order: DateOrder | None = None, today: dt.date = TODAY
) -> tuple[Candidate[dt.date], ...]:
    """All dates of a receipt that reads ``text``, best first."""
    rows = rows_of(text)
    return find_dates(rows, tables(), infer(rows, tables_of(text)).locale, today, order, photo)


@pytest.mark.parametrize(
    ("text", "photo", "day"),
    [
        ("11/03/2026", "2026-03-14", "2026-03-11"),
        ("03/11/2026", "2026-03-14", "2026-03-11"),
        ("24/05/19", "2024-05-25", "2024-05-19"),
        ("19/05/24", "2024-05-25", "2024-05-19"),
        ("24/05/28", "2024-06-10", "2024-05-28"),
    ],
)
def test_the_only_reading_shortly_before_the_photo_is_taken_if_the_others_are_impossible(
    text: str, photo: str, day: str
) -> None:
    (found,) = dates_of(text, by_camera(photo))
    evidence = order_evidence(found)
    assert (found.value.isoformat(), by_default(found)) == (day, False)
    assert evidence
    assert evidence.reason is OrderReason.PHOTO
    assert f"photo date: {photo}, by the camera" in names(found)


@pytest.mark.parametrize("photo", [by_name("2026-03-14"), by_camera("2026-07-14")])
def test_a_name_or_a_reading_months_before_only_makes_a_reading_likelier(photo: PhotoDate) -> None:
    found, other = dates_of("11/03/2026", photo)
    assert (found.value, other.value) == (dt.date(2026, 3, 11), dt.date(2026, 11, 3))
    assert by_default(found)
    assert AFTER_PHOTO in other.checks
    assert AFTER_PHOTO not in found.checks


def test_of_two_readings_in_the_past_the_nearer_one_is_likelier_and_stays_doubted() -> None:
    found, other = dates_of("05/11/2025", by_camera("2025-11-07"))
    assert (found.value, other.value) == (dt.date(2025, 11, 5), dt.date(2025, 5, 11))
    found, other = dates_of("11/05/2025", by_camera("2025-11-07"))
    assert (found.value, other.value) == (dt.date(2025, 11, 5), dt.date(2025, 5, 11))
    assert by_default(found)


@pytest.mark.parametrize("photo", ["2026-05-20", "2028-06-01", "2026-04-02"])
def test_a_photo_that_both_readings_fit_leaves_the_order_open(photo: str) -> None:
    found = dates_of("04/05/2026", by_camera(photo), today=dt.date(2028, 12, 1))
    without = dates_of("04/05/2026", None, today=dt.date(2028, 12, 1))
    assert [one.value for one in found] == [one.value for one in without]
    assert by_default(found[0])


@pytest.mark.parametrize(
    ("text", "order", "reason"),
    [
        ("11/03/2026", DateOrder.MDY, OrderReason.SETTING),
        ("11/03/2026\n11/25/2025", None, OrderReason.ANOTHER_DATE),
        (GERMAN + "03/11/2026", None, OrderReason.LOCALE),
    ],
)
def test_a_setting_and_the_page_decide_against_the_photo_and_the_date_is_doubted(
    text: str, order: DateOrder | None, reason: OrderReason
) -> None:
    found = next(one for one in dates_of(text, by_camera("2026-03-14"), order) if one.value.year == 2026)
    evidence = order_evidence(found)
    assert evidence
    assert (found.value, evidence.reason) == (dt.date(2026, 11, 3), reason)
    assert AFTER_PHOTO in found.checks


def test_a_photo_that_agrees_with_a_guess_of_the_country_makes_it_sure() -> None:
    without = order_evidence(dates_of(DOLLARS + "03/11/2026", None)[0])
    assert without
    assert (without.reason, without.probability < 0.98) == (OrderReason.LOCALE, True)
    found = order_evidence(dates_of(DOLLARS + "03/11/2026", by_camera("2026-03-14"))[0])
    assert found
    assert (found.reason, found.against, found.probability) == (OrderReason.PHOTO, None, 1.0)


def test_a_photo_that_contradicts_a_guess_of_the_country_says_so() -> None:
    (found,) = dates_of(DOLLARS + "11/03/2026", by_camera("2026-03-14"))
    evidence = order_evidence(found)
    assert evidence
    assert (found.value, evidence.against) == (dt.date(2026, 3, 11), OrderReason.LOCALE)
    assert evidence.basis


def test_a_name_does_not_decide_against_a_guess_of_the_country() -> None:
    found = order_evidence(dates_of(DOLLARS + "11/03/2026", by_name("2026-03-14"))[0])
    assert found
    assert found.reason is OrderReason.LOCALE


def test_dates_that_the_photo_would_read_in_contradicting_orders_stay_open() -> None:
    found = dates_of("11/03/2026 10:30\n03/10/2026 10:30", by_camera("2026-03-14"))
    assert all(by_default(one) for one in found)


def test_the_order_of_a_date_that_the_photo_settles_is_that_of_the_others() -> None:
    found = {one.raw: one.value for one in dates_of("03/11/2026 10:30\n02/03/2026 10:30", by_camera("2026-03-14"))}
    assert found == {"03/11/2026": dt.date(2026, 3, 11), "02/03/2026": dt.date(2026, 2, 3)}


def test_a_day_that_is_due_after_the_photo_tells_nothing_about_the_order() -> None:
    found, *_ = dates_of("04/05/2026 10:30\nDue date 05/06/2026", by_camera("2026-05-10"))
    assert (found.value, by_default(found)) == (dt.date(2026, 5, 4), True)


@pytest.mark.parametrize("photo", [by_camera("2026-03-14"), by_name("2026-03-14")])
@pytest.mark.parametrize(
    ("printed", "doubted"), [("14.03.2026", False), ("15.03.2026", False), ("16.03.2026", True), ("14.03.2027", True)]
)
def test_a_receipt_is_not_younger_than_its_photo_by_more_than_a_time_zone(
    photo: PhotoDate, printed: str, *, doubted: bool
) -> None:
    (found,) = dates_of(GERMAN + f"{printed} 10:30", photo, today=dt.date(2028, 1, 2))
    assert (AFTER_PHOTO in found.checks) is doubted
    assert any(name.startswith("photo date: 2026-03-14") for name in names(found)) is doubted


def test_a_day_that_is_not_after_the_photo_comes_first() -> None:
    text = GERMAN + "Datum 20.06.2026 10:30\n12.03.2026 10:30"
    assert dates_of(text, None)[0].value == dt.date(2026, 6, 20)
    assert dates_of(text, by_camera("2026-03-14"))[0].value == dt.date(2026, 3, 12)


def test_a_day_until_which_something_is_valid_may_be_after_the_photo() -> None:
    found = dates_of(GERMAN + "12.03.2026 10:30\nUmtausch bis 11.04.2026", by_camera("2026-03-12"))
    assert all(AFTER_PHOTO not in one.checks for one in found)


@pytest.mark.parametrize(("printed", "doubted"), [("13.03.2016", True), ("20.03.2016", False), ("12.03.2019", False)])
def test_a_receipt_of_ten_years_before_its_photo_is_doubted(printed: str, *, doubted: bool) -> None:
    (found,) = dates_of(GERMAN + f"{printed} 10:30", by_camera("2026-03-14"))
    assert (LONG_BEFORE_PHOTO in found.checks) is doubted


@pytest.mark.parametrize(
    "text",
    [GERMAN + "04/05/2019 10:30", "25/12/2018 10:30\n04/05/2019", "2019-05-04", "4 May 2019", "北京\n2019/05/04"],
)
def test_a_photo_of_an_old_receipt_changes_nothing(text: str) -> None:
    found, without = dates_of(text, by_camera("2024-04-20")), dates_of(text, None)
    assert found == without


def test_a_photo_alone_is_no_date() -> None:
    assert dates_of("BAKERY\nTOTAL 5.00", by_camera("2026-03-14")) == ()


@pytest.mark.parametrize(
    "taken",
    ["1970-01-01", "1980-01-01", "2000-01-01", "2002-12-08", "2016-01-01", "2026-12-02", "2038-01-19", "9999-12-31"],
)
def test_a_clock_that_is_wrong_tells_nothing(taken: str) -> None:
    when = dt.datetime.fromisoformat(f"{taken}T12:30")
    assert photo_date(when, "receipt.jpg", TEMPLATE, TODAY) is None


def test_the_camera_counts_before_the_name_and_the_name_before_a_camera_that_is_wrong() -> None:
    name, right, wrong = "IMG-20240320-WA0001.jpg", dt.datetime(2024, 3, 15, 23, 59), dt.datetime(2000, 1, 1)  # noqa: DTZ001
    assert photo_date(right, name, TEMPLATE, TODAY) == by_camera("2024-03-15")
    assert photo_date(wrong, name, TEMPLATE, TODAY) == by_name("2024-03-20")
    assert photo_date(None, "IMG_20000101_000133.jpg", TEMPLATE, TODAY) is None


def test_the_day_of_a_photo_is_that_of_the_place_where_it_was_taken() -> None:
    late = dt.datetime.fromisoformat("2024-03-15T23:30-10:00")
    assert photo_date(late, "-", TEMPLATE, TODAY) == by_camera("2024-03-15")


def test_a_photo_of_tomorrow_in_another_time_zone_counts() -> None:
    tomorrow = dt.datetime.combine(TODAY + dt.timedelta(days=1), dt.time(0, 10))
    assert photo_date(tomorrow, "-", TEMPLATE, TODAY) is not None


def test_a_date_after_today_stays_that_for_a_photo_of_today() -> None:
    (found,) = dates_of(GERMAN + "12.12.2026", by_camera("2026-11-30"))
    assert {CLOCK_BEHIND, AFTER_PHOTO} <= set(found.checks)

"""The day on which a picture was made is read from names that machines give, and from no others."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.extract.dates.photo_names import day_in_name
from rpiocr.settings import DEFAULTS

BY_MACHINES = [
    "IMG_20240315_142233.jpg",
    "IMG_20240315_142233_2.jpg",
    "IMG_20240315_142233-edited.jpg",
    "IMG20240315142233.jpg",
    "PXL_20240315_142233123.jpg",
    "PXL_20240315_142233123.MP.jpg",
    "PXL_20240315_142233123~2.jpg",
    "MVIMG_20240315_142233.jpg",
    "00100lrPORTRAIT_00100_BURST20240315142233123_COVER.jpg",
    "20240315_142233.jpg",
    "20240315_142233(0).jpg",
    "20240315_142233000_iOS.jpg",
    "2024-03-15 14.22.33.jpg",
    "WP_20240315_14_22_33_Pro.jpg",
    "WP_20240315_001.jpg",
    "C360_2024-03-15-14-22-33-123.jpg",
    "P_20240315_142233.jpg",
    "JPEG_20240315_142233_7234567890.jpg",
    "Screenshot_2024-03-15-14-22-33-123_com.app.jpg",
    "Screenshot_20240315-142233_Chrome.jpg",
    "Screenshot 2024-03-15 at 14.22.33.png",
    "Screenshot 2024-03-15 at 2.22.33\N{NARROW NO-BREAK SPACE}PM.png",
    "Screen Shot 2024-03-15 at 2.22.33 PM.png",
    "Screenshot from 2024-03-15 14-22-33.png",
    "Screenshot 2024-03-15 142233.png",
    "Bildschirmfoto 2024-03-15 um 14.22.33.png",
    "Capture d’écran 2024-03-15 à 14.22.33.png",
    "Capture d’e\N{COMBINING ACUTE ACCENT}cran 2024-03-15 a\N{COMBINING GRAVE ACCENT} 14.22.33.png",
    "スクリーンショット 2024-03-15 14.22.33.png",
    "IMG-20240315-WA0007.jpg",
    "IMG-20240315-WA0007 (1).jpg",
    "WhatsApp Image 2024-03-15 at 14.22.33.jpeg",
    "WhatsApp Image 2024-03-15 at 2.22.33 PM (1).jpeg",
    "WhatsApp Bild 2024-03-15 um 14.22.33_1a2b.jpg",
    "signal-2024-03-15-14-22-33-123.jpg",
    "signal-2024-03-15-142233.jpg",
    "signal-attachment-2024-03-15-142233.jpeg",
    "photo_2024-03-15_14-22-33 (2).jpg",
    "mmexport1710512553123.jpg",
    "Scan_20240315.pdf",
    "Scan_20240315 (2).jpg",
    "Scan_20240315_142233.pdf",
    "Scan2024-03-15_142233.pdf",
    "Scan 15 Mar 2024.pdf",
    "Scan Mar 15, 2024 at 2.22 PM.pdf",
    "Scan 15.03.2024, 14.22.pdf",
    "Scan 15. März 2024 um 14.22.33.pdf",
    "Scanned_20240315-1422.pdf",
    "Adobe Scan 15 Mar 2024.pdf",
    "Adobe Scan Mar 15, 2024 (1).pdf",
    "Adobe Scan 15 de mar. de 2024.pdf",
    "CamScanner 03-15-2024 14.22.pdf",
    "CamScanner 15-03-2024 14.22.33.pdf",
    "CamScanner 2024-03-15 14.22.pdf",
    "New Doc 2024-03-15 14.22.33.pdf",
    "Office Lens 20240315-142233.jpg",
    "Office Lens_20240315_142233_processed.jpg",
    "2024_03_15 2_22 PM Office Lens.pdf",
    "Microsoft Lens 15.03.2024 14.22.pdf",
    "IMG_20240315_0001.pdf",
    "img20240315_14223344.jpg",
    "20240315142233.pdf",
    "doc00123420240315142233.pdf",
]


@pytest.mark.parametrize("name", BY_MACHINES)
def test_a_name_that_a_machine_gave_tells_the_day(name: str) -> None:
    assert day_in_name(f"inbox/2019-01-02/{name}", str(DEFAULTS["file_name"])) == dt.date(2024, 3, 15)


@pytest.mark.parametrize(
    "name",
    [
        "2024-03-15 Rewe.pdf",
        "2024-03-15.pdf",
        "20240315.jpg",
        "20240315_Rewe.pdf",
        "Rewe 2024-03-15.jpg",
        "Scan Rewe 2024-03-15.pdf",
        "Scan 2024-03-15 Rewe.pdf",
        "Rechnung 15 Mar 2024.pdf",
        "receipt_20240315_142233.pdf",
        "Photo 2024-03-15.jpg",
        "IMG_1234.jpg",
        "DSC_0001.jpg",
        "image.jpg",
        "1710512553123.jpg",
        "-",
        "",
    ],
)
def test_a_name_that_a_person_or_a_shop_may_have_given_tells_nothing(name: str) -> None:
    assert day_in_name(name) is None


@pytest.mark.parametrize("name", ["IMG_20240230_142233.jpg", "IMG_20241315_142233.jpg", "IMG_00000101_000000.jpg"])
def test_numbers_that_are_no_day_tell_nothing(name: str) -> None:
    assert day_in_name(name) is None


def test_a_day_and_a_month_in_an_open_order_tell_nothing() -> None:
    assert day_in_name("CamScanner 04-05-2024 14.22.pdf") is None
    assert day_in_name("CamScanner 05-05-2024 14.22.pdf") == dt.date(2024, 5, 5)


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{date}_{merchant}_{amount}", "2024-03-15_Rewe_12.34.jpg"),
        ("{date}_{merchant}_{amount}", "2024-03-15_Rewe_12.34_2.jpg"),
        ("{date}_{name}", "2024-03-15_IMG_20240315_142233.jpg"),
        ("{date}_{time}", "2024-03-15_14-22-33.jpg"),
        ("{date} {merchant}", "2024-03-15 14.22.33.jpg"),
        ("Scan_{date}", "Scan_2024-03-15.pdf"),
        ("Scan_{date}", "Scan_2024-03-15_2.pdf"),
        ("IMG {date} {time}", "IMG 2024-03-15 14-22.jpg"),
        ("{name}_{date}", "IMG_2024-03-15.jpg"),
        ("Scan_{merchant}_{date}.{time}", "Scan_2024-03-15.14-22.jpg"),
    ],
)
def test_a_name_that_rpiocr_gave_tells_nothing(template: str, name: str) -> None:
    assert day_in_name(name, template) is None


@pytest.mark.parametrize("template", ["{name}", "{merchant}_{name}", "receipt", "{date}_{merchant}_{amount}"])
def test_a_name_that_was_kept_still_tells_the_day(template: str) -> None:
    assert day_in_name("WhatsApp Image 2024-03-15 at 14.22.33.jpeg", template) == dt.date(2024, 3, 15)


WORDS = [
    "IMG",
    "Scan ",
    "Screenshot ",
    "WhatsApp Image ",
    "Office Lens",
    "photo",
    "_",
    " at ",
    "2024",
    "03",
    "15",
    "-",
    ".",
]


@given(
    st.one_of(st.text(max_size=300), st.lists(st.sampled_from(WORDS) | st.integers(0, 99999999).map(str)).map("".join)),
    st.lists(st.sampled_from(["{date}", "{name}", "{time}", "_", "(", "\\", "Scan"]), max_size=6).map("".join),
)
def test_any_name_is_a_real_day_or_none(name: str, template: str) -> None:
    day = day_in_name(name, template)
    assert day is None or f"{day.year:04}" in name


@given(st.dates(dt.date(2003, 1, 1)), st.times())
def test_every_day_that_a_camera_writes_is_read_back(day: dt.date, time: dt.time) -> None:
    assert day_in_name(f"IMG_{day:%Y%m%d}_{time:%H%M%S}.jpg") == day
    assert day_in_name(f"Scan {day.day} {day:%b} {day.year}.pdf") == day


@pytest.mark.parametrize("part", ["1", "1 ", "(1)", "20240315", "_", "WA1", "2024-03-15 ", "a"])
def test_a_long_name_takes_no_longer_than_a_short_one(part: str) -> None:
    for head in ("IMG_20240315", "Scan ", "WhatsApp Image ", ""):
        assert day_in_name(head + part * 2000 + "x!") is None

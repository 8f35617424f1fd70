"""What the program makes of when a photo was taken, by its EXIF data and by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageDraw, ImageFont

from tests.program import QUICK, Run
from tests.watch.places import Place, lines

LINES = (
    "CORNER SHOP", "", "{date}  14:05", "Coffee           3.00", "Cake             4.50", "Subtotal         7.50",
    "Tax              0.60", "TOTAL CAD        8.10", "Cash            10.00", "Change           1.90",
)  # fmt: skip

OPEN = "04/05/2024"
"""A date that nothing on the receipt settles."""


def photo(path: Path, date: str, taken: str = "", offset: str = "") -> Path:
    """Write a JPEG of a receipt of that day; its EXIF data say when it was taken, if anything is given."""
    picture = Image.new("L", (680, 80 + 54 * len(LINES)), 255)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(LINES):
        draw.text((40, 40 + 54 * number), line.format(date=date), font=ImageFont.load_default(34), fill=0)
    exif = Image.Exif()
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    if offset:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.OffsetTimeOriginal] = offset
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=92, exif=exif)
    return path


def told(line: dict[str, Any]) -> tuple[str, bool]:
    """The date of a result, and whether a warning says that its order is open."""
    return line["date"], any(warning.startswith("date_ambiguous: ") for warning in line["warnings"])


@pytest.mark.parametrize(
    ("taken", "offset", "options", "expected"),
    [
        ("2024:04:07 18:30:00", "", (), ("2024-04-05", False)),
        ("2024:04:04 23:30:00", "-10:00", (), ("2024-04-05", False)),
        ("2024:04:07 18:30:00", "", ("--photo-date", "off"), ("2024-05-04", True)),
        ("2024:04:07 18:30:00", "", ("--date-order", "dmy"), ("2024-05-04", False)),
        ("2000:01:01 00:00:00", "", (), ("2024-05-04", True)),
        ("2037:04:07 18:30:00", "", (), ("2024-05-04", True)),
        ("2026:04:07 18:30:00", "", (), ("2024-05-04", True)),
        ("", "", (), ("2024-05-04", True)),
    ],
)
def test_when_a_photo_was_taken_settles_a_date_that_the_receipt_leaves_open(
    run: Run, tmp_path: Path, taken: str, offset: str, options: tuple[str, ...], expected: tuple[str, bool]
) -> None:
    assert told(run("scan", *QUICK, *options, photo(tmp_path / "a.jpg", OPEN, taken, offset)).only) == expected


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("IMG_20240407_183000.jpg", "2024-04-05"),
        ("Scan 7 Apr 2024.jpg", "2024-04-05"),
        ("2024-04-07 Corner Shop.jpg", "2024-05-04"),
        ("2024-04-07_CORNER-SHOP_8.10.jpg", "2024-05-04"),
    ],
)
def test_the_name_of_a_photo_makes_a_reading_likelier_which_stays_open(
    run: Run, tmp_path: Path, name: str, day: str
) -> None:
    assert told(run("scan", *QUICK, photo(tmp_path / name, OPEN)).only) == (day, True)


def test_the_name_that_counts_in_a_watched_folder_is_that_of_the_file_as_it_arrived(tmp_path: Path) -> None:
    place = Place(tmp_path)
    photo(place.inbox / "IMG_20240407_183000.jpg", OPEN)
    (line,) = lines(place.run("--once").stdout)
    assert told(line) == ("2024-04-05", True)
    (filed,) = (tmp_path / "review").rglob("*.jpg")
    assert filed.name.startswith("2024-04-05_")


def test_explain_says_that_the_photo_decided(run: Run, tmp_path: Path) -> None:
    picture = photo(tmp_path / "a.jpg", OPEN, "2024:04:07 18:30:00")
    shown = " ".join(run("explain", *QUICK, picture).stdout.split())
    assert "can be read as 2024-04-05 or as 2024-05-04" in shown
    assert "deciding factor: the day on which the photo was taken." in shown
    assert "photo date: 2024-04-07, by the camera" in shown


@pytest.mark.parametrize(
    ("date", "check", "why"),
    [
        ("25/04/2024", "after its photo", "it is after the day on which the photo was taken"),
        ("25/04/2009", "long before its photo", "it is ten years or more before the photo was taken"),
    ],
)
def test_explain_says_that_a_date_contradicts_its_photo(
    run: Run, tmp_path: Path, date: str, check: str, why: str
) -> None:
    picture = photo(tmp_path / "a.jpg", date, "2024:02:07 18:30:00")
    assert check in run("scan", *QUICK, picture).only["evidence"]["date"]["checks"]
    shown = " ".join(run("explain", *QUICK, picture).stdout.split())
    assert f"It is uncertain, because {why}." in shown
    assert "photo date: 2024-02-07, by the camera" in shown

"""What `--date-order` does where the receipt itself indicates another order."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.program import QUICK, Run

GERMAN = (
    "BAECKEREI MUELLER", "10115 Berlin", "USt-IdNr. DE136695976", "", "Datum 03/04/2019 10:15", "Brot      3,20 EUR",
    "Kuchen    4,30 EUR", "SUMME     7,50 EUR", "Bar      10,00 EUR",
)  # fmt: skip


@pytest.fixture
def german(tmp_path: Path) -> Path:
    """A receipt of Germany with a date that can be read in two ways."""
    picture = Image.new("L", (620, 80 + 54 * len(GERMAN)), 255)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(GERMAN):
        draw.text((40, 40 + 54 * number), line, font=ImageFont.load_default(34), fill=0)
    path = tmp_path / "german.png"
    picture.save(path)
    return path


@pytest.mark.parametrize(
    ("order", "date", "warned"), [("auto", "2019-04-03", 0), ("dmy", "2019-04-03", 0), ("mdy", "2019-03-04", 1)]
)
def test_a_setting_against_what_the_receipt_indicates_is_followed_and_warned_of(
    run: Run, german: Path, order: str, date: str, warned: int
) -> None:
    line = run("scan", *QUICK, "--date-order", order, german).only
    warnings = [warning for warning in line["warnings"] if warning.startswith("date_ambiguous: ")]
    assert (line["date"], len(warnings)) == (date, warned)
    assert all("the receipt indicates 2019-04-03 (country DE)" in warning for warning in warnings)

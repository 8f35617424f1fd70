"""Pictures that are upside down or on their side are read, and boxes stay those of the picture as it was given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rpiocr.model import Page
from rpiocr.pipeline import Reader
from rpiocr.preprocess.crops import rotated, whole_page
from rpiocr.reading.outcome import Trace
from rpiocr.reading.page_coordinates import place_box
from rpiocr.recognise.rapidocr.engine import is_installed
from rpiocr.settings import Settings
from tests.program import SAMPLE

pytestmark = pytest.mark.skipif(
    not is_installed(), reason="pictures are turned with the second engine: pip install onnxruntime rapidocr"
)

PATIENT = Settings(cloud="never", pass_timeout=300, receipt_timeout=600)


def read(picture: Path) -> Trace:
    outcome = next(Reader(PATIENT).read(str(picture)))
    assert isinstance(outcome, Trace)
    return outcome


def left_by(quarters: int, folder: Path) -> Path:
    """The sample, turned counter-clockwise."""
    path = folder / f"{quarters}.png"
    with Image.open(SAMPLE) as picture:
        picture.convert("L").rotate(90 * quarters, expand=True).save(path)
    return path


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.slow
def test_a_picture_the_wrong_way_up_is_read_as_the_upright_one_and_says_so(quarters: int, tmp_path: Path) -> None:
    trace, upright = read(left_by(quarters, tmp_path)), read(SAMPLE)
    found, wanted = trace.receipt.fields, upright.receipt.fields
    assert found.amount
    assert found.date
    assert wanted.amount
    assert wanted.date
    assert (found.amount.chosen.value, found.date.chosen.value) == (
        wanted.amount.chosen.value,
        wanted.date.chosen.value,
    )
    assert any(warning.code == "turned" for warning in trace.receipt.warnings)
    assert upright.page
    back = rotated(whole_page(upright.page), -quarters).to_page
    for mine, theirs in ((found.amount, wanted.amount), (found.date, wanted.date)):
        here = place_box(mine.chosen.box, back)
        assert here.meets(theirs.chosen.box)
        assert here.width == pytest.approx(theirs.chosen.box.width, rel=0.25)


@pytest.mark.slow
def test_an_upright_image_is_not_rotated() -> None:
    assert not any(warning.code == "turned" for warning in read(SAMPLE).receipt.warnings)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_the_way_back_leads_to_the_pixel_that_was_turned(quarters: int) -> None:
    pixels = np.zeros((30, 50), np.uint8)
    pixels[7, 11] = 255
    crop = rotated(whole_page(Page(pixels, "picture.png", 1, "0" * 64)), quarters)
    ((y, x),) = np.argwhere(crop.page.pixels)
    there = crop.to_page(np.array([[x + 0.5, y + 0.5]]))
    assert there.tolist() == [[11.5, 7.5]]
    assert crop.quarters == quarters

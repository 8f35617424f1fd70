"""Claims about the pictures; they need the fonts' Debian packages."""

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from generator.__main__ import main
from generator.age import LEVELS
from generator.fonts import missing_packages
from generator.locales import country_codes
from generator.receipt import Order, make_receipt

pytestmark = pytest.mark.skipif(
    bool(missing_packages()),
    reason=f"FONTS ARE MISSING, nothing was rendered: apt-get install {' '.join(missing_packages())}",
)


def grey(picture: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(BytesIO(picture)) as image:
        assert image.format == "JPEG"
        assert image.mode == "L"
        return np.asarray(image)


@pytest.mark.parametrize("country", country_codes())
def test_every_country_renders_with_ink_on_paper(country: str) -> None:
    pixels = grey(make_receipt(Order(seed=1, index=0, country=country, level="clean")).image)
    assert pixels.shape[1] > 400
    assert pixels.min() < 110
    assert np.median(pixels) > 220


@pytest.mark.parametrize("level", LEVELS)
def test_the_same_order_gives_the_same_image_and_truth(level: str) -> None:
    order = Order(seed=9, index=4, country="de", kind="parking", level=level)
    assert make_receipt(order) == make_receipt(order)


def test_another_index_gives_another_receipt() -> None:
    first, second = (make_receipt(Order(seed=9, index=i, country="ch", kind="parking")) for i in (0, 1))
    assert first.image != second.image
    assert first.truth != second.truth


def test_the_command_writes_images_and_truth_in_the_layout_of_the_benchmark(tmp_path: Path) -> None:
    arguments = ["--seed", "3", "--count", "2", "--out", str(tmp_path), "--country", "sg", "--level", "clean"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    pictures = sorted(path.name for path in (tmp_path / "img").iterdir())
    assert pictures == ["sg_3_0000.jpg", "sg_3_0001.jpg"]
    key = json.loads((tmp_path / "key" / "sg_3_0000.json").read_text(encoding="utf-8"))
    assert key["currency"] == "SGD"
    assert key["label"] == "generated"
    assert key["ageing"]["level"] == "clean"

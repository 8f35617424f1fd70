"""Claims about the training examples of the network that detects documents."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generator.fonts import missing_packages
from generator.photo_sheet import print_sheet
from generator.receipt import Order
from training.album import LabelledImage, load, save
from training.draw import photos, scans
from training.examples import REDUCTION, SIDE, example

CORNERS = np.array([[100.0, 60.0], [300.0, 80.0], [280.0, 400.0], [90.0, 380.0]])


def test_an_album_keeps_images_and_corners(tmp_path: Path) -> None:
    wide = np.arange(480 * 300, dtype=np.int64).reshape(300, 480) % 256
    album = [LabelledImage.of(wide.astype(np.uint8), [CORNERS]), LabelledImage.of(np.full((200, 100), 7, np.uint8), [])]
    save(tmp_path / "album.npz", album)

    found = load([tmp_path / "album.npz"])

    assert [shown.pixels.tolist() for shown in found] == [shown.pixels.tolist() for shown in album]
    assert [len(shown.sheets) for shown in found] == [1, 0]
    assert np.allclose(found[0].sheets[0], CORNERS)


@pytest.mark.parametrize("number", range(12))
def test_the_maps_match_the_position_of_the_document(number: int) -> None:
    pixels = np.full((480, 480), 40, np.uint8)
    sheet = np.array([[120.0, 100.0], [360.0, 100.0], [360.0, 380.0], [120.0, 380.0]])
    pixels[100:380, 120:360] = 230

    made = example(LabelledImage(pixels, (sheet,)), np.random.default_rng(number))

    assert made.shown.shape == (2, SIDE, SIDE)
    bright = made.shown[0, ::REDUCTION, ::REDUCTION] > 0
    there = made.shown[1, ::REDUCTION, ::REDUCTION] > 0
    agree = (bright == (made.maps[0] > 0))[there & (made.maps[1] == 0)]
    assert agree.mean() > 0.97


@pytest.mark.slow
def test_images_are_drawn_with_their_corners() -> None:
    missing = missing_packages()
    if missing:
        pytest.skip(f"FONTS ARE MISSING: apt-get install {' '.join(missing)}")
    order = Order(seed=5, index=0, country="gb")
    sheet, _ = print_sheet(order)
    drawn = [*photos(order, [sheet]), *scans(order, sheet)]
    assert len(drawn) == 8
    assert all(max(shown.pixels.shape) == 480 for shown in drawn)
    assert any(shown.sheets for shown in drawn)

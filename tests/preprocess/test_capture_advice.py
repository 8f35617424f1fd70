"""Claims about the advice to take another photo, given before anything is read."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from rpiocr.load import load_pages
from rpiocr.model import Page, Pixels
from rpiocr.preprocess.capture_advice import advise

LINES = (
    "HARBOUR STREET GROCERS",
    "14 Harbour Street, Millbrook",
    "Tel 555 0147  VAT 417 220 913",
    "",
    "Brown bread 800 g         2.35",
    "Butter unsalted           3.10",
    "Apples, loose 1.240 kg    4.21",
    "Coffee beans 500 g        8.95",
    "Olive oil 0.75 l          9.40",
    "Pasta penne 500 g         1.15",
    "Tomatoes in a tin 2 x     2.70",
    "Yoghurt plain 4 x         3.80",
    "",
    "TOTAL                    35.66",
    "Card payment             35.66",
    "",
    "Tax 7 %   33.33   2.33",
    "2024-03-18 17:42  Till 3",
    "Served by Marion",
    "Thank you for your visit",
)


def photo(capital: int = 26, *, left: int | None = None, top: int | None = None, angle: float = 3.0) -> Pixels:
    """Draw a receipt on a dark table, lit from one side; ``left`` and ``top`` move it out of the middle."""
    font = ImageFont.load_default(capital * 1.4)
    step = int(capital * 2.1)
    width, height = int(capital * 27), step * (len(LINES) + 3)
    room = (int(width * 1.5), int(height * 1.25))
    paper = Image.new("L", (width, height), 235)
    draw = ImageDraw.Draw(paper)
    for number, line in enumerate(LINES):
        draw.text((capital * 2, step * (number + 1.5)), line, fill=45, font=font)
    sheet = Image.new("L", room, 0)
    cover = Image.new("L", room, 0)
    at = ((room[0] - width) // 2 if left is None else left, (room[1] - height) // 2 if top is None else top)
    sheet.paste(paper, at)
    cover.paste(255, (*at, at[0] + width, at[1] + height))
    sheet, cover = (each.rotate(angle, Image.Resampling.BICUBIC) for each in (sheet, cover))
    lit = np.linspace(1.0, 0.8, room[0], dtype=np.float32)[None, :]
    share = np.asarray(cover, np.float32) / 255
    table = np.full((room[1], room[0]), 70, np.float32)
    return noisy((table * (1 - share) + np.asarray(sheet, np.float32) * share) * lit)


def noisy(pixels: np.ndarray, strength: float = 2.0) -> Pixels:
    """Add what a sensor adds."""
    noise = np.random.default_rng(5).normal(0, strength, pixels.shape)
    return np.asarray(np.clip(pixels + noise, 0, 255), np.uint8)


def codes(pixels: Pixels) -> list[str]:
    """The codes of the advice on an image."""
    return [advice.code for advice in advise(Page(pixels, "photo.jpg", 1, ""))]


@pytest.mark.parametrize("capital", [14, 26, 40])
@pytest.mark.parametrize("quarters", [0, 1, 2])
def test_a_good_photo_gets_no_advice_in_any_orientation(capital: int, quarters: int) -> None:
    assert codes(np.rot90(photo(capital), quarters).copy()) == []


def test_a_photo_out_of_focus_is_called_blurred() -> None:
    assert "retake_blurred" in codes(noisy(cv2.GaussianBlur(photo(), (0, 0), 26 * 0.4)))


@pytest.mark.parametrize("along", [0, 1])
def test_a_phone_that_moved_is_called_blurred(along: int) -> None:
    kernel = np.zeros((29, 29), np.float32)
    kernel[14, :] = 1 / 29
    moved = cv2.filter2D(photo(), -1, kernel.T if along else kernel)
    assert "retake_blurred" in codes(noisy(moved))


def test_a_photo_in_the_dark_is_called_dark_and_nothing_else() -> None:
    assert codes(noisy(photo() * 0.1, 4.0)) == ["retake_dark"]


def test_dimmed_light_is_not_yet_dark() -> None:
    assert codes(noisy(photo() * 0.5)) == []


def test_a_reflection_over_print_is_called_glare() -> None:
    sheet = photo().astype(np.float32)
    row, column = np.mgrid[: sheet.shape[0], : sheet.shape[1]]
    away = np.hypot(row - sheet.shape[0] * 0.45, column - sheet.shape[1] * 0.55) / 170
    assert codes(noisy(sheet + 420 * np.exp(-(away**2)))) == ["retake_glare"]


def test_a_white_sheet_next_to_the_receipt_is_not_glare() -> None:
    pixels = photo()
    pixels[200:900, 8:150] = 255
    assert codes(pixels) == []


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_a_receipt_that_extends_beyond_the_image_is_called_cut_off(side: str) -> None:
    whole = photo()
    height, width = whole.shape
    cut = {
        "left": whole[:, int(width * 0.4) :],
        "top": whole[int(height * 0.4) :],
        "right": whole[:, : int(width * 0.55)],
        "bottom": whole[: int(height * 0.55)],
    }[side]
    assert codes(cut.copy()) == ["retake_cut_off"]


def test_a_scan_cropped_to_the_paper_is_not_cut_off() -> None:
    sheet = photo(angle=0.0)
    height, width = sheet.shape
    assert codes(sheet[height // 8 : -height // 8, width // 5 : -width // 5].copy()) == []


def test_print_of_six_pixels_is_called_small() -> None:
    factor = 6 / 26
    tiny = cv2.resize(photo(), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    desk = np.full((1200, 1600), 70, np.uint8)
    desk[300 : 300 + tiny.shape[0], 500 : 500 + tiny.shape[1]] = tiny
    assert "retake_small_letters" in codes(noisy(desk, 1.0))


def empty_table() -> Pixels:
    return noisy(np.full((1500, 2000), 140, np.float32), 3.0)


def wall_of_bricks() -> Pixels:
    wall = np.full((1500, 2000), 150, np.float32)
    for row in range(0, 1500, 90):
        wall[row : row + 8] = 190
        for column in range(row % 180, 2000, 200):
            wall[row : row + 90, column : column + 8] = 190
    return noisy(wall, 3.0)


def fur() -> Pixels:
    hair = np.random.default_rng(3).normal(0, 1, (1500, 2000)).astype(np.float32)
    combed = cv2.GaussianBlur(hair, (0, 0), sigmaX=1.5, sigmaY=9)
    return np.asarray(np.clip(110 + combed * (45 / combed.std()), 0, 255), np.uint8)


@pytest.mark.parametrize("scene", [empty_table, wall_of_bricks, fur])
def test_an_image_without_print_is_called_no_receipt(scene: object) -> None:
    assert callable(scene)
    assert "retake_no_receipt" in codes(scene())


def test_scans_of_receipts_get_no_advice(pictures: list[Path]) -> None:
    advised = {str(image): advise(page) for image in pictures[:14] for page in load_pages(str(image))}
    assert {file: advice for file, advice in advised.items() if advice} == {}


@pytest.mark.parametrize("shape", [(64, 64), (40, 900), (900, 40), (8, 8)])
def test_an_image_of_any_shape_is_checked(shape: tuple[int, int]) -> None:
    assert codes(np.full(shape, 200, np.uint8)) == ["retake_no_receipt"]


def test_the_same_image_gets_the_same_advice_again() -> None:
    whole = photo()
    answers = [codes(whole[: int(whole.shape[0] * 0.55)].copy()) for _ in range(3)]
    assert all(one == other for one, other in pairwise(answers))


def test_every_advice_is_one_sentence_that_states_what_to_do() -> None:
    (advice,) = advise(Page(empty_table(), "photo.jpg", 1, ""))
    assert advice.message == "no print was detected: take a photo of the receipt alone, from above and in focus"

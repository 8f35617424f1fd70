"""Which pages of a stack are blank, whatever a scanner, dust and the other side of the sheet leave on them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from rpiocr.model import Pixels
from rpiocr.preprocess.blank import Side

HEIGHT, WIDTH = 1400, 900
FONT = cv2.FONT_HERSHEY_SIMPLEX


def paper(seed: int = 1, noise: float = 2.0, light: float = 243.0) -> Pixels:
    values = np.random.default_rng(seed).normal(light, noise, (HEIGHT, WIDTH))
    return np.clip(values, 0, 255).astype(np.uint8)


def printed(page: Pixels, ink: int = 40, lines: int = 18) -> Pixels:
    """Print lines with words of different lengths, as on a receipt."""
    dice = np.random.default_rng(7)
    for number in range(lines):
        words = " ".join("ABCDEFG"[: dice.integers(2, 7)] for _ in range(dice.integers(1, 5)))
        cv2.putText(page, words, (120, 150 + 60 * number), FONT, 1.0, ink, 2, cv2.LINE_AA)
    return page


def back_of(front: Pixels, strength: float, axis: int) -> Pixels:
    """Return what a scanner sees from behind: mirrored, blurred, weaker and a little out of place."""
    ink = cv2.flip(np.maximum(0.0, 243.0 - front.astype(np.float32)), axis)
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), 0.3, 1.0) + np.array([[0, 0, 9.0], [0, 0, -6.0]])
    ink = cv2.GaussianBlur(cv2.warpAffine(ink, matrix, (WIDTH, HEIGHT)), (0, 0), 2.0)
    scanned: Pixels = np.clip(paper(3).astype(np.float32) - strength * ink, 0, 255).astype(np.uint8)
    return scanned


@pytest.mark.parametrize("noise", [0.0, 1.0, 4.0, 8.0])
def test_the_noise_of_a_scanner_is_nothing(noise: float) -> None:
    assert Side.of(paper(noise=noise)).is_blank()


def test_dust_punch_holes_and_shadows_at_the_edges_are_nothing() -> None:
    page = paper()
    dice = np.random.default_rng(2)
    for _ in range(60):
        x, y = (int(dice.integers(20, limit)) for limit in (WIDTH - 20, HEIGHT - 20))
        cv2.circle(page, (x, y), 1, 90, -1)
    for y in (500, 900):
        cv2.circle(page, (60, y), 22, 20, -1)
    page[:, :12] = 60
    page[-9:] = 120
    assert Side.of(page).is_blank()


@pytest.mark.parametrize("text", ["12.50 paid", "TOTAL 9.80", "see other"])
def test_a_short_note_is_something(text: str) -> None:
    page = paper()
    cv2.putText(page, text, (250, 600), FONT, 1.0, 70, 2, cv2.LINE_AA)
    assert not Side.of(page).is_blank()
    assert not Side.of(page).is_blank(without_text=True)


@pytest.mark.parametrize("contrast", [8, 15, 40])
def test_faded_print_is_something(contrast: int) -> None:
    page = printed(paper(noise=1.0, light=235.0), ink=235 - contrast)
    assert not Side.of(page).is_blank()
    assert not Side.of(page).is_blank(without_text=True)


@pytest.mark.parametrize("axis", [0, 1], ids=["turned over the short edge", "turned over the long edge"])
@pytest.mark.parametrize("strength", [0.05, 0.15, 0.35])
def test_what_shines_through_from_the_other_side_is_nothing(strength: float, axis: int) -> None:
    front = printed(paper())
    back = back_of(front, strength, axis)
    assert Side.of(back).is_blank(Side.of(front))
    assert not Side.of(back).is_blank()


def test_faded_print_is_not_taken_for_what_shines_through() -> None:
    front = printed(paper(), lines=12)
    assert not Side.of(printed(paper(2), ink=210)).is_blank(Side.of(front))
    assert not Side.of(printed(paper(2), ink=210, lines=12)).is_blank(Side.of(front))


def test_a_note_on_the_back_is_seen_among_what_shines_through() -> None:
    front = printed(paper())
    back = back_of(front, 0.15, 1)
    cv2.putText(back, "12.50 paid", (250, 600), FONT, 1.0, 70, 2, cv2.LINE_AA)
    assert not Side.of(back).is_blank(Side.of(front))


def test_folds_count_only_where_an_engine_found_text() -> None:
    page = paper(noise=1.0)
    for number in range(8):
        cv2.line(page, (100 + 70 * number, 200), (180 + 70 * number, 900), 228, 1)
    assert not Side.of(page).is_blank()
    assert Side.of(page).is_blank(without_text=True)

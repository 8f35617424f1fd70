"""Words find their lines by where they stand, on slanted and curled paper too."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.distortion import Distortion
from rpiocr.model import Box, Word
from rpiocr.model.baseline import Baseline, baseline_of
from rpiocr.recognise.lines import build_lines
from tests.written import words_of, write

RECEIPT = """
CITY BAKEHOUSE
BREAD                         4.00
MILK                          2.00
TOTAL                         6.00
CASH                         10.00
CHANGE                        4.00
"""
LINES = [" ".join(line.split()) for line in RECEIPT.strip().splitlines()]


def texts(words: list[Word], skew_deg: float = 0.0) -> list[str]:
    """The text of every line that the words make."""
    return [line.text for line in build_lines(words, Baseline.at(skew_deg))]


def moved(word: Word, down: float, height: float | None = None) -> Word:
    """The word further down, with another height if wanted."""
    top = word.box.top + down
    return Word(word.text, Box(word.box.left, top, word.box.right, top + (height or word.box.height)), word.confidence)


@given(
    order=st.integers(min_value=0, max_value=2**32),
    slant_deg=st.floats(min_value=-8.0, max_value=8.0),
    jitter=st.floats(min_value=0.0, max_value=3.0),
)
def test_lines_do_not_depend_on_the_order_of_words_or_the_slant(order: int, slant_deg: float, jitter: float) -> None:
    dice = random.Random(order)  # noqa: S311 - shuffles words
    words = [moved(word, dice.uniform(-jitter, jitter)) for word in words_of(write(RECEIPT, slant_deg=slant_deg))]
    dice.shuffle(words)
    assert texts(words, slant_deg) == LINES


@pytest.mark.parametrize("slant_deg", [-6.0, 6.0])
def test_labels_meet_their_amounts_by_the_slope_and_not_by_height(slant_deg: float) -> None:
    words = list(words_of(write(RECEIPT, slant_deg=slant_deg)))
    assert "TOTAL 6.00" in texts(words, slant_deg)
    assert "TOTAL 6.00" not in texts(words, 0.0)


def test_lines_stay_whole_on_gently_curled_paper() -> None:
    text = "\n".join(" ".join(f"word{number:02}" for number in range(8)) for _ in range(6))
    flat = words_of(write(text))
    width = max(word.box.right for word in flat)
    curled = [moved(word, 24.0 * math.sin(math.pi * word.box.middle[0] / width)) for word in flat]
    assert max(abs(a.box.top - b.box.top) for a, b in zip(flat, curled, strict=True)) > flat[0].box.height
    assert texts(curled) == text.split("\n")


def test_a_frame_or_a_bar_code_joins_no_line() -> None:
    words = list(words_of(write(RECEIPT)))
    bars = Word("|||", Box(300, 40, 380, 220), 0.3)
    lines = texts([*words, bars])
    assert "|||" in lines
    assert [line for line in lines if line != "|||"] == LINES


def test_words_on_top_of_each_other_are_not_one_line() -> None:
    words = [Word("TOTAL", Box(0, 0, 60, 20), 0.9), Word("T0TAL", Box(2, 0, 62, 20), 0.9)]
    assert len(build_lines(words)) == 2


def test_a_low_full_stop_and_a_flat_dash_stay_in_their_line() -> None:
    words = [
        Word("TOTAL", Box(0, 0, 60, 20), 0.9),
        Word("-", Box(64, 9, 72, 11), 0.9),
        Word("6", Box(76, 0, 88, 20), 0.9),
        Word(".", Box(89, 17, 92, 20), 0.9),
        Word("00", Box(94, 0, 118, 20), 0.9),
    ]
    assert texts(words) == ["TOTAL - 6 . 00"]


def test_nothing_gives_no_lines() -> None:
    assert build_lines([]) == ()


def test_labels_meet_their_amounts_on_paper_that_bulges() -> None:
    flat = write("\n".join(["THE SMALL COFFEE AND A BUN   2.00", " " * 16 + "TOTAL        2.00"] * 8))
    bent = Distortion(0.0, 6.0).of(flat)
    words = words_of(bent)
    wanted = [line.text for line in flat]
    assert texts(list(words)) != wanted
    assert [line.text for line in build_lines(words, baseline_of(bent, 0.0))] == wanted

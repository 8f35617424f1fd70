"""Frames of a line recogniser become characters, and these become the words that a person sees."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from rpiocr.recognise.rapidocr.ctc import BLANK, Char, decode, split_words

ALPHABET = ("", *"0123456789.TOAL", " ")


def frames(shown: str, sure: float = 0.9) -> NDArray[np.float32]:
    """Frames that show these characters, one each; - is none."""
    table = np.full((len(shown), len(ALPHABET)), (1 - sure) / (len(ALPHABET) - 1), dtype=np.float32)
    for number, char in enumerate(shown):
        table[number, BLANK if char == "-" else ALPHABET.index(char)] = sure
    return table


def typed(text: str, pitch: float, *, silent: str = "_") -> tuple[tuple[Char, ...], float]:
    """Characters set ``pitch`` line heights apart, and the line's width by its height.

    ``silent`` stands for room without a character; a blank is read as one.
    """
    aspect = pitch * len(text)
    chars = tuple(
        Char(char, number / len(text), (number + 0.8) / len(text), 0.9)
        for number, char in enumerate(text)
        if char != silent
    )
    return chars, aspect


def words_in(text: str, pitch: float) -> list[str]:
    return ["".join(char.text for char in word) for word in split_words(*typed(text, pitch))]


def text_of(chars: tuple[Char, ...]) -> str:
    return "".join(char.text for char in chars)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("TTOOTTAALL", "TOTAL"),
        ("TOTAL", "TOTAL"),
        ("1-1", "11"),
        ("11", "1"),
        ("--12.50--", "12.50"),
        ("12.5-0-00", "12.500"),
        ("T  1", "T 1"),
    ],
)
def test_a_character_in_neighbouring_frames_is_one_and_nothing_between_makes_it_two(shown: str, text: str) -> None:
    assert text_of(decode(frames(shown), ALPHABET)) == text


@pytest.mark.parametrize("shown", ["", "-", "------"])
def test_frames_that_show_nothing_have_no_characters(shown: str) -> None:
    assert decode(frames(shown), ALPHABET) == ()


def test_a_character_lies_where_its_frames_are_and_is_as_sure_as_the_surest_of_them() -> None:
    table = frames("--55------")
    table[3] = frames("5", sure=0.6)[0]
    (char,) = decode(table, ALPHABET)
    assert (char.start, char.end, char.middle) == pytest.approx((0.2, 0.4, 0.3))
    assert char.confidence == pytest.approx(0.9)


def test_the_last_frame_counts_like_the_others() -> None:
    (char,) = decode(frames("---7"), ALPHABET)
    assert (char.text, char.start, char.end) == ("7", 0.75, 1.0)


@pytest.mark.parametrize("pitch", [0.3, 0.5, 0.8])
def test_words_end_at_spaces_that_were_read(pitch: float) -> None:
    assert words_in("TOTAL GBP", pitch) == ["TOTAL", "GBP"]
    assert words_in("TOTAL 11.45", pitch) == ["TOTAL", "11.45"]


@pytest.mark.parametrize("pitch", [0.3, 0.5, 0.8])
def test_a_wide_gap_separates_words_even_if_no_space_was_read(pitch: float) -> None:
    assert words_in("TOTAL___GBP", pitch) == ["TOTAL", "GBP"]
    assert words_in("TOTAL__11.45", pitch) == ["TOTAL", "11.45"]
    assert words_in("06/01/18_12:17", pitch) == ["06/01/18", "12:17"]


@pytest.mark.parametrize("pitch", [0.5, 0.8, 1.2])
def test_letters_of_different_widths_stay_one_word(pitch: float) -> None:
    chars = [Char("W", 0.0, 0.2, 0.9), Char("I", 0.22, 0.26, 0.9), Char("L", 0.28, 0.36, 0.9), Char("M", 0.4, 0.6, 0.9)]
    assert [len(word) for word in split_words(chars, 4 * pitch)] == [4]


@pytest.mark.parametrize(("gap", "words"), [(2.4, ["123456"]), (3.0, ["123", "456"])])
def test_digits_stay_together_where_a_space_was_read_but_has_no_width(gap: float, words: list[str]) -> None:
    places = (0, 2, 4, 4 + gap, 6 + gap, 8 + gap)
    chars = [Char(text, at / 20, (at + 1.6) / 20, 0.9) for text, at in zip("123456", places, strict=True)]
    blank = Char(" ", 5.7 / 20, 6.0 / 20, 0.8)
    assert [text_of(word) for word in split_words([*chars[:3], blank, *chars[3:]], 6.0)] == words


def test_digits_with_a_wide_gap_are_two_numbers_with_or_without_a_space() -> None:
    assert words_in("123   456", 0.5) == ["123", "456"]
    assert words_in("123___456", 0.5) == ["123", "456"]


def test_a_digit_and_a_letter_with_a_space_between_them_are_two_words() -> None:
    assert words_in("2 T 5 L", 0.5) == ["2", "T", "5", "L"]


@pytest.mark.parametrize("text", ["", " ", "   "])
def test_a_line_of_spaces_has_no_words(text: str) -> None:
    assert split_words([Char(char, 0.1, 0.2, 0.9) for char in text], 5.0) == ()


def test_one_character_is_one_word() -> None:
    assert words_in("7", 0.5) == ["7"]
    assert words_in(" 7 ", 0.5) == ["7"]

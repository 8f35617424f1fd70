"""Several passes become one reading that is at least as good as each of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.model import Box, Line, Pass, Reading, Word
from rpiocr.recognise.alignment import merge
from tests.written import CELL, HEIGHT, PSM_4, PSM_6, read_as, words_of, write


def text_of(reading: Reading) -> str:
    """The text of a reading, a line of it on each line."""
    return "\n".join(line.text for line in reading.lines)


def merged(*texts: str) -> str:
    """What passes that read these texts, unsurely, make together."""
    return text_of(merge([read_as(text) for text in texts]))


def shifted(one: Pass, right: float, down: float) -> Pass:
    """The same pass with all boxes moved."""
    lines = tuple(
        Line(
            tuple(
                replace(
                    word,
                    box=Box(word.box.left + right, word.box.top + down, word.box.right + right, word.box.bottom + down),
                )
                for word in line.words
            )
        )
        for line in one.lines
    )
    return replace(one, lines=lines)


def surely(one: Pass, text: str, confidence: float) -> Pass:
    """The same pass, more or less sure of one word."""
    lines = tuple(
        Line(tuple(replace(word, confidence=confidence) if word.text == text else word for word in line.words))
        for line in one.lines
    )
    return replace(one, lines=lines)


RECEIPT = "CITY BAKEHOUSE\nBREAD 4.00\nTOTAL 6.00"


def test_what_most_passes_read_wins() -> None:
    assert merged(RECEIPT, RECEIPT.replace("6.00", "8.00"), RECEIPT) == RECEIPT
    assert merged(RECEIPT.replace("6.00", "8.00"), RECEIPT.replace("6.00", "5.00"), RECEIPT, RECEIPT) == RECEIPT


def test_a_sure_reading_beats_the_majority() -> None:
    odd = surely(read_as(RECEIPT.replace("6.00", "8.00")), "8.00", 0.9)
    assert text_of(merge([odd, read_as(RECEIPT), read_as(RECEIPT)])).endswith("TOTAL 8.00")


def test_a_reading_that_is_not_sure_enough_does_not() -> None:
    odd = surely(read_as(RECEIPT.replace("6.00", "8.00")), "8.00", 0.85)
    assert text_of(merge([odd, read_as(RECEIPT), read_as(RECEIPT)])) == RECEIPT


def test_the_more_confident_reading_wins_a_tie() -> None:
    other = surely(read_as(RECEIPT.replace("6.00", "8.00")), "8.00", 0.75)
    for passes in ([read_as(RECEIPT), other], [other, read_as(RECEIPT)]):
        assert text_of(merge(passes)).endswith("TOTAL 8.00")


def test_passes_that_report_their_lines_in_another_order_align() -> None:
    one = read_as(RECEIPT)
    backwards = replace(one, lines=tuple(Line(line.words[::-1]) for line in one.lines[::-1]))
    assert text_of(merge([one, backwards, backwards])) == RECEIPT


@given(
    right=st.floats(min_value=-0.4 * CELL, max_value=0.4 * CELL),
    down=st.floats(min_value=-0.3 * HEIGHT, max_value=0.3 * HEIGHT),
)
def test_passes_whose_boxes_lie_a_little_apart_align(right: float, down: float) -> None:
    passes = [read_as(RECEIPT), shifted(read_as(RECEIPT), right, down), read_as(RECEIPT)]
    assert text_of(merge(passes)) == RECEIPT


def test_a_word_that_one_of_many_passes_saw_is_noise() -> None:
    noisy = read_as(f"{RECEIPT}\nxq ~")
    assert text_of(merge([noisy] + [read_as(RECEIPT)] * 3)) == RECEIPT


def test_a_word_that_one_of_many_passes_read_surely_is_kept() -> None:
    seen = surely(read_as(f"{RECEIPT}\nTHANKS"), "THANKS", 0.95)
    assert text_of(merge([seen] + [read_as(RECEIPT)] * 3)) == f"{RECEIPT}\nTHANKS"


def test_a_word_that_a_third_of_the_passes_saw_is_kept() -> None:
    assert merged(f"{RECEIPT}\nTHANKS", RECEIPT, RECEIPT) == f"{RECEIPT}\nTHANKS"


def test_specks_that_were_read_as_marks_do_not_count() -> None:
    assert merged("~ TOTAL 6.00", "~ TOTAL 6.00") == "TOTAL 6.00"


def split_at(one: Pass, text: str, at: int) -> Pass:
    """The same pass with one word reported as two."""
    lines = []
    for line in one.lines:
        words: list[Word] = []
        for word in line.words:
            if word.text == text:
                middle = word.box.left + at * CELL
                words.append(replace(word, text=text[:at], box=replace(word.box, right=middle - 1)))
                words.append(replace(word, text=text[at:], box=replace(word.box, left=middle + 1)))
            else:
                words.append(word)
        lines.append(Line(tuple(words)))
    return replace(one, lines=tuple(lines))


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_word_in_two_pieces_competes_with_the_whole_as_one(at: int) -> None:
    whole = read_as("TOTAL 12.50")
    pieces = split_at(whole, "12.50", at)
    assert text_of(merge([pieces, whole, whole])).replace(" ", "") == "TOTAL12.50"
    misread = read_as("TOTAL 12.60")
    for passes in ([pieces, misread, whole], [misread, pieces, whole], [pieces, pieces, misread]):
        assert text_of(merge(passes)).replace(" ", "") == "TOTAL12.50"


def test_every_word_of_a_single_pass_comes_through() -> None:
    one = read_as(f"{RECEIPT}\nTHANK YOU")
    assert sorted(words_of(merge([one]).lines), key=str) == sorted(words_of(one.lines), key=str)


def test_words_that_only_some_passes_saw_are_joined_to_the_rest() -> None:
    left, right = read_as("CITY BAKEHOUSE\nBREAD 4.00\nTOTAL"), read_as("CITY BAKEHOUSE\n           \nTOTAL 6.00")
    assert text_of(merge([left, right])) == RECEIPT


def test_failed_passes_do_not_count() -> None:
    failed = Pass(PSM_4, "threshold", (), 10.0, error="engine_timeout: ended after 10 s")
    reading = merge([read_as(RECEIPT), failed, failed, failed, failed])
    assert text_of(reading) == RECEIPT
    assert reading.passes == 1


def test_passes_that_saw_nothing_count_as_having_seen_nothing() -> None:
    blank = Pass(PSM_6, "default", (), 0.1)
    assert merge([blank, blank]) == Reading((), 2)
    assert merge([]) == Reading((), 0)


WORDS = st.text(alphabet="ABCDEF0123456789.,", min_size=1, max_size=9).filter(lambda text: text.strip(".,"))
PAGES = st.lists(st.lists(WORDS, min_size=1, max_size=5).map(" ".join), min_size=1, max_size=6).map("\n".join)


@given(text=PAGES, count=st.integers(min_value=1, max_value=6), confidence=st.floats(min_value=0.0, max_value=1.0))
def test_passes_that_agree_give_what_each_of_them_read(text: str, count: int, confidence: float) -> None:
    reading = merge([read_as(text, confidence=confidence)] * count)
    assert text_of(reading) == "\n".join(" ".join(line.split()) for line in text.split("\n"))
    assert reading.passes == count
    assert reading.lines == write(text, confidence=confidence)

"""The words by which a text is checked are spread over the page, and OCR's usual errors do not make it wrong."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from generator.pdf_writer import PROPORTIONAL, Run, content_of, page_pdf
from rpiocr.load import load_pages
from rpiocr.model import Box, Page, Prepared, Word
from rpiocr.recognise.pdf_text import (
    LINE_HEIGHTS,
    MIN_CHECKED,
    Piece,
    PieceReader,
    agrees,
    distance,
    has_words_on_top,
    texts_at,
    words_to_check,
)
from rpiocr.recognise.tesseract import Psm, Tesseract
from tests.written import words_of, write

RECEIPT = """
CORNER SHOP
05/04/2024 14:05
Coffee             3.00
Cake               4.50
Soup               6.50
Bread              2.10
Subtotal          16.10
TOTAL CAD         16.10
Thank you for your visit
"""
WORDS = words_of(write(RECEIPT))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("12.50", "12,50"),
        ("$12.50", "$12.50"),
        ("S$12.50", "$$12.50"),
        ("12,50€", "12,506"),
        ("05/04/2024", "05/04/2024"),
        ("CORNER", "C0RNER"),
        ("visit", "vislt"),
        ("Thank", "Thanx"),
        ("400G", "40OG"),
    ],
)
def test_what_ocr_usually_misreads_agrees(text: str, seen: str) -> None:
    assert agrees(text, seen)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("12.50", "12.60"),
        ("12.50", "112.50"),
        ("12.50", "2.50"),
        ("12.50", ""),
        ("12,50€", "12,66"),
        ("05/04/2024", "05/04/2025"),
        ("CORNER", "DPSOFS"),
        ("visit", "visas"),
    ],
)
def test_another_digit_or_another_word_does_not(text: str, seen: str) -> None:
    assert not agrees(text, seen)


def test_the_distance_of_words_is_the_number_of_changes() -> None:
    assert [distance("total", other) for other in ("total", "tota", "tutal", "totals", "", "latot")] == [
        0,
        1,
        1,
        1,
        5,
        4,
    ]


def test_the_words_of_the_answer_are_checked_and_others_from_top_to_bottom() -> None:
    total = next(word for word in reversed(WORDS) if word.text == "16.10")
    checked = words_to_check(WORDS, [total.box])
    assert checked[0] == total
    assert "3.00" in {word.text for word in checked}
    tops = sorted(word.box.top for word in checked)
    assert tops[0] == min(word.box.top for word in WORDS)
    assert tops[-1] == max(word.box.top for word in WORDS)
    assert words_to_check(WORDS, [total.box]) == checked


def test_a_page_with_too_few_words_to_check_is_not_checked() -> None:
    few = words_of(write("A B C\nTOTAL 12.50\nfin"))
    assert not words_to_check(few, [])
    assert len(words_to_check(words_of(write("TOTAL 12.50\nCASH 20.00")), [])) == MIN_CHECKED


def test_only_characters_that_the_english_model_reads_are_checked() -> None:
    words = words_of(write("итого наличными сдача 合計金額\nTOTAL 12.50\nCASH 20.00"))
    assert {word.text for word in words_to_check(words, [])} == {"TOTAL", "12.50", "CASH", "20.00"}


def moved(word: Word, by: float, text: str) -> Word:
    box = word.box
    return Word(text, Box(box.left + by, box.top, box.right + by, box.bottom), 1.0)


def test_a_word_over_another_is_seen_and_neighbours_and_watermarks_are_not() -> None:
    word = WORDS[-1]
    assert not has_words_on_top(WORDS)
    assert has_words_on_top((*WORDS, moved(word, 2.0, "other")))
    large = Word("COPY", Box(0.0, 0.0, 2000.0, 400.0), 1.0)
    assert not has_words_on_top((*WORDS, large))


def printed(*runs: Run) -> Page:
    return next(load_pages("-", stream=io.BytesIO(page_pdf((400.0, 300.0), content_of(runs)))))


@pytest.mark.parametrize("height", LINE_HEIGHTS)
def test_pieces_of_a_page_are_read_each_for_itself(height: int, tmp_path: Path) -> None:
    runs = (
        Run("TOTAL", 40.0, 250.0, 9.0),
        Run("1,234.56", 200.0, 250.0, 9.0, PROPORTIONAL),
        Run("78.90", 40.0, 100.0, 24.0),
        Run("45.67", 40.0, 200.0, 18.0, PROPORTIONAL, 0.5),
    )
    page = printed(*runs)
    assert page.text is not None
    words = [word for line in page.text for word in line.words]
    blank = Piece(Box(10.0, 10.0, 60.0, 40.0))
    pieces = (*(Piece(word.box, len(word.text)) for word in words), blank)
    reader = PieceReader(pieces, Tesseract(Psm.UNIFORM_BLOCK, "eng", tmp_path), height)
    lines = reader.read(Prepared(page.pixels, "page", np.eye(2, 3), 300), 60.0)
    assert texts_at(pieces, lines) == [*(word.text for word in words), ""]
    assert sorted(word.text for word in words) == sorted(run.text for run in runs)

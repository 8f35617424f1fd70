"""Tesseract's table becomes lines of words, whatever odd rows it has."""

from __future__ import annotations

import pytest

from rpiocr.model import Box, Word
from rpiocr.recognise.tesseract import lines_from_tsv

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"

TABLE = f"""{HEAD}
1\t1\t0\t0\t0\t0\t0\t0\t600\t400\t-1\t
2\t1\t1\t0\t0\t0\t40\t50\t300\t90\t-1\t
3\t1\t1\t1\t0\t0\t40\t50\t300\t90\t-1\t
4\t1\t1\t1\t1\t0\t40\t50\t300\t20\t-1\t
5\t1\t1\t1\t1\t1\t40\t50\t60\t20\t96.063446\tTOTAL
5\t1\t1\t1\t1\t2\t280\t51\t60\t20\t41.5\t12.50
4\t1\t1\t1\t2\t0\t40\t80\t300\t20\t-1\t
5\t1\t1\t1\t2\t1\t40\t80\t60\t20\t91.000000\tCASH
2\t1\t2\t0\t0\t0\t40\t120\t300\t20\t-1\t
3\t1\t2\t1\t0\t0\t40\t120\t300\t20\t-1\t
4\t1\t2\t1\t1\t0\t40\t120\t300\t20\t-1\t
5\t1\t2\t1\t1\t1\t40\t120\t90\t20\t88.0\tRückgeld
"""


def row(text: str, confidence: str = "90.0", line: int = 1) -> str:
    """One word of the table."""
    return f"5\t1\t1\t1\t{line}\t1\t10\t20\t30\t40\t{confidence}\t{text}"


def test_words_are_grouped_by_block_paragraph_and_line() -> None:
    assert [line.text for line in lines_from_tsv(TABLE)] == ["TOTAL 12.50", "CASH", "Rückgeld"]


def test_boxes_are_edges_and_confidences_run_to_1() -> None:
    total, amount = lines_from_tsv(TABLE)[0].words
    assert total.box == Box(40, 50, 100, 70)
    assert total.confidence == pytest.approx(0.96063446)
    assert amount == Word("12.50", Box(280, 51, 340, 71), 0.415)


@pytest.mark.parametrize("table", ["", "\n", HEAD, f"{HEAD}\n1\t1\t0\t0\t0\t0\t0\t0\t600\t400\t-1\t\n"])
def test_a_blank_page_has_no_lines(table: str) -> None:
    assert lines_from_tsv(table) == ()


@pytest.mark.parametrize("blank", ["", " ", "   ", "\u00a0"])
def test_words_of_spaces_are_left_out(blank: str) -> None:
    assert [line.text for line in lines_from_tsv(f"{row(blank)}\n{row('TOTAL')}")] == ["TOTAL"]
    assert lines_from_tsv(row(blank)) == ()


@pytest.mark.parametrize(
    ("printed", "value"), [("-1", 0.0), ("0", 0.0), ("100", 1.0), ("100.5", 1.0), ("57.25", 0.5725)]
)
def test_confidences_stay_between_0_and_1(printed: str, value: float) -> None:
    (line,) = lines_from_tsv(row("TOTAL", printed))
    assert line.words[0].confidence == pytest.approx(value)


def test_a_truncated_row_is_left_out() -> None:
    table = f"{row('TOTAL')}\n{row('12.50', line=2)}"
    assert [line.text for line in lines_from_tsv(table[:-7])] == ["TOTAL"]


@pytest.mark.parametrize("text", ['"TOTAL', "'12", "\\", "|", "€5,00", "#N/A", "=1+1"])
def test_words_are_taken_as_they_are(text: str) -> None:
    (line,) = lines_from_tsv(row(text))
    assert line.words[0].text == text

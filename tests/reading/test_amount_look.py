"""The look for a total reads the head and what is below the total, and stops where the total is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import pytest

from rpiocr.model import Box, Line, Pass, Word
from rpiocr.preprocess.text_lines import Segment, TextLine
from rpiocr.reading.amount_look import Look, Sought, look_for
from rpiocr.recognise.rapidocr.engine import SOME_LINES
from tests.written import languages

RECEIPT = (
    "BAKERY SUNDALE|",
    "14 Mill Lane|",
    "Springfield|",
    "Phone 555 0133|",
    "Receipt 4711|",
    "Bread|4.20",
    "Cake|12.30",
    "Coffee|3.80",
    "TOTAL|20.30",
    "CASH|25.00",
    "CHANGE|4.70",
    "Thank you for coming, see you soon|",
)


class Paper:
    """A receipt whose lines are known by their place; it notes which of them are read."""

    def __init__(self, lines: Sequence[str], error: str | None = None) -> None:
        self.texts: dict[Box, str] = {}
        self.read_texts: list[str] = []
        self.error = error
        self.lines = tuple(self._line(number, *line.split("|")) for number, line in enumerate(lines))

    def _line(self, number: int, words: str, amount: str) -> TextLine:
        top = 40.0 * number
        segments = [self._segment(words, Box(0, top, 12.0 * len(words), top + 24))]
        if amount:
            segments.append(self._segment(amount, Box(600 - 12.0 * len(amount), top, 600, top + 24)))
        return TextLine(tuple(segments))

    def _segment(self, text: str, box: Box) -> Segment:
        self.texts[box] = text
        return Segment(len(text.replace(" ", "").replace(".", "")), box)

    def read(self, segments: Sequence[Segment]) -> Pass:
        """Read segments."""
        found = [(self.texts[segment.box], segment.box) for segment in segments]
        self.read_texts += [text for text, _ in found]
        lines = tuple(Line((Word(text, box, 0.99),)) for text, box in found)
        return Pass(SOME_LINES, "plain", () if self.error else lines, 0.1, self.error)

    def look(self, total: str, date: dt.date | None = None, *, date_proved: bool = True) -> Look:
        """Look for a total and its date."""
        sought = Sought(Decimal(total), date, date_proved=date_proved)
        return look_for(sought, self.lines, self.read, languages(), 0.0)


def test_everything_below_the_total_is_read_and_the_items_are_not() -> None:
    paper = Paper(RECEIPT)
    assert paper.look("20.30").found
    assert {"BAKERY SUNDALE", "TOTAL", "20.30", "CASH", "25.00", "CHANGE", "4.70"} <= set(paper.read_texts)
    assert not {"Bread", "Cake", "4.20"} & set(paper.read_texts)


def test_a_tip_below_the_total_is_read_as_well() -> None:
    lines = (*RECEIPT[:9], "TIP|2.00", "AMOUNT PAID|22.30")
    paper = Paper(lines)
    found = paper.look("20.30")
    assert found.found
    assert {"TIP", "2.00", "22.30"} <= {word.text for line in found.read.lines for word in line.words}


def test_what_stands_below_the_total_without_a_gap_before_its_amount_is_read_as_well() -> None:
    lines = (*RECEIPT[:9], "TIP 2.00|", "AMOUNT PAID 22.30|", RECEIPT[-1])
    paper = Paper(lines)
    assert paper.look("20.30").found
    assert {"TIP 2.00", "AMOUNT PAID 22.30"} <= set(paper.read_texts)
    assert not Paper((*RECEIPT[:9], *(f"Approved {number}|" for number in range(1000, 1100)))).look("20.30").found


def test_the_minus_of_a_refund_may_be_lost_in_print() -> None:
    assert Paper(RECEIPT).look("-20.30").found


@pytest.mark.parametrize("total", ["99.99", "20.31"])
def test_an_amount_that_is_not_printed_is_not_found(total: str) -> None:
    assert not Paper(RECEIPT).look(total).found


def test_where_no_word_names_the_total_the_date_is_looked_for_as_well() -> None:
    head = ("MASLINA DOO|", "Ulica lipa|", "Subotica|", "Broj|", "Lista|")
    unknown = (*head, "14.03.2026.|", "CRIJEVO|12.30", "SVEUKUPNO|20.30")
    paper = Paper(unknown)
    assert paper.look("20.30", dt.date(2026, 3, 14)).found
    assert "14.03.2026." in paper.read_texts


def test_what_cannot_be_read_is_not_found_and_its_error_is_kept() -> None:
    look = Paper(RECEIPT, error="engine_timeout: ended").look("20.30")
    assert not look.found
    assert look.read.error


def test_a_long_list_is_not_read_to_its_end() -> None:
    items = tuple(f"Article {number}|{number}.50" for number in range(100, 200))
    paper = Paper((*RECEIPT[:5], *items))
    assert not paper.look("20.30").found
    assert len(paper.read_texts) < 50


def test_a_date_that_the_code_does_not_prove_is_looked_for_as_well() -> None:
    lines = (*RECEIPT[:5], "Friday 14/03/2026 10:12|", *RECEIPT[5:])
    paper = Paper(lines)
    paper.look("20.30")
    assert "Friday 14/03/2026 10:12" not in paper.read_texts
    assert paper.look("20.30", dt.date(2026, 3, 14), date_proved=False).found
    assert "Friday 14/03/2026 10:12" in paper.read_texts


def test_the_sum_of_a_table_of_taxes_is_not_taken_for_the_line_of_the_total() -> None:
    foot = ("Rate Net Tax Gross|", "TOTAL 18.45 1.85|20.30")
    paper = Paper((*RECEIPT[:8], "TOTAL|20.30", "TIP|2.00", "CASH|25.00", *foot))
    assert paper.look("20.30").found
    assert {"TIP", "2.00"} <= set(paper.read_texts)


def test_a_total_in_a_currency_without_decimals_needs_no_mark() -> None:
    paper = Paper((*RECEIPT[:5], "Desayuno|6910", "Hospedaje|155220", "TOTAL|195060", "MASTERCARD|195060"))
    sought = Sought(Decimal(195060), decimals=0)
    assert look_for(sought, paper.lines, paper.read, languages(), 0.0).found

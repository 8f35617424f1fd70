"""Which lines of a receipt are read by the second engine first: those that what is asked for depends on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rpiocr.model import Affine, Box, Line, Pass
from rpiocr.reading.line_selection import SortedLines, sort_lines
from rpiocr.recognise.rapidocr.boxes import Quad
from tests.written import LEFT, read_as, tables, write

RECEIPT = """
CITY BAKEHOUSE LTD
12 HIGH STREET
LONDON
TEL 020 7946 0123
WHITE BREAD            4.00
SEMI SKIMMED MILK      2.50
MARMALADE ORANGE       5.20
SUBTOTAL              11.70
VAT 20%                1.95
TOTAL                 11.70
CASH                  20.00
CHANGE                 8.30
21/03/2024
THANK YOU FOR SHOPPING
PLEASE COME AGAIN SOON
"""

SAME = np.eye(2, 3)


def quad_around(line: Line, margin: float = 3.0) -> Quad:
    """A box as the second engine finds it, in pixels of the page."""
    box = line.box
    left, top, right, bottom = box.left - margin, box.top - margin, box.right + margin, box.bottom + margin
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)


def sort(text: str, reading: Pass | None = None, to_page: Affine = SAME) -> tuple[list[str], list[str]]:
    """Sort the lines of a text that is known by what a pass, by default a perfect one, read; returns their texts."""
    lines = write(text)
    quads = [quad_around(line) for line in lines]
    if to_page is not SAME:
        scale, shift = to_page[0, 0], to_page[:, 2]
        quads = [((quad - shift) / scale).astype(np.float32) for quad in quads]
    found = sort_lines(quads, to_page, reading or read_as(text), 0.0, tables())
    texts = {id(quad): line.text for quad, line in zip(quads, lines, strict=True)}
    assert len(found.first) + len(found.rest) == len(quads)
    return [texts[id(quad)] for quad in found.first], [texts[id(quad)] for quad in found.rest]


@pytest.mark.parametrize(
    "line", ["SUBTOTAL 11.70", "VAT 20% 1.95", "TOTAL 11.70", "CASH 20.00", "CHANGE 8.30", "21/03/2024"]
)
def test_totals_tax_what_was_paid_and_dates_matter(line: str) -> None:
    first, _ = sort(RECEIPT)
    assert line in first


def test_the_first_lines_are_read_because_of_the_name() -> None:
    first, _ = sort(RECEIPT)
    assert first[:3] == ["CITY BAKEHOUSE LTD", "12 HIGH STREET", "LONDON"]


def test_thanks_are_left_for_later() -> None:
    _, rest = sort(RECEIPT)
    assert rest[-2:] == ["THANK YOU FOR SHOPPING", "PLEASE COME AGAIN SOON"]


def test_an_item_is_left_for_later_where_it_has_no_amount() -> None:
    _, rest = sort(RECEIPT.replace("MARMALADE ORANGE       5.20", "MARMALADE ORANGE"))
    assert "MARMALADE ORANGE" in rest


def test_a_keyword_whose_amount_was_not_read_matters() -> None:
    first, _ = sort(RECEIPT, read_as(RECEIPT.replace("TOTAL                 11.70", "TOTAL                   ~~")))
    assert "TOTAL 11.70" in first


def test_a_line_that_the_first_pass_did_not_see_matters() -> None:
    first, _ = sort(RECEIPT, read_as(RECEIPT.replace("PLEASE COME AGAIN SOON", "")))
    assert "PLEASE COME AGAIN SOON" in first


def test_a_line_that_the_first_pass_hardly_read_matters() -> None:
    reading = read_as(RECEIPT)
    *others, last = reading.lines
    blurred = Line(tuple(replace(word, confidence=0.2) for word in last.words))
    first, _ = sort(RECEIPT, replace(reading, lines=(*others, blurred)))
    assert "PLEASE COME AGAIN SOON" in first


def test_where_the_first_pass_read_nothing_all_lines_matter() -> None:
    _, rest = sort(RECEIPT, read_as(""))
    assert rest == []


def test_where_no_lines_were_found_none_matter() -> None:
    assert sort_lines((), SAME, read_as(RECEIPT), 0.0, tables()) == SortedLines((), ())


def test_lines_are_found_again_on_a_page_of_another_scale() -> None:
    """The picture that the second engine sees is cut out of the page and enlarged."""
    to_page = np.array([[0.4, 0.0, 37.0], [0.0, 0.4, 21.0]])
    assert sort(RECEIPT, to_page=to_page) == sort(RECEIPT)


def test_a_label_and_its_amount_in_boxes_of_their_own_both_matter() -> None:
    text = "A\nB\nC\nD\nMILK 2.50\nTOTAL                 11.70\nTHANK YOU"
    label, amount = next(line for line in write(text) if line.text.startswith("TOTAL")).words
    quads = (quad_around(Line((label,))), quad_around(Line((amount,))))
    found = sort_lines(quads, SAME, read_as(text), 0.0, tables())
    assert len(found.first) == 2


def test_a_box_far_from_all_text_is_read_as_its_content_is_unknown() -> None:
    far = Box(LEFT, 2000, LEFT + 100, 2030)
    quad = np.array([[far.left, far.top], [far.right, far.top], [far.right, far.bottom], [far.left, far.bottom]])
    found = sort_lines((quad.astype(np.float32),), SAME, read_as(RECEIPT), 0.0, tables())
    assert len(found.first) == 1

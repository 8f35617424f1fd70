"""The rows of a receipt are divided into the sections that its words name."""

from __future__ import annotations

from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import understand
from rpiocr.decide.items import find_items
from rpiocr.extract import Hints
from rpiocr.model.page_layout import Section
from tests.written import languages, read_as

RECEIPT = """
CORNER SHOP
London SE1 2AB
BREAD                2.50
MILK  1L             1.20
SUBTOTAL             3.70
TOTAL GBP            3.70
CASH                 5.00
CHANGE               1.30
RATE   NET   VAT    GROSS
20%  3.08   0.62     3.70
12/11/2026 14:05
THANK YOU
"""


def sections_of(text: str) -> list[Section]:
    found = understand([read_as(text, confidence=0.97)], 0.0, languages(), Hints(), Judge(0.005))
    items = find_items(found, found.fields)
    assert items is not None
    return [row.section for row in items.layout.rows]


def test_a_receipt_has_a_head_items_sums_payments_a_tax_table_and_a_foot() -> None:
    parts = {
        Section.HEAD: 2,
        Section.ITEMS: 2,
        Section.SUMS: 2,
        Section.PAYMENT: 2,
        Section.TAX_TABLE: 2,
        Section.FOOT: 2,
    }
    assert sections_of(RECEIPT) == [section for section, rows in parts.items() for _ in range(rows)]


def test_a_row_without_words_for_a_section_belongs_to_that_of_the_row_above_it() -> None:
    found = sections_of("SHOP\nBREAD 2.50\nTOTAL GBP 2.50\nCARD 2.50\nXXXX 1234\nVAT 0.41\nTHANK YOU")
    assert found[-4:] == [Section.PAYMENT, Section.PAYMENT, Section.SUMS, Section.FOOT]


def test_a_page_without_items_is_all_head() -> None:
    assert set(sections_of("CORNER SHOP\nLondon SE1 2AB\nWELCOME")) == {Section.HEAD}

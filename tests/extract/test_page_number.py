"""The number of a page, in the words of many languages, and what only looks like one."""

from __future__ import annotations

import pytest

from rpiocr.extract.page_number import PageNumber, find_page_number
from tests.written import languages

FIRST_OF_TWO = (
    "Invoice 4471 Page 1 of 2",
    "Page 1of 2",
    "PAGE l of 2",
    "Page: 1/2",
    "Seite 1/2",
    "Rechnung 77  Seite 1 von 2",
    "Página 1 de 2",
    "Pág. 1/2",
    "Pagina 1 di 2",
    "Blz. 1 van 2",
    "Strona 1 z 2",
    "Side 1 af 2",
    "Sida 1 (2)",
    "Sivu 1(2)",
    "Sayfa 1/2",
    "Halaman 1 dari 2",
    "Страница 1 из 2",
    "Сторінка 1 з 2",
    "第1页 共2页",
    "第 1 頁 共 2 頁",
    "1/2ページ",
    "페이지 1/2",
    "1 / 2 쪽",
    "Σελίδα 1 από 2",
    "Trang 1/2",
)


@pytest.mark.parametrize("line", FIRST_OF_TWO)
def test_the_number_of_a_page_is_read_in_many_languages(line: str) -> None:
    assert find_page_number(["HARBOR SUPPLY", line, "Total 4.00"], languages().tables().lexicon) == PageNumber(1, 2)


@pytest.mark.parametrize(
    "line",
    [
        "10/12/2026",
        "1/12/26",
        "1/2 chicken 3.00",
        "SIDE 1/2 CHICKEN 4.50",
        "Hauptstr. 1/2",
        "Lot 1/2",
        "page 1.50",
        "Pages 3-4",
        "Page 3 of 2",
        "Page 0 of 2",
        "Page 12 of 100",
    ],
)
def test_dates_fractions_and_addresses_are_no_numbers_of_pages(line: str) -> None:
    assert find_page_number([line], languages().tables().lexicon) is None


def test_two_numbers_alone_on_a_line_may_be_something_else() -> None:
    found = find_page_number(["12/24"], languages().tables().lexicon)
    assert found == PageNumber(12, 24, named=False)
    assert not found.goes_on


def test_a_page_with_two_numbers_has_none_but_a_named_one_counts_before_a_bare_one() -> None:
    lexicon = languages().tables().lexicon
    assert find_page_number(["Page 1 of 2", "Page 2 of 2"], lexicon) is None
    assert find_page_number(["Page 1 of 2", "12/24"], lexicon) == PageNumber(1, 2)
    assert find_page_number(["Page 7"], lexicon) == PageNumber(7, None)

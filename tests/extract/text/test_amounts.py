"""Amounts are read exactly, in whatever form they are printed, and nothing else is taken for one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rpiocr.extract.locale.keyword_tables import built_in_lexicon
from rpiocr.extract.text.amounts import find_amounts, find_cents, find_units, find_whole_amounts, line_text
from rpiocr.model import Box, Line, Word
from tests.written import CELL, amounts_of, write

FORMS = {
    "1,234.50": "1234.50",
    "1.234,50": "1234.50",
    "1'234.50": "1234.50",
    "1’234.50": "1234.50",
    "1234.50": "1234.50",
    "12.345.678,90": "12345678.90",
    "0.05": "0.05",
    "12 .50": "12.50",
    "12. 50": "12.50",
    "RM 62.00S": "62.00",
    "RM62.00": "62.00",
    "$12.50": "12.50",
    "US$12.50": "12.50",
    "S12.50": "12.50",
    "12.50 EUR": "12.50",
    "12,50€": "12.50",
    "CHF 1'234.50": "1234.50",
    "Rs. 1,234.50": "1234.50",
    "TOTAL:12.50": "12.50",
    "TOTAL12.50": "12.50",
    "2x12.50": "12.50",
    "12,50 B": "12.50",
    "12.50*": "12.50",
    "EUR 5,--": "5.00",
    "5.-": "5.00",
    "5.—": "5.00",
    "(12.50)": "-12.50",
    "(RM12.50)": "-12.50",
    "12.50-": "-12.50",
    "12.50 -": "-12.50",
    "-12.50": "-12.50",
    "−12.50": "-12.50",
    "RM-3.00": "-3.00",
    "-RM3.00": "-3.00",
    "$-3.00": "-3.00",
    "(R 12.50)": "-12.50",
    "(12,50 €)": "-12.50",
    "(12,50€)": "-12.50",
    "12,50 €)": "12.50",
}


@pytest.mark.parametrize(("printed", "value"), FORMS.items())
def test_an_amount_is_read_in_each_printed_form(printed: str, value: str) -> None:
    assert [str(amount.value) for amount in amounts_of(printed)] == [value]


OTHER_DIGITS = {
    "जम्मा रु १,२३४.५०": "1234.50",
    "जम्मा १२34.5०": "1234.50",
    "মোট ৳ ৯৮৭.৬০": "987.60",
    "الإجمالي ١٬٢٣٤٫٥٠": "1234.50",
    "جمع ۱۲۳۴٫۵۰": "1234.50",
    "รวม ๑,๒๓๔.๕๐": "1234.50",
    "மொத்தம் ௧௨.௫௦": "12.50",
}


@pytest.mark.parametrize(("printed", "value"), OTHER_DIGITS.items())
def test_an_amount_is_read_in_the_digits_of_any_script(printed: str, value: str) -> None:
    (amount,) = amounts_of(printed)
    assert str(amount.value) == value
    assert amount.raw in printed


@pytest.mark.parametrize(
    ("misread", "value"),
    [
        ("6Z.5O", "62.50"),
        ("I2.5O", "12.50"),
        ("l2.50", "12.50"),
        ("I,234.50", "1234.50"),
        ("6Z4.50", "624.50"),
        ("1O0.50", "100.50"),
        ("1l.50", "11.50"),
        ("12·50", "12.50"),
        ("12_50", "12.50"),
        ("RM l2.50", "12.50"),
        ("12 .50", "12.50"),
    ],
)
def test_a_misread_amount_is_corrected_and_marked(misread: str, value: str) -> None:
    (amount,) = amounts_of(misread)
    assert str(amount.value) == value
    assert amount.corrected
    assert amount.raw in misread


@pytest.mark.parametrize("printed", ["1,234.50", "TOTAL 12.50", "RM 62.00S", "(12.50)", "B12.50", "SOLO SILBO 12.50"])
def test_an_amount_that_reads_plainly_is_not_called_corrected(printed: str) -> None:
    (amount,) = amounts_of(printed)
    assert not amount.corrected


ABROAD = {
    "１２．５０": "12.50",
    "１，２３４．５０": "1234.50",
    "￥1,234.50": "1234.50",
    "1 234,50": "1234.50",
    "1 234 567,89": "1234567.89",
    "TOTAL TTC 1 234,50 €": "1234.50",
    "SUMA PLN 1 234,50": "1234.50",
    "Celkem 1 234,50 Kč": "1234.50",
    "1,23,456.00": "123456.00",
    "12,34,567.89": "1234567.89",
    "₹1,23,456.00": "123456.00",
    "12.–": "12.00",
    "12,--": "12.00",
    "*12,50": "12.50",
    "TOPLAM *1.234,50": "1234.50",
    "=1234.50": "1234.50",
    "ИТОГ =123.00": "123.00",
    "12€50": "12.50",
    "12,50 A": "12.50",
    "12,50А": "12.50",
    "12,50 zł": "12.50",
    "R$ 12,50": "12.50",
    "Rp 15.000,00": "15000.00",
    "₺12,50": "12.50",
    "▲12,50": "-12.50",
}


@pytest.mark.parametrize(("printed", "value"), ABROAD.items())
def test_an_amount_is_read_as_other_countries_print_it(printed: str, value: str) -> None:
    (amount,) = amounts_of(printed)
    assert str(amount.value) == value
    assert not amount.corrected
    assert amount.raw in printed


@pytest.mark.parametrize(
    ("printed", "values"),
    [
        ("2 x 125,00", ["125.00"]),
        ("2   125,00", ["125.00"]),
        ("62,50 x 2 125,00", ["62.50", "125.00"]),
        ("TVA 20,00 100,00", ["20.00", "100.00"]),
        ("2 125.00", ["125.00"]),
        ("05 125,00", ["125.00"]),
    ],
)
def test_a_number_before_an_amount_is_not_taken_for_its_thousands(printed: str, values: list[str]) -> None:
    assert [str(amount.value) for amount in amounts_of(printed)] == values


@pytest.mark.parametrize(("shrunk", "engine"), [(0.0, "whole letters"), (0.4, "to their middles"), (-0.1, "wider")])
@pytest.mark.parametrize(("blanks", "value"), [(1, "2157.03"), (2, "157.03")])
def test_thousands_are_one_space_apart_whatever_part_of_its_outer_characters_a_box_contains(
    shrunk: float, engine: str, blanks: int, value: str
) -> None:
    shift = shrunk * CELL
    behind = (1 + blanks) * CELL
    words = (
        Word("2", Box(shift, 0, CELL - shift, 40), 0.9),
        Word("157,03", Box(behind + shift, 0, behind + 6 * CELL - shift, 40), 0.9),
    )
    assert [str(amount.value) for amount in find_amounts(line_text(Line(words)), built_in_lexicon())] == [value], engine


NO_AMOUNTS = {
    "percentage": ["6.00%", "7,00 %", "GST @ 6.00%", "10%"],
    "date": ["12.05.2019", "12.05.19", "12/05/19", "12-05-2019", "06. 01. 2018", "06. 01.2018", "2019.05.12"],
    "date in parts": ["2024. 11. 21.", "21. 11. 24", "2024년 11월 21일", "令和6.11.21"],
    "pieces": ["2,00 szt", "2,00 шт", "1,00 ks"],
    "time": ["12:30", "12:30:45", "12.30.45", "12.30 Uhr", "12.30pm", "12.30 P.M."],
    "phone": ["03-12345678", "03-1234.5678", "+60.12.3456789", "Tel 030.12.34.56", "555-123-4567"],
    "id": ["DE123.45.678", "1.2.3.45", "192.168.10.20", "SW 2.10.3", "ID:12.5", "1234567890.12"],
    "weight": ["1.234 kg", "0.250kg", "0.52 kg", "1,25 KG", "2.50 lbs", "0.75 ltr", "12.505"],
    "register number": ["(123456-X)", "CHE-123.456.789", "000123456789", "123456-A"],
    "letters": ["O.OO", "S.OO", "SILBO.SO", "BIO, SO", "l.Il"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NO_AMOUNTS.items() for text in texts])
def test_other_numbers_are_no_amounts(kind: str, text: str) -> None:
    assert not amounts_of(text), kind


def test_a_price_after_a_weight_is_still_found() -> None:
    assert [str(amount.value) for amount in amounts_of("0,524 kg x 1,99 EUR/kg 1,04")] == ["1.99", "1.04"]


def test_all_amounts_of_a_line_come_from_left_to_right() -> None:
    assert [str(amount.value) for amount in amounts_of("2 x 1.50 3.00 SR -0.10")] == ["1.50", "3.00", "-0.10"]


@pytest.mark.parametrize("gap", [4, 14])
def test_an_amount_with_a_sign_split_between_its_digits_is_one_and_marked(gap: int) -> None:
    words = (Word("$1", Box(0, 0, 2 * CELL, 40), 0.99), Word("11.83", Box(2 * CELL + gap, 0, 7 * CELL + gap, 40), 0.99))
    (amount,) = find_amounts(line_text(Line(words)), built_in_lexicon())
    assert (str(amount.value), amount.corrected) == ("111.83", True)


def test_an_amount_far_after_another_with_a_sign_is_separate() -> None:
    words = (Word("$5", Box(0, 0, 2 * CELL, 40), 0.99), Word("11.83", Box(6 * CELL, 0, 11 * CELL, 40), 0.99))
    assert [str(amount.value) for amount in find_amounts(line_text(Line(words)), built_in_lexicon())] == ["11.83"]


def test_a_word_that_the_engine_split_is_one_amount() -> None:
    words = (
        Word("TOTAL", Box(0, 0, 60, 20), 0.9),
        Word("1", Box(100, 0, 112, 20), 0.9),
        Word("234", Box(114, 0, 150, 20), 0.9),
        Word(".50", Box(152, 0, 188, 20), 0.6),
    )
    (amount,) = find_amounts(line_text(Line(words)), built_in_lexicon())
    assert amount.value == Decimal("1234.50")
    assert amount.box == Box(100, 0, 188, 20)
    assert amount.confidence == 0.6


def test_the_box_of_an_amount_is_cut_out_of_its_word() -> None:
    (line,) = write("TOTAL:12.50")
    (amount,) = find_amounts(line_text(line), built_in_lexicon())
    whole = line.words[0].box
    assert amount.box.left == pytest.approx(whole.left + 6 * CELL)
    assert amount.box.right == whole.right


def test_amounts_without_decimals_are_found_apart() -> None:
    (line,) = write("TOTAL KRW 15,000")
    assert not find_amounts(line_text(line), built_in_lexicon())
    assert [amount.value for amount in find_whole_amounts(line_text(line), built_in_lexicon())] == [Decimal(15000)]


def units_of(printed: str) -> tuple[list[int], list[int]]:
    """The surer and the plain whole amounts in one line of text."""
    (line,) = write(printed)
    sure, plain = find_units(line_text(line), built_in_lexicon())
    return [int(amount.value) for amount in sure], [int(amount.value) for amount in plain]


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("¥1,234", 1234),
        ("￥1,234", 1234),
        ("￥１，２３４", 1234),
        ("¥98", 98),
        ("\\\\1,234", 1234),
        ("1,234円", 1234),
        ("98円", 98),
        ("12,000원", 12000),
        ("12,000 원", 12000),
        ("₩12,000", 12000),
        ("합계 : 12,000", 12000),
        ("12.000", 12000),
        ("12, 000", 12000),
        ("Rp 15.000", 15000),
        ("Rp15.000,-", 15000),
        ("Rp. 15.000,00", 15000),
        ("1.234.567", 1234567),
        ("NT$120", 120),
        ("NT$ 1,200", 1200),
        ("120元", 120),
        ("1 234 Ft", 1234),
        ("990 Ft", 990),
        ("-¥100", -100),
        ("¥-100", -100),
        ("▲1,000", -1000),
        ("-1,000", -1000),
        ("合計／3点 ¥1,234", 1234),
        ("2 x 1,500", 1500),
        ("1,500 x 2", 1500),
        ("¥1,080※", 1080),
        ("¥1,234-", 1234),
        ("ÖSSZESEN 28 095", 28095),
        ("VISA 1 050 A", 1050),
    ],
)
def test_an_amount_without_decimals_shows_by_its_groups_or_sign(printed: str, value: int) -> None:
    assert units_of(printed) == ([value], [])


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("牛乳 198", [198]),
        ("3点", []),
        ("3 点", []),
        ("2個", []),
        ("2 x", []),
        ("x 2", []),
        ("8%", []),
        ("10 %", []),
        ("No. 12", []),
        ("#12", []),
        ("2024/11/21", []),
        ("2024-11-21", []),
        ("2024. 11. 21.", []),
        ("2024년 11월 21일", []),
        ("14:05", []),
        ("14時05分", []),
        ("03-1234-5678", []),
        ("02 1234 5678", []),
        ("+82-2-123-4567", []),
        ("123-45-67890", []),
        ("T1234567890123", []),
        ("4901234567894", []),
        ("0012", []),
        ("A12", []),
    ],
)
def test_numbers_that_count_or_name_something_are_no_amounts_without_decimals(printed: str, plain: list[int]) -> None:
    assert units_of(printed) == ([], plain)


@given(
    value=st.integers(min_value=1000, max_value=99_999_999),
    mark=st.sampled_from(",."),
    sign=st.sampled_from([("", ""), ("¥", ""), ("", "円"), ("₩", ""), ("", " 원"), ("Rp ", ""), ("NT$", "")]),
)
def test_every_amount_without_decimals_is_read(value: int, mark: str, sign: tuple[str, str]) -> None:
    assert units_of(f"{sign[0]}{in_groups(str(value), mark)}{sign[1]}") == ([value], [])


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("ROUNDING .02", "0.02"),
        ("ROUNDING ,02", "0.02"),
        ("ROUNDING -.02", "-0.02"),
        ("ROUNDING −.02", "-0.02"),
        ("ROUNDING (.02)", "-0.02"),
        ("ROUNDING .02-", "-0.02"),
        ("ROUNDING RM.02", "0.02"),
        ("ROUNDING $.02", "0.02"),
        ("ROUNDING:.02", "0.02"),
        ("CHANGE .50", "0.50"),
    ],
)
def test_cents_without_a_leading_zero_are_found_separately(printed: str, value: str) -> None:
    (line,) = write(printed)
    assert not find_amounts(line_text(line), built_in_lexicon())
    (amount,) = find_cents(line_text(line))
    assert (str(amount.value), amount.corrected) == (value, False)
    assert amount.raw == printed[amount.start : amount.end]
    assert amount.box.right == line.box.right


@pytest.mark.parametrize(
    "printed", ["ROUNDING 0.02", "ROUNDING 1.02", "ROUNDING .2", "ROUNDING .025", "ROUNDING .02 A", "02"]
)
def test_other_ends_of_lines_are_no_cents(printed: str) -> None:
    (line,) = write(printed)
    assert not find_cents(line_text(line))


def in_groups(digits: str, mark: str) -> str:
    """Put ``mark`` between the thousands."""
    head = len(digits) % 3
    groups = [digits[:head]] if head else []
    return mark.join(groups + [digits[at : at + 3] for at in range(head, len(digits), 3)])


STYLES = [("", "."), ("", ","), (",", "."), (".", ","), ("'", "."), ("’", "."), (" ", ",")]
SIGNS = {"": 1, "RM": 1, "RM ": 1, "$": 1, "EUR ": 1, "CHF ": 1, "£": 1, "-": -1, "-$": -1, "RM-": -1}


@given(
    cents=st.integers(min_value=0, max_value=9_999_999_99),
    style=st.sampled_from(STYLES),
    sign=st.sampled_from(sorted(SIGNS)),
    label=st.sampled_from(["", "TOTAL ", "Summe: ", "2 x "]),
)
@example(cents=29, style=("", "."), sign="", label="")  # 0.29 is no sum of powers of two
@example(cents=9_007_199_25, style=(".", ","), sign="-", label="")
def test_every_amount_in_every_style_is_read_to_the_cent(
    cents: int, style: tuple[str, str], sign: str, label: str
) -> None:
    mark, point = style
    printed = f"{label}{sign}{in_groups(str(cents // 100), mark)}{point}{cents % 100:02}"
    (amount,) = amounts_of(printed)
    assert isinstance(amount.value, Decimal)
    assert amount.value.as_tuple().exponent == -2
    assert amount.value == SIGNS[sign] * Decimal(cents).scaleb(-2)
    assert not amount.corrected


@given(st.text(alphabet="OoQDIl|!iSsBGZz.,- ", min_size=1, max_size=30).filter(str.strip))
def test_letters_that_look_like_digits_are_not_a_number_by_themselves(text: str) -> None:
    assert not amounts_of(text)


@given(st.lists(st.text(alphabet="OolISBZGABCabc0123456789.,:/-%", min_size=1, max_size=12), min_size=1, max_size=6))
def test_text_is_never_changed_and_amounts_quote_it(words: list[str]) -> None:
    text = " ".join(words)
    (line,) = write(text)
    joined = line_text(line)
    assert joined.text == text
    assert all(amount.raw in text for amount in find_amounts(joined, built_in_lexicon()))

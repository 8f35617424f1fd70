"""Claims about the contents of countries' files; fonts are needed only for the glyphs."""

import datetime as dt
import re
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from importlib import import_module

import pytest
from PIL import ImageFont

from generator.dice import Dice
from generator.faces import faces_for, has_glyph
from generator.fonts import FACES, SPARE, missing_packages
from generator.identity import fill_number
from generator.locales import Calendar, SecondCurrency, characters, country_codes, load_country
from generator.receipt import Draft, Order, draft_receipt, truth
from generator.sheet import Sheet, clip, is_wide, width
from generator.shop import CENT, KINDS
from generator.sums import print_second_currency
from generator.wording import Wording

OLD = ("at", "au", "ch", "de", "gb", "my", "sg", "us")
WHOLE = tuple(code for code in country_codes() if load_country(code).decimals == 0)


def drafts(country: str, *, seed: int = 3, each: int = 6) -> list[Draft]:
    orders = (Order(seed=seed, index=i, country=country, kind=kind) for kind in KINDS for i in range(each))
    return [draft_receipt(order) for order in orders]


@pytest.mark.parametrize("country", country_codes())
def test_every_field_of_the_truth_is_printed_on_the_receipt(country: str) -> None:
    for draft in drafts(country):
        said = truth(draft.sale, draft.printout)
        text = re.sub(r"\s", "", draft.printout.text)
        for field in ("number", "card_last4", "tax_id"):
            assert said[field] is None or re.sub(r"\s", "", said[field]) in text, field
        for field in ("subtotal", "tax"):
            digits = re.sub(r"\D", "", said[field] or "")
            assert digits in re.sub(r"[^\d\n]", "", draft.printout.text), field


@pytest.mark.parametrize("country", country_codes())
def test_a_card_number_is_printed_only_where_a_card_paid(country: str) -> None:
    said = [truth(draft.sale, draft.printout) for draft in drafts(country)]
    assert {row["payment"] for row in said} >= {"cash", "card"}
    assert all(row["payment"] == "card" for row in said if row["card_last4"])


@pytest.mark.parametrize("country", country_codes())
def test_tax_ids_pass_the_check_that_the_country_names(country: str) -> None:
    for draft in drafts(country, each=2):
        regime = load_country(country).regime(draft.sale.when.date())
        number = draft.sale.shop.tax_number
        if regime and regime.tax_id_check and number:
            check = import_module(f"stdnum.{regime.tax_id_check}")
            assert check.is_valid(number) or check.is_valid(number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def test_a_tax_id_that_can_never_be_valid_is_an_error() -> None:
    with pytest.raises(ValueError, match="fix the pattern"):
        fill_number(Dice(1), "INN {###}", "ru.inn", Dice(2))


def test_filling_a_tax_id_again_does_not_change_the_rest_of_the_receipt() -> None:
    first, second = Dice(5), Dice(5)
    fill_number(first, "INN ##########", "ru.inn", Dice(6))
    second.fill("INN ##########")
    assert first.between(0, 10**9) == second.between(0, 10**9)


@pytest.mark.parametrize("country", WHOLE)
def test_money_without_a_minor_unit_is_whole_everywhere(country: str) -> None:
    for draft in drafts(country):
        said = truth(draft.sale, draft.printout)
        assert re.fullmatch(r"-?\d+", said["total"])
        assert re.fullmatch(r"[\d,. ']+", draft.printout.total_text)
        assert not re.search(r"[.,]\d{1,2}$", draft.printout.total_text)
        amounts = [draft.sale.total, draft.sale.tax, draft.sale.payment.change, *(i.amount for i in draft.sale.items)]
        assert all(amount == int(amount) for amount in amounts)


def test_the_countries_of_east_asia_but_china_have_whole_money() -> None:
    assert {"jp", "kr", "tw"} <= set(WHOLE)


@pytest.mark.parametrize("country", country_codes())
def test_no_line_is_wider_than_the_paper_whatever_is_sold(country: str) -> None:
    for draft in drafts(country):
        for line in draft.printout.lines:
            taken = sum(width(cell.text) for cell in line.cells) * line.look.wide
            assert taken <= draft.press.columns, line.text


@pytest.mark.parametrize("country", ["jp", "tw"])
def test_years_of_the_countrys_own_calendar_occur_alongside_gregorian_ones(country: str) -> None:
    found = {"another calendar" in draft.traits for draft in drafts(country)}
    assert found == {True, False}


def test_an_era_counts_from_its_first_day() -> None:
    words = Wording.draw(Dice(1), load_country("jp"))
    words.date_pattern = "{era}{ey}年{m}月{d}日"
    assert words.date(dt.date(2019, 4, 30)) == "平成31年4月30日"
    assert words.date(dt.date(2019, 5, 1)) == "令和1年5月1日"
    assert words.date(dt.date(2024, 11, 21)) == "令和6年11月21日"


def test_the_buddhist_and_the_minguo_year_are_those_of_the_calendar() -> None:
    cases: tuple[tuple[Calendar, str, str], ...] = (
        ("buddhist", "{d:02}/{m:02}/{by}", "21/11/2567"),
        ("minguo", "{my}.{m}.{d}", "113.11.21"),
    )
    for calendar, pattern, printed in cases:
        words = Wording.draw(Dice(1), replace(load_country("tw"), calendar=calendar))
        words.date_pattern = pattern
        assert words.date(dt.date(2024, 11, 21)) == printed


def test_east_asian_characters_take_two_columns_and_all_others_one() -> None:
    assert width("合計 ¥1,234※") == 4 + 1 + 6 + 2
    assert width("ИТОГ №1 ₴€ё") == 11
    assert clip("合計金額", 5) == "合計"


def test_a_word_wider_than_the_paper_is_wrapped_or_truncated_as_the_country_requires() -> None:
    for cuts, lines in ((False, ["Genossen", "schaft"]), (True, ["Genossen"])):
        sheet = Sheet(8, cuts_lines=cuts)
        sheet.centre("Genossenschaft")
        assert [line.text for line in sheet.lines] == lines


@pytest.mark.parametrize("country", OLD)
def test_the_first_countries_keep_all_their_faces_in_order(country: str) -> None:
    assert faces_for(country) == FACES


@pytest.mark.parametrize("country", country_codes())
def test_a_face_has_every_character_of_the_countries_it_prints(country: str) -> None:
    faces = faces_for(country)
    assert len(faces) >= 3
    if missing_packages(faces):
        pytest.skip(f"FONTS ARE MISSING: apt-get install {' '.join(missing_packages(faces))}")
    for face in faces:
        narrow = ImageFont.truetype(face.path, face.size)
        wide = ImageFont.truetype(face.wide.path, face.wide.size) if face.wide else narrow
        spare = ImageFont.truetype(SPARE[face.pitch].path, SPARE[face.pitch].size)
        for character in characters(country):
            fonts = (wide,) if is_wide(character) else (narrow, spare)
            assert any(has_glyph(font, character) for font in fonts), (face.name, character)


def test_the_total_in_a_second_currency_is_printed_in_addition_to_the_total() -> None:
    second = SecondCurrency("EUR", Decimal("0.5"), "EUR {n}", ("Total EUR",), share=1.0)
    sale = draft_receipt(Order(seed=3, index=0, country="ch", kind="fuel")).sale
    words = Wording.draw(Dice(1), replace(load_country("ch"), second_currency=second))
    sheet = Sheet(40)
    print_second_currency(sheet, Dice(1), sale, words)
    printed = words.number((sale.total / 2).quantize(CENT, ROUND_HALF_UP))
    assert [line.text for line in sheet.lines] == [f"Total EUR  EUR {printed}"]


def test_a_country_without_a_second_currency_prints_none() -> None:
    sale = draft_receipt(Order(seed=3, index=0, country="de", kind="fuel")).sale
    sheet = Sheet(40)
    print_second_currency(sheet, Dice(1), sale, Wording.draw(Dice(1), load_country("de")))
    assert sheet.lines == []

"""Claims about receipts whose content misleads; no fonts needed but for the glyphs."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from PIL import ImageFont

from generator.faces import faces_for, has_glyph
from generator.fonts import SPARE, missing_packages
from generator.locales import country_codes, load_country
from generator.receipt import Order
from generator.sheet import is_wide, width
from generator.traps.drawing import TRAPS, TrapDraft, draft_trap, drafts
from generator.traps.phrases import WORDS, load_phrases

ENGLISH = load_phrases("en")


def drafted(trap: str, *countries: str, each: int = 3) -> list[TrapDraft]:
    return [
        draft_trap(trap, Order(seed=6, index=index, country=country))
        for country in countries or ("de", "us", "jp", "kw", "fr", "cl")
        for index in range(each)
    ]


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


@pytest.mark.parametrize("path", sorted(WORDS.iterdir()), ids=lambda path: path.stem)
def test_every_language_has_words_for_every_trap(path: object) -> None:
    phrases = load_phrases(getattr(path, "stem", ""))
    assert set(phrases) == set(ENGLISH)
    assert all(phrases.values())


@pytest.mark.parametrize("country", country_codes())
def test_every_trap_can_be_drawn_in_every_country(country: str) -> None:
    for trap in TRAPS:
        draft = draft_trap(trap, Order(seed=6, index=0, country=country))
        assert draft.lines
        for line in draft.lines:
            assert sum(width(cell.text) for cell in line.cells) <= 48


@pytest.mark.parametrize("trap", TRAPS)
def test_what_is_right_stands_on_the_paper(trap: str) -> None:
    for draft in drafted(trap):
        total = Decimal(draft.key["total"])
        printed = digits(f"{abs(total):.{load_country(draft.order.country).decimals}f}").lstrip("0")
        if trap == "exchange office":
            printed = digits(str(int(total)))
        assert printed in digits(draft.text.replace("\n", "|")), draft.text


@pytest.mark.parametrize("trap", TRAPS)
def test_a_date_is_claimed_only_where_its_year_and_day_are_printed(trap: str) -> None:
    for draft in drafted(trap, "de", "us", "fr"):
        if draft.key["date"]:
            day = dt.date.fromisoformat(draft.key["date"])
            assert str(day.day) in draft.text
            assert f"{day.year % 100:02}" in draft.text


def test_the_paper_does_not_decide_what_it_leaves_open() -> None:
    def decided(trap: str, country: str) -> dict[str, bool]:
        decides: dict[str, bool] = drafted(trap, country, each=1)[0].key["decides"]
        return decides

    assert decided("tip left blank", "us") == {"total": False, "date": True, "currency": True}
    assert decided("across midnight", "de") == {"total": True, "date": False, "currency": True}
    assert decided("placeless", "gb") == {"total": True, "date": True, "currency": False}
    assert decided("year first, two digits", "hk")["date"] is False
    assert decided("plain", "my") == {"total": True, "date": True, "currency": True}


def test_a_receipt_without_a_currency_says_none_anywhere() -> None:
    for draft in drafted("placeless", *country_codes(), each=1):
        assert load_country(draft.order.country).currency not in draft.text
        assert not re.search(r"[$€£¥₹₩₺₽₴฿]", draft.text), draft.text


def test_a_weekday_beside_a_date_decides_between_its_two_readings() -> None:
    for draft in drafted("weekday decides", "us", "gb", "my"):
        day = dt.date.fromisoformat(draft.key["date"])
        assert day.day <= 12
        assert dt.date(day.year, day.day, day.month).weekday() != day.weekday()


@pytest.mark.parametrize("country", ["kw", "bh", "om", "jo", "tn"])
def test_a_dinar_has_three_decimals_wherever_it_is_printed(country: str) -> None:
    for draft in drafted("plain", country, each=12):
        assert re.fullmatch(r"-?\d+\.\d{3}", draft.key["total"])
        total = f"{abs(Decimal(draft.key['total'])):,.3f}"
        plain = total.replace(",", "")
        shown = (
            (total.replace(",", " ").replace(".", ","), plain.replace(".", ",")) if country == "tn" else (total, plain)
        )
        assert any(text in draft.text for text in shown)


def test_receipts_cycle_through_traps_and_countries() -> None:
    made = list(drafts(("plain", "trial"), ("de", "us", "jp"), 3, 12))
    assert {draft.trap for draft in made} == {"plain", "trial"}
    assert {(draft.trap, draft.order.country) for draft in made} == {
        (trap, country) for trap in ("plain", "trial") for country in ("de", "us", "jp")
    }


def test_more_receipts_do_not_change_the_first_ones() -> None:
    few, many = (list(drafts(tuple(TRAPS), country_codes(), 3, count)) for count in (5, 40))
    assert many[:5] == few


@pytest.mark.parametrize("country", country_codes())
def test_a_face_or_its_spare_has_every_character_of_the_words(country: str) -> None:
    faces = faces_for(country)
    if missing_packages(faces):
        pytest.skip(f"FONTS ARE MISSING: apt-get install {' '.join(missing_packages(faces))}")
    phrases = load_phrases(load_country(country).language.code)
    used = {c for key, words in phrases.items() if key != "long_date" for word in words for c in word} - {" "}
    for face in faces:
        narrow = ImageFont.truetype(face.path, face.size)
        wide = ImageFont.truetype(face.wide.path, face.wide.size) if face.wide else narrow
        spare = ImageFont.truetype(SPARE[face.pitch].path, SPARE[face.pitch].size)
        for character in used:
            fonts = (wide,) if is_wide(character) else (narrow, spare)
            assert any(has_glyph(font, character) for font in fonts), (face.name, character)

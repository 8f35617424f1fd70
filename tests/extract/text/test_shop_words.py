"""Words for kinds of shops are found whole, in longer words, and misread; abbreviations and other words are not."""

from __future__ import annotations

import pytest

from rpiocr.extract.text.shop_words import ShopWords

WORDS = ShopWords(
    {
        "health": ("*apotheke", "pharmacy", "spa salon"),
        "food": ("restaurant", "fish and chips", "食堂", "kebab*"),
        "beds": ("*hotel", "spa"),
        "fish": ("fish",),
    }
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("City Pharmacy", "health"),
        ("Marien-Apotheke", "health"),
        ("Marienapotheke", "health"),
        ("PHARMACV", "health"),
        ("REST4URANT ADLER", "food"),
        ("Harry's Fish & Chips", "fish"),
        ("Harry's Fish and Chips", "food"),
        ("さくら食堂", "food"),
        ("Kebabhaus", "food"),
        ("Parkhotel", "beds"),
    ],
)
def test_a_kind_of_shop_is_found(text: str, kind: str) -> None:
    assert WORDS.find(text) == kind


def test_of_several_kinds_the_first_counts_and_of_overlapping_words_the_longest() -> None:
    assert WORDS.find("Hotel Restaurant Adler") == "food"
    assert WORDS.find("Royal Spa Salon") == "health"


@pytest.mark.parametrize("text", ["", "Esselunga S.p.A.", "Pharma", "rest", "Hostel", "12345"])
def test_other_texts_name_none(text: str) -> None:
    assert WORDS.find(text) is None

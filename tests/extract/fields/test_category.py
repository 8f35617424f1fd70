"""The category of a purchase follows from the shop: from its brand, or from words for kinds of shops."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpiocr.extract import Hints, Languages, extract
from rpiocr.extract.brands.table import brand_table
from rpiocr.extract.fields.category import find_category
from rpiocr.extract.locale.keyword_tables import built_in_lexicon
from rpiocr.extract.tables.categories import Categories, built_in_categories, category_ids, read_categories
from rpiocr.extract.tables.lexicon import ShopWords
from rpiocr.model import Reading
from tests.written import rows_of, write

BODY = "\n12 SOME 3\nBREAD 4.00\nMILK 2.00\nTOTAL 6.00"


def category_of(
    head: str, country: str | None, merchant: str | None = None, categories: Categories | None = None
) -> str | None:
    """The category of a receipt that begins with ``head``, whose first line is the merchant unless named."""
    name = merchant or head.split("\n", maxsplit=1)[0]
    return find_category(rows_of(head + BODY), name, country, built_in_lexicon(), categories or built_in_categories())


@pytest.mark.parametrize(
    ("merchant", "country", "category"),
    [
        ("REWE Markt", "DE", "groceries"),
        ("Lidl", "DE", "groceries"),
        ("dm-drogerie markt", "DE", "beauty_care"),
        ("IKEA", "DE", "home_garden"),
        ("MediaMarkt", "DE", "electronics"),
        ("Fressnapf", "DE", "pets"),
        ("C&A", "DE", "clothing"),
        ("Coop", "CH", "groceries"),
        ("Esselunga S.p.A.", "IT", "groceries"),
        ("Decathlon", "FR", "sports"),
        ("SHELL", "GB", "fuel"),
        ("Boots", "GB", "pharmacy_health"),
        ("Next", "GB", "clothing"),
        ("Target", "US", "general_merchandise"),
        ("Walmart", "US", "general_merchandise"),
        ("Costco Wholesale", "US", "general_merchandise"),
        ("McDonald's", "US", "restaurant"),
        ("Starbucks Coffee", "US", "cafe_bakery"),
        ("7-ELEVEN", "TH", "groceries"),
        ("99 SPEEDMART", "MY", "groceries"),
        ("MR DIY", "MY", "home_garden"),
        ("ローソン", "JP", "groceries"),
    ],
)
def test_a_brand_has_the_category_of_its_shops(merchant: str, country: str, category: str) -> None:
    assert category_of(merchant, country) == category


@pytest.mark.parametrize(
    ("merchant", "country", "category"),
    [
        ("Marienapotheke", "DE", "pharmacy_health"),
        ("Stadtbäckerei Huber", "DE", "cafe_bakery"),
        ("Hotel Restaurant Adler", "CH", "restaurant"),
        ("Hotel Adler", "CH", "lodging"),
        ("Blumen Meier", "DE", "home_garden"),
        ("Aral Tankstelle", "DE", "fuel"),
        ("Migros Restaurant", "CH", "restaurant"),
        ("Pharmacie du Centre", "FR", "pharmacy_health"),
        ("Boulangerie Dupont", "FR", "cafe_bakery"),
        ("Ristorante Da Mario", "IT", "restaurant"),
        ("Ferretería Gómez", "ES", "home_garden"),
        ("Papelaria Central", "PT", "books_stationery"),
        ("Slagerij Van Dam", "NL", "groceries"),
        ("Løve Apotek", "DK", "pharmacy_health"),
        ("Kvarterets Bageri", "DK", "cafe_bakery"),
        ("Bokhandeln Sture", "SE", "books_stationery"),
        ("Ravintola Kala", "FI", "restaurant"),
        ("Apteka Pod Lwem", "PL", "pharmacy_health"),
        ("Pekařství u Nováka", "CZ", "cafe_bakery"),
        ("Virágbolt Éva", "HU", "home_garden"),
        ("Yıldız Eczanesi", "TR", "pharmacy_health"),
        ("Kedai Makan Ali", "MY", "restaurant"),
        ("ABC HARDWARE SDN BHD", "MY", "home_garden"),
        ("Joe's Pizza", "US", "restaurant"),
        ("Аптека №5", "RU", "pharmacy_health"),
        ("Їдальня Смачна", "UA", "restaurant"),
        ("さくら薬局", "JP", "pharmacy_health"),
        ("幸福超市", "CN", "groceries"),
        ("하늘마트", "KR", "groceries"),
        ("Φαρμακείο Γρηγορίου", "GR", "pharmacy_health"),
    ],
)
def test_words_of_many_languages_name_the_kind_of_a_shop(merchant: str, country: str, category: str) -> None:
    assert category_of(merchant, country) == category


@pytest.mark.parametrize("merchant", ["Smith & Sons", "Johnson Ltd", "Meier GmbH", "UNIHAKKA INTERNATIONAL", "XY 12"])
def test_a_shop_that_says_nothing_has_none_whatever_it_sold(merchant: str) -> None:
    assert category_of(merchant, "GB") is None


def test_the_head_names_the_kind_where_the_name_does_not() -> None:
    assert category_of("Huber & Sohn\nIhr Restaurant am See", "DE") == "restaurant"


def test_a_domain_at_the_foot_names_the_shop() -> None:
    rows = rows_of("Filiale 12" + BODY + "\nThank you\nwww.rewe.de")
    assert find_category(rows, "Filiale 12", "DE", built_in_lexicon(), built_in_categories()) == "groceries"


def test_goods_and_addresses_do_not_name_it() -> None:
    assert category_of("Smith & Sons\nPizza Margherita 8.50\nHotel Plaza Road 12345", "GB") is None


def test_it_is_extracted_like_any_other_field() -> None:
    text = "CITY PHARMACY\n12 HIGH STREET\nASPIRIN 4.00\nTOTAL 4.00"
    assert extract(Reading(write(text), 1), Languages(), Hints()).found["category"] == "pharmacy_health"


def test_every_kind_of_every_brand_has_a_category() -> None:
    kinds = {kind for line in brand_table().kinds for kind in line.split()}
    assert kinds - set(built_in_categories().of_kind) == set()


def test_every_category_that_words_name_is_known_and_the_other_way_round() -> None:
    fields = tuple(ShopWords.__dataclass_fields__)
    assert (*fields, "other") == category_ids()
    lexicon = built_in_lexicon()
    assert all(getattr(lexicon.shops, name) for name in fields)


def test_no_word_names_two_kinds() -> None:
    shops = built_in_lexicon().shops
    owners: dict[str, set[str]] = {}
    for name in ShopWords.__dataclass_fields__:
        for word in getattr(shops, name):
            owners.setdefault(word, set()).add(name)
    assert {word: kinds for word, kinds in owners.items() if len(kinds) > 1} == {}


def test_a_user_renames_categories_and_adds_some(tmp_path: Path) -> None:
    file = tmp_path / "categories.toml"
    file.write_text(
        '[rename]\ngroceries = "food at home"\n'
        '[categories.company_car]\nmerchants = ["Shell", "Garage Frey AG"]\n'
        '[categories.fuel]\nwords = ["ladepark"]\n',
        "utf-8",
    )
    mine = read_categories(file)
    assert category_of("REWE Markt", "DE", categories=mine) == "food at home"
    assert category_of("SHELL", "DE", categories=mine) == "company_car"
    assert category_of("Shell Station 12", "DE", categories=mine) == "company_car"
    assert category_of("GARAGE FREY AG", "CH", categories=mine) == "company_car"
    assert category_of("Ladepark Nord", "DE", categories=mine) == "fuel"
    assert category_of("Marienapotheke", "DE", categories=mine) == "pharmacy_health"
    assert category_of("Shellfish Bar", "GB", merchant="Shellfish Bar", categories=mine) != "company_car"

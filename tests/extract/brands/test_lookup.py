"""Brands are found in the lines of a receipt, misread or not, and ordinary text names none."""

from __future__ import annotations

import pytest

from rpiocr.extract.brands import BrandHit, find_brands

WEAK = 0.5
"""What a ranker may take for noise."""


def best(line: str, country: str | None) -> BrandHit:
    """The best brand that a line names."""
    return find_brands((line,), country)[0]


@pytest.mark.parametrize(
    ("line", "country", "name"),
    [
        ("REWE Markt GmbH", "DE", "Rewe"),
        ("LlDL Vertriebs-GmbH & Co. KG", "DE", "Lidl"),
        ("Kauf1and", "DE", "Kaufland"),
        ("ALDI SUED", "DE", "Aldi Süd"),
        ("ALDISÜD", "DE", "Aldi Süd"),
        ("R0SSMANN", "DE", "Rossmann"),
        ("HOMBACH Baumarkt AG", "DE", "Hornbach"),
        ("H0FER KG", "AT", "Hofer"),
        ("INTERSPAF", "AT", "Interspar"),
        ("MlGROS Zürich", "CH", "Migros"),
        ("CARREF0UR CITY", "FR", "Carrefour City"),
        ("Auchon", "FR", "Auchan"),
        ("ESSELUNGR S.p.A.", "IT", "Esselunga"),
        ("MERCAD0NA S.A.", "ES", "Mercadona"),
        ("PING0 DOCE", "PT", "Pingo Doce"),
        ("TE5CO STORES LTD", "GB", "Tesco"),
        ("WAITR0SE", "GB", "Waitrose"),
        ("Albert Hei jn", "NL", "Albert Heijn"),
        ("WAL*MART", "US", "Walmart"),
        ("Walmart Supercenter", "US", "Walmart Supercenter"),
        ("THE H0ME DEPOT", "US", "The Home Depot"),
        ("Mc0onald's", "US", "McDonald's"),
        ("CANADlAN TIRE", "CA", "Canadian Tire"),
        ("W00LWORTHS", "AU", "Woolworths"),
        ("BIEDR0NKA", "PL", "Biedronka"),
        ("REMA 1OOO", "NO", "Rema 1000"),
        ("A1O1", "TR", "A101"),
        ("99 SPEEDMART S/B", "MY", "99 Speedmart"),
        ("IND0MARET", "ID", "Indomaret"),
        ("ローソソ", "JP", "ローソン"),
        ("セブン-イレブン 新宿店", "JP", "セブン-イレブン"),
        ("이마트24", "KR", "이마트24"),
        ("ПЯТЕРОЧКА", "RU", "Пятёрочка"),
        ("全聯福利中心", "TW", "全聯福利中心"),
    ],
)
def test_a_shop_is_named_as_its_owner_writes_it_although_it_was_misread(line: str, country: str, name: str) -> None:
    hit = best(f"*** {line}", country)
    assert (hit.name, hit.fits_country) == (name, True)


def test_the_part_of_the_line_that_names_the_brand_is_known() -> None:
    line = "Willkommen bei REWE City"
    hit = best(line, "DE")
    assert (hit.name, hit.matched) == ("Rewe City", "REWE City")
    assert line[hit.start : hit.end] == hit.matched


def test_a_name_is_found_letter_by_letter_and_with_a_stroke_for_a_letter() -> None:
    assert best("L I D L", "DE").name == "Lidl"
    assert best("L|DL", "DE").name == "Lidl"
    assert best("REVVE", "DE").name == "Rewe"


def test_look_alikes_cost_nothing_and_other_misreadings_do() -> None:
    assert best("LlDL", "DE").similarity == 1.0
    right, misread = best("Kaufland", "DE"), best("Kaufiand", "DE")
    assert right.similarity == misread.similarity == 1.0
    other = best("Kauxland", "DE")
    assert other.name == "Kaufland"
    assert other.similarity < 1.0
    assert other.weight < right.weight


def test_short_names_are_never_guessed() -> None:
    assert find_brands(("IKFA", "Ald", "Lidk"), "DE") == ()


@pytest.mark.parametrize("line", ["Next", "Target", "Post", "Total", "Orange", "House", "Boots", "Apple", "Go"])
def test_names_that_are_ordinary_words_say_little(line: str) -> None:
    assert all(hit.weight <= WEAK for hit in find_brands((line,), None))


@pytest.mark.parametrize("line", ["KFC", "dm", "BP", "OBI"])
def test_initials_say_little(line: str) -> None:
    hit = best(line, "DE")
    assert hit.weight <= WEAK


def test_initials_joined_by_a_sign_say_more_than_the_same_letters() -> None:
    assert best("H & M", "DE").name == "H&M"
    assert best("H&M", "DE").weight > WEAK
    assert find_brands(("H M",), "DE") == ()


def test_long_names_say_more_than_short_ones() -> None:
    weights = [best(line, None).weight for line in ("OBI", "Lidl", "Kaufland", "Walmart Supercenter")]
    assert weights == sorted(weights)
    assert weights[-1] > 0.9


def test_a_name_among_other_words_says_less_than_alone() -> None:
    assert best("Lidl", "DE").weight > best("Heute neu bei Lidl in unserer Filiale", "DE").weight


def test_the_country_decides_among_shops_of_one_name() -> None:
    assert "shop/books" in best("COLES", "CA").kinds
    assert "shop/supermarket" in best("COLES", "AU").kinds
    assert best("ESSELUNGA", "US").fits_country is False
    assert best("ESSELUNGA", None).fits_country is None


def test_a_shop_of_the_country_precedes_a_foreign_one() -> None:
    hits = find_brands(("ESSELUNGA", "WOOLWORTHS"), "AU")
    assert [hit.name for hit in hits] == ["Woolworths", "Esselunga"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("www.lidl.de", "Lidl"),
        ("info@saturn.de", "Saturn"),
        ("mediamarkt.ch", "MediaMarkt"),
        ("https://shop.rewe.de/impressum", "Rewe"),
        ("www.dm.de", "dm"),
        ("Visit www.tesco.co.uk today", "Tesco"),
    ],
)
def test_a_domain_names_its_owner(line: str, name: str) -> None:
    hit = best(line, None)
    assert (hit.name, hit.in_domain) == (name, True)


def test_an_ordinary_word_is_a_name_as_a_domain() -> None:
    assert best("www.target.com", "US").weight > WEAK > best("Target", "US").weight


def test_an_address_of_mail_with_a_provider_names_nobody() -> None:
    assert find_brands(("laden.mueller@orange.fr",), "FR") == ()
    assert best("www.orange.fr", "FR").name == "Orange"


def test_a_name_beside_a_price_is_perhaps_something_sold() -> None:
    hit = best("LEGO City 49,99", "DE")
    assert hit.beside_price
    assert hit.weight < best("LEGO Store", "DE").weight
    assert not best("REWE City", "DE").beside_price
    assert not best("Lidl 12.05.2024 14:30", "DE").beside_price


@pytest.mark.parametrize("line", ["Coca-Cola 1,20", "Nestlé", "Milka", "Barilla Spaghetti 1,49", "Pampers Baby Dry"])
def test_names_of_goods_are_no_shops(line: str) -> None:
    assert all(hit.weight <= WEAK for hit in find_brands((line,), None))


@pytest.mark.parametrize(
    "line", ["Hermes Str. 3", "Rue Casino 12", "Via Esselunga 5", "Lidlstraße 5", "ul. Rossmann 3"]
)
def test_a_street_is_no_shop(line: str) -> None:
    assert all(hit.weight <= WEAK for hit in find_brands((line,), None))


ORDINARY = """\
Hauptstraße 12|80331 München|Tel. 089 / 123456|Vielen Dank für Ihren Einkauf|Es bediente Sie: Frau Müller
Summe EUR 23,40|Brot Roggen 2,49|Bio Bananen 1,99|Kartenzahlung girocard|Öffnungszeiten Mo-Sa 8-20 Uhr
Beleg-Nr. 4711|Am Marktplatz 3|123 Main Street|Thank you for shopping with us|Have a nice day|Sales tax 7.25%
Your cashier today was Jack|VISA ENDING 1234|GREAT VALUE MILK 3.98|Dozen Eggs Large 4.29|Apple Juice 2.50
Next customer please|Total due|Please come again|Customer copy|Return policy within 30 days|Table 12 Guests 4
Burger with cheese 9.50|House wine red|Fish & chips|Coffee to go|Happy hour 5-7 pm|Gift card balance
12 Rue de la République|69002 LYON|Merci de votre visite|Le ticket est à conserver|Pain de campagne 1,80
Carte bancaire|Votre conseiller: Julien|Via Roma 15|Grazie e arrivederci|Acqua naturale 1,00|Documento commerciale
Calle Mayor 8|Gracias por su visita|Factura simplificada|Leche entera|Kerkstraat 10|Bedankt en tot ziens
ul. Marszałkowska 10|Dziękujemy za zakupy|Chleb żytni 3,99|Paragon fiskalny|Lot 12, Jalan Besar|Teh tarik
東京都新宿区西新宿1-1-1|領収書|お買上げありがとうございます|コーヒー 150円|ул. Ленина, д. 5|Кассовый чек
Хлеб ржаной 45.00|Спасибо за покупку|Kasse 3 Bon 1234|Terminal ID 12345678|Mastercard contactless|Member since 2019
Visit us online\
"""


def test_ordinary_lines_of_receipts_name_no_shop() -> None:
    lines = ORDINARY.replace("\n", "|").split("|")
    assert len(lines) > 65
    assert [hit for hit in find_brands(lines, None) if hit.weight > WEAK] == []


def test_the_same_lines_with_a_shop_among_them_name_that_first() -> None:
    lines = ORDINARY.replace("\n", "|").split("|")
    assert find_brands((*lines[:3], "EDEKA Neumann", *lines[3:]), "DE")[0].name == "Edeka"


@pytest.mark.parametrize(
    "line", ["DI HUAN YA RESTAURANT", "SENG KEE RESTAURANT", "ENW HARDWARE CENTRE", "AH HOCK BAKERY"]
)
def test_a_name_is_no_other_one_of_the_same_kind_of_shop(line: str) -> None:
    assert all(hit.weight <= WEAK for hit in find_brands((line,), None))


def test_a_line_without_end_is_searched_as_far_as_lines_go() -> None:
    line = "Lidl " + "rewe.x " * 50_000
    assert find_brands((line,), "DE")[0].end < 1000


def test_nothing_is_found_in_nothing() -> None:
    assert find_brands((), "DE") == ()
    assert find_brands(("", " *** ", "-----", "123 456"), "DE") == ()

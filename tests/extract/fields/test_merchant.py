"""The merchant's name is told from addresses, titles and numbers at the head of a receipt."""

from __future__ import annotations

import pytest

from rpiocr.extract.fields.merchant import find_merchants
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.model import Box
from tests.written import rows_of, tables, tables_of, write

BODY = "\nBREAD 4.00\nMILK 2.00\nTOTAL 6.00\nCASH 10.00\nCHANGE 4.00\nTHANK YOU FOR SHOPPING"


def merchant_of(head: str, sizes: dict[int, float] | None = None) -> str:
    """The best name on a receipt that begins with ``head``."""
    return find_merchants(rows_of(head + BODY, sizes=sizes), tables())[0].value


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("CITY BAKEHOUSE\n12 HIGH STREET\nTEL 03-12345678\nTAX INVOICE", "CITY BAKEHOUSE"),
        ("TAX INVOICE\nCITY BAKEHOUSE\n12 HIGH STREET", "CITY BAKEHOUSE"),
        ("RECEIPT\nTEL 03-12345678\nCITY BAKEHOUSE\n12 HIGH STREET", "CITY BAKEHOUSE"),
        ("25/12/2018 12:30\nCITY BAKEHOUSE", "CITY BAKEHOUSE"),
        ("www.bakehouse.com\nCITY BAKEHOUSE", "CITY BAKEHOUSE"),
        ("Rechnung\nCafe Morgenrot\nHauptstraße 5\n12345 Berlin", "Cafe Morgenrot"),
        ("Willkommen\nBirkenau Baustoffe GmbH\nKirchsteig 85", "Birkenau Baustoffe GmbH"),
        ("*** CITY BAKEHOUSE ***\n12 HIGH STREET", "CITY BAKEHOUSE"),
        ("PERNIAGAAN MAJU SDN BHD (123456-X)\nLOT 5 JALAN SATU", "PERNIAGAAN MAJU SDN BHD"),
    ],
)
def test_the_first_name_wins_over_address_phone_title_and_date(head: str, name: str) -> None:
    assert merchant_of(head) == name


def merchant_abroad(head: str) -> str:
    """The best name on a receipt that begins with ``head`` and shows its language by itself."""
    text = head + "\n4.00\n2.00\n6.00"
    known = tables_of(text)
    return find_merchants(build_receipt_lines(write(text), known), known)[0].value


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("レシート\nさくら商店\n東京都千代田区丸の内1-2-3\nTEL 03-1234-5678", "さくら商店"),
        ("領収書\nよしの亭\n〒100-0005 東京都千代田区丸の内1丁目", "よしの亭"),
        ("株式会社さくら\n東京都港区芝2-3-4\n登録番号 T1234567890123", "株式会社さくら"),
        ("영수증\n하늘마트\n서울시 강남구 역삼동 123\n사업자번호 123-45-67890", "하늘마트"),
        ("幸福超市\n北京市海淀区中关村大街1号\n电话 010-12345678", "幸福超市"),
        ('ТОВ "РОМАШКА"\nм. Київ, вул. Київська, 81\nПН 300012345678', 'ТОВ "РОМАШКА"'),
        ("ООО «РОМАШКА»\nг. Москва, ул. Ленина, 12\nИНН 7701234567", "ООО «РОМАШКА»"),
        ("株式会社\nさくら商店\n東京都港区芝2-3-4", "株式会社 さくら商店"),
        ('000 "Ромашка"\nг. Москва, ул. Ленина, 12', 'ООО "Ромашка"'),
        ('O0O "Ромашка"\nг. Москва, ул. Ленина, 12', 'ООО "Ромашка"'),
        ("КАССОВЫЙ ЧЕК\nООО «РОМАШКА»\nИНН 7701234567", "ООО «РОМАШКА»"),
        ("Potraviny Lípa s.r.o.\nDlouhá 12\n110 00 Praha 1", "Potraviny Lípa s.r.o."),
        ("LIPA MARKET A.Ş.\nTARİH 21.11.2024", "LIPA MARKET A.Ş."),
        ("幸福超商\n民國113年11月21日 14:05\n牛奶 45\n麵包 35", "幸福超商"),
        ("Boulangerie du Pont\n75001 Paris\nSIRET 123 456 789 00012", "Boulangerie du Pont"),
        ("Sklep Lipa\n00-950 Warszawa\nNIP 123-456-78-90", "Sklep Lipa"),
        ("Potraviny Lípa\n110 00 Praha 1\nIČO 12345678", "Potraviny Lípa"),
        ("1017 AB Amsterdam\nBakkerij De Linde\nKVK 12345678", "Bakkerij De Linde"),
        ("113 57 Stockholm\nLindens Livs\nOrg nr 556123-4567", "Lindens Livs"),
        ("WELCOME\nKirchsteig 85\nLindenhof", "Lindenhof"),
        ("tel. +48 22 123 45 67\nSklep Lipa", "Sklep Lipa"),
        ("lindens-livs.se\nLindens Livs", "Lindens Livs"),
        ("OTTAWA ON K1P 2R6\nLoonlake Kitchen", "Loonlake Kitchen"),
        ("SPRINGFIELD, IL 62704\nLoonlake Kitchen", "Loonlake Kitchen"),
        ("LEEDS LS7 1PH\nLoonlake Kitchen", "Loonlake Kitchen"),
    ],
)
def test_names_of_other_countries_win_over_addresses_titles_and_ids(head: str, name: str) -> None:
    assert merchant_abroad(head) == name


def test_a_big_line_wins_over_a_small_one_above_it() -> None:
    head = "GOOD MORNING\nCITY BAKEHOUSE\n12 HIGH STREET"
    assert merchant_of(head) == "GOOD MORNING"
    assert merchant_of(head, {1: 2.0}) == "CITY BAKEHOUSE"


@pytest.mark.parametrize("name", ["99 SPEED SHOPPING", "7 SISTERS TEA", "STUDIO 54"])
def test_a_number_in_the_first_line_is_no_house_number(name: str) -> None:
    assert merchant_of(f"{name}\n12 HIGH STREET\nTEL 03-12345678") == name


@pytest.mark.parametrize(
    "form",
    [
        "SDN BHD",
        "SDN. BHD.",
        "Inc.",
        "PTE LTD",
        "PTY LTD",
        "LLC",
        "INC",
        "GmbH",
        "GmbH & Co. KG",
        "OHG",
        "5DN BHD",
    ],
)
def test_a_company_form_marks_the_name(form: str) -> None:
    assert merchant_of(f"GOOD MORNING\nTANSY FINCH {form}\n12 HIGH STREET") == f"TANSY FINCH {form}"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("TANSY FINCH TRADING\nSDN BHD\n12 HIGH STREET", "TANSY FINCH TRADING SDN BHD"),
        ("TANSY FINCH\nENTERPRISE\n12 HIGH STREET", "TANSY FINCH ENTERPRISE"),
        ("TANSY FINCH\nSDN. BHD. (123456-X)\n12 HIGH STREET", "TANSY FINCH SDN. BHD."),
        ("TANSY FINCH\n(M) SDN BHD\n12 HIGH STREET", "TANSY FINCH (M) SDN BHD"),
        ("TANSY FINCH (EAST\nCOAST) SDN BHD\n12 HIGH STREET", "TANSY FINCH (EAST COAST) SDN BHD"),
        ("TANSY FINCH (EAST\n) SDN BHD\n12 HIGH STREET", "TANSY FINCH (EAST ) SDN BHD"),
        (" TANSY FINCH\nMARKET LIMITED\n12 HIGH STREET", "TANSY FINCH MARKET LIMITED"),
        ("TANSY &\nFINCH\n12 HIGH STREET", "TANSY & FINCH"),
        ("TANSY &\nFINCH &\nHERON\nLTD\n12 HIGH STREET", "TANSY & FINCH & HERON LTD"),
        ("Birkenau Baustoffe\nGmbH & Co. KG\nKirchsteig 85", "Birkenau Baustoffe GmbH & Co. KG"),
        ("*** TANSY FINCH ***\n*** SDN BHD ***\n12 HIGH STREET", "TANSY FINCH SDN BHD"),
        ("(株)くるみストア\n東京都港区1-2-3", "(株)くるみストア"),
        ("金穗停车场(人民路店)\n广州市天河区新华街13号", "金穗停车场(人民路店)"),
        ("[TANSY FINCH]\n12 HIGH STREET", "TANSY FINCH"),
        ("TANSY FINCH ENTERPRISE (Reg. 201908148015)\n12 HIGH STREET", "TANSY FINCH ENTERPRISE"),
    ],
)
def test_a_name_over_several_lines_is_put_together(head: str, name: str) -> None:
    assert merchant_of(head) == name


def test_the_parts_of_a_name_over_several_lines_stay_alternatives_and_its_box_contains_all() -> None:
    found = find_merchants(rows_of("TANSY FINCH\nSDN BHD\n12 HIGH STREET" + BODY), tables())
    assert {"TANSY FINCH", "SDN BHD"} <= {candidate.value for candidate in found[1:]}
    parts = [candidate.box for candidate in found if candidate.value in ("TANSY FINCH", "SDN BHD")]
    assert found[0].box == Box.around(parts)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("TANSY FINCH\nGRAND HOTEL LIMITED\n12 HIGH STREET", "GRAND HOTEL LIMITED"),
        ("TANSY FINCH & CO\nFRESH BREAD DAILY", "TANSY FINCH & CO"),
        ("CITY BAKEHOUSE\nOPEN DAILY\n12 HIGH STREET", "CITY BAKEHOUSE"),
        ("TANSY FINCH LTD\nCOMPANY NO 123456", "TANSY FINCH LTD"),
        ("TAX INVOICE\nFINCH LTD", "FINCH LTD"),
        ("TEL 03-12345678 &\nTANSY FINCH", "TANSY FINCH"),
        ("TANSY FINCH\n\n\n\nHERON LTD", "HERON LTD"),
    ],
)
def test_lines_that_do_not_go_on_with_a_name_stay_apart(head: str, name: str) -> None:
    assert merchant_of(head) == name


def test_a_name_takes_four_lines_at_most() -> None:
    assert merchant_of("ANT &\nBEE &\nCAT &\nDOG &\nELK LTD") == "BEE & CAT & DOG & ELK LTD"


def test_no_item_or_total_is_a_name() -> None:
    found = [candidate.value for candidate in find_merchants(rows_of("CITY BAKEHOUSE" + BODY), tables())]
    assert found[0] == "CITY BAKEHOUSE"
    assert find_merchants(rows_of("12.50\n25/12/2018"), tables()) == ()
    assert find_merchants((), tables()) == ()


def test_lines_far_down_are_not_considered() -> None:
    text = "CITY BAKEHOUSE\n" + "BREAD 4.00\n" * 12 + "GRAND HOTEL LIMITED"
    assert all("HOTEL" not in candidate.value for candidate in find_merchants(rows_of(text), tables()))


FOOT = "\nBREAD 4.00\nMILK 2.00\nTOTAL 6.00\nCASH 10.00\nCHANGE 4.00\n"


def merchant_with(head: str, foot: str, country: str | None = None) -> str:
    """The best name on a receipt whose head was misread, and whose foot names the shop."""
    return find_merchants(rows_of(head + FOOT + foot), tables(), country)[0].value


@pytest.mark.parametrize(
    "foot",
    [
        "THANK YOU FOR SHOPPING AT TANSY FINCH!",
        "Thanks for visiting Tansy Finch",
        "WELCOME TO\nTANSY FINCH",
    ],
)
def test_a_sentence_names_the_shop_whose_logo_cannot_be_read(foot: str) -> None:
    assert merchant_with("~ ey\n12 HIGH STREET\nTEL 03-12345678", foot).upper().rstrip("!") == "TANSY FINCH"


@pytest.mark.parametrize("foot", ["www.tansyfinch.com", "WWW. TANSYFINCH .COM", "orders@tansyfinch.co.uk"])
def test_a_domain_tells_which_line_is_the_name(foot: str) -> None:
    assert merchant_with("BRIGHT DAYS\nTANSY FINCH\n12 HIGH STREET", foot) == "TANSY FINCH"


@pytest.mark.parametrize("foot", ["tansy@gmail.com", "www.facebook.com", "tansy@gmall.com"])
def test_providers_of_mail_and_platforms_name_no_shop(foot: str) -> None:
    found = find_merchants(rows_of("CITY BAKEHOUSE\n12 HIGH STREET" + FOOT + foot), tables())
    assert found[0].value == "CITY BAKEHOUSE"
    assert not any(candidate.value.lower().startswith(("gma", "facebook")) for candidate in found)


def test_a_brand_below_names_the_shop_whose_logo_cannot_be_read() -> None:
    head = "~ ey\n12 HIGH STREET\nTEL 03-12345678"
    assert merchant_with(head, "WALGREENS", "US").lower().startswith("walgreens")


def test_a_brand_does_not_beat_another_name_in_clear_print() -> None:
    assert merchant_with("CITY BAKEHOUSE LTD\n12 HIGH STREET", "WE SELL STARBUCKS COFFEE", "US") == "CITY BAKEHOUSE LTD"


@pytest.mark.parametrize("number", ["STORE 515", "Store No. 616", "RESTAURANT & BAR"])
def test_the_number_of_a_branch_and_the_kind_of_shop_are_no_name(number: str) -> None:
    assert merchant_of(f"{number}\nTANSY FINCH\n12 HIGH STREET") == "TANSY FINCH"

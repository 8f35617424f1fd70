"""The company behind a shop is found by its legal form, and neither the maker of the till nor an earlier name is."""

from __future__ import annotations

import pytest

from tests.extract.fields.seller.reading import seller

NAMES = {
    "of Germany": ("Steinmarder Markt GmbH & Co. KG\nHirschgasse 9\n50659 Köln", "Steinmarder Markt GmbH & Co. KG"),
    "of Malaysia": ("LESTARI BAYU (M) SDN BHD (857094-X)\nNO 57, JALAN KENANGA", "LESTARI BAYU (M) SDN BHD"),
    "below the trade name": ("CAFE LUNA\nUrban Idea Sdn. Bhd.\nTel: 03-5550 7029", "Urban Idea Sdn. Bhd."),
    "over three lines": ("OAK TOOLS\nENTERPRISE (SETIA\nALAM) SDN BHD", "OAK TOOLS ENTERPRISE (SETIA ALAM) SDN BHD"),
    "its form on the next line": ("QUILLMOOR CHEMIST\nPTY LTD\n88 Wattle Creek Rd", "QUILLMOOR CHEMIST PTY LTD"),
    "a misread form": ("AMBER MALAYSIA SON BHD (682288-V)\n12 JALAN KENANGA", "AMBER MALAYSIA SDN BHD"),
    "of France": ("Aubépine Bistrot EURL\n24, chemin du Pré Clos\n31200 TOULOUSE\nTVA", "Aubépine Bistrot EURL"),
    "of Poland": ("Wilga SP. Z O.O. SP. K.\nul. Jaskółcza 76\n60-615 Poznań\nNIP", "Wilga SP. Z O.O. SP. K."),
    "of Spain, in two letters": ("El Naranjal,\nC.B.\nC/ de los Almendros, 51\n28048 MADRID\nNIF", "El Naranjal, C.B."),
    "of Norway": ("Nordlys Dagligvare AS\nGamle Kvernbakken 71\n9088 Tromsø\nKVITTERING", "Nordlys Dagligvare AS"),
    "before a Cyrillic name": ('ООО "ТРИ МЕДВЕДЯ"\nул. Лесная, д. 13', 'ООО "ТРИ МЕДВЕДЯ"'),
    "before a Japanese name": ("株式会社みなとや\n大阪市北区栄15-15-15", "株式会社みなとや"),
    "behind a Chinese name": ("日光便利商店有限公司\n台中市西屯區和平東路32號", "日光便利商店有限公司"),
    "of an owner": ("Cafe Luna\nInh. Maria Sommer\nHirschgasse 9", "Maria Sommer"),
    "that trades under another": ("Unique Crafts, Inc\ndba The Craft Store\n1950 Hacienda Dr", "Unique Crafts, Inc"),
    "an operator": ("The Corner\noperated by Blue Fig Ltd\n5 High Street", "Blue Fig Ltd"),
}


@pytest.mark.parametrize("kind", NAMES)
def test_the_legal_name_is_found(kind: str) -> None:
    head, name = NAMES[kind]
    assert seller(head)["merchant_legal"] == name


def test_a_legal_name_in_the_foot_is_found_where_the_head_has_none() -> None:
    assert seller("MARKTPLATZ", "Vielen Dank\nKrone GmbH & Co. KG, Holte")["merchant_legal"] == "Krone GmbH & Co. KG"


NONE = {
    "without a legal form": ("Corner Shop\n5 High Street\nYork", ""),
    "of the till's maker": ("Corner Shop", "Powered by Tillworks Sdn Bhd"),
    "of the till's maker on the next line": ("Corner Shop", "POS System by\nTillworks Sdn Bhd"),
    "of whoever processes the payment": ("Corner Shop", "Datenverarbeitung durch Ingenico Payment GmbH"),
    "an earlier name": ("Corner Shop\n(formerly known as Old Corner Sdn Bhd)", ""),
    "of the customer": ("Corner Shop\nBill to: Fresh Market Sdn Bhd", ""),
    "a unit of weight": ("Corner Shop\nPotatoes 5 KG", ""),
    "a heading of items": ("Corner Shop\nQty U.Price Amount Disc Inc", ""),
    "opening hours": ("Corner Shop\nMO.-SA. 9-20", ""),
    "a sentence": ("Corner Shop", "Visit us in more than 20 other co"),
}


@pytest.mark.parametrize("kind", NONE)
def test_no_legal_name_is_made_up(kind: str) -> None:
    assert seller(*NONE[kind])["merchant_legal"] is None


def test_the_maker_of_a_product_is_not_the_seller() -> None:
    assert seller("Corner Shop", items="Miller GmbH Milk 2.50\nTOTAL 2.50")["merchant_legal"] is None

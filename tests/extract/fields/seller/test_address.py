"""The address of the seller is found in one line, and that of nobody else."""

from __future__ import annotations

import pytest

from rpiocr.extract.fields.seller.address import Known, find_address
from tests.extract.fields.seller.reading import seller
from tests.written import rows_of

ADDRESSES = {
    "Germany": ("Markt\nHirschgasse 9\n50659 Köln\nTel. 030 23125 587", "Hirschgasse 9, 50659 Köln"),
    "Germany, on one line": ("Markt GmbH\nSüdring 7, 33647 Bielefeld", "Südring 7, 33647 Bielefeld"),
    "France": ("Bistrot\n24, chemin du Pré Clos\n31200 TOULOUSE", "24, chemin du Pré Clos, 31200 TOULOUSE"),
    "Malaysia": (
        "BAYU SDN BHD\nNO 68, JALAN KENANGA 6,\nTAMAN KENANGA, 46463 PETALING JAYA\nSELANGOR\nGST ID: 001234567890",
        "NO 68, JALAN KENANGA 6, TAMAN KENANGA, 46463 PETALING JAYA, SELANGOR",
    ),
    "Malaysia, a line without a cue": (
        "BAYU SDN BHD\nLOT 38, JALAN ANGSA,\nBERKELEY GARDEN\n41150 KLANG, SELANGOR\nTel: 03-5550 7029",
        "LOT 38, JALAN ANGSA, BERKELEY GARDEN, 41150 KLANG, SELANGOR",
    ),
    "United States": ("DINER\n8888 W Larkspur St\nMadison, WI 53788\nTAX", "8888 W Larkspur St, Madison, WI 53788"),
    "United States, its telephone behind": (
        "DEPOT\n1890 N DAVIS ROAD\nSALINAS, CA 93907 (831) 555-4814",
        "1890 N DAVIS ROAD, SALINAS, CA 93907",
    ),
    "United Kingdom": ("DIY Store\n55 Old Weavers Lane\nNorwich NR2 3UT", "55 Old Weavers Lane, Norwich NR2 3UT"),
    "Italy": ("Salumeria\nVia dei Ciclamini, 8\n70124 Bari (BA)", "Via dei Ciclamini, 8, 70124 Bari (BA)"),
    "Poland": ("Wilga\nul. Jaskółcza 76\n60-615 Poznań", "ul. Jaskółcza 76, 60-615 Poznań"),
    "Hungary, the town first": ("Patika\n6716 Szeged\nFő tér 42.", "6716 Szeged, Fő tér 42"),
    "Japan": ("みなとや工具\n〒530-0003\n大阪市北区栄15-15-15", "〒530-0003, 大阪市北区栄15-15-15"),
    "China, behind its label": ("锦江源酒楼\n地址：成都市锦江区解放街6号", "成都市锦江区解放街6号"),
    "Russia": ("Универсам\n614452, г. Пермь,\nул. Заводская, д. 42", "614452, г. Пермь, ул. Заводская, д. 42"),
}


@pytest.mark.parametrize("place", ADDRESSES)
def test_the_address_is_found(place: str) -> None:
    head, address = ADDRESSES[place]
    assert seller(head)["address"] == address


NONE = {
    "none is printed": "Corner Shop\nThank you for your visit",
    "that of the customer": "Corner Shop\nBill to\nMaria Sommer\n5 High Street\nYork YO1 7HY",
    "that of a delivery": "Corner Shop\nDeliver to: Maria Sommer\n5 High Street\nYork YO1 7HY",
    "a number of a receipt": "Corner Shop\nTicket No. 071811\nTable 12",
    "a town alone": "Corner Shop\nBerlin\nCashier 5",
}


@pytest.mark.parametrize("kind", NONE)
def test_no_address_is_made_up(kind: str) -> None:
    assert seller(NONE[kind])["address"] is None


def test_neither_the_name_nor_what_follows_belongs_to_the_address() -> None:
    misread = "11000 EN\nMOONLIT CAKE HOUSE SON BHD 8OZTZ5-U\nNo.1, Jalan Permas 10/5,\n81750 Johor Bahru, Johor"
    assert seller(misread)["address"] == "No.1, Jalan Permas 10/5, 81750 Johor Bahru, Johor"
    head = "Elektro GmbH Köln\nHirschgasse 9\n50659 Köln\nSALE\nST# 02094 OP# 000151 TE# 73"
    assert seller(head)["address"] == "Hirschgasse 9, 50659 Köln"


@pytest.mark.parametrize("title", ["CUSTOMER COPY", "TICKET CLIENT", "客户联"])
def test_the_address_below_the_title_of_the_customer_s_copy_is_that_of_the_seller(title: str) -> None:
    assert seller(f"{title}\nMarkt\nHirschgasse 9\n50659 Köln")["address"] == "Hirschgasse 9, 50659 Köln"


def test_an_item_is_no_address() -> None:
    assert seller("PL TENTED LAVENDER 11.96")["address"] is None


def test_what_was_guessed_is_no_address() -> None:
    text = "Markt\nHirschgasse 9\n50659 Köln"
    sure, guessed = rows_of(text), rows_of(text, confidence=0.3)
    assert find_address(sure, sure[0].lexicon, Known()) == "Hirschgasse 9, 50659 Köln"
    assert find_address(guessed, guessed[0].lexicon, Known()) is None

"""The telephone number of the seller is found as it is printed; a fax, a date or a tax number is none."""

from __future__ import annotations

import pytest

from tests.extract.fields.seller.reading import seller

PHONES = {
    "behind its word": ("Markt\nTel. 030 23125 587", "030 23125 587"),
    "before a fax": ("Shop\nTEL: 012 - 6651783 FAX: 03 - 33623608", "012 - 6651783"),
    "behind a fax": ("Shop\nFax: 03-33623608 Tel: 03-66517832", "03-66517832"),
    "the same as the fax": ("Shop\nTEL/FAX: 07-3886322", "07-3886322"),
    "with a word for number": ("Shop\nTel No.: 07-387 3322", "07-387 3322"),
    "the first of two": ("Shop\nTEL 07-5547360 /016-7993391 FAX: 07-5624059", "07-5547360"),
    "international": ("Shop\n+44 1632 960 197", "+44 1632 960 197"),
    "of North America without a word": ("DINER\n8888 W Larkspur St\n285-555-0161", "285-555-0161"),
    "behind the number of the shop": ("DINER\nStore# 4552 (442) 555-3550", "(442) 555-3550"),
    "behind a misread word": ("Bistrot\nTé1. 02.61.91.68.98", "02.61.91.68.98"),
    "on a line of its own": ("Shop\n03-41318972", "03-41318972"),
    "behind a Chinese word": ("锦江源酒楼\n电话: 028-5550 3013", "028-5550 3013"),
    "behind a Korean word": ("은하수약국\n전화 051-555-1914", "051-555-1914"),
    "behind a Russian word": ("Универсам\nтел. (044) 555-59-37", "(044) 555-59-37"),
}


@pytest.mark.parametrize("kind", PHONES)
def test_the_telephone_number_is_found(kind: str) -> None:
    head, number = PHONES[kind]
    assert seller(head)["phone"] == number


def test_a_telephone_number_in_the_foot_is_found_where_the_head_has_none() -> None:
    assert seller("Corner Shop", "Thank you\nTel: 01632 960197")["phone"] == "01632 960197"


NONE = {
    "a fax": ("Corner Shop\nFax: 03-33623608", ""),
    "a date": ("Corner Shop\n01-02-2024", ""),
    "a date behind a word": ("Corner Shop\nTel: 01.02.2024", ""),
    "a tax number": ("Corner Shop\nGST ID: 001234567890", ""),
    "a card": ("Corner Shop", "VISA 4111 1111 1111 1111"),
    "of a customer": ("Corner Shop\nCustomer: Maria\nTel: 01632 960197", ""),
    "a misread one": ("Corner Shop\nTel.: 0 52 51/ 68 9C 80", ""),
    "one misread at its beginning": ("Inn\nPh: (@2) 5550 4887", ""),
    "letters to dial": ("Corner Shop\nCall 1-300-80-SHOP", ""),
    "a hotline in the foot": ("Corner Shop", "COMMENTS?\nCALL 1-800-555-2726"),
}


@pytest.mark.parametrize("kind", NONE)
def test_nothing_else_is_a_telephone_number(kind: str) -> None:
    assert seller(*NONE[kind])["phone"] is None

"""Which shop a receipt is from is found by the number or the name beside a word for it."""

from __future__ import annotations

import pytest

from tests.extract.fields.seller.reading import seller

BRANCHES = {
    "a number": ("Markt\nFiliale 0711", "", "Filiale 0711"),
    "before the till": ("Markt\nFiliale 96 Kasse 96", "", "Filiale 96"),
    "behind the till": ("APOTEK\nKassa 55 Butik 55", "", "Butik 55"),
    "behind a sign": ("TRADER\nStore #727", "", "Store #727"),
    "in the foot": ("TRADER", "STORE: 0795 TERMINAL: 45", "STORE: 0795"),
    "of the name": ("Flying Fish #616\n42810 Frazier Road", "", "Flying Fish #616"),
    "a name": ("Cafe Luna\nBangsar branch\nTel: 03-5550 7029", "", "Bangsar branch"),
    "a name behind a colon": ("Cafe Luna\nOutlet: Mid Valley", "", "Mid Valley"),
    "short, alone": ("CVS\nSTR#9935", "", "STR#9935"),
    "a Korean name": ("은하수약국 시청점\n전화 051-555-1914", "", "시청점"),
    "a Chinese number": ("锦江源酒楼\n门店号 56 机号 56", "", "门店号 56"),
}


@pytest.mark.parametrize("kind", BRANCHES)
def test_the_branch_is_found(kind: str) -> None:
    head, foot, branch = BRANCHES[kind]
    assert seller(head, foot)["merchant_branch"] == branch


NONE = {
    "a sentence": ("Corner Shop", "Returns at any store 30 days"),
    "a telephone number": ("Corner Shop\nStore# 651-379-1440", ""),
    "a price": ("Corner Shop\nStore 12.50", ""),
    "a number of a receipt": ("Corner Shop\nInvoice #55936", ""),
    "opening hours": ("Corner Shop\nStore 10:00-20:00", ""),
}


@pytest.mark.parametrize("kind", NONE)
def test_nothing_else_is_a_branch(kind: str) -> None:
    assert seller(*NONE[kind])["merchant_branch"] is None

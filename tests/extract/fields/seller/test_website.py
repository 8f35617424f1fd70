"""The seller's domain is found in an address of the web, or of mail that is not everybody's."""

from __future__ import annotations

import pytest

from tests.extract.fields.seller.reading import seller

SITES = {
    "with www": ("Oak Pharmacy\nWWW.OAK-PHARMACY.COM", "", "oak-pharmacy.com"),
    "with a path": ("Oak Pharmacy\nhttps://www.oakpharmacy.com/shop", "", "oakpharmacy.com"),
    "bare": ("Oak Pharmacy\nShop at oakpharmacy.co.uk", "", "oakpharmacy.co.uk"),
    "in the foot": ("Oakdale Store", "Visit www.oakdale.de", "oakdale.de"),
    "of mail": ("Oak Pharmacy\ninfo@oakpharmacy.de", "", "oakpharmacy.de"),
    "of mail and of the web": ("Oak Pharmacy\ninfo@oak-group.de\nwww.oakpharmacy.de", "", "oakpharmacy.de"),
}


@pytest.mark.parametrize("kind", SITES)
def test_the_domain_is_found(kind: str) -> None:
    head, foot, domain = SITES[kind]
    assert seller(head, foot)["website"] == domain


NONE = {
    "mail of everybody": ("Oak Pharmacy\noakpharmacy@gmail.com", ""),
    "mail of everybody, misread": ("Oak Pharmacy\noakpharmacy@gmall.com", ""),
    "a survey": ("Oak Pharmacy\nwww.surveyoak.com", ""),
    "of somebody else in the foot": ("Oak Pharmacy", "Payment Services www.tillworks.de"),
    "a network": ("Oak Pharmacy\nwww.facebook.com/oakpharmacy", ""),
    "an abbreviation": ("Oak Pharmacy\nSteuer.Nr.: 215", ""),
}


@pytest.mark.parametrize("kind", NONE)
def test_nothing_else_is_the_domain(kind: str) -> None:
    assert seller(*NONE[kind])["website"] is None

"""The page of a receipt shows what its codes state; nothing in one is a link, markup or a style."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, expect

from tests.serve.pages.browsing import visit
from tests.serve.serving import Serving, body
from tests.store.readings import CODE, UNKNOWN_CODE, keep_one

LINK = "https://elsewhere.example/?a=1"
HOSTILE = f"{LINK}\n<script>alert(1)</script><img src='{LINK}' onerror='alert(1)'>{{{{ 7*7 }}}}"
CODES = [
    CODE | {"seller": "<b>Bäckerei</b>", "total": Decimal("1234.50")},
    UNKNOWN_CODE | {"text": HOSTILE},
]


@pytest.fixture(scope="module")
def coded(service: Serving) -> Iterator[Serving]:
    """A service with a receipt that has two codes, and one without any."""
    with service.database() as database:
        keep_one(database, codes=CODES)
        keep_one(database, date="2024-01-01")
    yield service


def test_a_code_is_shown_with_what_it_states_and_how_far_it_can_be_believed(browser: Browser, coded: Serving) -> None:
    with visit(browser, coded) as visiting:
        page = visiting.open("/receipts/1")
        till, link = page.get_by_role("region", name="Codes").get_by_role("listitem").all()
        expect(till).to_contain_text("proved QRCode · de-tse · DE")
        expect(till).to_contain_text("1,234.50 EUR 2024-03-05 13:34:56 · Tax 2.00 · <b>Bäckerei</b> · No. 4711")
        expect(link).to_contain_text("unknown QRCode")
        expect(page.get_by_text("Nothing in a code is ever opened.")).to_be_visible()


def test_what_a_code_holds_is_shown_when_asked_for_and_is_plain_text(browser: Browser, coded: Serving) -> None:
    with visit(browser, coded) as visiting:
        page = visiting.open("/receipts/1")
        link = page.get_by_role("region", name="Codes").get_by_role("listitem").nth(1)
        expect(link.locator("pre")).to_be_hidden()
        link.get_by_text("What it holds").click()
        expect(link.locator("pre")).to_have_text(HOSTILE)
        assert page.locator(".codes").locator("a, script, img, b").count() == 0


@pytest.mark.slow
def test_codes_are_shown_in_the_language_of_the_browser(browser: Browser, coded: Serving) -> None:
    with visit(browser, coded, locale="de-DE") as visiting:
        codes = visiting.open("/receipts/1").get_by_role("region", name="Codes")
        expect(codes).to_contain_text("bewiesen QRCode · de-tse · DE")
        expect(codes).to_contain_text("1.234,50 EUR")


@pytest.mark.slow
def test_a_receipt_without_codes_has_no_place_for_them(browser: Browser, coded: Serving) -> None:
    with visit(browser, coded) as visiting:
        page = visiting.open("/receipts/2")
        expect(page.get_by_role("heading", name="Items")).to_be_visible()
        expect(page.get_by_role("region", name="Codes")).to_be_hidden()


def test_the_api_has_the_codes_and_finds_a_receipt_by_them(coded: Serving) -> None:
    assert body(coded.ask("GET", "/receipts/1"))["codes"] == CODES
    assert body(coded.ask("GET", "/receipts/2"))["codes"] == []
    for words, numbers in (("4711", [1]), ("elsewhere", [])):
        listed = body(coded.ask("GET", "/receipts", params={"q": words}))["receipts"]
        assert [one["id"] for one in listed] == numbers


def test_the_document_describes_a_code(coded: Serving) -> None:
    schemas = body(coded.ask("GET", "/../openapi.json"))["components"]["schemas"]
    assert schemas["result"]["properties"]["codes"]["items"] == {"$ref": "#/components/schemas/code"}
    assert set(schemas["code"]["required"]) == set(CODE)

"""Receipts are found, edited, archived, deleted and exported on the page."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from tests.serve.pages.browsing import visit
from tests.serve.serving import Serving, body, serving
from tests.store.many import fill
from tests.store.readings import item, keep_one


@pytest.fixture(scope="module")
def stocked(service: Serving) -> Iterator[Serving]:
    """A service with some receipts; each test changes one of its own."""
    with service.database() as database:
        for number in range(1, 5):
            keep_one(database, merchant=f"Shop {number}", items=[item("Tea"), item("Cake", "3.00")])
        keep_one(database, merchant="Kiosk", currency="JPY", amount=Decimal(5321))
        keep_one(database, merchant="متجر النخيل", amount=Decimal("-189.20"), currency="EUR")
        keep_one(database, merchant=None, amount=None, date=None, currency=None, verdict="ESCALATE")
        keep_one(database, merchant="Doubtful", amount=Decimal("1234.50"), verdict="RETRY")
    yield service


def test_the_list_is_searched_while_words_are_typed(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/receipts")
        expect(page.get_by_role("link", name="Shop 2")).to_be_visible()
        page.get_by_label("Search").press_sequentially("kiosk")
        expect(page.get_by_role("link", name="Shop 2")).to_be_hidden()
        expect(page.get_by_role("row").filter(has_text="Kiosk")).to_contain_text("5,321 JPY")
        assert "q=kiosk" in page.url


@pytest.mark.slow
def test_more_receipts_are_shown_below_the_first_ones(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "home") as service, visit(browser, service) as visiting:
        with service.database() as database:
            fill(database, 120)
        page = visiting.open("/receipts")
        rows = page.locator("tbody tr:not(#more)")
        expect(rows).to_have_count(50)
        page.get_by_role("button", name="Show more").press("Enter")
        expect(rows).to_have_count(100)
        expect(rows.nth(50).get_by_role("link").first).to_be_focused()
        page.get_by_role("button", name="Show more").click()
        expect(rows).to_have_count(120)
        expect(page.get_by_role("button", name="Show more")).to_be_hidden()


@pytest.mark.slow
def test_a_search_is_told_to_who_does_not_see_it(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/receipts")
        page.get_by_label("Search").press_sequentially("kiosk")
        expect(page.locator("[data-found]")).to_have_text("1 receipt 5,321 JPY")


@pytest.mark.slow
def test_the_way_back_leads_to_the_search_before(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/receipts")
        for word in ("kiosk", "doubtful"):
            page.get_by_label("Search").fill(word)
            expect(page.get_by_role("link", name=word)).to_be_visible()
            expect(page.locator("tbody tr")).to_have_count(1)
        page.go_back()
        expect(page.get_by_role("link", name="Kiosk")).to_be_visible()
        expect(page.get_by_label("Search")).to_have_value("kiosk")
        expect(page.get_by_role("navigation")).to_be_visible()


def test_sums_say_how_much_of_them_is_unsure(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/receipts?merchant=Doubtful")
        expect(page.locator(".sums")).to_contain_text("1,234.50 EUR")
        expect(page.locator(".sums")).to_contain_text("of which 1,234.50 unsure")


@pytest.mark.slow
def test_values_and_items_are_edited_together_and_undone_together(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/receipts/1")
        total = page.get_by_role("textbox", name="Total", exact=True)
        total.fill("15.70")
        page.get_by_label("Item 2: Amount").fill("3.20")
        page.get_by_label("Item 2: Description").press("Enter")
        expect(page.get_by_text("Saved.")).to_be_visible()
        stored = body(stocked.ask("GET", "/receipts/1"))
        assert (stored["amount"], stored["items"][1]["amount"]) == (Decimal("15.70"), Decimal("3.20"))
        page.locator("[data-toasts]").get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Undone.")).to_be_visible()
        stored = body(stocked.ask("GET", "/receipts/1"))
        assert (stored["amount"], stored["items"][1]["amount"]) == (Decimal("12.50"), Decimal("3.00"))


def test_a_value_that_is_refused_stays_in_its_field_with_the_reason(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/receipts/1")
        total = page.get_by_role("textbox", name="Total", exact=True)
        total.fill("much")
        total.press("Enter")
        expect(page.locator("[data-error]")).to_contain_text("much")
        expect(total).to_have_value("much")
        page.get_by_role("button", name="Discard").click()
        expect(total).to_have_value("12.50")


def test_items_are_added_and_deleted(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/receipts/2")
        page.get_by_role("button", name="Delete item 1").click()
        expect(page.get_by_label("Item 1: Amount")).to_be_hidden()
        page.get_by_label("Another item").fill("Milk")
        page.locator("[data-add] input[name=amount]").fill("2.50")
        page.locator("[data-add] input[name=amount]").press("Enter")
        expect(page.get_by_label("Item 3: Description")).to_have_value("Milk")
        stored = body(stocked.ask("GET", "/receipts/2"))["items"]
        assert [(one["position"], one["description"], one["amount"]) for one in stored] == [
            (2, "Cake", Decimal("3.00")),
            (3, "Milk", Decimal("2.50")),
        ]


def test_what_is_not_saved_yet_outlives_another_change(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/receipts/6")
        page.get_by_role("textbox", name="Time", exact=True).fill("12:30")
        page.get_by_role("button", name="Archive").click()
        expect(page.get_by_text("Archived: it is out of the lists, and still in sums.")).to_be_visible()
        expect(page.get_by_role("textbox", name="Time", exact=True)).to_have_value("12:30")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        assert body(stocked.ask("GET", "/receipts/6"))["time"] == "12:30"


def test_an_archived_receipt_leaves_the_list_and_stays_in_the_sums(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/receipts/3")
        page.get_by_role("button", name="Archive").click()
        expect(page.get_by_text("Archived: it is out of the lists, and still in sums.")).to_be_visible()
        page = visiting.open("/receipts?q=shop")
        expect(page.get_by_role("link", name="Shop 4")).to_be_visible()
        expect(page.get_by_role("link", name="Shop 3")).to_be_hidden()
        page = visiting.open("/receipts?merchant=Shop+3")
        expect(page.locator(".sums")).to_contain_text("12.50 EUR")


def test_a_deleted_receipt_comes_back(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/receipts/4")
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(page.get_by_text("Deleted. Its file stays where it is.")).to_be_visible()
        assert stocked.ask("GET", "/receipts/4").status_code == 404
        expect(page.get_by_role("button", name="Undo")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Shop 4")).to_be_visible()


@pytest.mark.slow
def test_a_receipt_that_was_deleted_long_ago_comes_back_from_the_system_page(
    browser: Browser, stocked: Serving
) -> None:
    assert stocked.ask("DELETE", "/receipts/4").status_code == 204
    with visit(browser, stocked) as visiting:
        page = visiting.open("/system")
        page.get_by_role("listitem").filter(has_text="No. 4 Shop 4").get_by_role("button", name="Restore").click()
        expect(page.get_by_role("heading", name="Shop 4")).to_be_visible()
        expect(visiting.open("/system").get_by_text("None can be restored.")).to_be_visible()


def test_a_receipt_without_date_total_and_merchant_has_a_page(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/receipts/7")
        expect(page.get_by_role("heading", level=1)).to_have_text("unknown")
        page = visiting.open("/review/7")
        expect(page.locator("#card-amount")).to_contain_text("missing")
        expect(page.locator("[data-lost]")).to_be_visible()


@pytest.mark.slow
def test_the_workbook_that_is_downloaded_has_what_is_stored(browser: Browser, stocked: Serving, tmp_path: Path) -> None:
    stored = body(stocked.ask("GET", "/receipts?limit=500"))["receipts"]
    with visit(browser, stocked) as visiting:
        page = visiting.open("/export")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        place = tmp_path / download.value.suggested_filename
        download.value.save_as(place)
    assert place.suffix == ".xlsx"
    header, *rows = openpyxl.load_workbook(place).active.iter_rows(values_only=True)
    found = [dict(zip(header, row, strict=True)) for row in rows]
    totals = {one["id"]: one["amount"] for one in found}
    assert {one["id"]: one["amount"] and float(one["amount"]) for one in stored}.items() <= totals.items()


@pytest.mark.slow
def test_an_export_that_fails_is_told_on_a_page(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/api/v1/exports?format=nonsense")
        expect(page.get_by_role("heading", level=1)).to_have_text("That did not work")
        expect(page.get_by_role("main")).to_contain_text("format")

"""Every page: for everybody, in light and dark, on a phone, in another language, without another host."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser, Error, expect

from tests.axe import axe_source
from tests.serve.pages.browsing import PHONE, barriers, overflows, visit
from tests.serve.pages.doubtful import keep_doubtful
from tests.serve.serving import Serving
from tests.store.readings import CODE, UNKNOWN_CODE, item, keep_one

PAGES = ("/", "/review", "/receipts", "/receipts/1", "/receipts/4", "/export", "/system", "/receipts/999999")

LONG = "Gesellschaft zur Förderung außerordentlich langer Geschäftsbezeichnungen".replace(" ", "") * 2


@pytest.fixture(scope="module")
def stocked(service: Serving) -> Iterator[Serving]:
    """A service with receipts that wait, and one that is hard on a layout."""
    with service.database() as database:
        keep_doubtful(database, service.inbox, 3)
        items, codes = [item(LONG), item("Tea")], [CODE | {"seller": LONG, "kind": LONG}, UNKNOWN_CODE | {"text": LONG}]
        keep_one(database, merchant=LONG, amount=Decimal("-1234567.89"), items=items, codes=codes)
    yield service


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_on_a_page_keeps_anybody_out(
    browser: Browser, stocked: Serving, path: str, scheme: Literal["light", "dark"]
) -> None:
    script = axe_source()
    with visit(browser, stocked, color_scheme=scheme) as visiting:
        page = visiting.open(path)
        page.wait_for_timeout(500)
        page.locator("[hx-trigger=load]").wait_for(state="detached")
        assert barriers(page, script) == []


@pytest.mark.slow
def test_cleaning_says_first_what_would_be_deleted(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/system")
        expect(page.locator(".findings")).to_contain_text("Tesseract", timeout=30_000)
        expect(page.get_by_role("button", name="Delete it")).to_be_hidden()
        page.get_by_role("button", name="Show what would be deleted").click()
        expect(page.locator("[data-plan]")).to_have_text("There is nothing to clean.")
        expect(page.get_by_role("button", name="Delete it")).to_be_hidden()


@pytest.mark.slow
def test_what_keeps_people_out_is_found(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/export")
        page.evaluate("document.querySelector('main').append(document.createElement('img'))")
        assert [one.partition(":")[0] for one in barriers(page, axe_source())] == ["image-alt"]


@pytest.mark.slow
def test_a_request_to_another_host_is_noticed(browser: Browser, stocked: Serving) -> None:
    def go_elsewhere() -> None:
        with visit(browser, stocked) as visiting, pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
            visiting.page.goto("http://elsewhere.example/")

    with pytest.raises(AssertionError, match="elsewhere"):
        go_elsewhere()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["originals", "annotated"])
def test_the_zip_file_that_is_downloaded_has_the_pictures(
    browser: Browser, stocked: Serving, tmp_path: Path, form: str
) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/export")
        page.locator(f"input[value={form}]").check()
        page.get_by_label("Merchant").fill("Corner")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        place = tmp_path / download.value.suggested_filename
        download.value.save_as(place)
    with zipfile.ZipFile(place) as archive:
        names = [Path(name) for name in archive.namelist()]
    assert len([name for name in names if name.suffix == ".jpg"]) == 3
    assert Path("receipts.csv") in names


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_scrolled_sideways_on_a_phone(browser: Browser, stocked: Serving, path: str) -> None:
    with visit(browser, stocked, **PHONE) as visiting:
        page = visiting.open(path)
        page.wait_for_timeout(300)
        assert not overflows(page)


@pytest.mark.slow
def test_the_dark_scheme_of_the_system_is_followed(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked, color_scheme="dark") as dark, visit(browser, stocked, color_scheme="light") as light:
        colours = [one.open("/").evaluate("getComputedStyle(document.body).backgroundColor") for one in (dark, light)]
    assert colours == ["rgb(22, 24, 27)", "rgb(251, 250, 248)"]


@pytest.mark.slow
def test_the_language_is_that_of_the_browser_until_another_one_is_chosen(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked, locale="de-DE") as visiting:
        page = visiting.open("/receipts")
        expect(page.get_by_role("heading", level=1)).to_have_text("Belege")
        expect(page.get_by_role("main")).to_contain_text("-1.234.567,89 EUR")
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Receipts")
        expect(visiting.open("/export").get_by_role("heading", level=1)).to_have_text("Export")
        expect(page.get_by_role("button", name="Download")).to_be_visible()


@pytest.mark.parametrize("path", ["/receipts/999999", "/review/999999", "/no/such/page", "/api/v1/receipts/999999"])
def test_what_does_not_exist_is_a_page_for_people_and_a_problem_for_programs(stocked: Serving, path: str) -> None:
    for accept, kind in (("text/html,*/*;q=0.8", "text/html"), ("application/json", "application/problem+json")):
        found = httpx.get(stocked.address + path, headers={"Accept": accept}, trust_env=False)
        assert (found.status_code, found.headers["content-type"].partition(";")[0]) == (404, kind)


def test_an_error_within_a_page_is_no_page(stocked: Serving) -> None:
    headers = {"Accept": "text/html, */*", "HX-Request": "true"}
    found = httpx.get(f"{stocked.address}/receipts?cursor=nonsense", headers=headers, trust_env=False)
    assert found.headers["content-type"] == "application/problem+json"


@pytest.mark.slow
def test_the_pages_can_be_used_without_a_mouse(browser: Browser, stocked: Serving) -> None:
    with visit(browser, stocked) as visiting:
        page = visiting.open("/receipts")
        page.keyboard.press("Tab")
        expect(page.get_by_text("Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_label("Search")).to_be_focused()

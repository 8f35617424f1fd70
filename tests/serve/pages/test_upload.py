"""Receipts are added on the page: dropped, chosen, photographed, with and without a connection."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.program import OTHER_SMALL, RECEIPTS, SMALL
from tests.serve.pages.browsing import PHONE, overflows, visit
from tests.serve.serving import Serving, body, picture, serving

DROP = """files => {
  const transfer = new DataTransfer();
  for (const [name, type, text] of files) {
    const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, {type}));
  }
  return transfer;
}"""

SOME_S = 120_000


def drop(page: Page, files: Iterable[tuple[str, bytes]]) -> None:
    """Drop files on a page."""
    given = [(name, "image/jpeg", base64.b64encode(data).decode()) for name, data in files]
    transfer = page.evaluate_handle(DROP, given)
    for kind in ("dragenter", "dragover", "drop"):
        page.dispatch_event("main", kind, {"dataTransfer": transfer})


def finished(page: Page) -> Locator:
    """The rows of what is finished."""
    return page.locator("[data-finished] > li")


def uploads(service: Serving) -> list[str]:
    """The hashes of what has been uploaded."""
    return [one["sha256"] for one in body(service.ask("GET", "/uploads"))["uploads"]]


@pytest.mark.slow
def test_twelve_dropped_receipts_appear_one_by_one_with_what_was_read(browser: Browser, tmp_path: Path) -> None:
    pictures = [(one.name, one.read_bytes()) for one in sorted((RECEIPTS / "img").iterdir())[:12]]
    with serving(tmp_path / "home") as service, visit(browser, service) as visiting:
        page = visiting.open("/")
        drop(page, pictures)
        expect(page.locator("[data-progress]")).to_have_text("0/12")
        expect(finished(page).first).to_be_visible(timeout=SOME_S)
        assert finished(page).count() < 12
        expect(finished(page)).to_have_count(12, timeout=SOME_S)
        expect(page.locator("[data-running]")).to_be_hidden()
        numbers = {one["id"] for one in body(service.ask("GET", "/receipts?limit=500"))["receipts"]}
        links = page.locator("[data-finished] a.button").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        assert {int(link.rpartition("/")[2]) for link in links} == numbers
        assert len(numbers) >= 12


def test_a_file_that_cannot_be_read_stays_with_its_reason_and_can_be_tried_again(
    browser: Browser, service: Serving
) -> None:
    with visit(browser, service) as visiting:
        page = visiting.open("/")
        drop(page, [("notes.jpg", b"these are notes, not a picture")])
        row = finished(page).filter(has_text="notes.jpg")
        expect(row).to_contain_text("this is neither a picture nor a PDF")
        row.get_by_role("button", name="Try again: notes.jpg").click()
        expect(row).to_contain_text("this is neither a picture nor a PDF")
        expect(finished(page).filter(has_text="notes.jpg")).to_have_count(1)


@pytest.mark.slow
def test_each_page_of_a_pdf_has_a_line_and_a_heic_photo_gets_its_picture_from_the_service(
    browser: Browser, tmp_path: Path
) -> None:
    first, second = (Image.open(one).convert("RGB") for one in (SMALL, OTHER_SMALL))
    first.save(tmp_path / "two.pdf", save_all=True, append_images=[second])
    pillow_heif.from_pillow(second).save(tmp_path / "photo.heic")
    with serving(tmp_path / "home") as service, visit(browser, service) as visiting:
        page = visiting.open("/")
        page.locator("[data-files]").first.set_input_files([tmp_path / "two.pdf", tmp_path / "photo.heic"])
        expect(finished(page)).to_have_count(2, timeout=SOME_S)
        lines = page.locator("[data-finished] .lines")
        assert sorted(one.locator("li").count() for one in lines.all()) == [1, 2]
        pictures = page.locator("[data-finished] img")
        expect(pictures).to_have_count(2)
        # A function, as the page's policy forbids an expression to be evaluated in it.
        all_shown = "() => [...document.querySelectorAll('[data-finished] img')].every(one => one.naturalWidth)"
        page.wait_for_function(all_shown)


@pytest.mark.slow
def test_what_is_added_without_a_connection_is_sent_once_when_it_is_back(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "home") as service, visit(browser, service) as visiting:
        page = visiting.open("/")
        visiting.context.set_offline(True)
        drop(page, [(f"{number}.jpg", picture(number)) for number in range(5)])
        expect(page.locator("[data-network]")).to_be_visible()
        expect(page.locator("[data-rows]")).to_contain_text("waits for the connection")
        assert uploads(service) == []
        visiting.context.set_offline(False)
        expect(finished(page)).to_have_count(5, timeout=SOME_S)
        expect(page.locator("[data-network]")).to_be_hidden()
        assert len(uploads(service)) == len(set(uploads(service))) == 5


@pytest.mark.slow
def test_a_service_that_is_started_again_gets_what_was_on_its_way(browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home) as service:
        port = service.port
        with visit(browser, service) as visiting:
            page = visiting.open("/")
            service.stop()
            drop(page, [("late.jpg", picture(7))])
            expect(page.locator("[data-rows]")).to_contain_text("waits for the connection")
            with serving(home, "--port", str(port)) as again:
                expect(finished(page)).to_have_count(1, timeout=SOME_S)
                assert len(uploads(again)) == 1


def test_a_phone_can_take_a_photo_and_is_not_scrolled_sideways(browser: Browser, service: Serving) -> None:
    with visit(browser, service, **PHONE) as visiting:
        page = visiting.open("/")
        camera = page.get_by_label("Take a photo")
        assert camera.get_attribute("capture") == "environment"
        assert not overflows(page)
        with page.expect_file_chooser() as chooser:
            page.get_by_text("Take a photo").tap()
        assert not chooser.value.is_multiple()


def test_a_pasted_picture_is_added(browser: Browser, service: Serving) -> None:
    with visit(browser, service) as visiting:
        page = visiting.open("/")
        transfer = page.evaluate_handle(DROP, [("pasted.png", "image/png", base64.b64encode(b"text").decode())])
        page.evaluate(
            "transfer => document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: transfer}))", transfer
        )
        expect(finished(page).filter(has_text="pasted.png")).to_have_count(1)

"""Receipts in doubt are gone through on the page, with few keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bench.review_page import play
from tests.batch.waiting import until
from tests.serve.pages.browsing import PHONE, Visit, overflows, visit
from tests.serve.pages.doubtful import keep_doubtful, keep_doubtful_of_two_pages, truth_of
from tests.serve.serving import Serving, body, serving

MOST_KEYS = 120


@contextmanager
def waiting(browser: Browser, folder: Path, count: int, **options: Any) -> Iterator[tuple[Serving, Visit]]:  # noqa: ANN401
    """A service with receipts in doubt, and the page on which they are looked at."""
    with serving(folder / "home") as service:
        with service.database() as database:
            keep_doubtful(database, service.inbox, count)
        with visit(browser, service, **options) as visiting:
            visiting.open("/review")
            expect(shown(visiting.page, 1)).to_be_visible()
            yield service, visiting


def shown(page: Page, number: int) -> Locator:
    """The picture of a receipt."""
    return page.get_by_alt_text(f"Picture of receipt no. {number}", exact=True)


def card(page: Page, name: str) -> Locator:
    """The card of a field."""
    return page.locator(f"#card-{name}")


def receipt(service: Serving, number: int) -> Any:  # noqa: ANN401 - JSON
    """A receipt as the service has it."""
    return body(service.ask("GET", f"/receipts/{number}"))


def sure(service: Serving, number: int) -> bool:
    """Whether nothing about a receipt is in doubt."""
    return bool(receipt(service, number)["sure"])


def done_files(service: Serving) -> list[str]:
    """The names of the files in done/."""
    return sorted(one.name for one in (service.inbox.parent / "done").rglob("*.jpg"))


@pytest.mark.slow
def test_thirty_receipts_whose_first_or_second_reading_is_right_take_at_most_120_keys(
    browser: Browser, tmp_path: Path
) -> None:
    with waiting(browser, tmp_path, 30) as (service, visiting):
        truths = [truth_of(number) for number in range(30)]
        assert play(visiting.page, truths).keys <= MOST_KEYS
        stored = [receipt(service, number) for number in range(1, 31)]
        assert [(one["date"], one["amount"], one["sure"]) for one in stored] == [
            (truth.date, truth.amount, True) for truth in truths
        ]
        assert len(done_files(service)) == 30
        assert list((service.inbox.parent / "review").glob("*.jpg")) == []


@pytest.mark.slow
def test_what_is_confirmed_moves_to_done_under_its_name(browser: Browser, tmp_path: Path) -> None:
    with waiting(browser, tmp_path, 1) as (service, visiting):
        visiting.page.keyboard.press("Enter")
        until(lambda: done_files(service), "the file is in done/")
        assert done_files(service) == ["2024-03-01_Corner-Shop-0_12.50.jpg"]
        expect(visiting.page.locator("[data-none]")).to_be_visible()


@pytest.mark.slow
def test_a_value_is_corrected_by_typing_it(browser: Browser, tmp_path: Path) -> None:
    with waiting(browser, tmp_path, 2) as (service, visiting):
        page = visiting.page
        page.keyboard.press("Space")
        page.keyboard.type("25.3.2024")
        page.keyboard.press("Enter")
        expect(shown(page, 2)).to_be_visible()
        assert receipt(service, 1)["date"] == "2024-03-25"
        assert sure(service, 1)


@pytest.mark.slow
def test_a_value_is_corrected_by_a_click_on_a_word_of_the_picture(browser: Browser, tmp_path: Path) -> None:
    with waiting(browser, tmp_path, 3) as (service, visiting):
        page = visiting.page
        page.keyboard.press("n")
        expect(shown(page, 2)).to_be_visible()
        page.locator(".word", has_text="12.51").click()
        expect(card(page, "amount").get_by_role("textbox")).to_have_value("12.51")
        page.keyboard.press("Enter")
        expect(shown(page, 3)).to_be_visible()
        until(lambda: sure(service, 2), "the total is stored")
        assert receipt(service, 2)["amount"] == truth_of(1).amount


@pytest.mark.slow
def test_a_value_is_shown_on_the_page_of_the_receipt_that_it_is_printed_on(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "home") as service:
        with service.database() as database:
            truth = keep_doubtful_of_two_pages(database, service.inbox)
        with visit(browser, service) as visiting:
            page = visiting.page
            visiting.open("/review")
            expect(page.get_by_alt_text("Picture of page 2 of receipt no. 1")).to_be_visible()
            expect(card(page, "amount").locator("canvas")).to_be_visible()
            page.locator(".word", has_text=str(truth.amount)).click()
            expect(card(page, "amount").get_by_role("textbox")).to_have_value(str(truth.amount))
            card(page, "date").get_by_role("textbox").focus()
            expect(page.get_by_alt_text("Picture of page 1 of receipt no. 1")).to_be_visible()
            visiting.open("/receipts/1")
            expect(page.get_by_alt_text("Picture of page 2 of receipt no. 1", exact=False)).to_be_visible()
        image = [service.ask("GET", "/receipts/1/image", params={"page": number}) for number in (1, 2, 3)]
        assert [one.status_code for one in image] == [200, 200, 404]
        assert image[0].content != image[1].content


@pytest.mark.slow
def test_a_value_that_is_refused_says_why_and_waits_for_another_one(browser: Browser, tmp_path: Path) -> None:
    with waiting(browser, tmp_path, 2) as (service, visiting):
        page = visiting.page
        page.keyboard.press("Space")
        page.keyboard.type("31.2.2024")
        page.keyboard.press("Enter")
        expect(card(page, "date").get_by_role("alert")).to_contain_text("31.2.2024")
        expect(card(page, "date").get_by_role("textbox")).to_have_value("31.2.2024")
        expect(card(page, "date").get_by_role("textbox")).to_be_focused()
        assert not sure(service, 1)
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        expect(shown(page, 2)).to_be_visible()
        until(lambda: sure(service, 1), "the date is stored")


@pytest.mark.slow
def test_u_undoes_the_last_change_and_returns_to_it(browser: Browser, tmp_path: Path) -> None:
    with waiting(browser, tmp_path, 3) as (service, visiting):
        page = visiting.page
        page.keyboard.press("Enter")
        expect(shown(page, 2)).to_be_visible()
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(shown(page, 3)).to_be_visible()
        page.keyboard.press("u")
        expect(shown(page, 2)).to_be_visible()
        expect(page.locator("[data-count]")).to_have_text("2 receipts wait")
        expect(card(page, "amount").get_by_role("textbox")).to_have_value("82.51")
        assert (sure(service, 1), sure(service, 2)) == (True, False)


@pytest.mark.slow
def test_each_field_is_confirmed_by_itself(browser: Browser, tmp_path: Path) -> None:
    with waiting(browser, tmp_path, 3) as (service, visiting):
        page = visiting.page
        page.goto(f"{service.address}/review/3")
        expect(shown(page, 3)).to_be_visible()
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(card(page, "amount")).to_contain_text("corrected")
        expect(card(page, "date")).to_be_focused()
        until(lambda: receipt(service, 3)["amount"] == truth_of(2).amount, "the total is stored")
        assert not sure(service, 3)


@pytest.mark.slow
def test_what_is_confirmed_without_a_connection_arrives_when_it_is_back(browser: Browser, tmp_path: Path) -> None:
    with waiting(browser, tmp_path, 3) as (service, visiting):
        page = visiting.page
        page.wait_for_load_state("networkidle")
        visiting.context.set_offline(True)
        page.keyboard.press("Enter")
        expect(shown(page, 2)).to_be_visible()
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(shown(page, 3)).to_be_visible()
        assert not sure(service, 1)
        visiting.context.set_offline(False)
        until(lambda: sure(service, 1) and sure(service, 2), "both are stored")


@pytest.mark.slow
def test_a_receipt_that_arrives_meanwhile_is_looked_at_last(browser: Browser, tmp_path: Path) -> None:
    with waiting(browser, tmp_path, 1) as (service, visiting):
        with service.database() as database:
            keep_doubtful(database, service.inbox, 1, first=1)
        visiting.page.keyboard.press("Enter")
        expect(shown(visiting.page, 2)).to_be_visible()


@pytest.mark.slow
def test_a_number_that_is_the_first_of_a_typed_total_confirms_nothing(browser: Browser, tmp_path: Path) -> None:
    with waiting(browser, tmp_path, 3) as (service, visiting):
        page = visiting.page
        page.keyboard.press("n")
        expect(shown(page, 2)).to_be_visible()
        page.keyboard.type("19.90")
        page.keyboard.press("Enter")
        expect(shown(page, 3)).to_be_visible()
        until(lambda: sure(service, 2), "the total is stored")
        assert receipt(service, 2)["amount"] == Decimal("19.90")


@pytest.mark.slow
def test_more_receipts_wait_than_a_page_is_told_of_at_first(browser: Browser, tmp_path: Path) -> None:
    with waiting(browser, tmp_path, 204) as (service, visiting):
        page = visiting.open("/review/199")
        for number in range(199, 204):
            expect(shown(page, number)).to_be_visible()
            page.keyboard.press("n")
        expect(shown(page, 204)).to_be_visible()
        expect(page.locator("[data-count]")).to_have_text("204 receipts wait")
        page.keyboard.press("n")
        expect(shown(page, 1)).to_be_visible()
        assert body(service.ask("GET", "/review"))["count"] == 204


@pytest.mark.slow
def test_single_keys_can_be_turned_off(browser: Browser, tmp_path: Path) -> None:
    with waiting(browser, tmp_path, 2) as (_, visiting):
        page = visiting.page
        page.get_by_role("button", name="Keys").click()
        page.get_by_label("Single keys act while nothing is being typed").uncheck()
        card(page, "date").focus()
        page.keyboard.press("n")
        page.keyboard.press("ArrowUp")
        expect(card(page, "amount")).to_be_focused()
        expect(shown(page, 1)).to_be_visible()


@pytest.mark.slow
def test_on_a_phone_the_picture_and_the_field_are_seen_together(browser: Browser, tmp_path: Path) -> None:
    with waiting(browser, tmp_path, 3, **PHONE) as (service, visiting):
        page = visiting.open("/review/3")
        expect(shown(page, 3)).to_be_visible()
        card(page, "amount").get_by_text("12.52").tap()
        expect(card(page, "date")).to_be_focused()
        expect(page.locator("[data-pane]")).to_be_in_viewport(ratio=0.9)
        expect(card(page, "date")).to_be_in_viewport(ratio=0.9)
        assert not overflows(page)
        until(lambda: receipt(service, 3)["amount"] == truth_of(2).amount, "the total is stored")

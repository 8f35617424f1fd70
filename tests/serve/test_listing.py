"""Lists, changes and exports of the receipts in a book."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rpiocr.output.remembered import with_memory
from rpiocr.store.database import Database
from tests.batch.waiting import until
from tests.serve.serving import ROOT, Serving, body, code, serving
from tests.store.many import fill
from tests.store.readings import evidence, item, keep_one, reading


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A service with a store of its own."""
    with serving(tmp_path_factory.mktemp("book") / "home") as served:
        yield served


@pytest.fixture
def database(book: Serving) -> Iterator[Database]:
    """The store of that service, as another program writes it."""
    with book.database() as database:
        yield database


def all_of(service: Serving, **query: Any) -> list[int]:  # noqa: ANN401 - any value
    """Return the numbers of a whole list, page by page."""
    found: list[int] = []
    cursor = ""
    while True:
        page = body(service.ask("GET", "/receipts", params={**query, "cursor": cursor}))
        found += [one["id"] for one in page["receipts"]]
        if page["next"] is None:
            return found
        cursor = page["next"]


def test_a_list_can_be_filtered_in_every_way_that_the_command_line_knows(book: Serving, database: Database) -> None:
    own: dict[str, Any] = {"merchant": "Filter Cafe", "currency": "CHF"}
    sure = keep_one(database, **own, date="2025-01-02", verdict="ACCEPT", text="espresso and cake")
    unsure = keep_one(database, **own, date="2025-02-03", verdict="RETRY", items=[item("Espresso")])
    for query, expected in (
        ({"merchant": "filter"}, {sure, unsure}),
        ({"currency": "CHF", "until": "2025-01-31"}, {sure}),
        ({"currency": "CHF", "since": "2025-02-01"}, {unsure}),
        ({"currency": "CHF", "verdict": ["RETRY", "ESCALATE"]}, {unsure}),
        ({"currency": "CHF", "sure": True}, {sure}),
        ({"q": "espresso cake"}, {sure}),
        ({"q": "item:espresso", "currency": "CHF"}, {unsure}),
        ({"currency": "XYZ"}, set()),
    ):
        assert set(all_of(book, **query)) == expected, query


def test_a_list_stays_whole_while_receipts_come_and_go(book: Serving, database: Database) -> None:
    numbers = [keep_one(database, merchant="Stable", currency="NOK", date=f"2024-05-{day:02}") for day in range(1, 13)]
    first = body(book.ask("GET", "/receipts", params={"currency": "NOK", "limit": 5}))
    shown = [one["id"] for one in first["receipts"]]
    keep_one(database, merchant="Newer", currency="NOK", date="2024-06-01")
    keep_one(database, merchant="Same day", currency="NOK", date="2024-05-12")
    assert book.ask("DELETE", f"/receipts/{shown[-1]}").status_code == 204
    rest = body(book.ask("GET", "/receipts", params={"currency": "NOK", "limit": 100, "cursor": first["next"]}))
    assert sorted(shown + [one["id"] for one in rest["receipts"]]) == sorted(numbers)


def test_values_are_corrected_confirmed_and_taken_back(book: Serving, database: Database) -> None:
    number = keep_one(database, merchant="Wrnog", verdict="RETRY", items=[item("Tea", "12.50")])
    own = f"/receipts/{number}"

    def change(**changes: Any) -> Any:  # noqa: ANN401 - JSON
        return body(book.ask("PATCH", own, json=changes))

    changed = change(set={"merchant": "Wrong", "amount": 12.3, "items.1.description": "Green tea"})
    assert (changed["merchant"], str(changed["amount"])) == ("Wrong", "12.30")
    assert changed["items"][0]["description"] == "Green tea"
    assert {one["field"] for one in changed["corrections"]} >= {"merchant", "amount"}
    assert change(undo=["merchant"])["merchant"] == "Wrnog"
    assert [one["field"] for one in change(confirm=["date"])["confirmations"]] == ["date"]
    assert body(book.ask("GET", f"{own}/items"))["items"][0]["description"] == "Green tea"
    wrong = book.ask("PATCH", own, json={"set": {"merchant": "Lost", "date": "never"}})
    assert (wrong.status_code, code(wrong)) == (422, "bad_correction")
    assert body(book.ask("GET", own))["merchant"] == "Wrnog"
    assert code(book.ask("PATCH", own, json={})) == "bad_request"
    assert code(book.ask("PATCH", own, json={"undo": ["date"], "confirm": ["date"]})) == "bad_request"


def test_a_name_that_is_corrected_counts_for_the_next_receipt_until_that_is_taken_back(
    book: Serving, database: Database
) -> None:
    of_shop: dict[str, Any] = {"merchant": "WAH N00DLE HSE", "phone": "6555 8124"}
    number = keep_one(database, **of_shop)

    def next_name() -> object:
        return with_memory(database, reading(of_shop)).receipts[0].answer["merchant"]

    body(book.ask("PATCH", f"/receipts/{number}", json={"set": {"merchant": "Noodle Corner"}}))
    assert next_name() == "Noodle Corner"
    body(book.ask("PATCH", f"/receipts/{number}", json={"undo": ["merchant"]}))
    assert next_name() == "WAH N00DLE HSE"


def test_a_correction_that_the_sums_of_the_receipt_contradict_is_kept_and_told(
    book: Serving, database: Database
) -> None:
    proved = {"amount": evidence("12.50", checks=["net + tax"])}
    number = keep_one(database, merchant="Proved", evidence=proved)
    for amount, contradicted in (("21.50", True), ("12.50", False)):
        changed = body(book.ask("PATCH", f"/receipts/{number}", json={"set": {"amount": amount}}))
        assert str(changed["amount"]) == amount
        assert ["sums prove 12.50" in notice for notice in changed["notices"]] == [True] * contradicted, amount


def test_an_archived_receipt_is_out_of_lists_and_a_deleted_one_comes_back(book: Serving, database: Database) -> None:
    number = keep_one(database, merchant="Archive", currency="SEK")
    assert body(book.ask("PATCH", f"/receipts/{number}", json={"archived": True}))["archived_at"]
    assert all_of(book, currency="SEK") == []
    assert all_of(book, currency="SEK", archived=True) == [number]
    before = body(book.ask("GET", f"/receipts/{number}"))
    assert book.ask("DELETE", f"/receipts/{number}").status_code == 204
    assert code(book.ask("GET", f"/receipts/{number}")) == "no_such_receipt"
    assert body(book.ask("POST", f"/receipts/{number}/restore")) == before


def test_the_queue_of_review_holds_what_is_neither_accepted_nor_confirmed(book: Serving, database: Database) -> None:
    number = keep_one(database, verdict="RETRY", verdicts={"amount": "RETRY"})
    queue = body(book.ask("GET", "/review", params={"limit": 200}))
    assert number in queue["receipts"]
    review = body(book.ask("GET", f"/review/{number}"))
    assert "amount" in review["open"]
    after = body(book.ask("GET", "/review", params={"after": number}))
    assert number not in after["receipts"]


@pytest.mark.slow
def test_exports_are_those_of_the_command_line(book: Serving, database: Database) -> None:
    keep_one(database, merchant="Export", currency="DKK")
    for form, beginning in (("csv", b"\xef\xbb\xbfid,"), ("xlsx", b"PK"), ("json", b"["), ("ndjson", b"{")):
        answer = book.ask("GET", "/exports", params={"format": form, "currency": "DKK"})
        assert answer.content.startswith(beginning), form
        assert re.search(r'filename="?receipts-\d{4}-\d\d-\d\d', answer.headers["content-disposition"])
    with zipfile.ZipFile(io.BytesIO(book.ask("GET", "/exports", params={"format": "xlsx"}).content)) as workbook:
        assert workbook.testzip() is None
    until(lambda: book.hidden() == [], "nothing is left of an export")
    wrong = book.ask("GET", "/exports", params={"merchant": "..."})
    assert (wrong.status_code, code(wrong)) == (422, "bad_parameter")
    until(lambda: book.hidden() == [], "nothing is left of an export")


def test_head_is_answered_as_get_without_the_body(book: Serving) -> None:
    got, head = (book.ask(method, "/receipts") for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.slow
def test_ten_thousand_receipts_are_listed_page_by_page(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as service:
        with service.database() as database:
            fill(database, 10_000)
        with service.client() as client:
            paths = [
                f"{ROOT}/receipts?limit=100",
                f"{ROOT}/receipts?q=shop",
                f"{ROOT}/review",
                "/receipts",
                "/review",
                "/",
            ]
            for path in paths:
                assert client.get(service.address + path).status_code == 200, path
            assert len(set(all_of(service, limit=500))) == 10_000

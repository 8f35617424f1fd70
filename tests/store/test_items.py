"""Items of stored receipts: shown as a table with what they add up to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from tests.store.program import run_command
from tests.store.readings import check_of, item, keep_one

BREAKFAST = [
    item("Oat Milk", "2.50", quantity=Decimal(2), unit_price=Decimal("1.25")),
    item("Apples", "1.20", quantity=Decimal("0.480"), unit="kg", unit_price=Decimal("2.50")),
    item("Loyalty", "-0.20", kind="discount", applies_to=2),
]


def shown(database: Database, receipt_id: int) -> list[list[str]]:
    """The words of each line that a person gets of a receipt."""
    outcome = run_command(database.url, "show", receipt_id, "--format", "text")
    return [line.split() for line in outcome.stdout.splitlines() if line.strip()]


def test_a_receipt_is_shown_with_a_table_of_its_items(database: Database) -> None:
    lines = shown(database, keep_one(database, items=BREAKFAST, amount=Decimal("3.50")))
    assert ["#", "description", "quantity", "unit", "price", "amount", "kind"] in lines
    assert ["1", "Oat", "Milk", "2", "1.25", "2.50"] in lines
    assert ["2", "Apples", "0.480", "kg", "2.50", "1.20"] in lines
    assert ["3", "Loyalty", "-0.20", "discount"] in lines


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "items 3 items; their sum 3.50 EUR agrees with the total; complete"),
        (
            {"agrees_with": "subtotal", "count_printed": 4, "complete": False},
            "items 3 items, 4 by the receipt; their sum 3.50 EUR agrees with the subtotal; not proved complete",
        ),
        (
            {"agrees_with": None, "complete": False},
            "items 3 items; their sum 3.50 EUR is 9.00 EUR less than the total; not proved complete",
        ),
    ],
)
def test_what_the_items_add_up_to_is_stated_in_words(database: Database, changes: dict[str, Any], words: str) -> None:
    lines = shown(database, keep_one(database, items=BREAKFAST, items_check=check_of(BREAKFAST, **changes)))
    assert words in " ".join(word for line in lines for word in line)


@pytest.mark.parametrize(
    ("total", "words"),
    [("-3.80", "is 0.10 EUR less than the total"), ("3.80", "agrees with neither the total nor the subtotal")],
)
def test_the_sum_of_what_was_given_back_is_compared_with_a_refund_only(
    database: Database, total: str, words: str
) -> None:
    returned = [item("Tea", "-2.50"), item("Cup", "-1.20")]
    check = check_of(returned, agrees_with=None, complete=False)
    receipt_id = keep_one(database, items=returned, amount=Decimal(total), items_check=check)
    assert words in " ".join(word for line in shown(database, receipt_id) for word in line)


def test_a_receipt_without_items_is_shown_so_and_one_that_was_not_searched_for_them_is_not(database: Database) -> None:
    none, not_looked_for = keep_one(database, items=[]), keep_one(database, date="2024-01-01")
    assert ["items", "none"] in shown(database, none)
    assert not any(line[0] == "items" for line in shown(database, not_looked_for))


@pytest.mark.parametrize(
    ("search", "positions"),
    [
        (("item:milk",), [2, 0]),
        (("item:MILK",), [2, 0]),
        (("item:oat milk",), [0]),
        (('item:"oat milk"',), [0]),
        (('item:"milk oat"',), []),
        (('corner item:"oat milk"',), [0]),
        (("item:mil*",), [2, 0]),
        (('item:"oat mi*"',), [0]),
        (("item:creme",), [1]),
        (("item:crème", "item:apples"), [1]),
        (("item:milk", "item:apples"), [0]),
        (("item:milk", "other"), [2]),
        (("other", "item:milk"), [2]),
        (("item:corner",), []),
        (("milk",), [1]),
    ],
)
def test_receipts_are_found_by_the_description_of_an_item(
    database: Database, search: tuple[str, ...], positions: list[int]
) -> None:
    stored = [
        keep_one(database, items=BREAKFAST),
        keep_one(database, items=[item("Crème fraîche"), item("apples")], date="2024-01-01", text="no milk today"),
        keep_one(database, items=[item("Milk, whole; oat")], date="2024-02-01", merchant="Other"),
    ]
    found = [line["id"] for line in run_command(database.url, "search", *search).lines]
    assert found == [stored[position] for position in positions]


@pytest.mark.parametrize("search", ['item:""', "item:-", 'item:"!?"', "item:"])
def test_an_item_without_a_word_is_wrong_usage(database: Database, search: str) -> None:
    keep_one(database, items=BREAKFAST)
    outcome = run_command(database.url, "search", search)
    assert (outcome.status, outcome.stdout) == (ExitCode.USAGE, "")
    assert "there is no word to search for" in outcome.stderr


def test_items_are_searched_page_after_page(database: Database) -> None:
    first, second, third = (keep_one(database, items=BREAKFAST, date=f"2024-01-0{day}") for day in (1, 2, 3))
    assert [one["id"] for one in run_command(database.url, "search", "item:milk", "--limit", 2).lines] == [
        third,
        second,
    ]
    found = run_command(database.url, "search", "item:milk", "--before", second).lines
    assert [one["id"] for one in found] == [first]


def test_a_deleted_receipt_is_not_found_by_its_items(database: Database) -> None:
    receipt_id = keep_one(database, items=BREAKFAST)
    run_command(database.url, "delete", receipt_id, "--yes")
    assert run_command(database.url, "search", "item:milk").lines == []

"""Items of stored receipts: shown as a table with what they add up to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

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
    assert ["#", "description", "quantity", "unit", "price", "amount"] in lines
    assert ["1", "Oat", "Milk", "2", "1.25", "2.50"] in lines
    assert ["2", "Apples", "0.480", "kg", "2.50", "1.20"] in lines
    assert ["3", "Loyalty", "-0.20"] in lines


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
            "items 3 items; their sum 3.50 EUR agrees with neither the total nor the subtotal; not proved complete",
        ),
    ],
)
def test_what_the_items_add_up_to_is_said_in_words(database: Database, changes: dict[str, Any], words: str) -> None:
    lines = shown(database, keep_one(database, items=BREAKFAST, items_check=check_of(BREAKFAST, **changes)))
    assert words in " ".join(word for line in lines for word in line)


def test_a_receipt_without_items_says_so_and_one_that_was_not_searched_for_them_does_not(database: Database) -> None:
    none, not_looked_for = keep_one(database, items=[]), keep_one(database, date="2024-01-01")
    assert ["items", "none"] in shown(database, none)
    assert not any(line[0] == "items" for line in shown(database, not_looked_for))

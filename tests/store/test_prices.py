"""``rpiocr prices``: what one thing cost over time, and where."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from tests.store.program import run_command
from tests.store.readings import item, keep_one


@pytest.fixture
def bought(database: Database) -> list[int]:
    """Four receipts with milk, the first stored being the second by its date."""
    of_two = item("Oat Milk", "2.60", quantity=Decimal(2))
    printed = item("MILK", "3.00", quantity=Decimal("1.5"), unit="l", unit_price=Decimal("2.00"))
    coupon = item("Milk coupon", "-0.50", kind="discount", applies_to=1)
    return [
        keep_one(database, date="2024-02-01", items=[of_two, item("Bread", "3.00"), coupon]),
        keep_one(database, date="2024-01-01", items=[item("Milk", "1.10")], merchant="Café"),
        keep_one(database, date="2024-03-01", items=[printed], currency="SEK"),
        keep_one(database, date=None, amount=None, items=[item("Milk", "1.20")]),
    ]


def test_purchases_are_listed_oldest_first_with_the_price_of_one(database: Database, bought: list[int]) -> None:
    lines = run_command(database.url, "prices", "milk").lines
    assert [line["receipt"] for line in lines] == [bought[1], bought[0], bought[2], bought[3]]
    assert [line["price"] for line in lines] == [Decimal(one) for one in ("1.10", "1.30", "2.00", "1.20")]
    assert lines[1] == {
        **{"receipt": bought[0], "position": 1, "date": "2024-02-01", "merchant": "Corner Shop"},
        **{"description": "Oat Milk", "quantity": 2, "unit": None, "unit_price": None, "amount": Decimal("2.60")},
        **{"price": Decimal("1.30"), "currency": "EUR"},
    }
    assert (lines[2]["unit"], lines[2]["currency"], lines[3]["date"]) == ("l", "SEK", None)


@pytest.mark.parametrize(
    ("arguments", "positions"),
    [
        (("milk", "oat"), [0]),
        (("oat milk",), [0]),
        (("milk oat",), []),
        (("mil*", "--until", "2024-01"), [1]),
        (("milk", "--currency", "sek"), [2]),
        (("milk", "--merchant", "cafe"), [1]),
    ],
)
def test_words_and_filters_choose_the_purchases(
    database: Database, bought: list[int], arguments: tuple[str, ...], positions: list[int]
) -> None:
    lines = run_command(database.url, "prices", *arguments).lines
    assert [line["receipt"] for line in lines] == [bought[position] for position in positions]


def test_a_receipt_that_repeats_another_is_not_bought_again(database: Database) -> None:
    first, _ = keep_one(database, items=[item("Milk")]), keep_one(database, items=[item("Milk")])
    assert [line["receipt"] for line in run_command(database.url, "prices", "milk").lines] == [first]


def test_a_corrected_item_has_its_corrected_price(database: Database) -> None:
    receipt_id = keep_one(database, items=[item("Mlik", "1.10")])
    run_command(database.url, "fix", receipt_id, "items.1.description=Milk", "items.1.amount=1.20")
    assert run_command(database.url, "prices", "milk").only["price"] == Decimal("1.20")


def test_a_table_compares_prices_by_bars_in_one_currency_and_unit(database: Database) -> None:
    for day, amount in ((1, "1.00"), (2, "2.00")):
        keep_one(database, date=f"2024-01-0{day}", items=[item("Milk", amount)])
    keep_one(database, date="2024-01-03", currency="SEK", items=[item("Milk", "20.00", unit="l")])
    text = run_command(database.url, "prices", "milk", "--format", "table").stdout
    assert [line.split()[:4] for line in text.splitlines() if "2024" in line] == [
        ["2024-01-01", "1.00", "EUR", "████"],
        ["2024-01-02", "2.00", "EUR", "████████"],
        ["2024-01-03", "20.00", "SEK/l", "████████"],
    ]


def test_csv_has_a_heading_and_exact_numbers(database: Database, bought: list[int]) -> None:
    rows = list(csv.DictReader(io.StringIO(run_command(database.url, "prices", "milk", "--format", "csv").stdout)))
    assert (rows[0]["receipt"], rows[0]["date"], rows[0]["price"]) == (str(bought[1]), "2024-01-01", "1.10")


def test_a_thing_that_was_never_bought_is_reported(database: Database, bought: list[int]) -> None:
    assert bought
    outcome = run_command(database.url, "prices", "unicorn")
    assert (outcome.status, outcome.stdout) == (ExitCode.OK, "")
    assert "no stored receipt matches" in outcome.stderr
    assert run_command(database.url, "prices", "-").status == ExitCode.USAGE

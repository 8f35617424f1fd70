"""``rpiocr stats``: exact sums, each currency by itself, nothing counted twice."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from rpiocr.commands.printing import bars
from rpiocr.store.database import Database
from rpiocr.store.selection import Selection
from rpiocr.store.statistics import Line, statistics, totals
from tests.store.many import fill
from tests.store.program import run_command
from tests.store.readings import keep_one


def sums(database: Database, by: str, *arguments: object) -> list[dict[str, Any]]:
    """The lines of one kind."""
    lines = run_command(database.url, "stats", *arguments).lines
    left_out = ("by", "unsure", "unsure_amount")
    return [{key: value for key, value in line.items() if key not in left_out} for line in lines if line["by"] == by]


def test_months_and_merchants_are_added_up_each_currency_by_itself(database: Database) -> None:
    keep_one(database, date="2024-03-05", amount=Decimal("0.10"), merchant="REWE")
    keep_one(database, date="2024-03-06", amount=Decimal("0.20"), merchant="Rewe")
    keep_one(database, date="2024-03-07", amount=Decimal("-0.05"), merchant="REWE")
    keep_one(database, date="2024-04-01", amount=Decimal("100"), currency="JPY", merchant="Konbini")
    keep_one(database, date="2024-04-02", amount=None, merchant=None)
    keep_one(database, date=None, amount=Decimal("7.00"), currency=None)
    assert sums(database, "month") == [
        {"month": "2024-03", "currency": "EUR", "receipts": 3, "amount": Decimal("0.25"), "without_amount": 0},
        {"month": "2024-04", "currency": "EUR", "receipts": 1, "amount": 0, "without_amount": 1},
        {"month": "2024-04", "currency": "JPY", "receipts": 1, "amount": 100, "without_amount": 0},
        {"month": None, "currency": None, "receipts": 1, "amount": Decimal("7.00"), "without_amount": 0},
    ]
    assert [(line["merchant"], line["currency"], line["amount"]) for line in sums(database, "merchant")] == [
        ("REWE", "EUR", Decimal("0.25")),
        (None, "EUR", 0),
        ("Konbini", "JPY", 100),
        ("Corner Shop", None, Decimal("7.00")),
    ]
    assert [(line["currency"], line["receipts"]) for line in sums(database, "all")] == [
        ("EUR", 4),
        ("JPY", 1),
        (None, 1),
    ]


def test_receipts_that_repeat_others_are_not_counted_and_that_is_reported(database: Database) -> None:
    keep_one(database)
    keep_one(database)
    outcome = run_command(database.url, "stats")
    assert [line["receipts"] for line in outcome.lines] == [1, 1, 1]
    assert "1 receipt duplicating others" in outcome.stderr


def test_sums_tell_how_much_of_them_is_unsure(database: Database) -> None:
    keep_one(database, amount=Decimal("10.00"), merchant="Sure")
    keep_one(database, amount=Decimal("4608.64"), merchant="Unsure", verdict="RETRY")
    keep_one(database, amount=None, verdict="RETRY")
    keep_one(database, amount=Decimal("7.00"), merchant="Confirmed", verdict="ESCALATE")
    run_command(database.url, "fix", 4, "--ok")
    lines = run_command(database.url, "stats").lines
    unsure = {(line["by"], line.get("merchant")): (line["unsure"], line["unsure_amount"]) for line in lines}
    assert unsure[("all", None)] == unsure[("month", None)] == (1, Decimal("4608.64"))
    assert (unsure[("merchant", "Sure")], unsure[("merchant", "Confirmed")]) == ((0, 0), (0, 0))
    chart = run_command(database.url, "stats", "--format", "chart").stdout
    assert chart.count("of which unsure: 4608.64 in 1\n") == 3


@pytest.mark.parametrize("columns", [40, 80])
def test_the_chart_keeps_within_the_terminal(database: Database, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    keep_one(database, amount=Decimal("123456789.00"), merchant="A very long name of a merchant " * 5)
    keep_one(database, amount=Decimal("100.00"), merchant="東京" * 40, verdict="RETRY")
    lines = run_command(database.url, "stats", "--format", "chart").stdout.splitlines()
    assert max(map(cell_len, lines)) <= columns
    assert any(line.startswith("  A very ") for line in lines)


def test_only_the_days_that_are_asked_for_count(database: Database) -> None:
    for month in ("2024-02-29", "2024-03-01", "2024-04-01"):
        keep_one(database, date=month)
    assert [line["month"] for line in sums(database, "month", "--since", "2024-03", "--until", "2024-03")] == [
        "2024-03"
    ]


AMOUNTS = st.decimals(Decimal("-999999999999999"), Decimal("999999999999999"), places=2)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(AMOUNTS, min_size=1, max_size=5))
def test_a_sum_is_exact_however_large(database: Database, amounts: list[Decimal]) -> None:
    before = Counter({line["currency"]: line["amount"] for line in sums(database, "all")})
    for number, amount in enumerate(amounts):
        keep_one(database, amount=amount, date=None, time=f"10:{number:02}")
    after = Counter({line["currency"]: line["amount"] for line in sums(database, "all")})
    cents = sum(int(amount.scaleb(2)) for amount in amounts)
    assert int(Decimal(after["EUR"]).scaleb(2)) - int(Decimal(before["EUR"]).scaleb(2)) == cents


def test_an_empty_store_has_no_sums(database: Database) -> None:
    outcome = run_command(database.url, "stats")
    assert (outcome.status, outcome.stdout) == (0, "")


def test_the_chart_draws_bars_as_long_as_their_sums(database: Database) -> None:
    keep_one(database, date="2024-03-05", amount=Decimal("50.00"), merchant="Half \x1b[2J")
    keep_one(database, date="2024-04-05", amount=Decimal("100.00"), merchant="Whole")
    keep_one(database, date="2024-05-05", amount=Decimal("-1.00"), merchant="Back")
    chart = run_command(database.url, "stats", "--format", "chart").stdout
    by_month = {
        words[0]: words for line in chart.splitlines() if (words := line.split()) and words[0].startswith("2024")
    }
    assert by_month["2024-04"][1:3] == ["100.00", "█" * 30]
    assert by_month["2024-03"][1:3] == ["50.00", "█" * 15]
    assert by_month["2024-05"][1:] == ["-1.00", "1"]
    assert "149.00 EUR in 3 receipts" in chart
    assert "\x1b" not in chart
    assert "Whole" in chart


@pytest.mark.parametrize(("amount", "bar"), [("100", "█" * 30), ("1", "▎"), ("0.01", "▏"), ("0", ""), ("-5", "")])
def test_a_bar_is_drawn_to_an_eighth_of_a_character(amount: str, bar: str) -> None:
    lines = [Line("a", "EUR", 1, Decimal("100"), 0), Line("b", "EUR", 1, Decimal(amount), 0)]
    drawn = list(bars(lines, "month"))[2]
    assert drawn.split()[2:-1] == ([bar] if bar else [])


def test_totals_alone_are_those_of_all_statistics(database: Database) -> None:
    fill(database, 500)
    with database.snapshot() as connection:
        for selection in (Selection(), Selection(currency="EUR"), Selection(sure=False)):
            assert totals(connection, selection) == statistics(connection, selection).totals

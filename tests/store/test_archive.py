"""``rpiocr archive``: receipts that are put away are out of sight, and count as before."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from tests.store.program import run_command
from tests.store.readings import item, keep_one


def ids(database: Database, *arguments: str) -> list[int]:
    return [line["id"] for line in run_command(database.url, *arguments).lines]


@pytest.mark.slow
def test_an_archived_receipt_is_listed_only_on_request_until_that_is_undone(database: Database) -> None:
    kept, away = keep_one(database, text="tea"), keep_one(database, text="tea")
    assert f"receipt {away} is archived\n" in run_command(database.url, "archive", away).stderr
    assert ids(database, "list") == ids(database, "search", "tea") == [kept]
    assert ids(database, "list", "--archived") == ids(database, "search", "tea", "--archived") == [away]
    assert run_command(database.url, "list", "--archived").only["archived_at"] is not None
    assert f"receipt {away} is archived already" in run_command(database.url, "archive", away).stderr
    assert f"receipt {away} is listed again" in run_command(database.url, "archive", "--undo", away).stderr
    assert ids(database, "list") == [away, kept]
    assert ids(database, "list", "--archived") == []


@pytest.mark.slow
def test_an_archived_receipt_stays_in_sums_prices_and_exports_and_is_shown(database: Database) -> None:
    away = keep_one(database, amount=Decimal("12.50"), items=[item("Tea")])
    run_command(database.url, "archive", away)
    total = next(line for line in run_command(database.url, "stats").lines if line["by"] == "all")
    assert total["amount"] == Decimal("12.50")
    assert run_command(database.url, "prices", "tea").only["receipt"] == away
    assert run_command(database.url, "export", "--format", "ndjson").only["id"] == away
    assert run_command(database.url, "show", away).only["archived_at"] is not None


def test_a_receipt_that_repeats_an_archived_one_is_recognized(database: Database) -> None:
    away = keep_one(database, time="19:16")
    run_command(database.url, "archive", away)
    again = keep_one(database, time="19:16")
    assert run_command(database.url, "list").of_id(again)["duplicate_of"] == away


def test_if_one_receipt_does_not_exist_none_is_archived(database: Database) -> None:
    there = keep_one(database)
    refused = run_command(database.url, "archive", there, 999)
    assert refused.status == ExitCode.UNREADABLE_INPUT
    assert "999" in refused.stderr
    assert ids(database, "list") == [there]

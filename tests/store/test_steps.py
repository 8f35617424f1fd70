"""A store that an earlier version wrote keeps its receipts, and can be read where it cannot be written."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from rpiocr.store.confirmations import confirmed_receipts
from rpiocr.store.corrections import correct, take_back
from rpiocr.store.database import HEAD, STEPS, Database
from rpiocr.store.details import details
from rpiocr.store.queries import found
from tests.store.readings import item, keep_one

OLD_FILE = """
    INSERT INTO files (path, sha256, size_bytes, state, attempts, abandoned, seen_at, arrival)
    VALUES ('/inbox/a.jpg', :sha256, 1, 'filed', 1, 0, '2024-03-05T10:00:00+00:00', 1)
"""
OLD_RECEIPT = """
    INSERT INTO receipts (
        file_id, page, part, read_at, merchant, date, day, amount, currency, subtotal, tax, verdict, quality, source,
        passes, elapsed_s, text
    ) VALUES (
        1, 1, 1, '2024-03-05T10:00:00+00:00', 'Tea House', '2024-03-05', '2024-03-05', :amount, 'EUR', :subtotal,
        :tax, 'ACCEPT', 90, 'local', 2, 1.5, 'tea'
    )
"""

OLD_CORRECTION = """
    INSERT INTO corrections (receipt_id, field, was, value, corrected_at)
    VALUES (1, 'amount', :was, :value, '2024-03-06T10:00:00+00:00')
"""


def old_store(url: str, step: str) -> Database:
    """A store at an earlier step, with one receipt."""
    money = {"amount": "12.50", "subtotal": "10.00", "tax": "2.50"}
    with closing(Database(url, step=step)) as database, database.transaction() as connection:
        connection.execute(text(OLD_FILE), {"sha256": "ab" * 32})
        if not database.is_sqlite:
            money = {name: Decimal(value) for name, value in money.items()}  # type: ignore[misc]
        connection.execute(text(OLD_RECEIPT), money)
    return Database(url, as_it_is=True)


def test_an_old_receipt_is_kept_without_a_tip_and_a_new_one_has_its(store_url: str) -> None:
    old_store(store_url, "0002").close()
    with closing(Database(store_url)) as database:
        assert database.version == HEAD
        new = keep_one(database, tip=Decimal("2.00"))
        with database.snapshot() as connection:
            before, after = details(connection, 1), details(connection, new)
    assert (before["amount"], before["subtotal"], before["tax"], before["tip"]) == (
        Decimal("12.50"),
        Decimal("10.00"),
        Decimal("2.50"),
        None,
    )
    assert after["tip"] == Decimal("2.00")


def test_an_old_receipt_knows_its_merchant_alone_and_a_new_one_all_about_the_seller(store_url: str) -> None:
    about: dict[str, Any] = {
        "merchant_legal": "Tea House Ltd",
        "address": "1 High Street, York",
        "category": "restaurant",
    }
    old_store(store_url, "0012").close()
    with closing(Database(store_url)) as database:
        new = keep_one(database, **about)
        with database.snapshot() as connection:
            before, after = details(connection, 1), details(connection, new)
    assert (before["merchant"], [before[name] for name in about]) == ("Tea House", [None] * len(about))
    assert {name: after[name] for name in about} == about


def test_the_items_of_a_receipt_stored_before_there_were_any_were_not_looked_for(store_url: str) -> None:
    with closing(old_store(store_url, "0005")) as database:
        assert database.version == "0005"
    with closing(Database(store_url)) as database:
        new = keep_one(database, items=[item()])
        with database.snapshot() as connection:
            before, after = details(connection, 1), details(connection, new)
    assert (before["items"], before["items_check"], before["items_verdict"]) == (None, None, None)
    assert [one["description"] for one in after["items"]] == ["Tea"]


def test_corrections_of_an_old_store_are_kept_and_can_be_undone(store_url: str) -> None:
    with closing(old_store(store_url, "0005")) as database, database.transaction() as connection:
        connection.execute(text(OLD_CORRECTION), {"was": "12.30", "value": "12.50"})
    with closing(Database(store_url)) as database:
        take_back(database, 1, ["amount"])
        with database.snapshot() as connection:
            assert details(connection, 1)["amount"] == Decimal("12.30")


def test_what_a_person_confirmed_before_the_currency_had_a_verdict_stays_confirmed(store_url: str) -> None:
    with closing(old_store(store_url, "0004")) as database:
        assert database.version == "0004"
    with closing(Database(store_url)) as database:
        with database.transaction() as connection:
            connection.execute(text("UPDATE receipts SET verdict = 'RETRY'"))
        correct(database, 1, (), ["amount", "date"])
        with database.snapshot() as connection:
            assert confirmed_receipts(connection) == {1}
            assert details(connection, 1)["currency"] == "EUR"


@pytest.mark.parametrize("step", STEPS)
def test_a_store_of_any_step_is_read_as_it_is(tmp_path: Path, step: str) -> None:
    with closing(old_store(f"sqlite:///{tmp_path / 'receipts.sqlite'}", step)) as database:
        assert database.version == step
        assert list(found(database, "item:tea")) == []
        assert [one.id for page in found(database, "tea") for one in page] == [1]
        with database.snapshot() as connection:
            known = details(connection, 1)
    assert (known["amount"], known["merchant"], known["tip"]) == (Decimal("12.50"), "Tea House", None)
    assert known["items"] is None


def test_items_of_a_store_of_the_step_before_can_be_searched_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'receipts.sqlite'}"
    with closing(old_store(url, STEPS[-2])) as database, closing(Database(url, step=STEPS[-2])) as writer:
        with writer.transaction() as connection:
            connection.execute(text("INSERT INTO items (receipt_id, position, description) VALUES (1, 1, 'Green tea')"))
        assert [one.id for page in found(database, "item:green") for one in page] == [1]

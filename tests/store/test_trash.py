"""A receipt that was deleted on the page can be restored, with everything that was known of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import func, select

from rpiocr.model.records import ReadWord
from rpiocr.store import trash
from rpiocr.store.corrections import correct
from rpiocr.store.database import Database
from rpiocr.store.details import details
from rpiocr.store.errors import NoSuchReceiptError
from rpiocr.store.queries import listed
from rpiocr.store.selection import Selection
from rpiocr.store.tables import FILES
from rpiocr.store.word_boxes import words_of
from tests.store.postgres import database, server, store_url
from tests.store.readings import keep, keep_one

__all__ = ["database", "server", "store_url"]

WORDS = (ReadWord("TOTAL", (10, 20, 50, 30), 0.9),)


def known(database: Database, receipt_id: int) -> dict[str, object]:
    """Everything that the store has on a receipt."""
    with database.snapshot() as connection:
        return {**details(connection, receipt_id), "words": words_of(connection, receipt_id)}


def test_a_restored_receipt_is_as_it_was(database: Database) -> None:
    receipt = keep_one(database, words=WORDS)
    correct(database, receipt, [("amount", "9.90"), ("items.add", "MILK 2.50")], ["merchant"])
    before = known(database, receipt)

    trash.put(database, receipt)
    assert list(listed(database, Selection())) == []
    with pytest.raises(NoSuchReceiptError):
        known(database, receipt)

    assert trash.take_back(database, receipt) == receipt
    assert known(database, receipt) == before
    assert trash.deleted(database, 9) == []


def test_a_receipt_that_comes_while_another_can_be_restored_has_a_number_of_its_own(database: Database) -> None:
    first = keep_one(database, merchant="Corner Shop")
    trash.put(database, first)
    second = keep_one(database, merchant="Other Shop", file="other.jpg", data=b"other")
    assert second != first
    trash.put(database, second)
    known_as = [(one.receipt_id, one.merchant, one.date) for one in trash.deleted(database, 9)]
    assert known_as == [(second, "Other Shop", "2024-03-05"), (first, "Corner Shop", "2024-03-05")]
    assert [one.receipt_id for one in trash.deleted(database, 1)] == [second]
    assert (trash.take_back(database, first), trash.take_back(database, second)) == (first, second)
    assert known(database, first)["merchant"] == "Corner Shop"
    assert known(database, second)["merchant"] == "Other Shop"


def test_what_repeated_a_deleted_receipt_counts_in_its_place_and_stays_so(database: Database) -> None:
    first = keep_one(database, file="a.jpg", data=b"a")
    second = keep_one(database, file="b.jpg", data=b"b")
    assert known(database, second)["duplicate_of"] == first
    trash.put(database, first)
    assert known(database, second)["duplicate_of"] is None
    trash.take_back(database, first)
    assert known(database, first)["duplicate_of"] is None


def test_only_what_was_deleted_can_be_restored(database: Database) -> None:
    receipt = keep_one(database)
    for missing in (receipt, receipt + 1):
        with pytest.raises(NoSuchReceiptError):
            trash.take_back(database, missing)
    with pytest.raises(NoSuchReceiptError):
        trash.put(database, receipt + 1)


def test_what_is_emptied_is_gone_with_its_file_unless_another_receipt_needs_that(
    database: Database, tmp_path: Path
) -> None:
    alone = keep_one(database, file=str(tmp_path / "a.jpg"), data=b"a", time="08:00")
    first, second = keep(
        database, {"page": 1, "time": "10:00"}, {"page": 2, "time": "11:00"}, file=str(tmp_path / "b.jpg"), data=b"b"
    )
    for receipt in (alone, first):
        trash.put(database, receipt)
    now = dt.datetime.now(dt.UTC)
    assert trash.empty(database, now - dt.timedelta(hours=1)) == 0
    assert trash.empty(database, now + dt.timedelta(hours=1)) == 2
    with pytest.raises(NoSuchReceiptError):
        trash.take_back(database, alone)
    with database.snapshot() as connection:
        assert connection.execute(select(func.count()).select_from(FILES)).scalar() == 1
    assert known(database, second)["page"] == 2

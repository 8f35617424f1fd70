"""Receipts come back from the store exactly as they were read."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Row, select
from sqlalchemy.exc import IntegrityError

from rpiocr.store import trash
from rpiocr.store.database import Database
from rpiocr.store.details import details
from rpiocr.store.errors import StoreError
from rpiocr.store.tables import FILES, ITEMS, META, RECEIPTS
from rpiocr.store.types import path_from_text, path_to_text
from tests.store.readings import check_of, evidence, item, keep, keep_one

LOOKS = "00ff00ff00ff00ff"
ALMOST = "00ff00ff00ff00fe"
"""The hash of LOOKS, but for one bit."""


def row_of(database: Database, receipt_id: int) -> Row[Any]:
    """The row of a receipt."""
    with database.snapshot() as connection:
        return connection.execute(select(RECEIPTS).where(RECEIPTS.c.id == receipt_id)).one()


@pytest.mark.parametrize("amount", ["12.50", "0.00", "-3.10", "1200", "0.001", "123456789012345678.90", "99999999999"])
def test_money_keeps_its_decimals_and_all_its_digits(database: Database, amount: str) -> None:
    row = row_of(database, keep_one(database, amount=Decimal(amount), tax=Decimal(amount)))
    assert (str(row.amount), str(row.tax)) == (amount, amount)


def test_a_receipt_of_a_mail_keeps_the_name_of_its_attachment(database: Database) -> None:
    of_mail, other = keep_one(database, attachment="Rechnung März.pdf"), keep_one(database)
    with database.snapshot() as connection:
        assert details(connection, of_mail)["attachment"] == "Rechnung März.pdf"
        assert details(connection, other)["attachment"] is None


@pytest.mark.parametrize(
    "path",
    [
        b"/inbox/new\nline.jpg",
        b"/inbox/100%.jpg",
        b"/inbox/%41.jpg",
        b"/inbox/caf\xe9.jpg",
        "/inbox/été.jpg".encode(),
        b"/inbox/'\"; DROP TABLE files; --.jpg",
        b"/inbox/" + b"x" * 251 + b".jpg",
        b"/inbox/\xff\xfe\x80.jpg",
        b"/inbox/back\\slash\t.jpg",
    ],
)
def test_a_file_may_have_any_name(database: Database, path: bytes) -> None:
    receipt_id = keep_one(database, file=os.fsdecode(path))
    with database.snapshot() as connection:
        kept = details(connection, receipt_id)
    assert os.fsencode(kept["file"]) == path


@given(st.binary())
def test_every_path_comes_back_from_its_text(path: bytes) -> None:
    text = path_to_text(os.fsdecode(path))
    assert os.fsencode(path_from_text(text)) == path
    assert text.encode("utf-8").count(0) == 0


def test_all_that_was_read_is_kept(database: Database) -> None:
    weighed = {"quantity": Decimal("0.500"), "unit": "kg", "unit_price": Decimal("6.00")}
    tea = item("Tea", "3.00", **weighed, code="4711", tax_code="A")
    off = item("20 % off", "-0.60", kind="discount", applies_to=1)
    receipt_id = keep_one(
        database,
        time="19:16",
        receipt_number="474432",
        subtotal=Decimal("11.00"),
        tax=Decimal("1.50"),
        payment={"method": "card", "brand": "visa", "card_last4": "0042"},
        items=[tea, off],
        tax_ids=[{"kind": "gst", "country": "MY", "number": "000176707705", "valid": None}],
        warnings=["turned: the picture was upside down: and was turned"],
        evidence={
            "amount": evidence(
                "TOTAL 12,50", checks=["cash less change"], rivals=[{"value": Decimal("12.80"), "raw": "12,80"}]
            )
        },
        text="TOTAL 12,50\nthank you\0",
    )
    with database.snapshot() as connection:
        kept = details(connection, receipt_id)
    assert kept["payment"] == {"method": "card", "brand": "visa", "card_last4": "0042"}
    assert kept["items"] == [{"position": 1} | tea, {"position": 2} | off]
    assert kept["items_check"] == check_of([tea, off])
    assert (kept["items_confidence"], kept["items_verdict"]) == (0.99, "ACCEPT")
    assert kept["tax_ids"] == [{"kind": "gst", "country": "MY", "number": "000176707705", "valid": None}]
    assert kept["warnings"] == [{"code": "turned", "message": "the picture was upside down: and was turned"}]
    assert kept["evidence"]["amount"] == {
        "value": "12.50",
        "raw": "TOTAL 12,50",
        "confidence": 0.99,
        "verdict": "ACCEPT",
        "box": [10, 20, 30, 40],
        "votes": 2,
        "passes": 2,
        "checks": ["cash less change"],
        "rivals": [{"value": "12.80", "raw": "12,80"}],
    }
    assert (kept["subtotal"], kept["tax"], kept["time"]) == (Decimal("11.00"), Decimal("1.50"), "19:16")
    assert (kept["receipt_number"], kept["text"]) == ("474432", "TOTAL 12,50\nthank you")


def test_a_receipt_without_items_differs_from_one_whose_items_were_not_looked_for(database: Database) -> None:
    check = check_of([], agrees_with=None, count_printed=3, complete=False)
    none, not_looked_for = keep_one(database, items=[], items_check=check), keep_one(database, items=None)
    with database.snapshot() as connection:
        kept, unknown = details(connection, none), details(connection, not_looked_for)
    assert (kept["items"], kept["items_check"]) == ([], check)
    assert (unknown["items"], unknown["items_check"]) == (None, None)


def test_a_receipt_of_which_nothing_was_read_counts_for_the_day_on_which_it_was(database: Database) -> None:
    row = row_of(database, keep_one(database, amount=None, currency=None, date=None, merchant=None))
    assert (row.amount, row.currency, row.date, row.merchant) == (None, None, None, None)
    assert row.day == row.read_at.astimezone().date()


@pytest.mark.parametrize(
    ("first", "second", "repeats"),
    [
        ({"time": "10:00"}, {"time": "10:00:30"}, True),
        ({"time": "10:00"}, {"time": "10:05"}, False),
        ({"merchant": "Corner Shop"}, {"merchant": "CORNER-SHOP"}, True),
        ({"merchant": "Corner Shop"}, {"merchant": "Other"}, False),
        ({"merchant": None}, {"merchant": None}, False),
        ({"merchant": None, "picture_hash": LOOKS}, {"merchant": None, "picture_hash": ALMOST}, True),
        ({"amount": Decimal("12.50")}, {"amount": Decimal("12.51")}, False),
        ({"date": "2024-03-05"}, {"date": "2024-03-06"}, False),
        ({"date": None}, {"date": None}, False),
    ],
)
def test_a_receipt_photographed_twice_repeats_the_first_and_no_other_one_does(
    database: Database, first: dict[str, Any], second: dict[str, Any], *, repeats: bool
) -> None:
    one, other = keep_one(database, **first), keep_one(database, **second)
    row = row_of(database, other)
    assert (row.duplicate_of, row.duplicate_why) == ((one, "same receipt") if repeats else (None, None))


def test_pages_of_a_file_that_is_stored_again_repeat_each_the_same_page(database: Database) -> None:
    pages = ({"amount": Decimal("1.00")}, {"amount": Decimal("2.00")})
    one, two = keep(database, *pages, data=b"both")
    again = keep(database, *pages, data=b"both")
    assert [row_of(database, receipt_id).duplicate_of for receipt_id in again] == [one, two]


def test_a_receipt_of_no_file_cannot_be_stored(database: Database) -> None:
    receipt_id = keep_one(database)
    values = row_of(database, receipt_id)._asdict() | {"id": 999, "file_id": 999}
    with pytest.raises(StoreError, match=r"(?i)foreign key"), database.transaction() as connection:
        connection.execute(RECEIPTS.insert().values(**values))


def test_with_a_file_goes_all_that_was_read_of_it(database: Database) -> None:
    keep_one(database, items=[item()])
    with database.transaction() as connection:
        connection.execute(FILES.delete())
        left = [table.name for table in META.sorted_tables if connection.execute(select(table)).first()]
    assert left == []
    assert ITEMS.name not in left


def test_errors_of_the_database_are_distinguished_from_defects(database: Database) -> None:
    with pytest.raises(StoreError) as caught, database.transaction() as connection:
        connection.execute(RECEIPTS.insert().values(file_id=1))
    assert isinstance(caught.value.__cause__, IntegrityError)


def test_of_one_receipt_stored_by_many_at_once_exactly_one_counts(store_url: str) -> None:
    def store_one(number: int) -> int:
        with closing(Database(store_url)) as database:
            return keep_one(database, data=f"photo {number}".encode())

    with ThreadPoolExecutor(6) as pool:
        stored = list(pool.map(store_one, range(12)))
    assert len(set(stored)) == 12
    with closing(Database(store_url)) as database, database.snapshot() as connection:
        originals = connection.execute(select(RECEIPTS.c.duplicate_of).order_by(RECEIPTS.c.id)).scalars().all()
    assert originals == [None] + [min(stored)] * 11


def test_a_receipt_of_several_pages_keeps_them_and_where_its_values_and_items_are(database: Database) -> None:
    items = [item("Tea", "10.00"), item("Cake", "2.50", page=2)]
    of_amount = evidence("12.50", page=2)
    receipt_id = keep_one(database, pages=[1, 2], items=items, evidence={"amount": of_amount})
    trash.put(database, receipt_id)
    with database.snapshot() as connection:
        kept = details(connection, trash.take_back(database, receipt_id))
    assert kept["pages"] == [1, 2]
    assert (kept["evidence"]["amount"]["page"], kept["evidence"]["amount"]["box"]) == (2, [10, 20, 30, 40])
    assert "page" not in kept["evidence"]["date"]
    assert [one.get("page") for one in kept["items"]] == [None, 2]
    with database.snapshot() as connection:
        assert details(connection, keep_one(database))["pages"] == [1]

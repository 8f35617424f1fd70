"""What waits for review: which receipts, in which order, and what a person sees of each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from rpiocr.store.archiving import archive
from rpiocr.store.corrections import correct, take_back_last
from rpiocr.store.database import Database
from rpiocr.store.errors import BadCorrectionError, NoSuchReceiptError
from rpiocr.store.review import FieldState, Review, ReviewField, Rival, count_waiting, review_of, waiting, waiting_ids
from tests.store.many import fill
from tests.store.readings import evidence, keep_one

UNSURE: dict[str, Any] = {
    "verdict": "RETRY",
    "verdicts": {"amount": "RETRY", "date": "RETRY"},
    "confidence": {"amount": 0.6, "date": 0.7},
}


def waiting_in(database: Database) -> list[int]:
    found, after = [], None
    while True:
        page = waiting(database, after, 2)
        found += [one.id for one in page.receipts]
        if page.after is None:
            assert count_waiting(database) == len(found)
            return found
        after = page.after


def reviewed(database: Database, receipt_id: int) -> Review:
    with database.snapshot() as connection:
        return review_of(connection, receipt_id)


def field_of(database: Database, receipt_id: int, name: str) -> ReviewField:
    (field,) = (field for field in reviewed(database, receipt_id).fields if field.name == name)
    return field


def test_receipts_wait_in_the_order_of_their_ids_until_each_is_accepted_confirmed_or_put_away(
    database: Database,
) -> None:
    first = keep_one(database, **UNSURE, amount=Decimal(1))
    keep_one(database, amount=Decimal(2))
    third = keep_one(database, **UNSURE | {"verdict": "ESCALATE"}, amount=Decimal(3))
    away = keep_one(database, **UNSURE, amount=Decimal(4))
    last = keep_one(database, **UNSURE, amount=Decimal(5))
    twin = keep_one(database, **UNSURE, amount=Decimal(5))
    assert waiting_in(database) == [first, third, away, last]
    assert reviewed(database, twin).duplicate_of == last
    assert reviewed(database, last).duplicates == (twin,)
    archive(database, [away])
    correct(database, first, [("amount", "1")])
    assert waiting_in(database) == [first, third, last]
    correct(database, first, [("date", "2024-03-06")])
    assert waiting_in(database) == [third, last]
    assert [reviewed(database, one).position for one in (first, third, last)] == [None, 1, 2]


def test_values_that_are_only_jointly_in_doubt_are_settled_by_one_confirmation(database: Database) -> None:
    receipt_id = keep_one(database, verdict="RETRY")
    assert [field.name for field in reviewed(database, receipt_id).open_fields] == ["amount", "date", "currency"]
    correct(database, receipt_id, [("date", "2024-03-05")])
    assert reviewed(database, receipt_id).open_fields == ()
    assert waiting_in(database) == []


def test_a_receipt_whose_value_was_removed_waits(database: Database) -> None:
    receipt_id = keep_one(database, **UNSURE)
    correct(database, receipt_id, [("amount", ""), ("date", "2024-03-05")])
    assert waiting_in(database) == [receipt_id]
    assert [field.name for field in reviewed(database, receipt_id).open_fields] == ["amount"]


def test_a_field_has_its_value_where_it_is_printed_and_at_most_three_others(database: Database) -> None:
    others = [("12.50", "12,50", [1, 2, 3, 4]), ("12.80", "12,80", [5, 6, 7, 8]), ("1", "1", None), ("2", "2", None)]
    rivals = [{"value": Decimal(value), "raw": raw, "box": box} for value, raw, box in others]
    receipt_id = keep_one(database, **UNSURE, evidence={"amount": evidence("TOTAL 12.50", rivals=[*rivals, rivals[1]])})
    assert field_of(database, receipt_id, "amount") == ReviewField(
        name="amount",
        value="12.50",
        raw="TOTAL 12.50",
        box=(10, 20, 30, 40),
        verdict="RETRY",
        probability=0.6,
        rivals=(Rival("12.80", "12,80", (5, 6, 7, 8)), Rival("1", "1", None), Rival("2", "2", None)),
        state=FieldState.OPEN,
        page=1,
    )


def test_after_a_correction_the_value_that_was_read_is_an_alternative(database: Database) -> None:
    rival = {"value": Decimal("12.80"), "raw": "12,80", "box": [5, 6, 7, 8]}
    receipt_id = keep_one(database, **UNSURE, evidence={"amount": evidence("TOTAL 12.50", rivals=[rival])})
    correct(database, receipt_id, [("amount", "12.8")])
    amount = field_of(database, receipt_id, "amount")
    assert (amount.value, amount.raw, amount.box, amount.probability) == ("12.80", "12,80", (5, 6, 7, 8), None)
    assert amount.rivals == (Rival("12.50", "TOTAL 12.50", (10, 20, 30, 40)),)
    assert amount.state is FieldState.CORRECTED


def test_the_other_reading_of_an_ambiguous_date_is_an_alternative_in_its_place(database: Database) -> None:
    read = evidence("05/03/2024", other_reading="2024-05-03")
    receipt_id = keep_one(database, **UNSURE, evidence={"date": read})
    assert field_of(database, receipt_id, "date").rivals == (Rival("2024-05-03", "05/03/2024", (10, 20, 30, 40)),)


def test_a_value_on_another_page_of_the_receipt_has_its_place_and_that_page(database: Database) -> None:
    rival = {"value": Decimal("12.80"), "raw": "12,80", "box": [5, 6, 7, 8]}
    of_amount = evidence("12,50", page=2, rivals=[rival])
    receipt_id = keep_one(database, **UNSURE, pages=[1, 2], evidence={"amount": of_amount})
    amount, date = (field_of(database, receipt_id, name) for name in ("amount", "date"))
    assert (amount.page, amount.box, date.page) == (2, (10, 20, 30, 40), 1)
    assert amount.rivals == (Rival("12.80", "12,80", (5, 6, 7, 8)),)
    assert reviewed(database, receipt_id).pages == (1, 2)


def test_a_field_says_whether_it_is_open_confirmed_corrected_or_sure(database: Database) -> None:
    receipt_id = keep_one(database, **UNSURE)
    correct(database, receipt_id, [("amount", "12.50"), ("merchant", "Tea House")])
    states = {field.name: field.state for field in reviewed(database, receipt_id).fields}
    assert states == {
        "amount": FieldState.CONFIRMED,
        "date": FieldState.OPEN,
        "currency": FieldState.SURE,
        "merchant": FieldState.CORRECTED,
    }
    assert list(states) == ["amount", "date", "currency", "merchant"]


def test_the_last_change_of_a_receipt_is_undone_whatever_its_field(database: Database) -> None:
    receipt_id = keep_one(database, **UNSURE)
    correct(database, receipt_id, [("amount", "3")])
    correct(database, receipt_id, [("date", "2024-03-05")])
    assert [change.field for change in take_back_last(database, receipt_id)] == ["date"]
    assert [change.field for change in take_back_last(database, receipt_id)] == ["amount"]
    assert field_of(database, receipt_id, "amount").value == "12.50"
    with pytest.raises(BadCorrectionError, match="nothing of receipt"):
        take_back_last(database, receipt_id)


def test_damage_hides_no_more_than_what_is_damaged(database: Database) -> None:
    rival = {"value": Decimal("12.80"), "raw": "12,80", "box": [5, 6, 7, 8]}
    receipt_id = keep_one(database, **UNSURE, evidence={"amount": evidence("12,50", rivals=[rival])})
    with database.transaction() as connection:
        connection.execute(text("UPDATE fields SET value = 'much' WHERE value = '12.80'"))
    assert field_of(database, receipt_id, "amount").rivals == ()
    if database.is_sqlite:
        with database.transaction() as connection:
            connection.execute(text("UPDATE receipts SET amount = 'much'"))
        assert field_of(database, receipt_id, "amount").value is None
        assert field_of(database, receipt_id, "date").value == "2024-03-05"
        assert waiting(database).receipts == ()
    with pytest.raises(NoSuchReceiptError):
        reviewed(database, 999)


@pytest.mark.slow
def test_what_waits_among_many_receipts_is_found_by_an_index(database: Database) -> None:
    fill(database, 10_000)
    with database.transaction() as connection:
        connection.execute(text("UPDATE receipts SET duplicate_of = NULL, verdict = 'ACCEPT'"))
        connection.execute(text("UPDATE receipts SET verdict = 'RETRY' WHERE id % 333 = 1"))
    if not database.is_sqlite:
        database.tidy()
    assert count_waiting(database) == len(waiting(database, limit=100).receipts) == 31
    with database.snapshot() as connection:
        compiled = waiting_ids(5000).limit(1).compile(database.engine, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{explain} {compiled}"))
    assert "ix_receipts_in_doubt" in plan
    assert "SORT" not in plan.upper().replace("TEMP B-TREE", "SORT")

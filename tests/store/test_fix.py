"""``rpiocr fix``: a correction counts everywhere, what was read is kept, and nothing is half done."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from rpiocr.store.errors import BadCorrectionError
from rpiocr.store.values import parse, restored, written
from tests.store.program import run_command
from tests.store.readings import evidence, keep_one


def shown(database: Database, receipt_id: int) -> dict[str, Any]:
    """All that is known of a receipt."""
    outcome = run_command(database.url, "show", receipt_id, "--format", "json")
    known: dict[str, Any] = json.loads(outcome.stdout, parse_float=Decimal)
    return known


def test_corrections_count_in_list_search_sums_and_exports_and_what_was_read_is_kept(database: Database) -> None:
    receipt_id = keep_one(database, text="corner shop total 12.50")
    outcome = run_command(database.url, "fix", receipt_id, "amount=12.30", "date=2023-12-31", "merchant=Café Müller")
    assert outcome.status == ExitCode.OK
    assert outcome.lines == [
        {"id": receipt_id, "field": "amount", "was": Decimal("12.50"), "value": Decimal("12.30")},
        {"id": receipt_id, "field": "date", "was": "2024-03-05", "value": "2023-12-31"},
        {"id": receipt_id, "field": "merchant", "was": "Corner Shop", "value": "Café Müller"},
    ]
    line = run_command(database.url, "list", "--until", "2023-12-31", "--merchant", "cafe").only
    assert (line["amount"], line["date"], line["merchant"]) == (Decimal("12.30"), "2023-12-31", "Café Müller")
    assert line["corrected"] == ["amount", "date", "merchant"]
    assert [one["id"] for one in run_command(database.url, "search", "muller").lines] == [receipt_id]
    sums = run_command(database.url, "stats").lines
    assert {"by": "month", "month": "2023-12", "currency": "EUR", "receipts": 1, "amount": Decimal("12.30"),
            "without_amount": 0, "unsure": 0, "unsure_amount": 0} in sums  # fmt: skip
    exported = run_command(database.url, "export", "--format", "ndjson").only
    assert (exported["amount"], exported["date"], exported["merchant"]) == (
        Decimal("12.30"),
        "2023-12-31",
        "Café Müller",
    )
    known = shown(database, receipt_id)
    assert known["evidence"]["amount"]["value"] == "12.50"
    assert known["evidence"]["merchant"]["value"] == "Corner Shop"
    assert [(one["field"], one["was"], one["value"]) for one in known["corrections"]] == [
        ("amount", Decimal("12.50"), Decimal("12.30")),
        ("date", "2024-03-05", "2023-12-31"),
        ("merchant", "Corner Shop", "Café Müller"),
    ]


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ("amount=12,345", "such as 12345 or 12.345"),
        ("amount=1.23,50", "such as 12.30"),
        ("amount=1e3", "plain number"),
        ("amount=NaN", "plain number"),
        ("amount=12.345", "more decimals"),
        ("amount=١٢", "plain number"),
        ("amount=1234567890123456", "at most 15 digits"),
        ("currency=JPY", "more decimals"),
        ("currency=XXX", "ISO 4217"),
        ("currency=€", "ISO 4217"),
        ("date=05.03.2024", "'05.03.2024' may be 2024-03-05 or 2024-05-03: write the one you mean"),
        ("date=03/04/2019", "2019-04-03 or 2019-03-04"),
        ("date=20240305", "2024-03-05"),
        ("date=2023-02-29", "a valid date"),
        ("date=0024-03-05", "a valid date"),
        ("time=25:00", "17:30"),
        ("time=9:05", "09:05"),
        ("merchant=a\x1b[2Jb", "printable"),
        ("merchant=" + "x" * 201, "200 characters"),
        ("total=12.30", "there is no field 'total'"),
        ("duplicate_of=1", "is the same"),
        ("duplicate_of=4711", "there is no receipt 4711"),
        ("duplicate_of=first", "number of the receipt"),
    ],
)
def test_a_value_that_cannot_be_changes_nothing_and_the_error_states_what_can(
    database: Database, wrong: str, advice: str
) -> None:
    receipt_id = keep_one(database)
    before = shown(database, receipt_id)
    outcome = (
        run_command(database.url, "fix", receipt_id, "merchant=Other", "tax=1.00", wrong)
        if (not wrong.startswith("merchant"))
        else run_command(database.url, "fix", receipt_id, "tax=1.00", wrong)
    )
    assert outcome.status in (ExitCode.USAGE, ExitCode.UNREADABLE_INPUT)
    assert advice in outcome.stderr
    assert shown(database, receipt_id) == before


@pytest.mark.parametrize(
    ("given", "field", "stored"),
    [
        ("amount=12.3", "amount", "12.30"),
        ("amount=12", "amount", "12.00"),
        ("amount=-5.00", "amount", "-5.00"),
        ("amount=80,12", "amount", "80.12"),
        ("amount=1.234,50", "amount", "1234.50"),
        ("amount=1,234.50", "amount", "1234.50"),
        ("amount=1 234,50", "amount", "1234.50"),
        ("date=23.07.2019", "date", "2019-07-23"),
        ("date=7/23/2019", "date", "2019-07-23"),
        ("date=2019/7/3", "date", "2019-07-03"),
        ("date=05.05.2019", "date", "2019-05-05"),
        ("amount=0", "amount", "0.00"),
        ("amount=999999999999999.99", "amount", "999999999999999.99"),
        ("currency=sek", "currency", "SEK"),
        ("time=09:05:59", "time", "09:05:59"),
        ("merchant=  A   B ", "merchant", "A B"),
        ("merchant_legal=Tea House Ltd", "merchant_legal", "Tea House Ltd"),
        ("address=1 High Street, York", "address", "1 High Street, York"),
        ("category=restaurant", "category", "restaurant"),
        ("receipt_number=0042", "receipt_number", "0042"),
        ("subtotal=1.00", "subtotal", "1.00"),
    ],
)
def test_a_value_is_stored_as_the_field_has_it(database: Database, given: str, field: str, stored: str) -> None:
    receipt_id = keep_one(database)
    assert run_command(database.url, "fix", receipt_id, given).status == ExitCode.OK
    assert str(shown(database, receipt_id)[field]) == stored


def test_an_empty_value_takes_a_field_away(database: Database) -> None:
    receipt_id = keep_one(database)
    run_command(database.url, "fix", receipt_id, "amount=", "merchant=", "date=", "currency=")
    known = shown(database, receipt_id)
    assert [known[name] for name in ("amount", "merchant", "date", "currency")] == [None] * 4
    assert run_command(database.url, "list", "--until", "2024-12-31").lines == []


def test_undoing_takes_back_one_correction_after_the_other_down_to_what_was_read(database: Database) -> None:
    receipt_id = keep_one(database)
    before = shown(database, receipt_id)
    run_command(database.url, "fix", receipt_id, "amount=1.00", "date=2020-01-01")
    run_command(database.url, "fix", receipt_id, "amount=2.00")
    assert run_command(database.url, "fix", receipt_id, "--undo", "amount").only["value"] == Decimal("1.00")
    run_command(database.url, "fix", receipt_id, "--undo", "amount", "--undo", "date")
    assert shown(database, receipt_id) == before
    assert [line["id"] for line in run_command(database.url, "list", "--since", "2024-03").lines] == [receipt_id]
    outcome = run_command(database.url, "fix", receipt_id, "--undo", "amount")
    assert (outcome.status, outcome.stdout) == (ExitCode.USAGE, "")
    assert "nothing to undo" in outcome.stderr


def test_another_currency_gives_all_amounts_its_decimals_and_undoing_gives_them_back(database: Database) -> None:
    receipt_id = keep_one(database, amount=Decimal("1200.00"), tax=Decimal("20.00"))
    run_command(database.url, "fix", receipt_id, "currency=JPY")
    known = shown(database, receipt_id)
    assert (str(known["amount"]), str(known["tax"])) == ("1200", "20")
    run_command(database.url, "fix", receipt_id, "--undo", "currency")
    known = shown(database, receipt_id)
    assert (str(known["amount"]), str(known["tax"])) == ("1200.00", "20.00")
    run_command(database.url, "fix", receipt_id, "currency=KWD", "amount=1.250")
    assert str(shown(database, receipt_id)["amount"]) == "1.250"


def test_the_same_value_again_confirms_it_and_is_not_a_correction(database: Database) -> None:
    receipt_id = keep_one(database)
    confirmed = {"id": receipt_id, "field": "amount", "value": Decimal("12.50"), "confirmed": True}
    assert run_command(database.url, "fix", receipt_id, "amount=12.50").only == confirmed
    outcome = run_command(database.url, "fix", receipt_id, "amount=12.50")
    assert (outcome.status, outcome.stdout) == (ExitCode.OK, "")
    assert "nothing was changed" in outcome.stderr
    known = shown(database, receipt_id)
    assert known["corrections"] == []
    assert [(one["field"], one["value"]) for one in known["confirmations"]] == [("amount", Decimal("12.50"))]


UNSURE: dict[str, Any] = {"verdict": "RETRY", "verdicts": {"amount": "RETRY", "date": "RETRY", "merchant": "RETRY"}}


def is_sure(database: Database, receipt_id: int) -> bool:
    """Return whether all outputs agree that a receipt needs no more review."""
    listed = run_command(database.url, "list").of_id(receipt_id)["sure"]
    exported = run_command(database.url, "export", "--format", "ndjson").of_id(receipt_id)["sure"]
    ledger = run_command(database.url, "export", "--format", "ledger").stdout
    beancount = run_command(database.url, "export", "--format", "beancount", "--no-opening").stdout
    flags = {ledger.split()[1], beancount.split()[1]}
    assert flags == ({"*"} if exported else {"!"})
    assert listed == exported == shown(database, receipt_id)["sure"]
    return bool(listed)


def test_a_correction_of_the_merchant_does_not_make_amount_and_date_sure(database: Database) -> None:
    receipt_id = keep_one(database, **UNSURE)
    outcome = run_command(database.url, "fix", receipt_id, "merchant=Other")
    assert "receipt 1 still needs review: amount and date" in outcome.stderr
    assert not is_sure(database, receipt_id)
    outcome = run_command(database.url, "fix", receipt_id, "amount=12.30")
    assert "receipt 1 still needs review: date" in outcome.stderr
    assert not is_sure(database, receipt_id)
    assert run_command(database.url, "fix", receipt_id, "date=2024-03-06").stderr == ""
    assert is_sure(database, receipt_id)


def test_what_was_read_right_is_confirmed_all_of_it_or_by_field(database: Database) -> None:
    whole, single = keep_one(database, **UNSURE), keep_one(database, **UNSURE, date="2024-04-01")
    outcome = run_command(database.url, "fix", whole, "--ok")
    assert [(line["field"], line["confirmed"]) for line in outcome.lines] == [
        (field, True) for field in ("amount", "currency", "date", "merchant")
    ]
    assert outcome.stderr == ""
    run_command(database.url, "fix", single, "--ok", "amount")
    lines = {line["id"]: line for line in run_command(database.url, "list").lines}
    assert (lines[whole]["confirmed"], lines[whole]["corrected"]) == (["amount", "currency", "date", "merchant"], [])
    assert (lines[single]["confirmed"], lines[single]["sure"]) == (["amount"], False)
    run_command(database.url, "delete", single, "--yes")
    assert is_sure(database, whole)


def test_all_but_what_is_corrected_is_confirmed_in_one_step(database: Database) -> None:
    receipt_id = keep_one(database, **UNSURE)
    outcome = run_command(database.url, "fix", receipt_id, "--ok", "date=2024-03-06")
    assert {line["field"] for line in outcome.lines if line.get("confirmed")} == {"amount", "currency", "merchant"}
    assert shown(database, receipt_id)["date"] == "2024-03-06"
    assert is_sure(database, receipt_id)


def test_a_field_that_was_accepted_as_it_was_read_needs_no_confirmation(database: Database) -> None:
    verdicts = {"amount": "RETRY", "date": "ACCEPT", "merchant": "ACCEPT"}
    receipt_id = keep_one(database, verdict="RETRY", verdicts=verdicts)
    run_command(database.url, "fix", receipt_id, "--ok", "amount")
    assert is_sure(database, receipt_id)


def test_two_likely_values_are_sure_together_when_one_of_them_is_confirmed(database: Database) -> None:
    receipt_id = keep_one(database, verdict="RETRY")
    assert not is_sure(database, receipt_id)
    run_command(database.url, "fix", receipt_id, "merchant=Other")
    assert not is_sure(database, receipt_id)
    run_command(database.url, "fix", receipt_id, "--ok", "date")
    assert is_sure(database, receipt_id)


def test_a_receipt_that_lacks_its_date_is_not_sure_however_much_is_confirmed(database: Database) -> None:
    receipt_id = keep_one(database, **UNSURE, date=None)
    outcome = run_command(database.url, "fix", receipt_id, "--ok")
    assert "receipt 1 still needs review: date" in outcome.stderr
    assert not shown(database, receipt_id)["sure"]
    refused = run_command(database.url, "fix", receipt_id, "--ok", "date")
    assert (refused.status, refused.stdout) == (ExitCode.USAGE, "")
    assert "has no date to confirm; give one, as date=2024-03-05" in refused.stderr


def test_undoing_takes_a_confirmation_back(database: Database) -> None:
    receipt_id = keep_one(database, **UNSURE)
    before = shown(database, receipt_id)
    run_command(database.url, "fix", receipt_id, "--ok", "amount", "date")
    outcome = run_command(database.url, "fix", receipt_id, "--undo", "date")
    assert outcome.only == {"id": receipt_id, "field": "date", "value": "2024-03-05", "confirmed": False}
    assert not is_sure(database, receipt_id)
    run_command(database.url, "fix", receipt_id, "--undo", "amount")
    assert shown(database, receipt_id) == before


def test_a_correction_of_a_receipt_that_repeats_another_reports_that_no_sum_changes(database: Database) -> None:
    first = keep_one(database)
    second = keep_one(database)
    outcome = run_command(database.url, "fix", second, "amount=99.00")
    assert f"receipt {second} duplicates receipt {first} and is not in any sum or export" in outcome.stderr
    assert "repeats" not in run_command(database.url, "fix", first, "amount=12.40").stderr


def test_a_receipt_that_was_taken_for_a_duplicate_counts_again_when_a_person_corrects_that(database: Database) -> None:
    first = keep_one(database)
    second = keep_one(database)
    assert shown(database, second)["duplicate_of"] == first
    assert shown(database, first)["duplicates"] == [second]
    run_command(database.url, "fix", second, "duplicate_of=")
    (total,) = (line for line in run_command(database.url, "stats").lines if line["by"] == "all")
    assert (total["receipts"], total["amount"]) == (2, Decimal("25.00"))
    run_command(database.url, "fix", second, f"duplicate_of={first}")
    assert shown(database, second)["duplicate_why"] == "said so"
    circle = run_command(database.url, "fix", first, f"duplicate_of={second}")
    assert circle.status == ExitCode.USAGE
    assert "duplicates it" in circle.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("amount=1", "--undo", "amount"),
        ("--ok", "--undo", "amount"),
        ("amount",),
        ("amount=1", "amount=2"),
        ("--ok", "amount", "amount=2"),
        ("--ok", "total"),
        ("--ok", "duplicate_of"),
    ],
)
def test_a_command_with_nothing_to_do_or_two_contradicting_things_is_wrong_usage(
    database: Database, arguments: tuple[str, ...]
) -> None:
    receipt_id = keep_one(database)
    assert run_command(database.url, "fix", receipt_id, *arguments).status == ExitCode.USAGE
    assert shown(database, receipt_id)["corrections"] == []


@pytest.mark.parametrize("command", [("show", 7), ("fix", 7, "amount=1"), ("fix", 7, "--undo", "amount")])
def test_a_receipt_that_is_not_there_is_named(database: Database, command: tuple[object, ...]) -> None:
    outcome = run_command(database.url, *command)
    assert (outcome.status, outcome.stdout) == (ExitCode.UNREADABLE_INPUT, "")
    assert "there is no receipt 7" in outcome.stderr


@given(st.sampled_from(["amount", "date", "time", "currency", "merchant"]), st.text(max_size=20))
def test_what_is_accepted_comes_back_from_a_correction_as_it_was(field: str, typed: str) -> None:
    try:
        value = parse(field, typed)
    except BadCorrectionError:
        return
    assert restored(field, written(field, value)) == value


@pytest.mark.parametrize(("checks", "warned"), [(["cash - change"], True), (["card"], False)])
def test_a_correction_that_contradicts_the_sums_of_the_receipt_is_kept_with_a_warning(
    database: Database, checks: list[str], *, warned: bool
) -> None:
    receipt_id = keep_one(database, evidence={"amount": evidence("TOTAL 12,50", checks=checks)})
    outcome = run_command(database.url, "fix", receipt_id, "amount=12.00")
    assert outcome.status == ExitCode.OK
    assert shown(database, receipt_id)["amount"] == Decimal("12.00")
    assert ("12.00 contradicts the receipt" in outcome.stderr) is warned
